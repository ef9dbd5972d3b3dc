//! Log lines, one a request and what goes wrong, on standard output.

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{ConfigError, LogFormat, Server};

/// Starts logging as the settings say. In a process that logs already, that stays as it is.
pub fn start(config: &Server) {
    let filter = EnvFilter::new(&config.log);
    let lines = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stdout)
        .with_target(false);
    // What fails is to be the second of a process.
    let _ = match config.log_format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            lines.try_init()
        }
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(
            place,
            "a request was stopped by a fault of the relay: {panic}"
        );
    }));
}

/// Checks what is to be logged.
///
/// # Errors
/// It is no filter.
pub fn check(filter: &str) -> Result<(), ConfigError> {
    match EnvFilter::try_new(filter) {
        Ok(_) => Ok(()),
        Err(error) => Err(ConfigError {
            setting: "LECTERN_LOG",
            why: error.to_string(),
            example: "info,lectern_relay=debug",
        }),
    }
}
