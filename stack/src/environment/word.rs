//! The words of an environment that follow a pattern: names, regions, accounts.
//!
//! Each type holds only valid words; `EXPECTED` says in a sentence what it takes. The model's words live in `model`, addresses in `base_url`.

use std::fmt;

/// Writes a type that holds a checked text.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $fits:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// What it takes, for errors.
            pub const EXPECTED: &'static str = $expected;

            pub fn new(text: &str) -> Option<Self> {
                let fits: fn(&str) -> bool = $fits;
                fits(text).then(|| Self(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(super) use checked_text;

checked_text!(
    /// The name of an environment. It stands behind physical names, so it is short and plain.
    EnvironmentName,
    "a lower-case letter and up to 15 more of a-z 0-9 -",
    |text| {
        let mut letters = text.bytes();
        letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && letters.len() <= 15
            && letters.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }
);

impl EnvironmentName {
    const PROD: &'static str = "prod";
    const LOCAL: &'static str = "local";

    pub fn is_prod(&self) -> bool {
        self.as_str() == Self::PROD
    }

    pub fn is_built_in(&self) -> bool {
        self.as_str() == Self::LOCAL
    }

    /// Whether it is embedded in this machine and never on AWS: `local`, or a name that begins with `local-`.
    pub fn is_local(&self) -> bool {
        let rest = self.as_str().strip_prefix(Self::LOCAL);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

checked_text!(
    /// A region of AWS's usual partition. The machines name a service integration by its ARN, which begins with
    /// `arn:aws:` there and otherwise elsewhere: China, the US government and the isolated partitions are refused.
    Region,
    "a region of AWS's usual partition, such as ap-northeast-2",
    |text| {
        // Two words and a number; the other partitions' regions have three words, or begin with `cn`.
        let parts: Vec<&str> = text.split('-').collect();
        let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        match parts.as_slice() {
            ["cn", ..] => false,
            [area, place, number] => {
                word(area) && word(place) && matches!(number.as_bytes(), [b'1'..=b'9'])
            }
            _ => false,
        }
    }
);

checked_text!(AccountId, "the 12 digits of an AWS account as text", |text| text.len() == 12
    && text.bytes().all(|b| b.is_ascii_digit()));

checked_text!(
    /// The name of a parameter in Systems Manager's Parameter Store.
    ///
    /// Source: letters, digits and `_ . - /`; `aws` and `ssm` are reserved as the first word. A name with a slash is
    /// a path and starts with one.
    ParameterName,
    "a parameter name: 1 to 512 of a-z A-Z 0-9 _ . -, or a path of those that starts with /",
    |text| {
        let first = text.trim_start_matches('/').to_ascii_lowercase();
        (1..=512).contains(&text.len())
            && (text.starts_with('/') || !text.contains('/'))
            && text.split('/').skip(usize::from(text.starts_with('/'))).all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
            })
            && !first.starts_with("aws")
            && !first.starts_with("ssm")
    }
);
