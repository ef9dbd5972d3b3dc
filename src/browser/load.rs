//! Loading of what search by meaning needs, encoder by encoder.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::{join3, maybe_done, try_join, try_join3};
use js_sys::Function;
use lectern_core::Error;
use lectern_core::search::{Searcher, Tier, open_core};
use lectern_core::shelf::codec::Reader;
use lectern_core::shelf::parts::Parts;
use lectern_core::shelf::{Kind, unwrap};

use crate::book::Book;
use crate::error::BrowserError;
use crate::files::{File, fetch, fetch_into, manifest, stored};
use crate::http::Progress;
use crate::store::Store;

/// Blocks of the small encoder's table that are fetched with it: they hold the most common tokens
/// of questions, and a query seldom needs none of them.
const FIRST_BLOCKS: usize = 4;

/// Opens the shelf at an address for search by words.
pub(crate) async fn open(
    shelf: String,
    on_progress: Option<Function>,
) -> Result<Book, BrowserError> {
    let manifest = manifest(&shelf).await?;
    let file = |kind| File::section(&manifest, kind);
    let (catalog, text, words) = (file(Kind::Catalog)?, file(Kind::Text)?, file(Kind::Words)?);
    let bytes = [&catalog, &text, &words].map(|file| file.stored);
    let progress = Progress::new(on_progress, bytes.iter().sum());
    let (catalog, text, words) = try_join3(
        fetch(&shelf, &catalog, &progress),
        fetch(&shelf, &text, &progress),
        fetch(&shelf, &words, &progress),
    )
    .await?;
    let searcher = Searcher::open(&catalog, &text, &words)?;
    Ok(Book::new(shelf, manifest, searcher))
}

/// Loads what search by meaning with an encoder needs, unless that or a better one is there.
pub(crate) async fn load(
    book: &Book,
    tier: Tier,
    on_progress: Option<Function>,
) -> Result<(), BrowserError> {
    if !book.manifest.has_meaning() {
        return Err(Error::NoEncoder.into());
    }
    if book.tier() >= tier {
        return Ok(());
    }
    let progress = Progress::new(on_progress, bytes(book, tier));
    let loaded = match tier {
        Tier::None => Ok(()),
        Tier::Small => small(book, &progress).await,
        Tier::Relay => relay(book, &progress).await,
        Tier::Full => full(book, &progress).await,
    };
    if book.tier() != Tier::Full {
        book.kept.set(kept(book).await.unwrap_or_default());
    }
    loaded
}

/// Bytes on the wire that an encoder takes, what search by meaning needs beside it included.
pub(crate) fn bytes(book: &Book, tier: Tier) -> u64 {
    let now = book.tier();
    if now >= tier {
        return 0;
    }
    let section = |kind| book.manifest.find(kind);
    let stored = |kind| section(kind).map_or(0, |section| section.stored);
    let own = match tier {
        Tier::None | Tier::Relay => 0,
        Tier::Small => stored(Kind::Small) + first_blocks(book),
        Tier::Full => {
            let layers = section(Kind::Core).map_or(0, |core| core.parts_stored);
            stored(Kind::Core) + layers + stored(Kind::Rows)
        }
    };
    match now {
        Tier::None => own + COMMON.map(stored).iter().sum::<u64>(),
        _ => own,
    }
}

/// The sections that all encoders need.
const COMMON: [Kind; 3] = [Kind::Vectors, Kind::Graph, Kind::Vocabulary];

/// Bytes of the first blocks, of which the manifest knows only what all take together.
fn first_blocks(book: &Book) -> u64 {
    let Some(small) = book.manifest.find(Kind::Small) else {
        return 0;
    };
    let all = u64::from(small.parts).max(1);
    small.parts_stored * all.min(FIRST_BLOCKS as u64) / all
}

async fn small(book: &Book, progress: &Progress) -> Result<(), BrowserError> {
    let table = async {
        let head = File::section(&book.manifest, Kind::Small)?;
        let head = fetch(&book.shelf, &head, progress).await?;
        let parts = unwrap(Kind::Small, &head)?;
        let parts = Parts::read(&mut Reader::new(Kind::Small.name(), parts))?;
        let first = parts.iter().take(FIRST_BLOCKS);
        let files: Vec<File> = first.map(|part| File::part(Kind::Block, part)).collect();
        let bytes = files.iter().map(|file| file.stored).sum();
        progress.correct(first_blocks(book), bytes);
        let blocks = files.iter().map(|file| fetch(&book.shelf, file, progress));
        Ok::<_, BrowserError>((head, all(blocks).await?))
    };
    let (common, (head, blocks)) = try_join(common(book, progress), table).await?;
    add_common(book, common)?;
    let mut searcher = book.searcher.borrow_mut();
    searcher.add_small(&head)?;
    for (place, block) in blocks.iter().enumerate() {
        searcher.add_block(place, block)?;
    }
    Ok(())
}

