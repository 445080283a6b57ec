//! A point in time as the States Language writes it.

use std::fmt;

use serde::{Serialize, Serializer};

/// An ISO-8601 date and time with `T` between them and an offset (`Z` or `+09:00`) behind. Keeps its spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    text: String,
    at: jiff::Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a timestamp such as 2026-11-23T09:00:00Z: {0}")]
pub struct TimestampError(pub String);

impl Timestamp {
    /// Reads a point in time.
    ///
    /// # Errors
    /// If the text is in another form, or names no such day or time.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let at = read(text).ok_or_else(|| TimestampError(text.to_owned()))?;
        Ok(Self { text: text.to_owned(), at })
    }

    pub const fn at(&self) -> jiff::Timestamp {
        self.at
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The point in time that a text names. Stricter than RFC 3339: no space for the `T`, no small letters.
pub(crate) fn read(text: &str) -> Option<jiff::Timestamp> {
    let bytes = text.as_bytes();
    let shape = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let date = shape(4, b'-') && shape(7, b'-') && shape(10, b'T') && shape(13, b':');
    let offset =
        text.ends_with('Z') || bytes.len().checked_sub(3).is_some_and(|at| at > 18 && shape(at, b':'));
    if !date || !offset || text.contains('[') {
        return None;
    }
    text.parse().ok()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_time_and_offset() {
        for text in [
            "2016-03-14T01:59:00Z",
            "2016-03-05T21:29:29.243167252Z",
            "2012-10-09T19:00:55+01:00",
            "2012-10-09T19:00:55.5-09:30",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().as_str(), text);
        }
        let east = Timestamp::parse("2012-10-09T20:00:55+01:00").unwrap();
        assert_eq!(east.at(), Timestamp::parse("2012-10-09T19:00:55Z").unwrap().at());
    }

    #[test]
    fn nothing_else() {
        for text in [
            "",
            "2016-12-05 21:29:29Z",
            "2016-12-05T21:29:29",
            "2016-13-05T21:29:29Z",
            "2016-12-05T25:29:29Z",
            "05-12-2016T21:29:29Z",
            "2016-12-05",
            "2012-10-09t19:00:55z",
            "2012-10-09T19:00:55Z[UTC]",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError(text.to_owned())));
        }
    }
}
