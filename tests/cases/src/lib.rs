//! Cases as data: files of JSON lines, each with a `name`, an input and the expected result. A file lies beside the code it
//! tests, and the test there says which fields a line has.
//!
//! An input is a [`Source`], one of:
//!
//! | written as | means |
//! | --- | --- |
//! | `{"text": ".."}` | this text |
//! | `{"hex": "7b ff"}` | these bytes |
//! | `{"utf-16": ".."}`, `{"latin-1": ".."}` | this text in another encoding |
//! | `{"repeat": {"text": "[", "times": 100000}}` | this text so many times |
//! | `{"join": [..]}` | these sources one after the other |
//! | `{"sample": {"of": "baby.json", "set": {..}, "remove": [..], "replace": [..]}}` | a file of `samples/` or the repository's `orders/`, changed |
//!
//! `set` gives a JSON pointer another value, `remove` takes one away, `replace` exchanges texts that stand there once.
//! Inside of a value, `{"$characters": ["가", 101]}` is a text, `{"$items": ["파", 51]}` a list, and `{"$raw": "1e400"}`
//! stands in the JSON exactly as it is written, valid or not; a source may stand for its text.
//!
//! A line that begins with `#` is a heading. An unknown field is an error, as is a name that stands twice.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect by failing; clippy knows a test by its attribute, not its helpers"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The bytes of an input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// As it stands.
    Text(String),
    /// Hexadecimal digits.
    Hex(String),
    /// In UTF-16, little endian.
    #[serde(rename = "utf-16")]
    Utf16(String),
    /// In Latin-1.
    #[serde(rename = "latin-1")]
    Latin1(String),
    /// In EUC-KR.
    EucKr(String),
    /// One text many times.
    Repeat(Repeat),
    /// One after the other.
    Join(Vec<Self>),
    /// A file with changes.
    Sample(Sample),
}

/// See [`Source::Repeat`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    text: String,
    times: usize,
}

/// See [`Source::Sample`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
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
    ///
    /// # Panics
    /// The line is wrong: no such sample, a pointer that points nowhere, a text that its encoding has not.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
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

    /// As text.
    ///
    /// # Panics
    /// As [`Self::bytes`], or the bytes are no UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

impl Sample {
    fn text(&self) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = [root.join("samples"), root.join("../../orders")];
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

/// A line: its name, and its other fields.
#[derive(Debug)]
pub struct Case<L> {
    /// Unique in its file.
    pub name: String,
    /// What this file's lines have.
    pub fields: L,
}

/// The lines of a file, which has `at_least` so many: a lost line is a case that is tested no more.
///
/// # Panics
/// A line cannot be read, or lines are missing.
#[must_use]
pub fn read<L: DeserializeOwned>(file: &str, text: &str, at_least: usize) -> Vec<Case<L>> {
    let lines =
        text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    let mut names = BTreeSet::new();
    let cases: Vec<_> = lines
        .map(|(at, line)| {
            let case = case(line).unwrap_or_else(|error| panic!("{file}:{}: {error}", at + 1));
            assert!(names.insert(case.name.clone()), "{file}:{}: a name stands twice: {}", at + 1, case.name);
            case
        })
        .collect();
    assert!(cases.len() >= at_least, "{file} lost lines: {} of {at_least}", cases.len());
    cases
}

fn case<L: DeserializeOwned>(line: &str) -> Result<Case<L>, String> {
    let mut fields: Map<String, Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let Some(Value::String(name)) = fields.remove("name") else { return Err("no name".to_owned()) };
    let fields = serde_json::from_value(fields.into()).map_err(|error| format!("{error}: {name}"))?;
    Ok(Case { name, fields })
}

/// Checks every line of a file.
///
/// # Panics
/// One of them failed. The message lists all that did.
#[track_caller]
pub fn check<L: DeserializeOwned>(
    file: &str,
    text: &str,
    at_least: usize,
    check: impl Fn(&L) -> Result<(), String>,
) {
    let mut failures = Failures::default();
    for Case { name, fields } in read(file, text, at_least) {
        failures.note(&name, check(&fields));
    }
    failures.none();
}

/// The lines that failed, each with what was wrong.
#[derive(Debug, Default)]
pub struct Failures(Vec<String>);

impl Failures {
    /// Notes what is wrong with a line, if something is.
    pub fn note(&mut self, line: &str, outcome: Result<(), String>) {
        if let Err(wrong) = outcome {
            self.0.push(format!("{line}: {wrong}"));
        }
    }

    /// Adds those of another list.
    pub fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// # Panics
    /// A line failed. The message lists all that did.
    #[track_caller]
    pub fn none(self) {
        assert!(self.0.is_empty(), "{} lines fail:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// An error unless the condition holds.
///
/// # Errors
/// The condition does not hold.
pub fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Most bytes of a message about a text of ours to read, however long that text is.
const MAX_MESSAGE_BYTES: usize = 1_500;

/// An error unless a message contains this text and is short. An empty expectation is an error.
///
/// # Errors
/// The text is not there, or the message is long.
pub fn says(text: &str, expected: &str) -> Result<(), String> {
    let holds = !expected.is_empty() && text.contains(expected);
    ensure(holds, || format!("expected `{expected}`, got: {text}"))?;
    ensure(text.len() <= MAX_MESSAGE_BYTES, || format!("goes on for {} bytes", text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_source() {
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

    #[test]
    fn a_bad_line_and_a_lost_one_are_errors() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Line {
            #[expect(dead_code, reason = "a line has to have a field")]
            text: Option<Source>,
        }
        let is_read = |text: &str| std::panic::catch_unwind(|| read::<Line>("a.jsonl", text, 1)).is_ok();
        assert!(is_read("# heading\n\n{\"name\":\"a\",\"text\":{\"text\":\"b\"}}\n"));
        for bad in ["", "# heading", "{}", r#"{"name":"a","more":1}"#, "{\"name\":\"a\"}\n{\"name\":\"a\"}"] {
            assert!(!is_read(bad), "{bad}");
        }
    }

    #[test]
    fn every_failure_is_listed_by_its_name() {
        let mut failures = Failures::default();
        failures.note("a", Ok(()));
        failures.note("b", says("much", "more"));
        failures.note("c", says(&"x".repeat(MAX_MESSAGE_BYTES + 1), "x"));
        failures.note("d", says("anything", ""));
        assert_eq!(failures.0.len(), 3);
        assert_eq!(failures.0[0], "b: expected `more`, got: much");
    }
}
