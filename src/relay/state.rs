//! What requests share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Accounts;
use crate::book::Library;
use crate::config::Config;
use crate::crowd::Crowd;
use crate::limits::Budgets;
use crate::providers::Provider;
use crate::store::Store;
use crate::store::batches::Batches;

/// What requests share, as handlers get it.
pub type App = Arc<Relay>;

/// A relay.
#[derive(Debug)]
pub struct Relay {
    /// Its settings.
    pub config: Config,
    /// Its database.
    pub store: Store,
    /// What chats want of it, done for many at once.
    pub batches: Batches,
    /// Its copy of the book.
    pub library: Library,
    /// Sessions, tokens and keys.
    pub accounts: Accounts,
    /// How much everyone has asked for.
    pub budgets: Budgets,
    /// Who answers: the configured providers in their order.
    pub provider: Arc<dyn Provider>,
    /// The answers that are being told.
    pub crowd: Crowd,
    /// What answers still have to settle and to keep: the database is not closed before.
    pub endings: TaskTracker,
    /// Cancelled when the relay is told to stop: it is not ready for more.
    pub stopping: CancellationToken,
    /// Cancelled when answers have had their time to end after that: streams end now.
    pub closing: CancellationToken,
}
