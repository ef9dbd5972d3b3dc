//! A small book and its shelf, whole or taken apart, with a graph as large books have.

use std::collections::BTreeMap;
use std::io;

use lectern_core::encoder::{Projection, parts};
use lectern_core::meaning::{Cells, Vectors};
use lectern_core::search::{Options, Response, Searcher, Tier, open_core, write_core};
use lectern_core::shelf::codec::Reader;
use lectern_core::shelf::directory::{Directory, GROUP};
use lectern_core::shelf::family::Member;
use lectern_core::shelf::parts::{Part, Parts};
use lectern_core::shelf::{self, Kind, MANIFEST, Manifest, SectionFile, group};
use lectern_indexer::{
    Indexer, OpenError, Scan, bring, build_graph, inflate, inflate_part, model, open,
};

pub type Files = BTreeMap<String, Vec<u8>>;

pub const QUERIES: [&str; 3] = [
    "how does a robot keep its balance",
    "ros2 topic list",
    "torqe",
];

/// Values of a passage's vector; the tiny encoder's have 32.
pub const DIMS: usize = 16;

const PAGES: [(&str, &str); 3] = [
    (
        "docs/balance/index.html",
        "<main><h1>Balance</h1><p>A robot keeps its balance by moving its feet.</p>
         <h2 id=torque>Torque</h2><p>Too little torque and the ankle gives way. The foot tips.</p>
         <pre><code>tau = m * g * l\nprint(tau)</code></pre></main>",
    ),
    (
        "docs/topics.html",
        "<main><h1>Topics</h1><h2 id=cli>On the command line</h2><p>Use <code>ros2 topic list</code>
         to see all topics.</p><ul><li>publishers</li><li>subscribers</li></ul></main>",
    ),
    (
        "flat.html",
        "<main><p>A page without headings about a camera and its lens.</p></main>",
    ),
];

/// The files of the shelf of the first `pages` pages, by the model of this seed, as they are written.
pub fn written(pages: usize, seed: u64) -> Files {
    written_from(&PAGES[..pages], seed)
}

/// The files of the shelf of these pages, names and contents, by the model of this seed.
pub fn written_from<T: AsRef<str>>(pages: &[(T, T)], seed: u64) -> Files {
    let model = model::testing::tiny_with_general(seed, DIMS).unwrap();
    let title = "Book".to_owned();
    let mut indexer = Indexer::new(
        model.clone(),
        lectern_indexer::Options {
            title,
            ..Default::default()
        },
    )
    .unwrap();
    for (file, html) in pages {
        indexer
            .add_page(file.as_ref(), html.as_ref().as_bytes())
            .unwrap();
    }
    model::testing::embed_pending(&mut indexer, &model).unwrap();
    let files = indexer.finish().unwrap().files.into_iter();
    files.map(|file| (file.name, file.bytes)).collect()
}

/// The shelf of the whole book, with a graph.
pub fn build() -> Files {
    Payloads::of(&written(PAGES.len(), 7)).pack(&mut |_, _| {})
}

pub fn manifest(files: &Files) -> Manifest {
    serde_json::from_slice(&files[MANIFEST]).unwrap()
}

/// A section, inflated.
pub fn section(files: &Files, kind: Kind) -> Vec<u8> {
    let manifest = manifest(files);
    let file = manifest.section(kind).unwrap();
    inflate(files[&file.file].clone(), file.size).unwrap()
}

/// The payload of a section.
fn payload(files: &Files, kind: Kind) -> Vec<u8> {
    shelf::unwrap(kind, &section(files, kind)).unwrap().to_vec()
}

/// The layers of the full encoder, inflated.
pub fn layers(files: &Files) -> Vec<Vec<u8>> {
    let core = payload(files, Kind::Core);
    let layers = Parts::read(&mut Reader::new("test", &core)).unwrap();
    let layer = |part: Part| {
        let stored = files[&part.file(Kind::Layer)].clone();
        inflate(stored, part.size.into()).unwrap()
    };
    layers.iter().map(layer).collect()
}

