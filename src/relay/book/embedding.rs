//! Vectors of questions, for readers whose machine will not load an encoder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lectern_indexer::{Embedder, IndexError};
use tokio::sync::{OnceCell, Semaphore};

/// The full encoder, opened when it is first asked.
#[derive(Debug)]
pub struct Embedding {
    model: Option<PathBuf>,
    open: OnceCell<Arc<Mutex<Embedder>>>,
    /// Whose turn it is to embed: who waits here waits without a thread.
    turn: Semaphore,
}

/// Why there is no vector.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The operator has named no model file.
    #[error("no model file is set. Set LECTERN_MODEL to the file that the book was indexed with")]
    NotSet,
    /// The model file is of another model.
    #[error("the model file is {own:?}, and the book was indexed with another")]
    OtherModel {
        /// The model's name.
        own: String,
    },
    /// The model file cannot be read.
    #[error("the model file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// The model file cannot be used.
    #[error(transparent)]
    Model(#[from] IndexError),
    /// The thread that embedded ended early.
    #[error("the encoder did not end: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

impl Embedding {
    /// The encoder of this model file, if there is one; nothing is read yet.
    pub(super) fn new(model: Option<&Path>) -> Self {
        Self {
            model: model.map(Path::to_owned),
            open: OnceCell::new(),
            turn: Semaphore::new(1),
        }
    }

    /// The vector of a text as a question, as vectors of a book are that the model `name` has read.
    ///
    /// # Errors
    /// There is no model file, or none that can be used for this book.
    pub async fn question(&self, text: String, name: &str) -> Result<Vec<f32>, EmbedError> {
        let path = self.model.clone().ok_or(EmbedError::NotSet)?;
        let embedder = self.open.get_or_try_init(|| open(path)).await?;
        // Never closed, so this waits and does not fail.
        let _turn = self.turn.acquire().await;
        let (embedder, name) = (Arc::clone(embedder), name.to_owned());
        let embedded = tokio::task::spawn_blocking(move || {
            // An encoder begins by clearing, so one whose thread failed is as good as before.
            let mut embedder = embedder.lock().unwrap_or_else(PoisonError::into_inner);
            let own = &embedder.config().name;
            if *own != name {
                return Err(EmbedError::OtherModel { own: own.clone() });
            }
            Ok(embedder.embed_question(&text)?)
        });
        embedded.await?
    }
}

async fn open(path: PathBuf) -> Result<Arc<Mutex<Embedder>>, EmbedError> {
    let opened = tokio::task::spawn_blocking(move || {
        let embedder = Embedder::open(&std::fs::read(path)?)?;
        Ok(Arc::new(Mutex::new(embedder)))
    });
    opened.await?
}
