//! Who answers.

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::ConfigError;
use crate::fetch::{Client, Proxies};
use crate::providers::{
    Chain, Deadlines, Gemini, Link, OpenAi, Places, Price, Provider, SetupError,
};

/// Where OpenAI itself is.
const OPENAI_URL: &str = "https://api.openai.com/v1";
/// Where Ollama is unless told otherwise.
const COMPATIBLE_URL: &str = "http://127.0.0.1:11434/v1";
/// The longest time that a setting can give, in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// Who answers.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Providers")]
pub struct Providers {
    /// Who is asked, in this order, separated by commas; without it, those that have a key or an address, then
    /// `extractive`
    #[arg(
        long,
        env = "LECTERN_PROVIDERS",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub providers: Vec<Kind>,
    /// Key of OpenAI or of a server that speaks as it does; OPENAI_API_KEY counts as well
    #[arg(
        long,
        env = "LECTERN_OPENAI_KEY",
        value_name = "KEY",
        value_parser = key,
        hide_env_values = true
    )]
    pub openai_key: Option<SecretString>,
    /// The same under the name that OpenAI's own tools use
    #[arg(
        long,
        env = "OPENAI_API_KEY",
        value_name = "KEY",
        value_parser = key,
        hide_env_values = true,
        hide = true
    )]
    pub openai_api_key: Option<SecretString>,
    /// Its address; another than OpenAI's own may need no key
    #[arg(long, env = "LECTERN_OPENAI_URL", value_name = "URL", value_parser = address, default_value = OPENAI_URL)]
    pub openai_url: Url,
    /// Its model
    #[arg(
        long,
        env = "LECTERN_OPENAI_MODEL",
        value_name = "MODEL",
        default_value = "gpt-4o-mini"
    )]
    pub openai_model: String,
    /// What it costs in dollars for a million tokens of prompt and of answer, for the log, as 0.15,0.60
    #[arg(long, env = "LECTERN_OPENAI_PRICE", value_name = "INPUT,OUTPUT")]
    pub openai_price: Option<Price>,
    /// Address of a server of one's own that speaks as OpenAI does, asked beside OpenAI: Ollama, llama.cpp, vLLM
    #[arg(long, env = "LECTERN_COMPATIBLE_URL", value_name = "URL", value_parser = address)]
    pub compatible_url: Option<Url>,
    /// Its key, where it has one
    #[arg(
        long,
        env = "LECTERN_COMPATIBLE_KEY",
        value_name = "KEY",
        value_parser = key,
        hide_env_values = true
    )]
    pub compatible_key: Option<SecretString>,
    /// Its model, as llama3.2
    #[arg(long, env = "LECTERN_COMPATIBLE_MODEL", value_name = "MODEL")]
    pub compatible_model: Option<String>,
    /// What it costs in dollars for a million tokens of prompt and of answer, for the log, as 0.15,0.60
    #[arg(long, env = "LECTERN_COMPATIBLE_PRICE", value_name = "INPUT,OUTPUT")]
    pub compatible_price: Option<Price>,
    /// Key of Gemini; GEMINI_API_KEY counts as well
    #[arg(
        long,
        env = "LECTERN_GEMINI_KEY",
        value_name = "KEY",
        value_parser = key,
        hide_env_values = true
    )]
    pub gemini_key: Option<SecretString>,
    /// The same under the name that Google's own tools use
    #[arg(
        long,
        env = "GEMINI_API_KEY",
        value_name = "KEY",
        value_parser = key,
        hide_env_values = true,
        hide = true
    )]
    pub gemini_api_key: Option<SecretString>,
    /// Address of Gemini
    #[arg(
        long,
        env = "LECTERN_GEMINI_URL",
        value_name = "URL",
        value_parser = address,
        default_value = "https://generativelanguage.googleapis.com/v1beta"
    )]
    pub gemini_url: Url,
    /// Its model
    #[arg(
        long,
        env = "LECTERN_GEMINI_MODEL",
        value_name = "MODEL",
        default_value = "gemini-2.5-flash"
    )]
    pub gemini_model: String,
    /// What it costs in dollars for a million tokens of prompt and of answer, for the log, as 0.30,2.50
    #[arg(long, env = "LECTERN_GEMINI_PRICE", value_name = "INPUT,OUTPUT")]
    pub gemini_price: Option<Price>,
    /// Longest time to connect to a provider
    #[arg(long, env = "LECTERN_PROVIDER_CONNECT", value_name = "SECONDS", value_parser = seconds, default_value = "5")]
    pub provider_connect: Duration,
    /// Longest time from a call to the first token of its answer
    #[arg(long, env = "LECTERN_PROVIDER_FIRST_TOKEN", value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    pub provider_first_token: Duration,
    /// Longest time from one token to the next
    #[arg(long, env = "LECTERN_PROVIDER_IDLE", value_name = "SECONDS", value_parser = seconds, default_value = "20")]
    pub provider_idle: Duration,
    /// Longest time for an answer with all tries
    #[arg(long, env = "LECTERN_PROVIDER_TOTAL", value_name = "SECONDS", value_parser = seconds, default_value = "180")]
    pub provider_total: Duration,
    /// Most answers at a time, of all providers
    #[arg(
        long,
        env = "LECTERN_ANSWERS",
        value_name = "N",
        default_value_t = 4096
    )]
    pub answers: usize,
    /// Most answers at a time, of one provider [default: as many as of all]
    #[arg(long, env = "LECTERN_PROVIDER_ANSWERS", value_name = "N")]
    pub provider_answers: Option<usize>,
    /// Longest time that one more answer waits for its turn
    #[arg(long, env = "LECTERN_ANSWERS_WAIT", value_name = "SECONDS", value_parser = seconds, default_value = "5")]
    pub answers_wait: Duration,
    /// HTTP proxy to reach providers through; those of the environment are not used
    #[arg(long, env = "LECTERN_PROVIDER_PROXY", value_name = "URL", value_parser = proxy, hide_env_values = true)]
    pub provider_proxy: Option<SecretString>,
}

