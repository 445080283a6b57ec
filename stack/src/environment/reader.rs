//! Reading TOML so that every error says the file, the line, what was expected and the nearest word that is valid.
//!
//! What the keys mean lives in the parent module.

use std::{fmt, ops::Range};

use contract::bounded::Whole;
use serde::Serialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{file}:{line}: {message}")]
pub struct EnvironmentError {
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    pub message: String,
    pub hint: Option<String>,
}

impl EnvironmentError {
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Document<'a> {
    pub(super) const fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    /// The file's name without folder and extension.
    pub(super) fn stem(&self) -> &'a str {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        name.strip_suffix(".toml").unwrap_or(name)
    }

    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'a>>, EnvironmentError> {
        DeTable::parse(self.text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            self.error(start, error.message().replace('\n', ", "))
        })
    }

    pub(super) fn root<'d>(&'d self, toml: &'d Spanned<DeTable<'a>>) -> Table<'d> {
        Table {
            file: self.file,
            text: self.text,
            path: String::new(),
            start: 0,
            entries: Some(toml.get_ref()),
        }
    }

    fn error(&self, start: usize, message: String) -> EnvironmentError {
        error(self.file, self.text, start, message)
    }
}

fn error(file: &str, text: &str, start: usize, message: String) -> EnvironmentError {
    let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
    EnvironmentError { file: file.to_owned(), line, message, hint: None }
}

pub(super) struct Table<'d> {
    file: &'d str,
    text: &'d str,
    path: String,
    start: usize,
    entries: Option<&'d DeTable<'d>>,
}

impl<'d> Table<'d> {
    pub(super) fn get(&self, key: &str) -> Option<&'d DeValue<'d>> {
        self.entry(key).map(Spanned::get_ref)
    }

    fn entry(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.entries?.get(key)
    }

    /// Refuses the first key that is not in `known`.
    pub(super) fn refuse_unknown(&self, known: &[&str]) -> Result<(), EnvironmentError> {
        let unknown = self.entries.into_iter().flat_map(DeTable::iter);
        let mut unknown: Vec<_> = unknown
            .filter(|(key, _)| !known.contains(&key.get_ref().as_ref()))
            .map(|(key, _)| (key.span(), key.get_ref()))
            .collect();
        unknown.sort_by_key(|(span, _)| span.start);
        let Some((Range { start, .. }, key)) = unknown.into_iter().next() else {
            return Ok(());
        };
        let message = format!("unknown key: {}{}", self.prefix(), shortened(key));
        // A key below a table's heading belongs to that table, which is easily overlooked.
        let hint = match super::KEYS.iter().find(|of_root| *of_root == key) {
            Some(of_root) if !self.path.is_empty() => format!("write `{of_root}` above the first table"),
            _ => nearest(key, known),
        };
        Err(error(self.file, self.text, start, message).with_hint(hint))
    }

    /// The table below a key.
    pub(super) fn table(&self, key: &str, known: &[&str]) -> Result<Self, EnvironmentError> {
        let entries = self.optional(key, "a table", |value| value.as_table().map(|_| ()))?;
        let table = Self {
            file: self.file,
            text: self.text,
            path: format!("{}{key}", self.prefix()),
            start: self.entry(key).map_or(self.start, |entry| entry.span().start),
            entries: entries.and_then(|()| self.get(key)?.as_table()),
        };
        table.refuse_unknown(known)?;
        Ok(table)
    }

    /// The value of a key, read by `read`; `expected` says what that takes.
    pub(super) fn optional<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&DeValue<'_>) -> Option<T>,
    ) -> Result<Option<T>, EnvironmentError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let message = || format!("`{}{key}`: expected {expected}, got: {}", self.prefix(), Found(value));
        read(value).map(Some).ok_or_else(|| self.error_at(key, message()))
    }

    /// As [`Table::optional`], for a key that must be there.
    pub(super) fn required<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&DeValue<'_>) -> Option<T>,
    ) -> Result<T, EnvironmentError> {
        self.optional(key, expected, read)?.ok_or_else(|| self.missing(key, expected))
    }

    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, EnvironmentError> {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let read = |value: &DeValue<'_>| {
            let text = value.as_str()?;
            words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
        };
        self.optional(key, &format!("one of {}", known.join(", ")), read).map_err(|error| {
            match self.get(key).and_then(DeValue::as_str) {
                Some(text) => error.with_hint(nearest(text, &known)),
                None => error,
            }
        })
    }

    /// A whole number within bounds, or the default.
    pub(super) fn whole<const MIN: u32, const MAX: u32>(
        &self,
        key: &str,
        default: u32,
    ) -> Result<Whole<MIN, MAX>, EnvironmentError> {
        let expected = format!("a whole number from {MIN} to {MAX}");
        self.optional(key, &expected, |value| Whole::new(super::whole(value)?))?
            .or_else(|| Whole::new(default))
            .ok_or_else(|| self.missing(key, &expected))
    }

    /// The error of a key that is not there.
    pub(super) fn missing(&self, key: &str, expected: &str) -> EnvironmentError {
        let message = format!("missing key `{}{key}`: expected {expected}", self.prefix());
        error(self.file, self.text, self.start, message)
    }

    /// An error on the line of a key.
    pub(super) fn error_at(&self, key: &str, message: String) -> EnvironmentError {
        let start = self.entry(key).map_or(self.start, |entry| entry.span().start);
        error(self.file, self.text, start, message)
    }

    fn prefix(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("{}.", self.path) }
    }
}

/// The valid word that is nearest, if one is near, and all of them.
pub(super) fn nearest(word: &str, valid: &[&str]) -> String {
    /// Longer than any key with its typing errors.
    const LONGEST: usize = 64;
    // Two typing errors in a short word, more in a longer one.
    let limit = 2 + word.chars().count() / 5;
    let near = valid
        .iter()
        .filter(|_| word.len() <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance);
    let all = valid.join(", ");
    match near {
        Some((_, candidate)) => format!("did you mean `{candidate}`? valid here: {all}"),
        None => format!("valid here: {all}"),
    }
}

/// The beginning of a text, enough to find it.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 100;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}

struct Found<'a>(&'a DeValue<'a>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DeValue::String(text) => write!(f, "{:?}", shortened(text)),
            DeValue::Integer(number) => f.write_str(&shortened(&number.to_string())),
            DeValue::Float(number) => f.write_str(&shortened(&number.to_string())),
            DeValue::Boolean(flag) => write!(f, "{flag}"),
            DeValue::Datetime(date) => write!(f, "the date {date}"),
            DeValue::Array(_) => f.write_str("a list"),
            DeValue::Table(_) => f.write_str("a table"),
        }
    }
}
