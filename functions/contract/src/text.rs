//! Text with bounds: what a person wrote (refused when it is out of bounds) and what a model wrote (cleaned).

use std::{borrow::Cow, fmt, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::visible::{visible, visible_prose};

/// Text of `MIN` to `MAX` Unicode scalars, as a person sees it: see [`visible`]. Control and bidirectional characters are
/// refused, since they are no accident.
///
/// Bounds: decision D20. They count what is seen. A person's text that breaks them is refused, never repaired.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Too short or too long.
    #[error("expected {min} to {max} characters, got {got}")]
    Length {
        /// Fewest characters allowed.
        min: usize,
        /// Most characters allowed.
        max: usize,
        /// Characters that a person sees.
        got: usize,
    },
    /// A character that could hide or reorder what a person sees.
    #[error("expected no control or bidirectional characters, got U+{code:04X}")]
    Hidden {
        /// The character's code point.
        code: u32,
    },
}

/// Whether a character is a control character or changes the direction of the text around it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Checks and cleans.
    ///
    /// # Errors
    /// The text has a hidden character anywhere, or the length of what is seen is out of bounds.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if let Some(c) = text.chars().find(|&c| is_hidden(c)) {
            return Err(TextError::Hidden { code: u32::from(c) });
        }
        let seen = visible(text);
        let got = seen.chars().count();
        if !(MIN..=MAX).contains(&got) {
            return Err(TextError::Length { min: MIN, max: MAX, got });
        }
        Ok(Self(seen))
    }
}

impl<const MAX: usize> Default for Text<0, MAX> {
    fn default() -> Self {
        Self(String::new())
    }
}

impl<const MIN: usize, const MAX: usize> Deref for Text<MIN, MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(D::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> JsonSchema for Text<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": MIN, "maxLength": MAX })
    }
}

/// Text that a model wrote: hidden characters (line breaks among them) become spaces, what shows nothing goes, and at least
/// `MIN` characters must be left.
///
/// A model is not asked again for a stray line break: a paid answer is cleaned where a person's order is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Prose<const MIN: usize>(String);

const EMPTY: &str = "expected a text that is not empty";

impl<const MIN: usize> Prose<MIN> {
    /// Cleans and checks.
    ///
    /// # Errors
    /// Fewer than `MIN` characters are left.
    pub fn new(text: &str) -> Result<Self, TextError> {
        Self::checked(visible_prose(text))
    }

    /// The same of a name: as strict as an order's.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn name(text: &str) -> Result<Self, TextError> {
        Self::checked(visible(text))
    }

    fn checked(clean: String) -> Result<Self, TextError> {
        let got = clean.chars().count();
        if got < MIN {
            return Err(TextError::Length { min: MIN, max: usize::MAX, got });
        }
        Ok(Self(clean))
    }
}

impl Default for Prose<0> {
    fn default() -> Self {
        Self(String::new())
    }
}

impl<const MIN: usize> Deref for Prose<MIN> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize> fmt::Display for Prose<MIN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MIN: usize> Deserialize<'de> for Prose<MIN> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(|_| D::Error::custom(EMPTY))
    }
}

/// Reads a name that a model wrote.
pub(crate) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Prose<1>, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    Prose::name(&text).map_err(|_| D::Error::custom(EMPTY))
}

impl<const MIN: usize> JsonSchema for Prose<MIN> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Prose{MIN}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        if MIN == 0 {
            json_schema!({ "type": "string" })
        } else {
            json_schema!({ "type": "string", "minLength": MIN })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_what_is_seen() {
        for two in [" 두부 ", "\u{FEFF}두\u{200B}\u{AD}부\u{3164}", "\u{1103}\u{116E}\u{1107}\u{116E}"] {
            assert_eq!(&*Text::<1, 2>::new(two).unwrap(), "두부");
        }
        assert_eq!(
            Text::<1, 2>::new(" \u{200B}\u{3164} "),
            Err(TextError::Length { min: 1, max: 2, got: 0 })
        );
        assert_eq!(Text::<1, 2>::new("돼지고기"), Err(TextError::Length { min: 1, max: 2, got: 4 }));
    }

    #[test]
    fn prose_is_cleaned() {
        assert_eq!(&*Prose::<1>::new(" 볶는다\n담는다\u{FEFF} ").unwrap(), "볶는다 담는다");
        assert!(Prose::<1>::new("\n \u{202E}\u{3164}").is_err());
        assert!(Prose::<1>::name("\u{200B}").is_err());
        assert_eq!(&*Prose::<0>::new("").unwrap(), "");
    }
}