/// A kind of provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A server with OpenAI's chat completions
    Openai,
    /// Gemini
    Gemini,
    /// Another server with OpenAI's chat completions
    Compatible,
    /// The best sentences of the passages: no key, no network
    Extractive,
}

impl Providers {
    /// Who is asked, in this order.
    pub fn order(&self) -> Vec<Kind> {
        if !self.providers.is_empty() {
            return self.providers.clone();
        }
        let openai = self.key(Kind::Openai).is_some() || self.is_elsewhere();
        let gemini = self.key(Kind::Gemini).is_some();
        [
            openai.then_some(Kind::Openai),
            gemini.then_some(Kind::Gemini),
            self.compatible_url.is_some().then_some(Kind::Compatible),
            Some(Kind::Extractive),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether the answer is taken from the passages when nobody else gives one.
    pub fn extractive(&self) -> bool {
        self.order().contains(&Kind::Extractive)
    }

    /// Checks what the settings' own syntax does not tell.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_order()?;
        let counts = [
            ("LECTERN_ANSWERS", Some(self.answers)),
            ("LECTERN_PROVIDER_ANSWERS", self.provider_answers),
        ];
        for (setting, count) in counts {
            if count == Some(0) {
                return Err(wrong(setting, "nobody would be answered", "1000"));
            }
        }
        let models = [
            ("LECTERN_OPENAI_MODEL", &self.openai_model, "gpt-4o-mini"),
            (
                "LECTERN_GEMINI_MODEL",
                &self.gemini_model,
                "gemini-2.5-flash",
            ),
        ];
        for (setting, model, example) in models {
            if model.trim().is_empty() {
                return Err(wrong(setting, "a model has a name", example));
            }
        }
        self.build().map(|_| ())
    }

    /// The providers that have a network between, as one. It is empty where there are none.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub fn build(&self) -> Result<Arc<Chain>, ConfigError> {
        let proxies = self.provider_proxy.as_ref();
        let proxies = proxies.map_or(Proxies::None, Proxies::All);
        let client = Client::new(self.provider_connect, &proxies);
        let client = client
            .map_err(|error| wrong("LECTERN_OPENAI_URL", error, "https://api.openai.com/v1"))?;
        let links: Result<Vec<_>, _> = self
            .order()
            .into_iter()
            .filter_map(|kind| self.link(kind, client.clone()).transpose())
            .collect();
        let deadlines = Deadlines {
            first_token: self.provider_first_token,
            idle: self.provider_idle,
            total: self.provider_total,
        };
        let places = Places {
            all: self.answers,
            each: self.provider_answers.unwrap_or(self.answers),
            wait: self.answers_wait,
        };
        Ok(Arc::new(Chain::new(links?, deadlines, places)))
    }

    fn link(&self, kind: Kind, client: Client) -> Result<Option<Link>, ConfigError> {
        let key = self.key(kind);
        let (provider, price): (Arc<dyn Provider>, _) = match kind {
            Kind::Openai => {
                let (url, model) = (&self.openai_url, &self.openai_model);
                let provider = OpenAi::new(OpenAi::NAME, client, url, key, model);
                let provider = provider.map_err(|error| unusable(kind, &error))?;
                (Arc::new(provider), self.openai_price)
            }
            Kind::Compatible => {
                let (url, model) = self.compatible()?;
                let provider = OpenAi::new(OpenAi::COMPATIBLE, client, url, key, model);
                let provider = provider.map_err(|error| unusable(kind, &error))?;
                (Arc::new(provider), self.compatible_price)
            }
            Kind::Gemini => {
                let provider = Gemini::new(client, &self.gemini_url, key, &self.gemini_model);
                let provider = provider.map_err(|error| unusable(kind, &error))?;
                (Arc::new(provider), self.gemini_price)
            }
            Kind::Extractive => return Ok(None),
        };
        Ok(Some(Link::new(provider, price)))
    }

