//! Vectors for all passages of a book: from the cache, or embedded on all cores.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use lectern_core::encoder::Role;
use lectern_indexer::{Embedder, Indexer, Pending, batches};
use rayon::ThreadPoolBuilder;

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

type Vector = (String, Vec<u8>);

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

    /// Gives the indexer every vector that it lacks.
    pub fn fill(&self, indexer: &mut Indexer) -> Result<Counts> {
        let pending = indexer.pending()?;
        let total = pending.len();
        let mut missing = Vec::new();
        for text in pending {
            let known = self.cache.get(&text.key);
            // A vector of the wrong size is as good as none.
            let taken = known.is_some_and(|v| indexer.set_vector(text.key.clone(), v).is_ok());
            if !taken {
                missing.push(text);
            }
        }
        for (key, vector) in self.embed(&missing)? {
            indexer.set_vector(key, vector)?;
        }
        Ok(Counts {
            embedded: missing.len(),
            cached: total - missing.len(),
        })
    }

    /// Why vectors could not be kept, where that is so.
    pub fn cache_failure(&self) -> Option<&anyhow::Error> {
        self.cache.failure()
    }

    /// Each thread has one encoder and takes the next batch until there is none. A vector is kept
    /// as soon as it is there, so that work cut off is not lost.
    fn embed(&self, texts: &[Pending]) -> Result<Vec<Vector>> {
        let progress = Progress::start("embedding passages", texts.len(), self.reporting);
        let batches = batches(texts);
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<Vector>> {
            let mut vectors = Vec::new();
            let mut embedder = Embedder::open(self.model)?;
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                let texts = batch.iter().map(|text| (&text.text[..], Role::Passage));
                let embedded = embedder.embed_batch(&texts.collect::<Vec<_>>())?;
                for (text, vector) in batch.iter().zip(embedded) {
                    self.cache.put(&text.key, &vector);
                    vectors.push((text.key.clone(), vector));
                    progress.step();
                }
            }
            Ok(vectors)
        };
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.threads.min(batches.len()))
            .build();
        let parts = pool.context("cannot start threads")?.broadcast(|_| work());
        let parts: Vec<Vec<Vector>> = parts.into_iter().collect::<Result<_>>()?;
        Ok(parts.into_iter().flatten().collect())
    }
}
