//! Reads an object field by field, each with its expected form. Fields that are left at the end are errors.

use indexmap::IndexMap;
use serde_json::Number;

use super::{ParseError, node::Node, words};
use crate::jsonpath::{Path, PathError, ReferencePath};

/// The longest timeout or wait in seconds. Source: States Language, timeouts (99,999,999).
pub(super) const MAX_TIMEOUT_S: u64 = 99_999_999;

/// Most characters of a message.
const MAX_MESSAGE_CHARS: usize = 300;

#[derive(Default)]
pub(super) struct ErrorList {
    pub(super) list: Vec<ParseError>,
}

impl ErrorList {
    /// Adds an error. Its message is cut: it may quote a text of any length.
    pub(super) fn add(&mut self, path: String, mut message: String, hint: Option<String>) {
        if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) {
            message.truncate(end);
            message.push('…');
        }
        self.list.push(ParseError { path, message, hint });
    }
}

/// The fields of one object that are not read yet.
pub(super) struct Fields {
    path: String,
    left: IndexMap<String, Node>,
    asked: Vec<&'static str>,
}

impl Fields {
    /// The fields of `node`, which must be an object.
    pub(super) fn open(node: Node, path: String, errors: &mut ErrorList) -> Option<Self> {
        match node {
            Node::Object(left) => Some(Self { path, left, asked: Vec::new() }),
            other => {
                let path = if path.is_empty() { "/".to_owned() } else { path };
                errors.add(path, format!("expected an object, found {}", other.kind()), None);
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
        errors: &mut ErrorList,
        read: impl FnOnce(Node) -> Result<T, Node>,
    ) -> Option<T> {
        let node = self.take(name)?;
        read(node)
            .map_err(|node| {
                errors.add(self.at(name), format!("expected {expected}, found {}", describe(&node)), None);
            })
            .ok()
    }

    pub(super) fn text(&mut self, name: &'static str, errors: &mut ErrorList) -> Option<String> {
        self.take_as(name, "text", errors, |node| match node {
            Node::Text(text) => Ok(text),
            other => Err(other),
        })
    }

    pub(super) fn required_text(&mut self, name: &'static str, errors: &mut ErrorList) -> Option<String> {
        self.require(name, errors);
        self.text(name, errors)
    }

    /// Adds an error if the field is missing.
    pub(super) fn require(&mut self, name: &'static str, errors: &mut ErrorList) {
        if !self.has(name) {
            errors.add(self.path().to_owned(), format!("missing field: {name}"), None);
        }
    }

    pub(super) fn boolean(&mut self, name: &'static str, errors: &mut ErrorList) -> Option<bool> {
        self.take_as(name, "true or false", errors, |node| match node {
            Node::Bool(b) => Ok(b),
            other => Err(other),
        })
    }

    pub(super) fn number(&mut self, name: &'static str, errors: &mut ErrorList) -> Option<Number> {
        self.take_as(name, "a number", errors, |node| match node {
            Node::Number(n) => Ok(n),
            other => Err(other),
        })
    }

    pub(super) fn whole(
        &mut self,
        name: &'static str,
        min: u64,
        max: u64,
        errors: &mut ErrorList,
    ) -> Option<u64> {
        let expected = format!("a whole number from {min} to {max}");
        self.take_as(name, &expected, errors, |node| match &node {
            Node::Number(n) => n.as_u64().filter(|n| (min..=max).contains(n)).ok_or(node),
            _ => Err(node),
        })
    }

    pub(super) fn list(&mut self, name: &'static str, errors: &mut ErrorList) -> Option<Vec<Node>> {
        self.take_as(name, "an array", errors, |node| match node {
            Node::Array(items) => Ok(items),
            other => Err(other),
        })
    }

    pub(super) fn json_path(&mut self, name: &'static str, errors: &mut ErrorList) -> Option<Path> {
        let text = self.text(name, errors)?;
        self.path_or_error(name, Path::parse(&text), errors)
    }

    pub(super) fn reference_path(
        &mut self,
        name: &'static str,
        errors: &mut ErrorList,
    ) -> Option<ReferencePath> {
        let text = self.text(name, errors)?;
        self.path_or_error(name, ReferencePath::parse(&text), errors)
    }

    pub(super) fn path_or_error<T>(
        &self,
        name: &str,
        path: Result<T, PathError>,
        errors: &mut ErrorList,
    ) -> Option<T> {
        path.map_err(|error| errors.add(self.at(name), error.to_string(), None)).ok()
    }

    /// Adds an error for each field that is left. `owner` names the object: "a Task state".
    pub(super) fn close(self, owner: &str, errors: &mut ErrorList) {
        for name in self.left.keys() {
            let (message, hint) = if let Some(subject) = words::unsupported(name) {
                (format!("field is not supported ({subject}): {name}"), None)
            } else if words::is_supported(name) {
                (format!("field does not belong to {owner}: {name}"), None)
            } else {
                let hint = words::nearest(name, self.asked.iter().copied());
                (format!("unknown field of {owner}: {name}"), hint)
            };
            errors.add(self.at(name), message, hint);
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
