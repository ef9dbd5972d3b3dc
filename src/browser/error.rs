//! Errors as JavaScript sees them: `Error` objects with a stable `code`.

use js_sys::Reflect;
use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};

/// What can go wrong in a browser.
#[derive(Debug, Error)]
pub(crate) enum BrowserError {
    /// The shelf or the query.
    #[error(transparent)]
    Core(#[from] lectern_core::Error),
    /// No answer, or one that broke off.
    #[error("{file} could not be loaded ({why}). Check the connection and try again")]
    Network { file: String, why: String },
    /// The server has no such file.
    #[error(
        "there is no search index here: {file} answered {status}. Build the site with `docusaurus build`, or check that the index was uploaded with the pages"
    )]
    Missing { file: String, status: u16 },
    /// A file that the manifest knows of is not there.
    #[error(
        "{file} is not there any more ({status}). Load the page again, or check that all of the index was uploaded"
    )]
    Gone { file: String, status: u16 },
    /// The site was built anew since the book was opened.
    #[error("the book has changed. Search again, or load the page again")]
    Changed,
    /// The server could not serve it.
    #[error("{file} could not be loaded: the server answered {status}. Try again later")]
    Status { file: String, status: u16 },
    /// The relay refused, with its own code, or what answered is no relay.
    #[error("{message}")]
    Relay { code: String, message: String },
    /// An argument of a call is not what its type says.
    #[error("{0}")]
    Argument(String),
}

impl BrowserError {
    /// Whether the same file may arrive whole when it is asked for again.
    pub fn is_passing(&self) -> bool {
        use lectern_core::Error::{Checksum, Truncated};
        matches!(
            self,
            Self::Network { .. } | Self::Core(Truncated { .. } | Checksum { .. })
        )
    }

    fn code(&self) -> &str {
        match self {
            Self::Core(error) => error.code(),
            Self::Network { .. } | Self::Status { .. } => "network",
            Self::Missing { .. } | Self::Gone { .. } => "shelf-missing",
            Self::Changed => "shelf-changed",
            Self::Relay { code, .. } => code,
            Self::Argument(_) => "argument",
        }
    }
}

impl From<BrowserError> for JsValue {
    fn from(error: BrowserError) -> Self {
        let js = js_sys::Error::new(&error.to_string());
        // Setting a property of a new object cannot fail; without the code the message stays.
        let _ = Reflect::set(&js, &"code".into(), &error.code().into());
        js.into()
    }
}

/// What a thrown JavaScript value says.
pub(crate) fn why(value: &JsValue) -> String {
    match value.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => "no answer".into(),
    }
}