async fn relay(book: &Book, progress: &Progress) -> Result<(), BrowserError> {
    add_common(book, common(book, progress).await?)?;
    book.searcher.borrow_mut().use_relay()?;
    Ok(())
}

/// Every file that comes is kept, though another may not come.
async fn full(book: &Book, progress: &Progress) -> Result<(), BrowserError> {
    let store = Store::open().await;
    let store = store.as_ref();
    let fetch = async |file: &File| fetch_into(store, &book.shelf, file, progress).await;
    let core_file = File::section(&book.manifest, Kind::Core)?;
    let rows_file = File::section(&book.manifest, Kind::Rows)?;
    let core = async {
        let core = fetch(&core_file).await?;
        let layers = layers(&core)?;
        if let Some(store) = store {
            let files = layers.iter().chain([&core_file, &rows_file]);
            let names: Vec<&str> = files.map(|file| file.name.as_str()).collect();
            store.list(&book.shelf, &names).await;
        }
        let layers = all(layers.iter().map(&fetch)).await?;
        Ok::<_, BrowserError>((core, layers))
    };
    let (common, core, rows) = join3(common(book, progress), core, fetch(&rows_file)).await;
    let (common, (core, layers), rows) = (common?, core?, rows?);
    add_common(book, common)?;
    let added = book.searcher.borrow_mut().add_full(&core, &layers, &rows);
    added?;
    if let Some(store) = store {
        store.prune().await;
    }
    Ok(())
}

/// The files of the layers that a core names.
fn layers(core: &[u8]) -> Result<Vec<File>, Error> {
    let (layers, _, _) = open_core(unwrap(Kind::Core, core)?)?;
    let file = |part| File::part(Kind::Layer, part);
    Ok(layers.iter().map(file).collect())
}

/// Bytes of the full encoder that an earlier visit or another book has left in the store.
async fn kept(book: &Book) -> Option<u64> {
    let store = Store::open().await?;
    let names = store.names().await;
    let core = File::section(&book.manifest, Kind::Core).ok()?;
    let mut files = vec![File::section(&book.manifest, Kind::Rows).ok()?];
    if names.contains(&core.name) {
        files.extend(layers(&stored(&store, &core).await?).ok()?);
        files.push(core);
    }
    let kept = files.iter().filter(|file| names.contains(&file.name));
    Some(kept.map(|file| file.stored).sum())
}

/// Vectors, graph and vocabulary.
struct Common {
    vectors: Vec<u8>,
    graph: Option<Vec<u8>>,
    vocabulary: Vec<u8>,
}

/// Fetches what all encoders need, unless it is there.
async fn common(book: &Book, progress: &Progress) -> Result<Option<Common>, BrowserError> {
    if book.tier() != Tier::None {
        return Ok(None);
    }
    let fetch = async |kind| {
        let file = File::section(&book.manifest, kind)?;
        fetch(&book.shelf, &file, progress).await
    };
    let graph = async {
        match book.manifest.find(Kind::Graph) {
            Some(_) => fetch(Kind::Graph).await.map(Some),
            None => Ok(None),
        }
    };
    let (vectors, graph, vocabulary) =
        try_join3(fetch(Kind::Vectors), graph, fetch(Kind::Vocabulary)).await?;
    Ok(Some(Common {
        vectors,
        graph,
        vocabulary,
    }))
}

/// Adds what all encoders need, unless another load has done so: it would take their encoder away.
fn add_common(book: &Book, common: Option<Common>) -> Result<(), Error> {
    let mut searcher = book.searcher.borrow_mut();
    match common {
        Some(common) if searcher.tier() == Tier::None => {
            searcher.add_meaning(&common.vectors, common.graph.as_deref(), &common.vocabulary)
        }
        _ => Ok(()),
    }
}

/// The results of all, which run side by side to their ends, or the first error. A crate's `join_all`
/// is made for thousands and takes 6 KB to download.
async fn all<F, T>(running: impl Iterator<Item = F>) -> Result<Vec<T>, BrowserError>
where
    F: Future<Output = Result<T, BrowserError>>,
{
    let mut running: Vec<_> = running.map(|one| Box::pin(maybe_done(one))).collect();
    poll_fn(|context| {
        let mut ended = true;
        for one in &mut running {
            ended &= one.as_mut().poll(context).is_ready();
        }
        if ended {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    let results = running
        .iter_mut()
        .filter_map(|one| one.as_mut().take_output());
    results.collect()
}
