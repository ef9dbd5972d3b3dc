//! `lectern inspect`: what a shelf holds.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use lectern_core::encoder::{Backend, Vocabulary};
use lectern_core::meaning::Cells;
use lectern_core::search::{Pages, Tier, address};
use lectern_core::shelf::{Kind, Manifest, unwrap};
use lectern_indexer::Scan;
use serde::Serialize;

use crate::Outcome;
use crate::shelf_dir::ShelfDir;
use crate::terminal::{Style, harmless, size, stdout};

const EXAMPLES: &str = "\
Examples:
  lectern inspect build/lectern
  lectern inspect build/lectern --json | jq .sizes
  lectern inspect build/lectern --passages --json | jq -r '.[].text'";

/// Arguments of `lectern inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the shelf
    dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print every passage instead, with its address and headings
    #[arg(long, requires = "json")]
    passages: bool,
}

/// Prints what is in the shelf.
pub fn run(args: Args) -> Result<Outcome> {
    let shelf = ShelfDir::open(&args.dir)?;
    let mut out = stdout();
    if args.passages {
        let searcher = shelf.searcher(Tier::None, Scan::All)?;
        writeln!(
            out,
            "{}",
            serde_json::to_string(&passages(searcher.pages()))?
        )?;
    } else if args.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&Facts::of(&shelf)?)?
        )?;
    } else {
        Facts::of(&shelf)?.print(&mut out)?;
    }
    out.flush()?;
    Ok(Outcome::Yes)
}

#[derive(Serialize)]
struct Facts<'a> {
    title: &'a str,
    lang: &'a str,
    hash: &'a str,
    version: u16,
    generator: &'a str,
    /// None in a shelf that is searched by words alone.
    model: Option<Model<'a>>,
    counts: Counts,
    sizes: Vec<Size<'a>>,
}

#[derive(Serialize)]
struct Model<'a> {
    name: &'a str,
    dimensions: usize,
    vocabulary: usize,
    backend: String,
}

#[derive(Serialize)]
struct Counts {
    pages: u32,
    passages: u32,
    terms: usize,
    pairs: usize,
}

#[derive(Serialize)]
struct Size<'a> {
    section: &'a str,
    file: &'a str,
    stored: u64,
    inflated: u64,
    parts: u32,
    parts_stored: u64,
}

#[derive(Serialize)]
struct PassageLine<'a> {
    passage: u32,
    url: String,
    title: &'a str,
    headings: &'a [String],
    text: &'a str,
}

impl<'a> Facts<'a> {
    fn of(shelf: &'a ShelfDir) -> Result<Self> {
        let manifest = shelf.manifest();
        let searcher = shelf.searcher(Tier::None, Scan::All)?;
        let (terms, pairs) = searcher.counts();
        Ok(Self {
            title: &manifest.title,
            lang: &manifest.lang,
            hash: &manifest.hash,
            version: manifest.version,
            generator: &manifest.generator,
            model: Model::of(shelf)?,
            counts: Counts {
                pages: manifest.pages,
                passages: manifest.passages,
                terms,
                pairs,
            },
            sizes: sizes(manifest),
        })
    }

    fn print(&self, out: &mut impl Write) -> Result<()> {
        let style = Style::of_stdout();
        let Self { counts, .. } = self;
        writeln!(out, "{}", style.bold(&harmless(self.title)))?;
        writeln!(out, "  language   {}", harmless(self.lang))?;
        match &self.model {
            Some(model) => writeln!(
                out,
                "  model      {}: {} dimensions, {} wordpieces; kernels: {}",
                harmless(model.name),
                model.dimensions,
                model.vocabulary,
                model.backend
            )?,
            None => writeln!(out, "  model      none, searched by words alone")?,
        }
        writeln!(
            out,
            "  counts     {} pages, {} passages, {} terms, {} pairs",
            counts.pages, counts.passages, counts.terms, counts.pairs
        )?;
        writeln!(
            out,
            "  shelf      {}, format {}, by Lectern {}",
            harmless(self.hash),
            self.version,
            harmless(self.generator)
        )?;
        writeln!(out)?;
        let row = |name: &str, stored: &str, inflated: &str, parts: &str, file: &str| {
            format!("  {name:<10} {stored:>10} {inflated:>10} {parts:>16}  {file}")
        };
        writeln!(
            out,
            "{}",
            style.dim(&row("section", "stored", "inflated", "parts", "file"))
        )?;
        for own in &self.sizes {
            writeln!(
                out,
                "{}",
                row(
                    own.section,
                    &size(own.stored),
                    &size(own.inflated),
                    &own.parts(),
                    own.file
                )
            )?;
        }
        let all = self.sizes.iter().map(|s| s.stored + s.parts_stored).sum();
        writeln!(out, "  {:<10} {:>10}", "all", size(all))?;
        Ok(())
    }
}

impl<'a> Model<'a> {
    fn of(shelf: &'a ShelfDir) -> Result<Option<Self>> {
        if !shelf.manifest().has_meaning() {
            return Ok(None);
        }
        let cells = shelf.section(Kind::Cells)?;
        let vocabulary = shelf.section(Kind::Vocabulary)?;
        Ok(Some(Self {
            name: &shelf.manifest().model,
            dimensions: Cells::open(unwrap(Kind::Cells, &cells)?)?.dims(),
            vocabulary: Vocabulary::open(unwrap(Kind::Vocabulary, &vocabulary)?)?.size(),
            backend: format!("{:?}", Backend::detect()).to_lowercase(),
        }))
    }
}

impl Size<'_> {
    /// `6, 5.3 MB`, or nothing where there are none.
    fn parts(&self) -> String {
        match self.parts {
            0 => String::new(),
            parts => format!("{parts}, {}", size(self.parts_stored)),
        }
    }
}

fn sizes(manifest: &Manifest) -> Vec<Size<'_>> {
    let rows = manifest.sections.iter().map(|section| Size {
        section: &section.kind,
        file: &section.file,
        stored: section.stored,
        inflated: section.size,
        parts: section.parts,
        parts_stored: section.parts_stored,
    });
    rows.collect()
}

fn passages(pages: &Pages) -> Vec<PassageLine<'_>> {
    let lines = pages.iter().map(|(passage, located)| PassageLine {
        passage,
        url: address(&located),
        title: &located.page.title,
        headings: &located.section.headings,
        text: &located.passage.text,
    });
    lines.collect()
}