/// The kinds of numbered files.
pub const FAMILIES: [Kind; 5] = [
    Kind::Terms,
    Kind::Spelling,
    Kind::Group,
    Kind::Addresses,
    Kind::Cell,
];

/// The numbered files of a shelf, all kinds.
pub fn members(files: &Files) -> Vec<Member> {
    let directory = Directory::open(&payload(files, Kind::Directory)).unwrap();
    let cells = Cells::open(&payload(files, Kind::Cells)).unwrap();
    let families = [
        &directory.terms,
        &directory.spelling,
        &directory.groups,
        &directory.addresses.family,
        cells.family(),
    ];
    let families = families.into_iter().zip(FAMILIES);
    let members = families.flat_map(|(family, kind)| family.members(kind));
    members.collect()
}

/// A numbered file, inflated.
pub fn part(files: &Files, member: Member) -> Vec<u8> {
    inflate_part(member.kind, files[&member.file()].clone()).unwrap()
}

/// Reads a shelf's files.
pub fn reading(files: &Files) -> impl FnMut(&str) -> io::Result<Vec<u8>> {
    |name| {
        let file = files.get(name).cloned();
        file.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Opens the shelf, all of it.
pub fn opened(files: &Files, tier: Tier) -> Result<Searcher, OpenError> {
    Ok(open(&mut reading(files), tier, Scan::All)?.1)
}

/// Opens the shelf as a browser does: no numbered file is here yet.
pub fn opened_bare(files: &Files, tier: Tier) -> Result<Searcher, OpenError> {
    Ok(open(&mut reading(files), tier, Scan::Cells)?.1)
}

/// Opens the shelf with each of its encoders and asks it everything, with all of it at hand and with
/// what each query needs; the answers, or the first error.
pub fn answers(files: &Files) -> Result<Vec<Response>, OpenError> {
    let options = Options {
        explain: true,
        ..Options::default()
    };
    let mut answers = Vec::new();
    for tier in [Tier::Small, Tier::Full] {
        let mut searcher = opened(files, tier)?;
        searcher.verify()?;
        for query in QUERIES {
            answers.push(searcher.search(query, &options)?);
        }
    }
    let mut searcher = opened_bare(files, Tier::Small)?;
    let options = Options {
        within: vec!["docs".to_owned()],
        ..options
    };
    for query in QUERIES {
        bring(&mut reading(files), &mut searcher, query, &options)?;
        answers.push(searcher.search(query, &options)?);
    }
    Ok(answers)
}

/// The payloads of a shelf, without what names others by their content.
pub struct Payloads {
    manifest: Manifest,
    sections: BTreeMap<Kind, Vec<u8>>,
    members: Vec<(Member, Vec<u8>)>,
    layers: Vec<Vec<u8>>,
    head: Vec<u8>,
    projection: Option<Projection>,
}

/// May change a payload before it is sealed.
pub type Touch<'a> = dyn FnMut(Kind, &mut Vec<u8>) + 'a;

impl Payloads {
    /// Takes a shelf apart, and gives it the graph that a large book would have.
    pub fn of(files: &Files) -> Self {
        let plain = [Kind::Directory, Kind::Cells, Kind::Vocabulary, Kind::Rows];
        let mut sections: BTreeMap<_, _> = plain
            .into_iter()
            .map(|kind| (kind, payload(files, kind)))
            .collect();
        let members = members(files).into_iter();
        let members: Vec<_> = members
            .map(|member| {
                (
                    member,
                    member.unwrap(&part(files, member)).unwrap().to_vec(),
                )
            })
            .collect();
        let graph = build_graph(vectors(&members)).unwrap();
        sections.insert(Kind::Graph, graph);
        let core = payload(files, Kind::Core);
        let (_, head, projection) = open_core(&core).unwrap();
        let layers = layers(files).into_iter();
        Self {
            manifest: manifest(files),
            members,
            layers: layers
                .map(|file| shelf::unwrap(Kind::Layer, &file).unwrap().to_vec())
                .collect(),
            head: head.to_vec(),
            projection,
            sections,
        }
    }

    /// Bytes of all.
    pub fn size(&self) -> usize {
        let members = self.members.iter().map(|(_, payload)| payload);
        let all = self.sections.values().chain(members).chain(&self.layers);
        all.map(Vec::len).sum::<usize>() + self.head.len()
    }

    /// Writes the shelf, each payload as `touch` leaves it, with checksums and names that fit. The
    /// head of the core is shown to it under the name of the model.
    pub fn pack(&self, touch: &mut Touch<'_>) -> Files {
        let mut shelf = Packed::default();
        for kind in [Kind::Directory, Kind::Cells, Kind::Graph] {
            shelf.section(kind, self.sections[&kind].clone(), touch);
        }
        for (member, payload) in &self.members {
            let mut payload = payload.clone();
            touch(member.kind, &mut payload);
            shelf.files.insert(member.file(), member.wrap(&payload));
        }
        let mut vocabulary = self.sections[&Kind::Vocabulary].clone();
        touch(Kind::Vocabulary, &mut vocabulary);
        let stamp = checksum(&vocabulary);
        shelf.section(Kind::Vocabulary, vocabulary, &mut |_, _| {});
        let (layers, checksums) = shelf.layers(&self.layers, touch);
        let mut head = self.head.clone();
        let end = head.len() - checksums.len();
        head[end..].copy_from_slice(&checksums);
        touch(Kind::Model, &mut head);
        let mut rows = self.sections[&Kind::Rows].clone();
        rows[..4].copy_from_slice(&checksum(&head));
        rows[4..8].copy_from_slice(&stamp);
        let layer_payloads = Vec::new();
        let core = parts::Core {
            head,
            layers: layer_payloads,
        };
        let core = write_core(&layers, &core, self.projection.as_ref());
        shelf.section(Kind::Core, core, touch);
        shelf.section(Kind::Rows, rows, touch);
        shelf.finish(self.manifest.clone())
    }
}

/// The exact vectors of the passages, from their groups.
fn vectors(members: &[(Member, Vec<u8>)]) -> Vectors {
    let mut vectors = Vectors::new(DIMS);
    let groups = members.iter().filter(|(of, _)| of.kind == Kind::Group);
    for (_, payload) in groups {
        let group = group::open(payload).unwrap();
        for row in (0..GROUP).map_while(|place| group.row(place)) {
            vectors.push(row).unwrap();
        }
    }
    vectors
}

/// CRC-32 of a payload, as the header of its file has it.
fn checksum(payload: &[u8]) -> [u8; 4] {
    let file = shelf::wrap(Kind::Rows, payload);
    [file[16], file[17], file[18], file[19]]
}

#[derive(Default)]
struct Packed {
    files: Files,
    sections: Vec<SectionFile>,
}

impl Packed {
    fn section(&mut self, kind: Kind, mut payload: Vec<u8>, touch: &mut Touch<'_>) {
        touch(kind, &mut payload);
        let file = shelf::wrap(kind, &payload);
        let size = file.len() as u64;
        let name = format!("{}.lectern", kind.name());
        self.sections.push(SectionFile {
            kind: kind.name().into(),
            file: name.clone(),
            stored: size,
            size,
            parts: 0,
            parts_stored: 0,
        });
        self.files.insert(name, file);
    }

    /// The list of the layers, and their checksums.
    fn layers(&mut self, payloads: &[Vec<u8>], touch: &mut Touch<'_>) -> (Parts, Vec<u8>) {
        let mut checksums = Vec::new();
        let mut parts = Vec::new();
        for (place, payload) in payloads.iter().enumerate() {
            let mut payload = payload.clone();
            touch(Kind::Layer, &mut payload);
            checksums.extend(checksum(&payload));
            let file = shelf::wrap(Kind::Layer, &payload);
            let (hash, size) = (place as u64, file.len() as u32);
            let stored = size;
            let part = Part { hash, stored, size };
            self.files.insert(part.file(Kind::Layer), file);
            parts.push(part);
        }
        (Parts::new(parts), checksums)
    }

    fn finish(mut self, mut manifest: Manifest) -> Files {
        manifest.sections = self.sections;
        let json = serde_json::to_vec(&manifest.seal()).unwrap();
        self.files.insert(MANIFEST.into(), json);
        self.files
    }
}
