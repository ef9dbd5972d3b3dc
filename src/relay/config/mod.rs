//! Settings: each is a flag and an environment variable, and all of them are here, by what they are for.

mod accounts;
mod limits;
mod providers;
mod server;

pub use accounts::{Accounts, Issuer};
pub use limits::Limits;
pub use providers::{Kind, Providers};
pub use server::{DatabaseUrl, LogFormat, Origin, Server};

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {why}; for example: {setting}={example}")]
pub struct ConfigError {
    /// Its environment variable.
    pub setting: &'static str,
    /// What is wrong.
    pub why: String,
    /// A value that could be used.
    pub example: &'static str,
}

/// Every setting of the relay.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// Where it listens, what it serves.
    #[command(flatten)]
    pub server: Server,
    /// Who may ask.
    #[command(flatten)]
    pub accounts: Accounts,
    /// Who answers.
    #[command(flatten)]
    pub providers: Providers,
    /// How much one may ask for.
    #[command(flatten)]
    pub limits: Limits,
}

impl Config {
    /// Checks what a setting's own syntax does not tell: folders that are not there, settings that do not go together.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.server.check()?;
        self.providers.check()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    /// The settings that these flags make.
    pub(crate) fn config(flags: &[&str]) -> Result<Config, String> {
        let shelf = crate::book::testing::shared();
        let first = ["lectern-relay", "--shelf", shelf];
        let flags = first.iter().chain(flags);
        let cli = Cli::try_parse_from(flags).map_err(|error| error.to_string())?;
        Ok(cli.config)
    }

    #[test]
    fn a_shelf_is_all_that_is_needed() {
        let config = config(&[]).unwrap();
        assert_eq!(config.server.base_url().as_str(), "http://127.0.0.1:8717/");
        assert!(config.server.allows("http://localhost:3000"));
        assert!(!config.server.allows("https://elsewhere.example"));
    }

    #[test]
    fn a_wrong_setting_is_named_with_a_legal_example() {
        for (flag, wrong, told) in [
            (
                "--allowed-origins",
                "https://a.example/docs",
                "https://docs.example.org",
            ),
            ("--trusted-proxies", "10.0.0.0/99", "10.0.0.0/8"),
            ("--database", "mysql://x", "postgres://"),
            ("--user-budget", "ten", "20 requests/minute"),
            ("--public-url", "relay", "https://relay.example.org"),
            ("--listen", "8717", "127.0.0.1:8717"),
        ] {
            let error = config(&[flag, wrong]).unwrap_err();
            assert!(error.contains(flag) && error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_folder_without_a_shelf_is_told_of() {
        let mut config = config(&[]).unwrap();
        assert_eq!(config.check(), Ok(()));
        config.server.shelf = "src".into();
        let error = config.check().unwrap_err();
        assert_eq!(error.setting, "LECTERN_SHELF");
        assert!(error.to_string().contains("lectern index"), "{error}");
    }

    #[test]
    fn no_secret_is_in_what_is_printed() {
        let url = "postgres://relay:hunter2@db.example/book?password=hunter2";
        let config = config(&["--database", url, "--metrics-token", "hunter2"]).unwrap();
        let printed = format!("{config:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(printed.contains("db.example/book"), "{printed}");
    }
}