    /// The key of a provider; a variable that is set to nothing is none.
    fn key(&self, kind: Kind) -> Option<&SecretString> {
        let keys = match kind {
            Kind::Openai => [&self.openai_key, &self.openai_api_key],
            Kind::Gemini => [&self.gemini_key, &self.gemini_api_key],
            Kind::Compatible => [&self.compatible_key, &None],
            Kind::Extractive => [&None, &None],
        };
        let mut keys = keys.into_iter().flatten();
        keys.find(|key| !key.expose_secret().is_empty())
    }

    /// Address and model of the compatible server.
    fn compatible(&self) -> Result<(&Url, &str), ConfigError> {
        let url = self.compatible_url.as_ref().ok_or_else(|| {
            let why = "compatible is in LECTERN_PROVIDERS and has no address";
            wrong("LECTERN_COMPATIBLE_URL", why, COMPATIBLE_URL)
        })?;
        let model = self.compatible_model.as_deref().map(str::trim);
        let model = model.filter(|model| !model.is_empty()).ok_or_else(|| {
            let why = "the server at LECTERN_COMPATIBLE_URL is to be asked for a model";
            wrong("LECTERN_COMPATIBLE_MODEL", why, "llama3.2")
        })?;
        Ok((url, model))
    }

    /// Whether the server is another than OpenAI's own, which may need no key.
    fn is_elsewhere(&self) -> bool {
        self.openai_url.as_str() != OPENAI_URL
    }

    fn check_order(&self) -> Result<(), ConfigError> {
        const SETTING: &str = "LECTERN_PROVIDERS";
        const EXAMPLE: &str = "openai,compatible,extractive";
        let order = self.order();
        let repeated = order
            .iter()
            .enumerate()
            .any(|(place, kind)| order.iter().take(place).any(|earlier| earlier == kind));
        if repeated {
            return Err(wrong(SETTING, "a provider is in it twice", EXAMPLE));
        }
        if order
            .iter()
            .rev()
            .skip(1)
            .any(|kind| *kind == Kind::Extractive)
        {
            return Err(wrong(
                SETTING,
                "extractive always answers, so it must be last",
                EXAMPLE,
            ));
        }
        if order.contains(&Kind::Openai) && !self.is_elsewhere() && self.key(Kind::Openai).is_none()
        {
            let why = "openai is in LECTERN_PROVIDERS and has no key, which only a server at LECTERN_OPENAI_URL may lack";
            return Err(wrong("LECTERN_OPENAI_KEY", why, "sk-…"));
        }
        if order.contains(&Kind::Gemini) && self.key(Kind::Gemini).is_none() {
            return Err(wrong(
                "LECTERN_GEMINI_KEY",
                "gemini is in LECTERN_PROVIDERS and has no key",
                "AIza…",
            ));
        }
        Ok(())
    }
}

fn wrong(setting: &'static str, why: impl ToString, example: &'static str) -> ConfigError {
    let why = why.to_string();
    ConfigError {
        setting,
        why,
        example,
    }
}

fn unusable(kind: Kind, error: &SetupError) -> ConfigError {
    let (setting, example) = match (kind, error) {
        (Kind::Gemini, SetupError::Key) => ("LECTERN_GEMINI_KEY", "AIza…"),
        (Kind::Gemini, _) => (
            "LECTERN_GEMINI_URL",
            "https://generativelanguage.googleapis.com/v1beta",
        ),
        (Kind::Compatible, SetupError::Key) => ("LECTERN_COMPATIBLE_KEY", "sk-…"),
        (Kind::Compatible, _) => ("LECTERN_COMPATIBLE_URL", COMPATIBLE_URL),
        (_, SetupError::Key) => ("LECTERN_OPENAI_KEY", "sk-…"),
        _ => ("LECTERN_OPENAI_URL", OPENAI_URL),
    };
    wrong(setting, error, example)
}

/// Files that keys are kept in often end with a line break.
fn key(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.trim().into())
}

fn address(text: &str) -> Result<Url, String> {
    const EXAMPLE: &str =
        "give an address as https://api.example.org/v1, without a query or a user";
    let url =
        Url::parse(text.trim_end_matches('/')).map_err(|error| format!("{error}; {EXAMPLE}"))?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    match url.scheme() {
        "http" | "https" if plain => Ok(url),
        _ => Err(EXAMPLE.to_owned()),
    }
}

/// An address that may have a password in it.
fn proxy(text: &str) -> Result<SecretString, String> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(|url| String::from(url).into())
        .ok_or_else(|| "give an address as http://proxy.example.org:3128".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().trim_end_matches('s').parse().ok();
    seconds
        .filter(|seconds: &f64| (0.001..=LONGEST).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("give seconds, above 0 and up to {LONGEST}, as 20 or 0.5"))
}

#[cfg(test)]
mod tests;
