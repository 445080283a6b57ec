//! What the rule says of one product.

use serde::Serialize;

/// The result for one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Verdict {
    /// Match: a whole word of its name is the name that is searched for.
    Word,
    /// Match: its name ends in it, and what stands in front only describes.
    Compound,
    /// Match: a word in front is unknown, and its class is mostly this thing.
    ByClass,
    /// No match: nothing of its name is it.
    NotThere,
    /// No match: a household product.
    Household,
    /// No match: a longer word holds it and is something else.
    PartOfWord,
    /// No match: a distinct product.
    Own {
        /// The thing.
        thing: String,
    },
    /// No match: only its maker is named so.
    Maker,
    /// No match: made of it or with the taste of it, or of another food.
    Taste,
    /// No match: an unknown word stands in front, and its class is of other things.
    Unknown {
        /// The word.
        word: String,
    },
    /// No match: other words stand behind it, so that it is something else.
    Behind,
    /// No match: a fresh product is there.
    FreshIsThere,
    /// No match: others say a word of the name that it does not.
    SaysLess {
        /// The word.
        word: String,
    },
}

impl Verdict {
    /// Whether the product matches.
    pub const fn is_match(&self) -> bool {
        matches!(self, Self::Word | Self::Compound | Self::ByClass)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word => f.write_str("a word of its name"),
            Self::Compound => f.write_str("its name ends in it, and what is in front only tells more"),
            Self::ByClass => f.write_str("its name ends in it, and its class is mostly that"),
            Self::NotThere => f.write_str("not in its name"),
            Self::Household => f.write_str("a household good"),
            Self::PartOfWord => f.write_str("part of a longer word, which is something else"),
            Self::Own { thing } => write!(f, "a thing of its own: {thing}"),
            Self::Maker => f.write_str("only its maker is named so"),
            Self::Taste => f.write_str("made of it, or with its taste, or of another food"),
            Self::Unknown { word } => {
                write!(f, "an unknown word in front, and a class of other things: {word}")
            }
            Self::Behind => f.write_str("other words behind it make it something else"),
            Self::FreshIsThere => f.write_str("processed, and a fresh one is there"),
            Self::SaysLess { word } => write!(f, "others say what it does not: {word}"),
        }
    }
}
