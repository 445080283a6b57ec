//! The model: its id, where its calls may be served, and its end of life.

use std::fmt;

use jiff::civil::Date;

use super::word::checked_text;

checked_text!(
    /// The id of a Claude model, or of the inference profile through which a newer one answers.
    ///
    /// The recipe function sends Anthropic's messages (`anthropic_version`), so the model is one of Anthropic's.
    ModelId,
    "the id of a Claude model, or of its inference profile (global., us., eu., apac., jp., au. or ca.)",
    |text| {
        let model = PROFILES.iter().find_map(|(prefix, _)| text.strip_prefix(prefix)).unwrap_or(text);
        model.strip_prefix("anthropic.claude-").is_some_and(|rest| {
            (1..=100).contains(&rest.len())
                && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:".contains(&b))
        })
    }
);

/// The prefixes of system-defined inference profiles.
const PROFILES: [(&str, InferenceScope); 7] = [
    ("global.", InferenceScope::Global),
    ("us.", InferenceScope::Geographic),
    ("eu.", InferenceScope::Geographic),
    ("apac.", InferenceScope::Geographic),
    ("jp.", InferenceScope::Geographic),
    ("au.", InferenceScope::Geographic),
    ("ca.", InferenceScope::Geographic),
];

/// The models that can be invoked on demand by their own id. Every newer one needs an inference profile.
///
/// Source: Bedrock's list of supported models; 3.7 is the first with a profile only.
const ON_DEMAND: [&str; 6] = [
    "anthropic.claude-instant-",
    "anthropic.claude-v2",
    "anthropic.claude-3-haiku-",
    "anthropic.claude-3-sonnet-",
    "anthropic.claude-3-opus-",
    "anthropic.claude-3-5-",
];

/// The regions that may serve a call: they decide which ARNs the function's role must name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InferenceScope {
    /// A bare model id: the region that is called.
    Region,
    /// A geographic inference profile: any of its regions.
    Geographic,
    /// A global inference profile: any region.
    Global,
}

impl ModelId {
    /// The default of every environment: the seed's Claude 3 Sonnet has ended, and newer models need a profile.
    pub const DEFAULT: &'static str = "global.anthropic.claude-sonnet-4-5-20250929-v1:0";

    /// The regions that may serve a call.
    pub fn inference_scope(&self) -> InferenceScope {
        self.profile().map_or(InferenceScope::Region, |(_, scope)| scope)
    }

    /// The id of the model itself, without a profile's prefix.
    pub fn foundation_model(&self) -> &str {
        let id = self.as_str();
        self.profile().and_then(|(prefix, _)| id.strip_prefix(prefix)).unwrap_or(id)
    }

    /// Whether it is a bare id of a model that needs an inference profile.
    pub fn lacks_profile(&self) -> bool {
        let id = self.as_str();
        self.inference_scope() == InferenceScope::Region
            && !ON_DEMAND.iter().any(|known| id.starts_with(known))
    }

    fn profile(&self) -> Option<(&'static str, InferenceScope)> {
        PROFILES.into_iter().find(|(prefix, _)| self.as_str().starts_with(prefix))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfLife {
    /// The last day, as the provider announced it.
    On(Date),
    /// No day is announced: reported as unknown, never guessed.
    Unknown,
}

impl EndOfLife {
    pub const EXPECTED: &'static str = "a date such as \"2027-01-08\", or \"unknown\"";

    /// The word for a day that is not announced.
    const UNKNOWN: &'static str = "unknown";

    pub fn new(text: &str) -> Option<Self> {
        if text == Self::UNKNOWN {
            return Some(Self::Unknown);
        }
        // jiff also reads a date out of a date with a time; here that is a mistake.
        (text.len() == 10).then(|| text.parse().ok().map(Self::On)).flatten()
    }
}

impl fmt::Display for EndOfLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(f),
            Self::Unknown => f.write_str(Self::UNKNOWN),
        }
    }
}
