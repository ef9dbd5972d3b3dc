//! What an operator sees: logs, metrics, health.

pub mod access;
pub mod logs;
pub mod metrics;

use sha2::{Digest, Sha256};
use tracing::{Span, record_all};

use crate::auth::Identity;
use crate::chat::stream::Status;
use crate::providers::Usage;

/// Notes in the log of the current request who it is from: users by a hash, which tells them apart and not who they are.
pub fn saw(who: &Identity) {
    let name = match who.owner() {
        Some(owner) => hash(owner),
        None => "anonymous".to_owned(),
    };
    Span::current().record("user", name);
}

/// Notes in the log of this request, and in metrics, how an answer ended, what it took, and what of it is known to have
/// cost how many dollars.
pub fn answered(span: &Span, status: Status, usage: Usage, cost: Option<f64>) {
    record_all!(
        span,
        answer = status.as_str(),
        input_tokens = usage.input,
        output_tokens = usage.output,
        cost
    );
    ::metrics::counter!("lectern_tokens_total", "of" => "input").increment(usage.input);
    ::metrics::counter!("lectern_tokens_total", "of" => "output").increment(usage.output);
    if let Some(dollars) = cost {
        // Counters are whole numbers: millionths.
        let millionths = (dollars * 1e6).round() as u64;
        ::metrics::counter!("lectern_cost_microdollars_total").increment(millionths);
    }
}

/// The first 48 bits of SHA-256.
fn hash(owner: &str) -> String {
    let digest = Sha256::digest(owner);
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
