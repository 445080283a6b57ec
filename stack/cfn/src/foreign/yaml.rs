//! YAML with CloudFormation's short tags, as the JSON that it stands for.
//!
//! The parser gives events; the values are put together here, so that depth, aliases and keys are bounded.

use std::{borrow::Cow, collections::BTreeMap};

use granit_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value as Json};

use super::{ForeignError, MAX_BYTES, MAX_DEPTH};

/// Short tags and the long form of their intrinsic function.
const TAGS: [&str; 20] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
];

/// Takes the keys of another mapping, which a person reuses by an alias.
const MERGE: &str = "<<";

pub(super) fn read(text: &str) -> Result<Json, ForeignError> {
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader::default();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let hint = "the file is no YAML: indent with spaces, and quote texts with `: ` or `#` in them";
            ForeignError::new(place(error.marker()), error.info(), hint)
        })?;
        reader.take(event, &span.start)?;
    }
    reader.document.ok_or_else(|| {
        ForeignError::new("line 1", "no template: the file is empty", "give a template in JSON or YAML")
    })
}

fn place(marker: &Marker) -> String {
    format!("line {} column {}", marker.line(), marker.col() + 1)
}

/// Values that are not complete.
#[derive(Default)]
struct Reader<'a> {
    open: Vec<Open<'a>>,
    /// Values with an anchor, each with its size.
    anchored: BTreeMap<usize, (Json, usize)>,
    /// Bytes that aliases stand for, so far.
    expanded: usize,
    document: Option<Json>,
}

/// A list or mapping of which more follows.
struct Open<'a> {
    container: Container,
    anchor: usize,
    tag: Option<Cow<'a, Tag>>,
    size: usize,
}

enum Container {
    List(Vec<Json>),
    Mapping(Map<String, Json>, Option<String>),
}

impl<'a> Reader<'a> {
    fn take(&mut self, event: Event<'a>, at: &Marker) -> Result<(), ForeignError> {
        match event {
            Event::DocumentStart(..) if self.document.is_some() => {
                Err(ForeignError::new(place(at), "a second document", "a template is one document"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let size = text.len() + 1;
                let value = scalar(&text, style, tag.as_deref());
                self.complete(value, size, anchor, at)
            }
            Event::Alias(anchor) => {
                let Some((value, size)) = self.anchored.get(&anchor) else {
                    let message = "an alias of something that is not complete";
                    return Err(ForeignError::new(place(at), message, "write the value out"));
                };
                self.expanded = self.expanded.saturating_add(*size);
                if self.expanded > MAX_BYTES {
                    let message = format!("aliases stand for more than {MAX_BYTES} bytes");
                    return Err(ForeignError::new(place(at), message, "write the values out"));
                }
                let (value, size) = (value.clone(), *size);
                self.complete(value, size, 0, at)
            }
            Event::SequenceStart(_, anchor, tag) => self.begin(Container::List(Vec::new()), anchor, tag, at),
            Event::MappingStart(_, anchor, tag) => {
                self.begin(Container::Mapping(Map::new(), None), anchor, tag, at)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { container, anchor, tag, size }) = self.open.pop() else { return Ok(()) };
                let value = match container {
                    Container::List(items) => Json::Array(items),
                    Container::Mapping(entries, _) => Json::Object(merged(entries)),
                };
                self.complete(tagged(value, tag.as_deref()), size, anchor, at)
            }
            // Starts and ends of documents and of the file, which need nothing.
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        container: Container,
        anchor: usize,
        tag: Option<Cow<'a, Tag>>,
        at: &Marker,
    ) -> Result<(), ForeignError> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH}");
            return Err(ForeignError::new(place(at), message, "no template is that deep"));
        }
        self.open.push(Open { container, anchor, tag, size: 1 });
        Ok(())
    }

    /// Puts a complete value where it belongs.
    fn complete(&mut self, value: Json, size: usize, anchor: usize, at: &Marker) -> Result<(), ForeignError> {
        if anchor > 0 {
            self.anchored.insert(anchor, (value.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.document = Some(value);
            return Ok(());
        };
        open.size = open.size.saturating_add(size);
        match &mut open.container {
            Container::List(items) => items.push(value),
            Container::Mapping(entries, key) => match key.take() {
                Some(key) => {
                    entries.insert(key, value);
                }
                None => *key = Some(new_key(entries, value, at)?),
            },
        }
        Ok(())
    }
}

fn new_key(entries: &Map<String, Json>, key: Json, at: &Marker) -> Result<String, ForeignError> {
    let key = match key {
        Json::String(key) => key,
        Json::Null => String::new(),
        Json::Bool(_) | Json::Number(_) => key.to_string(),
        Json::Array(_) | Json::Object(_) => {
            let message = "a key that is a list or a mapping";
            return Err(ForeignError::new(place(at), message, "keys of a template are texts"));
        }
    };
    if entries.contains_key(&key) {
        let message = format!("the key {key:?} stands twice");
        return Err(ForeignError::new(place(at), message, "the second one would hide the first"));
    }
    Ok(key)
}

/// Keys of the mapping itself win.
fn merged(mut entries: Map<String, Json>) -> Map<String, Json> {
    let others = match entries.remove(MERGE) {
        Some(Json::Object(other)) => vec![Json::Object(other)],
        Some(Json::Array(others)) => others,
        _ => return entries,
    };
    for (key, value) in others
        .into_iter()
        .filter_map(|other| match other {
            Json::Object(other) => Some(other),
            _ => None,
        })
        .flatten()
    {
        entries.entry(key).or_insert(value);
    }
    entries
}

/// A plain text is what it looks like; one with a tag of CloudFormation or in quotation marks is a text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Json {
    let as_text = || Json::String(text.to_owned());
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => match tag.suffix() {
            "str" => as_text(),
            _ => plain(text),
        },
        Some(_) => tagged(as_text(), tag),
        None if style == ScalarStyle::Plain => plain(text),
        None => as_text(),
    }
}

fn plain(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Json::Null,
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        // A number of JSON: an account with a zero in front stays a text.
        _ => match serde_json::from_str(text) {
            Ok(number @ Json::Number(_)) => number,
            _ => Json::String(text.to_owned()),
        },
    }
}

/// The long form of a value with a short tag. Other tags are left out.
fn tagged(value: Json, tag: Option<&Tag>) -> Json {
    let Some(tag) = tag.filter(|tag| tag.handle() == "!") else { return value };
    let name = match tag.suffix() {
        whole @ ("Ref" | "Condition") => whole.to_owned(),
        short if TAGS.contains(&short) => format!("Fn::{short}"),
        _ => return value,
    };
    let value = match value {
        Json::String(text) if tag.suffix() == "GetAtt" => match text.split_once('.') {
            Some((resource, attribute)) => Json::Array(vec![resource.into(), attribute.into()]),
            None => Json::String(text),
        },
        value => value,
    };
    Json::Object(Map::from_iter([(name, value)]))
}
