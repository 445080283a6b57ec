//! Numbers, texts and lists with bounds.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::{Deserialize, Serialize};

/// A number, a text's length or a list's length outside of its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {what} from {min} to {max}, got: {got}")]
pub struct RangeError {
    pub min: u64,
    pub max: u64,
    /// What was expected, in words.
    pub what: &'static str,
    pub got: u64,
}

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct Whole<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    /// Checks a number.
    ///
    /// # Errors
    /// The number is below `MIN` or above `MAX`.
    pub const fn new(number: u32) -> Result<Self, RangeError> {
        if MIN <= number && number <= MAX {
            Ok(Self(number))
        } else {
            Err(RangeError { min: MIN as u64, max: MAX as u64, what: "a whole number", got: number as u64 })
        }
    }

    /// For [`checked!`](crate::checked), which runs it while compiling.
    ///
    /// # Panics
    /// The number is out of bounds: then the caller does not compile.
    pub const fn from_const(number: u32) -> Self {
        assert!(MIN <= number && number <= MAX, "the number is out of bounds");
        Self(number)
    }

    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<u32> for Whole<MIN, MAX> {
    type Error = RangeError;
    fn try_from(number: u32) -> Result<Self, RangeError> {
        Self::new(number)
    }
}

impl<const MIN: u32, const MAX: u32> fmt::Display for Whole<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text of at most `MAX` bytes of UTF-8. Where AWS counts characters, bytes are the stricter reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text<const MAX: usize>(Cow<'static, str>);

impl<const MAX: usize> Text<MAX> {
    /// Checks a text.
    ///
    /// # Errors
    /// The text is longer than `MAX` bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, RangeError> {
        let text = text.into();
        if text.len() <= MAX {
            Ok(Self(Cow::Owned(text)))
        } else {
            Err(RangeError { min: 0, max: MAX as u64, what: "a length in bytes", got: text.len() as u64 })
        }
    }

    /// For [`checked!`](crate::checked), which runs it while compiling.
    ///
    /// # Panics
    /// The text is too long: then the caller does not compile.
    pub const fn from_const(text: &'static str) -> Self {
        assert!(text.len() <= MAX, "the text is too long");
        Self(Cow::Borrowed(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = RangeError;
    fn try_from(text: String) -> Result<Self, RangeError> {
        Self::new(text)
    }
}

/// A list of `MIN` to `MAX` items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<T>")]
pub struct List<T, const MIN: usize, const MAX: usize>(Vec<T>);

impl<T, const MIN: usize, const MAX: usize> List<T, MIN, MAX> {
    /// Checks a list.
    ///
    /// # Errors
    /// There are fewer than `MIN` or more than `MAX` items.
    pub fn new(items: Vec<T>) -> Result<Self, RangeError> {
        if (MIN..=MAX).contains(&items.len()) {
            Ok(Self(items))
        } else {
            Err(RangeError {
                min: MIN as u64,
                max: MAX as u64,
                what: "a number of items",
                got: items.len() as u64,
            })
        }
    }

    /// A list whose length is known while compiling: a wrong one does not compile.
    pub fn of<const N: usize>(items: [T; N]) -> Self {
        const { assert!(MIN <= N && N <= MAX, "too few or too many items") };
        Self(items.into())
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for List<T, MIN, MAX> {
    type Error = RangeError;
    fn try_from(items: Vec<T>) -> Result<Self, RangeError> {
        Self::new(items)
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for List<T, MIN, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const MIN: usize, const MAX: usize> IntoIterator for &'a List<T, MIN, MAX> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_both_ends_and_nothing_beside() {
        type Seconds = Whole<1, 900>;
        assert!(Seconds::new(1).is_ok() && Seconds::new(900).is_ok());
        assert_eq!(
            Seconds::new(901).unwrap_err().to_string(),
            "expected a whole number from 1 to 900, got: 901"
        );
        assert!(Seconds::new(0).is_err());
    }

    #[test]
    fn a_text_is_bounded_in_bytes() {
        assert!(Text::<6>::new("된장").is_ok());
        assert_eq!(
            Text::<5>::new("된장").unwrap_err().to_string(),
            "expected a length in bytes from 0 to 5, got: 6"
        );
    }

    #[test]
    fn a_list_is_bounded_on_both_sides() {
        type Few = List<u8, 1, 2>;
        assert!(Few::new(vec![]).is_err() && Few::new(vec![1]).is_ok() && Few::new(vec![1, 2]).is_ok());
        assert_eq!(
            Few::new(vec![1, 2, 3]).unwrap_err().to_string(),
            "expected a number of items from 1 to 2, got: 3"
        );
        assert_eq!(Few::of([1, 2]).len(), 2);
    }
}
