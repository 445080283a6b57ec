//! The language of the matrix: a line is a JSON object with a `name`, what is tried, and how that must end.
//!
//! What is tried is a [`Source`], one of:
//!
//! | written as | means |
//! | --- | --- |
//! | `{"text": ".."}` | this text |
//! | `{"hex": "7b ff"}` | these bytes |
//! | `{"utf-16": ".."}`, `{"latin-1": ".."}` | this text in another encoding |
//! | `{"repeat": {"text": "[", "times": 100000}}` | this text so many times |
//! | `{"join": [..]}` | these sources one after the other |
//! | `{"sample": {"of": "baby.json", "set": {..}, "remove": [..], "replace": [..]}}` | a file of `samples/` or `orders/`, changed |
//!
//! `set` gives a JSON pointer another value, `remove` takes one away, `replace` exchanges texts that stand there once.
//! Inside of a value, `{"$characters": ["가", 101]}` is a text, `{"$items": ["파", 51]}` a list, and `{"$raw": "1e400"}`
//! stands in the JSON exactly as it is written, valid or not; a source may stand for its text.
//!
//! A line that begins with `#` is a heading. A field that a line may not have is an error, as is a name that stands twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// The bytes that are tried.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Source {
    Text(String),
    Hex(String),
    #[serde(rename = "utf-16")]
    Utf16(String),
    #[serde(rename = "latin-1")]
    Latin1(String),
    EucKr(String),
    Repeat(Repeat),
    Join(Vec<Self>),
    Sample(Sample),
}

/// One text many times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    text: String,
    times: usize,
}

/// A file with changes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    of: String,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    replace: Vec<(String, String)>,
}

impl Source {
    /// The bytes themselves.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Hex(digits) => hex(digits),
            Self::Utf16(text) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Latin1(text) => text.chars().map(|c| u8::try_from(c).unwrap()).collect(),
            Self::EucKr(text) => encoding_rs::EUC_KR.encode(text).0.into_owned(),
            Self::Repeat(Repeat { text, times }) => text.repeat(*times).into_bytes(),
            Self::Join(parts) => parts.iter().flat_map(Self::bytes).collect(),
            Self::Sample(sample) => sample.text().into_bytes(),
        }
    }

    /// As text, for what takes nothing else.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

impl Sample {
    fn text(&self) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = [root.join("matrix/samples"), root.join("../orders")];
        let path = folders.iter().map(|folder| folder.join(&self.of)).find(|path| path.exists());
        let mut text =
            fs::read_to_string(path.unwrap_or_else(|| panic!("no such sample: {}", self.of))).unwrap();
        for (old, new) in &self.replace {
            assert_eq!(text.matches(old).count(), 1, "{old} in {}", self.of);
            text = text.replace(old, new);
        }
        if self.set.is_empty() && self.remove.is_empty() {
            return text;
        }
        let mut raw = Vec::new();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        for (pointer, value) in &self.set {
            put(&mut json, pointer, Some(expanded(value, &mut raw)));
        }
        for pointer in &self.remove {
            put(&mut json, pointer, None);
        }
        let text = json.to_string();
        raw.iter().enumerate().fold(text, |text, (at, raw)| text.replace(&format!("\"{}\"", mark(at)), raw))
    }
}

/// What stands for a raw text until the JSON around it is written.
fn mark(at: usize) -> String {
    format!("@raw-{at}@")
}

/// Sets what a pointer points at, or takes it away.
fn put(json: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_else(|| panic!("not a pointer: {pointer}"));
    let parent = json.pointer_mut(parent).unwrap_or_else(|| panic!("points nowhere: {pointer}"));
    match (parent, value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(key.to_owned(), value)),
        (Value::Object(fields), None) => assert!(fields.remove(key).is_some(), "points nowhere: {pointer}"),
        (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
        (Value::Array(items), None) => drop(items.remove(key.parse().unwrap())),
        _ => panic!("points nowhere: {pointer}"),
    }
}

