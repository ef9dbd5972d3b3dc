//! From settings to a relay that serves, and back to nothing when it is told to stop.

use std::net::SocketAddr;
use std::panic;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::Signal;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::app;
use crate::auth::{self, Accounts, AccountsError};
use crate::book::{Library, LibraryError};
use crate::config::{Config, ConfigError};
use crate::crowd::Crowd;
use crate::limits::Budgets;
use crate::observe;
use crate::providers::Provider;
use crate::server::reload::Changes;
use crate::server::{self, Rules, signals};
use crate::state::{App, Relay};
use crate::store::Store;
use crate::store::batches::Batches;

/// Most threads that answer questions: beyond these, the database is what limits.
const THREADS: usize = 4;
/// Most threads that wait for files or hash passwords.
const BLOCKING_THREADS: usize = 16;
/// How often samples of metrics are put in order.
const TIDY: Duration = Duration::from_secs(5);

/// Why a relay did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be opened.
    #[error("the database {url} cannot be opened: {source}; see LECTERN_DATABASE")]
    Database {
        /// The database, without its password.
        url: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The shelf cannot be opened.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The accounts in it cannot be used.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The address is taken or not this machine's.
    #[error(
        "cannot listen on {address}: {source}; choose another with LECTERN_LISTEN=127.0.0.1:8718"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no threads or signals.
    #[error("the system refused what a server needs: {0}")]
    System(#[from] std::io::Error),
}

/// Runs a relay with these settings until it is told to stop: by SIGTERM or SIGINT.
///
/// # Errors
/// It could not start.
pub fn run(config: Config) -> Result<(), StartError> {
    config.check()?;
    if config.server.check_config {
        return Ok(());
    }
    observe::logs::start(&config.server);
    if config.server.rotate_key {
        return runtime()?.block_on(rotate_key(&config));
    }
    // Not in this thread, which would hand each new connection to another.
    let serving = async { tokio::spawn(serve(config)).await };
    let served = runtime()?.block_on(serving);
    // Nobody aborts it, so where it did not end it has panicked.
    served.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
}

fn runtime() -> Result<Runtime, StartError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // One core is for the database's thread and for the one that tells answers in a crowd. With a thread for it as well,
    // these only wake each other.
    let threads = cores.saturating_sub(1).clamp(1, THREADS);
    let runtime = Builder::new_multi_thread()
        .worker_threads(threads)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build();
    Ok(runtime?)
}

async fn serve(mut config: Config) -> Result<(), StartError> {
    let files = server::raise_file_limit();
    let address = config.server.listen;
    let listener =
        server::listen(address).map_err(|source| StartError::Listen { address, source })?;
    config.server.listen = listener.local_addr()?;
    let rules = Rules::new(&config, files);
    let relay = Arc::new(open(config).await?);
    tell(&relay);
    let stop = relay.stopping.clone();
    tokio::spawn(signals::stop(stop)?);
    tokio::spawn(watch_shelf(relay.clone(), signals::reload()?));
    tokio::spawn(tidy_metrics(relay.stopping.clone()));
    server::serve(
        listener,
        app(relay.clone()),
        &rules,
        &relay.stopping,
        &relay.closing,
    )
    .await;
    relay.endings.close();
    relay.endings.wait().await;
    relay.budgets.flush().await;
    relay.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens all that a relay has.
///
/// # Errors
/// The shelf or the database cannot be opened.
pub async fn open(config: Config) -> Result<Relay, StartError> {
    let (shelf, model) = (&config.server.shelf, config.server.model.as_deref());
    let library = Library::open(shelf, model)?;
    let provider = config.providers.build()?;
    assemble(config, library, provider).await
}

/// The relay that answers with this provider from this book.
pub(crate) async fn assemble(
    config: Config,
    library: Library,
    provider: Arc<dyn Provider>,
) -> Result<Relay, StartError> {
    let store = open_store(&config).await?;
    let crowd = Crowd::default();
    Ok(Relay {
        accounts: Accounts::open(&store, &config).await?,
        budgets: Budgets::new(store.clone(), &config.limits),
        batches: Batches::new(&store, &crowd),
        store,
        library,
        provider,
        crowd,
        endings: TaskTracker::new(),
        stopping: CancellationToken::new(),
        closing: CancellationToken::new(),
        config,
    })
}

async fn open_store(config: &Config) -> Result<Store, StartError> {
    let database = &config.server.database;
    let store = Store::open(database.expose()).await;
    store.map_err(|source| StartError::Database {
        url: database.to_string(),
        source,
    })
}

/// Makes a new key to sign tokens with.
async fn rotate_key(config: &Config) -> Result<(), StartError> {
    let store = open_store(config).await?;
    let kid = auth::rotate(&store).await.map_err(AccountsError::from)?;
    store.close().await;
    tracing::info!(kid, "tokens are signed with a new key");
    Ok(())
}

/// The line that says where to look.
fn tell(relay: &App) {
    let config = &relay.config.server;
    let url = config.base_url();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        %url,
        listen = %config.listen,
        docs = %format!("{url}docs"),
        shelf = %config.shelf.display(),
        database = %config.database,
        "ready"
    );
}

async fn watch_shelf(relay: App, hangup: Signal) {
    let shelf = &relay.config.server.shelf;
    let mut changes = Changes::new(shelf, hangup).await;
    loop {
        changes.next().await;
        let own = relay.clone();
        // It reads files, and decodes them.
        match tokio::task::spawn_blocking(move || own.library.reload()).await {
            Ok(Ok(true)) => tracing::info!(shelf = %shelf.display(), "answers from a newer shelf"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(%error, "answers from the shelf as it was"),
            Err(error) => tracing::error!(%error, "the newer shelf was not opened"),
        }
    }
}

async fn tidy_metrics(stopping: CancellationToken) {
    let mut ticks = tokio::time::interval(TIDY);
    while stopping.run_until_cancelled(ticks.tick()).await.is_some() {
        observe::metrics::tidy();
    }
}
