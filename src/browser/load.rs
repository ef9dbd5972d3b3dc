//! Loading of what search by meaning needs, encoder by encoder.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::{join, join3, maybe_done};
use js_sys::Function;
use lectern_core::Error;
use lectern_core::search::{Searcher, Tier, open_core};
use lectern_core::shelf::{Kind, unwrap};

use crate::book::Book;
use crate::error::BrowserError;
use crate::files::{File, fetch, fetch_into, manifest, stored};
use crate::http::Progress;
use crate::store::Store;

/// Opens the shelf at an address for search by words.
pub(crate) async fn open(
    shelf: String,
    on_progress: Option<Function>,
) -> Result<Book, BrowserError> {
    let manifest = manifest(&shelf).await?;
    let directory = File::section(&manifest, Kind::Directory)?;
    let progress = Progress::new(on_progress, directory.stored);
    let directory = fetch(&shelf, &directory, &progress).await?;
    let searcher = Searcher::open(&directory, &manifest.lang)?;
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
        Tier::Small | Tier::Relay => light(book, tier, &progress).await,
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
        Tier::None | Tier::Relay | Tier::Small => 0,
        Tier::Full => {
            let layers = section(Kind::Core).map_or(0, |core| core.parts_stored);
            stored(Kind::Vocabulary) + stored(Kind::Core) + layers + stored(Kind::Rows)
        }
    };
    match now {
        Tier::None => own + stored(Kind::Cells),
        _ => own,
    }
}

/// The encoders that need no files of their own.
async fn light(book: &Book, tier: Tier, progress: &Progress) -> Result<(), BrowserError> {
    add_cells(book, cells(book, progress).await?)?;
    let mut searcher = book.searcher.borrow_mut();
    match tier {
        Tier::Relay => searcher.use_relay()?,
        _ => searcher.use_small()?,
    }
    Ok(())
}

/// Every file that comes is kept, though another may not come.
async fn full(book: &Book, progress: &Progress) -> Result<(), BrowserError> {
    let store = Store::open().await;
    let store = store.as_ref();
    let fetch = async |file: &File| fetch_into(store, &book.shelf, file, progress).await;
    let core_file = File::section(&book.manifest, Kind::Core)?;
    let rows_file = File::section(&book.manifest, Kind::Rows)?;
    let vocabulary_file = File::section(&book.manifest, Kind::Vocabulary)?;
    let core = async {
        let core = fetch(&core_file).await?;
        let layers = layers(&core)?;
        if let Some(store) = store {
            let files = layers
                .iter()
                .chain([&core_file, &rows_file, &vocabulary_file]);
            let names: Vec<&str> = files.map(|file| file.name.as_str()).collect();
            store.list(&book.shelf, &names).await;
        }
        let layers = all(layers.iter().map(&fetch)).await?;
        Ok::<_, BrowserError>((core, layers))
    };
    let book_files = join(fetch(&vocabulary_file), fetch(&rows_file));
    let (cells, core, (vocabulary, rows)) = join3(cells(book, progress), core, book_files).await;
    let (cells, (core, layers)) = (cells?, core?);
    let (vocabulary, rows) = (vocabulary?, rows?);
    add_cells(book, cells)?;
    let added = book
        .searcher
        .borrow_mut()
        .add_full(&vocabulary, &core, &layers, &rows);
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
    let section = |kind| File::section(&book.manifest, kind).ok();
    let mut files = vec![section(Kind::Rows)?, section(Kind::Vocabulary)?];
    if names.contains(&core.name) {
        files.extend(layers(&stored(&store, &core).await?).ok()?);
        files.push(core);
    }
    let kept = files.iter().filter(|file| names.contains(&file.name));
    Some(kept.map(|file| file.stored).sum())
}

/// Fetches what leads to the cells, unless it is there.
async fn cells(book: &Book, progress: &Progress) -> Result<Option<Vec<u8>>, BrowserError> {
    if book.tier() != Tier::None {
        return Ok(None);
    }
    let file = File::section(&book.manifest, Kind::Cells)?;
    fetch(&book.shelf, &file, progress).await.map(Some)
}

/// Adds what leads to the cells, unless another load has done so: it would take their encoder away.
fn add_cells(book: &Book, cells: Option<Vec<u8>>) -> Result<(), Error> {
    let mut searcher = book.searcher.borrow_mut();
    match cells {
        Some(cells) if searcher.tier() == Tier::None => searcher.add_meaning(&cells),
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
