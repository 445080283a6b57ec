//! Text with bounds: what a person wrote (refused when it is out of bounds) and what a model wrote (cleaned).

use std::{borrow::Cow, fmt, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// Text of `MIN` to `MAX` Unicode scalars after trimming, without control and bidirectional characters.
///
/// Bounds: D20. A person's text that breaks them is refused, never repaired.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Too short or too long after trimming.
    #[error("expected {min} to {max} characters, got {got}")]
    Length {
        /// Fewest characters allowed.
        min: usize,
        /// Most characters allowed.
        max: usize,
        /// Characters found after trimming.
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
    /// Checks and trims.
    ///
    /// # Errors
    /// The text has a hidden character anywhere, or its trimmed length is out of bounds.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if let Some(c) = text.chars().find(|&c| is_hidden(c)) {
            return Err(TextError::Hidden { code: u32::from(c) });
        }
        let trimmed = text.trim();
        let got = trimmed.chars().count();
        if !(MIN..=MAX).contains(&got) {
            return Err(TextError::Length {
                min: MIN,
                max: MAX,
                got,
            });
        }
        Ok(Self(trimmed.to_owned()))
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

/// Text that a model wrote: hidden characters (line breaks among them) become spaces, both ends are trimmed, and at
/// least `MIN` characters must be left.
///
/// A model is not asked again for a stray line break: a paid answer is cleaned where a person's order is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Prose<const MIN: usize>(String);

impl<const MIN: usize> Prose<MIN> {
    /// Cleans and checks.
    ///
    /// # Errors
    /// Fewer than `MIN` characters are left.
    pub fn new(text: &str) -> Result<Self, TextError> {
        let clean: String = text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
        let clean = clean.trim();
        let got = clean.chars().count();
        if got < MIN {
            return Err(TextError::Length {
                min: MIN,
                max: usize::MAX,
                got,
            });
        }
        Ok(Self(clean.to_owned()))
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
        Self::new(&text).map_err(|_| D::Error::custom("expected a text that is not empty"))
    }
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
    fn length_counts_scalars_after_trim() {
        assert_eq!(&*Text::<1, 2>::new(" 두부 ").unwrap(), "두부");
        assert_eq!(
            Text::<1, 2>::new("   "),
            Err(TextError::Length {
                min: 1,
                max: 2,
                got: 0
            })
        );
        assert_eq!(
            Text::<1, 2>::new("돼지고기"),
            Err(TextError::Length {
                min: 1,
                max: 2,
                got: 4
            })
        );
    }

    #[test]
    fn hidden_characters_are_refused_even_where_trim_would_drop_them() {
        for hidden in [
            "두\u{202E}부",
            "두부\n",
            "\u{200F}두부",
            "두\u{7}부",
            "\u{2066}두부",
        ] {
            assert!(
                matches!(Text::<1, 10>::new(hidden), Err(TextError::Hidden { .. })),
                "{hidden:?}"
            );
        }
    }

    #[test]
    fn prose_is_cleaned() {
        assert_eq!(&*Prose::<1>::new(" 볶는다\n담는다 ").unwrap(), "볶는다 담는다");
        assert!(Prose::<1>::new("\n \u{202E}").is_err());
        assert_eq!(&*Prose::<0>::new("").unwrap(), "");
    }
}
