//! Selections, placements and payload templates.

use indexmap::IndexMap;

use super::{
    fields::{Fields, Log},
    node::Node,
};
use crate::{
    jsonpath::Path,
    model::{Field, Placement, Selection, Template},
};

/// `InputPath` or `OutputPath`.
pub(super) fn selection(fields: &mut Fields, name: &'static str, log: &mut Log) -> Selection {
    match fields.take(name) {
        None => Selection::default(),
        Some(Node::Null) => Selection::Discard,
        Some(Node::Text(text)) => fields
            .refuse_path(name, Path::parse(&text), log)
            .map_or_else(Selection::default, Selection::Path),
        Some(other) => {
            log.refuse(
                fields.at(name),
                format!("expected a path or null, found {}", other.kind()),
                None,
            );
            Selection::default()
        }
    }
}

/// `ResultPath` of a state or catcher.
pub(super) fn placement(fields: &mut Fields, log: &mut Log) -> Placement {
    const NAME: &str = "ResultPath";
    match fields.take(NAME) {
        None => Placement::default(),
        Some(Node::Null) => Placement::Discard,
        Some(Node::Text(text)) => fields
            .refuse_path(NAME, crate::jsonpath::ReferencePath::parse(&text), log)
            .map_or_else(Placement::default, Placement::At),
        Some(other) => {
            log.refuse(
                fields.at(NAME),
                format!("expected a reference path or null, found {}", other.kind()),
                None,
            );
            Placement::default()
        }
    }
}

/// `Parameters` or `ResultSelector`.
pub(super) fn template(fields: &mut Fields, name: &'static str, log: &mut Log) -> Option<Template> {
    let node = fields.take(name)?;
    Some(read(node, &fields.at(name), log))
}

fn read(node: Node, at: &str, log: &mut Log) -> Template {
    match node {
        Node::Null => Template::Null,
        Node::Bool(b) => Template::Bool(b),
        Node::Number(n) => Template::Number(n),
        Node::Text(s) => Template::Text(s),
        Node::Array(items) => Template::Array(
            items
                .into_iter()
                .enumerate()
                .map(|(i, item)| read(item, &format!("{at}/{i}"), log))
                .collect(),
        ),
        Node::Object(entries) => {
            let mut fields = IndexMap::with_capacity(entries.len());
            for (name, node) in entries {
                let place = format!("{at}/{name}");
                let (name, field) = match (name.strip_suffix(".$"), node) {
                    (None, node) => {
                        let template = read(node, &place, log);
                        (name, Some(Field::Value(template)))
                    }
                    (Some(bare), Node::Text(text)) => {
                        let path = Path::parse(&text)
                            .map_err(|error| log.refuse(place.clone(), error.to_string(), None))
                            .ok();
                        (bare.to_owned(), path.map(Field::Path))
                    }
                    (Some(bare), other) => {
                        let message = format!("a field that ends in .$ takes a path, found {}", other.kind());
                        log.refuse(place.clone(), message, None);
                        (bare.to_owned(), None)
                    }
                };
                let Some(field) = field else { continue };
                if fields.insert(name, field).is_some() {
                    log.refuse(place, "a field stands with and without .$".to_owned(), None);
                }
            }
            Template::Object(fields)
        }
    }
}
