//! An object that is read field by field: each is taken with its expected form, and what is left at the end is
//! refused.

use indexmap::IndexMap;
use serde_json::Number;

use super::{Refusal, node::Node, words};
use crate::jsonpath::{Path, PathError, ReferencePath};

/// The longest timeout or wait in seconds. Source: States Language, timeouts (99,999,999).
pub(super) const MAX_TIMEOUT_S: u64 = 99_999_999;

/// Most characters of what is said about one place.
const MAX_MESSAGE_CHARS: usize = 300;

/// Every refusal so far.
#[derive(Default)]
pub(super) struct Log {
    pub(super) refusals: Vec<Refusal>,
}

impl Log {
    /// Notes a refusal. What it quotes of the definition may be of any length: what is said is not.
    pub(super) fn refuse(&mut self, path: String, mut message: String, hint: Option<String>) {
        if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) {
            message.truncate(end);
            message.push('…');
        }
        self.refusals.push(Refusal { path, message, hint });
    }
}

/// The fields of one object that nobody took yet.
pub(super) struct Fields {
    path: String,
    left: IndexMap<String, Node>,
    asked: Vec<&'static str>,
}

impl Fields {
    /// The fields of `node`, which must be an object.
    pub(super) fn open(node: Node, path: String, log: &mut Log) -> Option<Self> {
        match node {
            Node::Object(left) => Some(Self {
                path,
                left,
                asked: Vec::new(),
            }),
            other => {
                let path = if path.is_empty() { "/".to_owned() } else { path };
                log.refuse(path, format!("expected an object, found {}", other.kind()), None);
                None
            }
        }
    }

    /// The path of one of its fields, escaped as a JSON pointer.
    pub(super) fn at(&self, name: &str) -> String {
        format!("{}/{}", self.path, name.replace('~', "~0").replace('/', "~1"))
    }

    pub(super) fn path(&self) -> &str {
        if self.path.is_empty() { "/" } else { &self.path }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Takes a field of any form.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Node> {
        self.asked.push(name);
        self.left.shift_remove(name)
    }

    /// Takes everything that is left.
    pub(super) fn take_rest(&mut self) -> IndexMap<String, Node> {
        std::mem::take(&mut self.left)
    }

    fn take_as<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        log: &mut Log,
        read: impl FnOnce(Node) -> Result<T, Node>,
    ) -> Option<T> {
        let node = self.take(name)?;
        read(node)
            .map_err(|node| {
                log.refuse(
                    self.at(name),
                    format!("expected {expected}, found {}", describe(&node)),
                    None,
                );
            })
            .ok()
    }

    pub(super) fn text(&mut self, name: &'static str, log: &mut Log) -> Option<String> {
        self.take_as(name, "text", log, |node| match node {
            Node::Text(text) => Ok(text),
            other => Err(other),
        })
    }

    pub(super) fn required_text(&mut self, name: &'static str, log: &mut Log) -> Option<String> {
        self.require(name, log);
        self.text(name, log)
    }

    /// Refuses the object if it lacks this field.
    pub(super) fn require(&mut self, name: &'static str, log: &mut Log) {
        if !self.has(name) {
            log.refuse(self.path().to_owned(), format!("missing field: {name}"), None);
        }
    }

    pub(super) fn boolean(&mut self, name: &'static str, log: &mut Log) -> Option<bool> {
        self.take_as(name, "true or false", log, |node| match node {
            Node::Bool(b) => Ok(b),
            other => Err(other),
        })
    }

    pub(super) fn number(&mut self, name: &'static str, log: &mut Log) -> Option<Number> {
        self.take_as(name, "a number", log, |node| match node {
            Node::Number(n) => Ok(n),
            other => Err(other),
        })
    }

    pub(super) fn whole(&mut self, name: &'static str, min: u64, max: u64, log: &mut Log) -> Option<u64> {
        let expected = format!("a whole number from {min} to {max}");
        self.take_as(name, &expected, log, |node| match &node {
            Node::Number(n) => n.as_u64().filter(|n| (min..=max).contains(n)).ok_or(node),
            _ => Err(node),
        })
    }

    pub(super) fn list(&mut self, name: &'static str, log: &mut Log) -> Option<Vec<Node>> {
        self.take_as(name, "an array", log, |node| match node {
            Node::Array(items) => Ok(items),
            other => Err(other),
        })
    }

    pub(super) fn json_path(&mut self, name: &'static str, log: &mut Log) -> Option<Path> {
        let text = self.text(name, log)?;
        self.refuse_path(name, Path::parse(&text), log)
    }

    pub(super) fn reference_path(&mut self, name: &'static str, log: &mut Log) -> Option<ReferencePath> {
        let text = self.text(name, log)?;
        self.refuse_path(name, ReferencePath::parse(&text), log)
    }

    pub(super) fn refuse_path<T>(&self, name: &str, path: Result<T, PathError>, log: &mut Log) -> Option<T> {
        path.map_err(|error| log.refuse(self.at(name), error.to_string(), None))
            .ok()
    }

    /// Refuses what nobody took. `owner` is what the object is: "a Task state".
    pub(super) fn close(self, owner: &str, log: &mut Log) {
        for name in self.left.keys() {
            let (message, hint) = if let Some(subject) = words::not_run(name) {
                (format!("field is not supported ({subject}): {name}"), None)
            } else if words::is_elsewhere(name) {
                (format!("field does not belong to {owner}: {name}"), None)
            } else {
                let hint = words::nearest(name, self.asked.iter().copied());
                (format!("unknown field of {owner}: {name}"), hint)
            };
            log.refuse(self.at(name), message, hint);
        }
    }
}

fn describe(node: &Node) -> String {
    match node {
        Node::Number(n) => n.to_string(),
        Node::Bool(b) => b.to_string(),
        other => other.kind().to_owned(),
    }
}
