//! Vectors for all passages of a book: from the cache, or embedded on all cores.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use lectern_core::encoder::Role;
use lectern_indexer::{Embedder, IndexError, Indexer, Pending, batches};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::args::WorkArgs;
use crate::cache::VectorCache;
use crate::paths;
use crate::progress::{Progress, Reporting};

/// Where vectors come from.
#[derive(Debug)]
pub struct Source<'a> {
    model: &'a [u8],
    cache: VectorCache,
    threads: usize,
    reporting: Reporting,
}

/// Where the vectors of a book came from, counted by distinct text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Computed by the encoder.
    pub embedded: usize,
    /// Found in the cache.
    pub cached: usize,
}

/// Whether the cache keeps vectors. Those of questions are many, and once the table is distilled from
/// them the table is all that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Yes,
    No,
}

/// Steps that distilling shows.
const STEPS: usize = 100;

type Vector = (String, Vec<u8>);

/// Where a cache keeps the table of the index with this hash.
fn table_of(hash: &str) -> String {
    format!("table-of-{hash}")
}

impl<'a> Source<'a> {
    /// A model file, with cache and threads as the command line says.
    pub fn new(model: &'a [u8], args: WorkArgs, reporting: Reporting) -> Result<Self> {
        let cache = VectorCache::new(paths::vector_cache(args.cache)?);
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let threads = args.threads.map_or_else(cores, usize::from);
        Ok(Self {
            model,
            cache,
            threads,
            reporting,
        })
    }

    /// Gives the indexer every vector that it lacks, and the small encoder's table: that of the index
    /// with the hash `previous` where it was kept.
    pub fn fill(&self, indexer: &mut Indexer, previous: Option<&str>) -> Result<Counts> {
        let key = indexer.table_key();
        let keys = [previous.map(table_of), key.clone()].into_iter().flatten();
        let tables = keys.filter_map(|key| self.cache.get(&key));
        let has_table = tables
            .take(1)
            .any(|table| indexer.set_table(&table).is_ok());
        let (passages, questions) = indexer
            .pending()
            .into_iter()
            .partition(|text| text.role == Role::Passage);
        let counts = self.fill_passages(indexer, passages)?;
        if let (Some(key), false) = (key, has_table) {
            for (key, vector) in self.embed_once("embedding questions", &questions)? {
                indexer.set_vector(key, vector)?;
            }
            let table = self.distilling(|show| indexer.distil(show))?;
            self.cache.put(&key, &table);
        }
        Ok(counts)
    }

    /// Keeps the table of the index with this hash, for the one that follows it.
    pub fn keep_table(&self, hash: &str, table: &[u8]) {
        self.cache.put(&table_of(hash), table);
    }

    fn fill_passages(&self, indexer: &mut Indexer, passages: Vec<Pending>) -> Result<Counts> {
        let total = passages.len();
        let mut missing = Vec::new();
        for text in passages {
            let known = self.cache.get(&text.key);
            // A vector of the wrong size is as good as none.
            let taken = known.is_some_and(|v| indexer.set_vector(text.key.clone(), v).is_ok());
            if !taken {
                missing.push(text);
            }
        }
        for (key, vector) in self.embed("embedding passages", &missing, Keep::Yes)? {
            indexer.set_vector(key, vector)?;
        }
        Ok(Counts {
            embedded: missing.len(),
            cached: total - missing.len(),
        })
    }

    /// Why vectors could not be kept, where that is so.
    pub fn cache_failure(self) -> Option<anyhow::Error> {
        self.cache.failure()
    }

    /// Each thread has one encoder and takes the next batch until there is none. A vector is kept
    /// as soon as it is there, so that work cut off is not lost.
    fn embed(&self, what: &'static str, texts: &[Pending], keep: Keep) -> Result<Vec<Vector>> {
        let progress = Progress::start(what, texts.len(), self.reporting);
        let batches = batches(texts);
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<Vector>> {
            let mut vectors = Vec::new();
            let mut embedder = Embedder::open(self.model)?;
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                let texts = batch.iter().map(|text| (&text.text[..], text.role));
                let embedded = embedder.embed_batch(&texts.collect::<Vec<_>>())?;
                for (text, vector) in batch.iter().zip(embedded) {
                    if keep == Keep::Yes {
                        self.cache.put(&text.key, &vector);
                    }
                    vectors.push((text.key.clone(), vector));
                    progress.step();
                }
            }
            Ok(vectors)
        };
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let parts = self.pool(batches.len())?.broadcast(|_| work());
        let parts: Vec<Vec<Vector>> = parts.into_iter().collect::<Result<_>>()?;
        Ok(parts.into_iter().flatten().collect())
    }

    /// The vectors of texts that nobody will ask for again.
    pub fn embed_once(&self, what: &'static str, texts: &[Pending]) -> Result<Vec<Vector>> {
        self.embed(what, texts, Keep::No)
    }

    /// Has `work` distil a table on all threads, and shows how far it has come.
    pub fn distilling(
        &self,
        work: impl FnOnce(&mut dyn FnMut(f32)) -> Result<Vec<u8>, IndexError> + Send,
    ) -> Result<Vec<u8>> {
        let progress = Progress::start("distilling the small encoder", STEPS, self.reporting);
        let mut shown = 0;
        let mut show = |share: f32| {
            while shown < (share * STEPS as f32) as usize {
                progress.step();
                shown += 1;
            }
        };
        let pool = self.pool(self.threads)?;
        Ok(pool.install(|| work(&mut show))?)
    }

    fn pool(&self, most: usize) -> Result<ThreadPool> {
        let pool = ThreadPoolBuilder::new().num_threads(self.threads.min(most));
        pool.build().context("cannot start threads")
    }
}
