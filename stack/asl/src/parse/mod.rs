//! From text to model, or every reason why not.
//!
//! A field or word that the interpreter does not run is refused by name, never ignored. What a definition *means* and
//! whether its states fit together does not live here: see [`mod@crate::check`].
//!
//! Refused by name: Map states and all of their fields, `JSONata` (`QueryLanguage`, `Arguments`, `Output`, `Condition`,
//! `Items`), `Assign` and variables, intrinsic functions, `HeartbeatSeconds`, `Credentials`, activities, `.sync` and
//! `.waitForTaskToken`, `JSONPath` filters and functions.

mod choice;
mod fields;
mod node;
mod payload;
mod recovery;
mod state;
mod words;

use crate::model::{QueryLanguage, StateMachine};
use fields::{Fields, Log};
use node::Node;
pub(crate) use words::nearest;

/// A part of a definition that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {path}")]
pub struct Refusal {
    /// Where, as a JSON pointer: `/States/Cook/ItemsPath`.
    pub path: String,
    /// What is refused and why, a lowercase fragment.
    pub message: String,
    /// The nearest word that would be accepted, or the cure.
    pub hint: Option<String>,
}

/// Reads a machine.
///
/// # Errors
/// Every refusal, in the order in which they were met.
pub(crate) fn machine(text: &str) -> Result<StateMachine, Vec<Refusal>> {
    let node = match node::read(text) {
        Ok(node) => node,
        Err(refusal) => return Err(vec![refusal]),
    };
    let mut log = Log::default();
    let machine = read_machine(node, &mut log);
    match machine {
        Some(machine) if log.refusals.is_empty() => Ok(machine),
        Some(_) | None => Err(log.refusals),
    }
}

fn read_machine(node: Node, log: &mut Log) -> Option<StateMachine> {
    let mut fields = Fields::open(node, String::new(), log)?;
    let comment = fields.text("Comment", log);
    let query_language = query_language(&mut fields, log);
    let version = fields.text("Version", log);
    if let Some(version) = version.as_deref().filter(|version| *version != "1.0") {
        log.refuse(
            fields.at("Version"),
            format!("version of the language is not supported: {version}"),
            None,
        );
    }
    let timeout_seconds = fields.whole("TimeoutSeconds", 1, fields::MAX_TIMEOUT_S, log);
    let start_at = fields.required_text("StartAt", log);
    let states = state::states(&mut fields, log);
    fields.close("a state machine", log);
    Some(StateMachine {
        comment,
        query_language,
        version,
        timeout_seconds,
        start_at: start_at?,
        states: states?,
    })
}

/// `QueryLanguage` of a machine or state: anything but `JSONPath` is refused by name.
fn query_language(fields: &mut Fields, log: &mut Log) -> Option<QueryLanguage> {
    let language = fields.text("QueryLanguage", log)?;
    if language == "JSONPath" {
        return Some(QueryLanguage::JsonPath);
    }
    let message = if language == "JSONata" {
        "query language is not supported"
    } else {
        "unknown query language"
    };
    log.refuse(
        fields.at("QueryLanguage"),
        format!("{message}: {language}"),
        Some("JSONPath".to_owned()),
    );
    None
}

#[cfg(test)]
mod laws;
#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a case reads better without borrows"
)]
mod tests;