/// A value with its generators replaced by what they stand for.
fn expanded(value: &Value, raw: &mut Vec<String>) -> Value {
    match value {
        Value::Object(fields) => {
            let only = fields.iter().next().filter(|_| fields.len() == 1);
            match only.map(|(key, value)| (key.as_str(), value)) {
                Some(("$characters", pair)) => pair[0].as_str().unwrap().repeat(times(pair)).into(),
                Some(("$items", pair)) => vec![expanded(&pair[0], raw); times(pair)].into(),
                Some(("$raw", Value::String(text))) => {
                    raw.push(text.clone());
                    mark(raw.len() - 1).into()
                }
                Some(("$raw", source)) => {
                    raw.push(serde_json::from_value::<Source>(source.clone()).unwrap().text());
                    mark(raw.len() - 1).into()
                }
                Some((key, _)) if key.starts_with('$') => panic!("no such generator: {key}"),
                _ => fields.iter().map(|(key, value)| (key.clone(), expanded(value, raw))).collect(),
            }
        }
        Value::Array(items) => items.iter().map(|item| expanded(item, raw)).collect(),
        plain => plain.clone(),
    }
}

fn times(pair: &Value) -> usize {
    usize::try_from(pair[1].as_u64().unwrap()).unwrap()
}

/// Bytes from hexadecimal digits; blanks are for the eye.
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u32> = digits
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).unwrap_or_else(|| panic!("not a hexadecimal digit: {c}")))
        .collect();
    let pairs = digits.as_chunks::<2>();
    assert!(pairs.1.is_empty(), "half a byte");
    pairs.0.iter().map(|[high, low]| u8::try_from(high * 16 + low).unwrap()).collect()
}

/// A line of the matrix.
pub(crate) trait Line: DeserializeOwned {
    fn name(&self) -> &str;
}

/// The lines of a file.
pub(crate) fn lines<L: Line>(file: &str, text: &str) -> Vec<L> {
    let mut names = BTreeSet::new();
    let lines =
        text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let parsed: L =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}:{}: {error}", at + 1));
            assert!(
                names.insert(parsed.name().to_owned()),
                "{file}:{}: a name stands twice: {}",
                at + 1,
                parsed.name()
            );
            parsed
        })
        .collect()
}

/// The lines that do not behave as they say.
#[derive(Debug, Default)]
pub(crate) struct Failures(Vec<String>);

impl Failures {
    /// Notes what is wrong with a line, if something is.
    pub(crate) fn note(&mut self, line: &str, outcome: Result<(), String>) {
        if let Err(wrong) = outcome {
            self.0.push(format!("{line}: {wrong}"));
        }
    }

    /// Takes in what others noted.
    pub(crate) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Fails when a line did, with all of them.
    #[track_caller]
    pub(crate) fn none(self) {
        assert!(self.0.is_empty(), "{} lines fail:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// An error unless this holds.
pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Most bytes of a message about a text of ours to read, however long that text is.
const MAX_MESSAGE_BYTES: usize = 1_500;

/// An error unless a message says this, in few words. A line that expects nothing in particular expects nothing.
pub(crate) fn says(text: &str, expected: &str) -> Result<(), String> {
    let holds = !expected.is_empty() && text.contains(expected);
    ensure(holds, || format!("expected `{expected}`, got: {text}"))?;
    ensure(text.len() <= MAX_MESSAGE_BYTES, || format!("goes on for {} bytes", text.len()))
}

#[test]
fn the_language_means_what_it_says() {
    let bytes = |source: &str| serde_json::from_str::<Source>(source).unwrap().bytes();
    assert_eq!(bytes(r#"{"text":"가"}"#), "가".as_bytes());
    assert_eq!(bytes(r#"{"hex":"7b FF"}"#), [0x7b, 0xff]);
    assert_eq!(bytes(r#"{"utf-16":"A"}"#), [0x41, 0]);
    assert_eq!(bytes(r#"{"latin-1":"é"}"#), [0xe9]);
    assert_eq!(bytes(r#"{"join":[{"repeat":{"text":"[","times":3}},{"text":"]"}]}"#), b"[[[]");
    let sample = r#"{"sample":{"of":"baby.json","set":{"/profile/months":{"$raw":"1e400"},
        "/profile/allergies":{"$items":[{"$characters":["우",2]},2]}},"remove":["/ingredients"]}}"#;
    let text = String::from_utf8(bytes(sample)).unwrap();
    assert!(text.contains(r#""months":1e400"#) && text.contains(r#"["우우","우우"]"#), "{text}");
    assert!(!text.contains("애호박"), "{text}");
    assert!(serde_json::from_str::<Source>(r#"{"repeat":{"text":"a","times":1,"more":1}}"#).is_err());
    assert!(serde_json::from_str::<Source>(r#"{"words":"a"}"#).is_err());
}
