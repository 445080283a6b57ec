//! Selections, placements and payload templates.

use indexmap::IndexMap;

use super::{
    fields::{ErrorList, Fields},
    node::Node,
};
use crate::{
    jsonpath::Path,
    model::{Field, Placement, Selection, Template},
};

/// `InputPath` or `OutputPath`.
pub(super) fn selection(fields: &mut Fields, name: &'static str, errors: &mut ErrorList) -> Selection {
    match fields.take(name) {
        None => Selection::default(),
        Some(Node::Null) => Selection::Discard,
        Some(Node::Text(text)) => fields
            .path_or_error(name, Path::parse(&text), errors)
            .map_or_else(Selection::default, Selection::Path),
        Some(other) => {
            errors.add(fields.at(name), format!("expected a path or null, found {}", other.kind()), None);
            Selection::default()
        }
    }
}

/// `ResultPath` of a state or catcher.
pub(super) fn placement(fields: &mut Fields, errors: &mut ErrorList) -> Placement {
    const NAME: &str = "ResultPath";
    match fields.take(NAME) {
        None => Placement::default(),
        Some(Node::Null) => Placement::Discard,
        Some(Node::Text(text)) => fields
            .path_or_error(NAME, crate::jsonpath::ReferencePath::parse(&text), errors)
            .map_or_else(Placement::default, Placement::At),
        Some(other) => {
            errors.add(
                fields.at(NAME),
                format!("expected a reference path or null, found {}", other.kind()),
                None,
            );
            Placement::default()
        }
    }
}

/// `Parameters` or `ResultSelector`.
pub(super) fn template(fields: &mut Fields, name: &'static str, errors: &mut ErrorList) -> Option<Template> {
    let node = fields.take(name)?;
    Some(read(node, &fields.at(name), errors))
}

fn read(node: Node, at: &str, errors: &mut ErrorList) -> Template {
    match node {
        Node::Null => Template::Null,
        Node::Bool(b) => Template::Bool(b),
        Node::Number(n) => Template::Number(n),
        Node::Text(s) => Template::Text(s),
        Node::Array(items) => Template::Array(
            items.into_iter().enumerate().map(|(i, item)| read(item, &format!("{at}/{i}"), errors)).collect(),
        ),
        Node::Object(entries) => {
            let mut fields = IndexMap::with_capacity(entries.len());
            for (name, node) in entries {
                let place = format!("{at}/{name}");
                let (name, field) = match (name.strip_suffix(".$"), node) {
                    (None, node) => {
                        let template = read(node, &place, errors);
                        (name, Some(Field::Value(template)))
                    }
                    (Some(bare), Node::Text(text)) => {
                        let path = Path::parse(&text)
                            .map_err(|error| errors.add(place.clone(), error.to_string(), None))
                            .ok();
                        (bare.to_owned(), path.map(Field::Path))
                    }
                    (Some(bare), other) => {
                        let message = format!("a field that ends in .$ takes a path, found {}", other.kind());
                        errors.add(place.clone(), message, None);
                        (bare.to_owned(), None)
                    }
                };
                let Some(field) = field else { continue };
                if fields.insert(name, field).is_some() {
                    errors.add(place, "a field stands with and without .$".to_owned(), None);
                }
            }
            Template::Object(fields)
        }
    }
}
