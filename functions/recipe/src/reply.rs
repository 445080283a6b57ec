//! The reply's body in Anthropic's Messages format: its recipe, or the reason why there is none.
//!
//! The forced tool's input comes first, JSON in text blocks second (decision D13); thinking is not read, neither blocks nor tags
//! in a text. The first object that is a recipe after its repair is used, one in a tag that may be around a draft only if there
//! is no other. If none is a recipe, the object with most of its fields gives the error.
//!
//! A reply cut at the token limit gives a recipe only if the recipe is *provably* complete: an object in text ends with
//! its own brace, and a block that another one follows was finished. The input of a tool in the last block is refused:
//! the service closes the JSON of a cut input, so a recipe without its last steps would look complete.

use std::ops::Range;

use contract::Recipe;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    draft::{self, DraftError},
    json, markup,
    objects::{self, Broken},
    repair::{self, Repair},
};

/// Positions of an invalid body that are tried as its usage, which bounds the cost of hostile text.
const MAX_USAGES: usize = 8;

#[derive(Debug)]
pub struct Reading {
    /// The reply's tokens, also without a recipe.
    pub usage: Usage,
    /// Whether the reply was cut at the token limit (decision D23).
    pub truncated: bool,
    /// The recipe, or why there is none.
    pub recipe: Result<Recipe, ReplyError>,
    /// The recipe's repairs.
    pub repairs: Vec<Repair>,
}

/// Tokens of one call, as far as the reply has them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the prompt.
    pub input_tokens: Option<u32>,
    /// Of the reply.
    pub output_tokens: Option<u32>,
}

/// Why a reply holds no recipe. Never quotes the reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The body is not in the Messages format.
    #[error("the reply is not in the Messages form: {at}")]
    NotMessages {
        /// The first field that is not, or `body`.
        at: String,
    },
    /// The model declined.
    #[error("the model refused to answer")]
    Refused,
    /// The token limit was reached before the recipe was complete.
    #[error("the model's reply was cut at the token limit")]
    Truncated,
    /// The model ended for a reason that leaves no recipe.
    #[error("the model stopped early: {reason}")]
    Stopped {
        /// The provider's word for it.
        reason: String,
    },
    /// There is no content.
    #[error("the model's reply is empty")]
    Empty,
    /// There is only thinking.
    #[error("the model's reply holds its thinking only")]
    ThinkingOnly,
    /// There is text and no JSON object in it.
    #[error("the model's reply holds no JSON object")]
    NoJson,
    /// The beginning of an object is not JSON.
    #[error(
        "the JSON object in the model's reply {}: line {}, column {}",
        if .0.ends_early { "ends early" } else { "is malformed" }, .0.line, .0.column
    )]
    BrokenJson(Broken),
    /// There is an object and it is not a recipe.
    #[error(transparent)]
    NotARecipe(#[from] DraftError),
}

impl ReplyError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Truncated => Some("raise the environment's limit of tokens for a recipe"),
            Self::NotMessages { .. }
            | Self::Refused
            | Self::Stopped { .. }
            | Self::Empty
            | Self::ThinkingOnly
            | Self::NoJson
            | Self::BrokenJson(_)
            | Self::NotARecipe(_) => None,
        }
    }
}

/// Reads a reply's body.
#[must_use]
pub fn read(body: &[u8]) -> Reading {
    let failed = |usage, at| Reading {
        usage,
        truncated: false,
        recipe: Err(ReplyError::NotMessages { at }),
        repairs: Vec::new(),
    };
    let Ok(parsed) = json::read::<Value>(body) else {
        return failed(Usage::in_broken(body), "body".to_owned());
    };
    let usage = parsed.get("usage").map(Usage::of).unwrap_or_default();
    match serde_path_to_error::deserialize::<_, Message>(parsed) {
        Ok(message) => {
            let stop = Stop::of(message.stop_reason.as_deref());
            let mut repairs = Vec::new();
            Reading {
                usage,
                truncated: stop == Stop::TokenLimit,
                recipe: recipe_of(message.content, stop, &mut repairs),
                repairs,
            }
        }
        Err(error) => failed(usage, place(&error)),
    }
}

#[derive(Deserialize)]
struct Message {
    content: Vec<Block>,
    #[serde(default)]
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    ToolUse {
        input: Value,
    },
    Thinking,
    RedactedThinking,
    /// A kind of block that did not exist when this was written.
    #[serde(other)]
    Unknown,
}

/// Why the model stopped, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// The reply is complete.
    Finished,
    TokenLimit,
    Refusal,
    Other(String),
}

impl Stop {
    fn of(word: Option<&str>) -> Self {
        match word {
            None | Some("end_turn" | "tool_use" | "stop_sequence") => Self::Finished,
            Some("max_tokens" | "model_context_window_exceeded") => Self::TokenLimit,
            Some("refusal") => Self::Refusal,
            // A word of the protocol; any other text is not quoted.
            Some(other)
                if other.len() <= 40 && other.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') =>
            {
                Self::Other(other.to_owned())
            }
            Some(_) => Self::Other("unknown".to_owned()),
        }
    }
}

impl Usage {
    fn of(usage: &Value) -> Self {
        let tokens = |field: &str| u32::try_from(usage.get(field)?.as_u64()?).ok();
        Self { input_tokens: tokens("input_tokens"), output_tokens: tokens("output_tokens") }
    }

