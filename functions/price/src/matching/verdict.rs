//! The verdicts on products.

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Verdict {
    /// Match: a whole word of its name.
    Word,
    /// Match: the end of a word, after qualifiers.
    Compound,
    /// Match: after an unknown word, in a class that mostly has the target.
    ByClass,
    Household,
    /// A part of a longer word.
    PartOfWord,
    /// A distinct product.
    Distinct {
        thing: String,
    },
    /// The name of its maker only.
    Maker,
    /// Made of the target, with its flavour, or of another food.
    Flavour,
    /// After an unknown word, in a class of other products.
    Unknown {
        word: String,
    },
    /// Before other words, which make it another product.
    Behind,
    /// Processed, and a fresh product matches.
    FreshPreferred,
    /// Without a qualifier of the name that others have.
    LacksQualifier {
        word: String,
    },
}

impl Verdict {
    /// The kind of match, the least best; `None` for no match.
    pub(super) const fn kind(&self) -> Option<u8> {
        match self {
            Self::Word => Some(0),
            Self::Compound => Some(1),
            Self::ByClass => Some(2),
            _ => None,
        }
    }

    pub const fn is_match(&self) -> bool {
        self.kind().is_some()
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word => f.write_str("a word of its name"),
            Self::Compound => f.write_str("its name ends in it, after qualifiers"),
            Self::ByClass => f.write_str("its name ends in it, and so does most of its class"),
            Self::Household => f.write_str("a household product"),
            Self::PartOfWord => f.write_str("part of a longer word"),
            Self::Distinct { thing } => write!(f, "a distinct product: {thing}"),
            Self::Maker => f.write_str("the name of its maker"),
            Self::Flavour => f.write_str("made of it, with its flavour, or of another food"),
            Self::Unknown { word } => {
                write!(f, "after an unknown word, in a class of other products: {word}")
            }
            Self::Behind => f.write_str("before other words, which make it another product"),
            Self::FreshPreferred => f.write_str("processed, and a fresh product matches"),
            Self::LacksQualifier { word } => write!(f, "without a qualifier that others have: {word}"),
        }
    }
}
