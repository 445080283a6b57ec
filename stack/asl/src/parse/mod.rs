//! From text to the model, or all errors. `StateMachine` is parsed through its `FromStr`.
//!
//! A field or word that the interpreter does not support is an error that names it; nothing is ignored. Whether the states
//! fit together is checked by [`mod@crate::check`].
//!
//! Not supported: Map states and all of their fields, `JSONata` (`QueryLanguage`, `Arguments`, `Output`, `Condition`,
//! `Items`), `Assign` and variables, intrinsic functions, `HeartbeatSeconds`, `Credentials`, activities, `.sync` and
//! `.waitForTaskToken`, `JSONPath` filters and functions.

mod choice;
mod fields;
mod node;
mod payload;
mod recovery;
mod state;
mod words;

use std::str::FromStr;

use crate::model::{QueryLanguage, StateMachine};
use fields::{ErrorList, Fields};
use node::Node;
pub(crate) use words::nearest;

/// A part of a definition that is not valid or not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {path}")]
pub struct ParseError {
    /// Where, as a JSON pointer: `/States/Cook/ItemsPath`.
    pub path: String,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// The nearest valid word, or the fix.
    pub hint: Option<String>,
}

/// Reads a definition. `Err` holds every error, in the order of the text.
impl FromStr for StateMachine {
    type Err = Vec<ParseError>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let node = node::read(text).map_err(|error| vec![error])?;
        let mut errors = ErrorList::default();
        match read_machine(node, &mut errors) {
            Some(machine) if errors.list.is_empty() => Ok(machine),
            Some(_) | None => Err(errors.list),
        }
    }
}

fn read_machine(node: Node, errors: &mut ErrorList) -> Option<StateMachine> {
    let mut fields = Fields::open(node, String::new(), errors)?;
    let comment = fields.text("Comment", errors);
    let query_language = query_language(&mut fields, errors);
    let version = fields.text("Version", errors);
    if let Some(version) = version.as_deref().filter(|version| *version != "1.0") {
        errors.add(
            fields.at("Version"),
            format!("version of the language is not supported: {version}"),
            None,
        );
    }
    let timeout_seconds = fields.whole("TimeoutSeconds", 1, fields::MAX_TIMEOUT_S, errors);
    let start_at = fields.required_text("StartAt", errors);
    let states = state::states(&mut fields, errors);
    fields.close("a state machine", errors);
    Some(StateMachine {
        comment,
        query_language,
        version,
        timeout_seconds,
        start_at: start_at?,
        states: states?,
    })
}

/// `QueryLanguage` of a machine or state: anything but `JSONPath` is an error.
fn query_language(fields: &mut Fields, errors: &mut ErrorList) -> Option<QueryLanguage> {
    let language = fields.text("QueryLanguage", errors)?;
    if language == "JSONPath" {
        return Some(QueryLanguage::JsonPath);
    }
    let message =
        if language == "JSONata" { "query language is not supported" } else { "unknown query language" };
    errors.add(fields.at("QueryLanguage"), format!("{message}: {language}"), Some("JSONPath".to_owned()));
    None
}

#[cfg(test)]
mod tests;