    /// The last usage in an invalid body, which was paid for. In the model's strings the field's quotes are escaped.
    fn in_broken(body: &[u8]) -> Self {
        const FIELD: &str = "\"usage\"";
        let body = String::from_utf8_lossy(body);
        let usage = |(at, _): (usize, &str)| {
            let behind = body.get(at + FIELD.len()..)?.trim_start().strip_prefix(':')?;
            let usage = serde_json::Deserializer::from_str(behind).into_iter::<Value>().next()?;
            Some(Self::of(&usage.ok()?))
        };
        let known = |usage: &Self| *usage != Self::default();
        body.rmatch_indices(FIELD).take(MAX_USAGES).filter_map(usage).find(known).unwrap_or_default()
    }
}

/// The objects that may be the recipe, in the order in which they are tried, and the errors of others.
fn candidates(content: Vec<Block>, stop: &Stop) -> (Vec<Value>, Option<Broken>) {
    let last = content.len().saturating_sub(1);
    let mut inputs = Vec::new();
    let mut text = String::new();
    for (at, block) in content.into_iter().enumerate() {
        match block {
            Block::ToolUse { input } if *stop == Stop::Finished || at < last => inputs.push(input),
            // Joined without a separator: an object may continue in the next block.
            Block::Text { text: more } => text.push_str(&more),
            Block::ToolUse { .. } | Block::Thinking | Block::RedactedThinking | Block::Unknown => {}
        }
    }
    let text = own_words(text);
    let found = objects::find(&text);
    let is_quoted = |at: usize| stands_in(&found.places, at);
    let enclosed = markup::enclosed(&text, is_quoted);
    // An object in an unknown tag may be a draft: it is tried last, and not at all if an object that was cut may be the answer.
    let may_be_broken = *stop == Stop::TokenLimit || found.broken.is_some();
    let (last, first): (Vec<_>, Vec<_>) = found
        .objects
        .into_iter()
        .zip(&found.places)
        .partition(|(_, place)| stands_in(&enclosed, place.start));
    let last = last.into_iter().filter(|_| !may_be_broken);
    inputs.extend(first.into_iter().chain(last).map(|(object, _)| object));
    (inputs, found.broken)
}

/// Whether a position is in one of the ranges, which are in order.
fn stands_in(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.contains(&at))
}

/// The text without thinking, as valid JSON. A text that is one JSON string is unquoted.
fn own_words(text: String) -> String {
    let text = json::read(text.as_bytes()).unwrap_or(text);
    let text = json::readable_text(&text);
    if markup::without_thinking(&text, |_| false).is_none() {
        return text;
    }
    let objects = objects::find(&text).places;
    let is_quoted = |at: usize| stands_in(&objects, at);
    markup::without_thinking(&text, is_quoted).unwrap_or(text)
}

fn recipe_of(content: Vec<Block>, stop: Stop, repairs: &mut Vec<Repair>) -> Result<Recipe, ReplyError> {
    let is_empty = content.is_empty();
    let thinks_only = content.iter().all(|block| matches!(block, Block::Thinking | Block::RedactedThinking));
    if stop == Stop::Refusal {
        return Err(ReplyError::Refused);
    }
    let (candidates, broken) = candidates(content, &stop);

    let mut nearest: Option<(usize, DraftError)> = None;
    for object in candidates {
        let object = repair::unwrapped(object);
        let nearness = draft::nearness(&object);
        let repaired = repair::fields(object);
        match repaired.and_then(|(object, done)| Ok((draft::check(object)?, done))) {
            Ok((recipe, done)) => {
                *repairs = done;
                return Ok(recipe);
            }
            Err(error) if nearest.as_ref().is_none_or(|(best, _)| nearness > *best) => {
                nearest = Some((nearness, error));
            }
            Err(_) => {}
        }
    }
    Err(match (stop, nearest, broken) {
        (Stop::TokenLimit, ..) => ReplyError::Truncated,
        (Stop::Refusal, ..) => ReplyError::Refused,
        (Stop::Other(reason), ..) => ReplyError::Stopped { reason },
        (Stop::Finished, ..) if is_empty => ReplyError::Empty,
        (Stop::Finished, ..) if thinks_only => ReplyError::ThinkingOnly,
        // The objects in an invalid recipe are its parts: an ingredient is an object with a name.
        (Stop::Finished, Some((0 | 1, _)) | None, Some(broken)) => ReplyError::BrokenJson(broken),
        (Stop::Finished, Some((_, error)), _) => error.into(),
        (Stop::Finished, None, None) => ReplyError::NoJson,
    })
}

fn place(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    match error.path().to_string() {
        whole if whole == "." => "content".to_owned(),
        path => path,
    }
}

/// The first object that [`read`] would try, and all text, for tests of replies without recipes.
#[cfg(test)]
pub(crate) fn contents(body: &Value) -> Option<(Option<Value>, String)> {
    let message = || serde_json::from_value::<Message>(body.clone()).ok();
    let stop = Stop::of(message()?.stop_reason.as_deref());
    let text = message()?.content.into_iter().filter_map(|block| match block {
        Block::Text { text } => Some(text),
        _ => None,
    });
    Some((candidates(message()?.content, &stop).0.into_iter().next(), text.collect()))
}

#[cfg(test)]
mod tests;
