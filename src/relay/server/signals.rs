//! What the system tells the process: to stop, or to look at the shelf again.

use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `stopping` at SIGTERM or SIGINT.
///
/// # Errors
/// The system gives no signals.
pub fn stop(stopping: CancellationToken) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
        stopping.cancel();
    })
}

/// SIGHUP, by which a relay is told to look at its shelf again.
///
/// # Errors
/// The system gives no signals.
pub fn reload() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}
