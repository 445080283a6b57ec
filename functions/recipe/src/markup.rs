//! Markup of the model's grammar in texts: thinking in a text block, tags of a tool call in a text of the recipe. A person's
//! text may have `<` and HTML, which are not of that grammar.
//!
//! Source: public reports of replies with `<thinking>` in their text and with `</name>\n<parameter name="image">` inside
//! of a field of the forced tool's input.

use std::{collections::HashMap, ops::Range};

/// Parts of the names of tags around thinking.
const THINKING: [&str; 16] = [
    "think",
    "thought",
    "reason",
    "scratch",
    "draft",
    "reflect",
    "analys",
    "planning",
    "brainstorm",
    "monolog",
    "note",
    "초안",
    "생각",
    "사고",
    "추론",
    "검토",
];

/// Tags around an answer. Any other tag may be around a draft.
const ANSWER: [&str; 9] =
    ["answer", "final", "output", "recipe", "response", "result", "답", "답변", "레시피"];

/// The namespace of the model's tags: every tag with it is one.
const NAMESPACE: &str = "antml";

/// Tags of a tool call, with any namespace or none.
const CALL: [&str; 18] = [
    "parameter",
    "parameters",
    "param",
    "invoke",
    "function",
    "function_call",
    "function_calls",
    "function_result",
    "function_results",
    "tool_use",
    "tool_call",
    "tool_calls",
    "tool_result",
    "tool_results",
    "tool_name",
    "arguments",
    "input",
    "item",
];

/// Thinking tags that may be open at once: hostile text costs at most this factor.
const MAX_NESTED: usize = 32;

struct Tag<'a> {
    at: Range<usize>,
    closes: bool,
    name: &'a str,
    namespace: &'a str,
    attributes: &'a str,
    /// Whether there is a `>`: a text may end in a tag.
    is_whole: bool,
}

impl Tag<'_> {
    fn is_thinking(&self) -> bool {
        let name = self.name.to_lowercase();
        name == "plan" || THINKING.iter().any(|part| name.contains(part))
    }

    fn is_call(&self) -> bool {
        self.namespace == NAMESPACE || CALL.iter().any(|name| name.eq_ignore_ascii_case(self.name))
    }

    fn is_answer(&self) -> bool {
        self.is_call() || ANSWER.contains(&self.name.to_lowercase().as_str())
    }

    /// The parameter that a tag begins, from its attribute `name` or as `<parameter=name>`.
    fn parameter(&self) -> Option<&str> {
        if !self.name.to_ascii_lowercase().starts_with("param") {
            return None;
        }
        if let Some(name) = self.attributes.strip_prefix('=') {
            return Some(name.trim().trim_matches(['"', '\'']));
        }
        let (_, value) = self.attributes.split_once("name=")?;
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.get(1..)?.split(quote).next()
    }
}

fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    text.match_indices('<').filter_map(|(start, _)| tag(text, start))
}

fn tag(text: &str, start: usize) -> Option<Tag<'_>> {
    let inside = text.get(start + 1..)?;
    let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let name_end = inside.find(|c| !is_name(c)).unwrap_or(inside.len());
    let (full_name, behind) = inside.split_at_checked(name_end)?;
    if !full_name.starts_with(char::is_alphabetic)
        || !behind.is_empty() && !behind.starts_with([' ', '\n', '\r', '\t', '/', '>', '='])
    {
        return None;
    }
    let end = behind.find(['<', '>']).unwrap_or(behind.len());
    let is_whole = behind.get(end..).is_some_and(|rest| rest.starts_with('>'));
    let behind_tag = text.len() - behind.len() + end + usize::from(is_whole);
    let (namespace, name) = full_name.rsplit_once(':').unwrap_or(("", full_name));
    Some(Tag {
        at: start..behind_tag,
        closes,
        name,
        namespace,
        attributes: behind.get(..end).unwrap_or_default(),
        is_whole,
    })
}

/// The text without thinking tags and their content; `None` if there are none. `is_quoted` tells whether a position is in a
/// string of an object.
///
/// A tag without an end removes everything behind it, an end without a tag everything before it, so that no draft is read as the
/// answer.
#[must_use]
pub fn without_thinking(text: &str, is_quoted: impl Fn(usize) -> bool) -> Option<String> {
    cut_thinking(text, |tag| tag.is_thinking() && !is_quoted(tag.at.start), true)
}

/// `begins_inside`: whether the text before an end without a tag is thinking.
fn cut_thinking(text: &str, is_thinking: impl Fn(&Tag<'_>) -> bool, begins_inside: bool) -> Option<String> {
    let mut kept = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut kept_from = None;
    for tag in tags(text).filter(is_thinking) {
        if tag.closes && open.is_empty() && !begins_inside {
            continue;
        }
        let from = *kept_from.get_or_insert(0);
        match (tag.closes, open.iter().rposition(|name| name.eq_ignore_ascii_case(tag.name))) {
            (false, _) if tag.attributes.ends_with('/') => {}
            (false, _) => {
                if open.is_empty() {
                    kept.push_str(text.get(from..tag.at.start).unwrap_or_default());
                }
                if open.len() == MAX_NESTED {
                    return Some(kept);
                }
                open.push(tag.name);
            }
            (true, Some(opened)) => open.truncate(opened),
            (true, None) if open.is_empty() => kept.clear(),
            (true, None) => {}
        }
        if open.is_empty() && tag.closes {
            kept_from = Some(tag.at.end);
        }
    }
    let from = kept_from?;
    if open.is_empty() {
        kept.push_str(text.get(from..).unwrap_or_default());
    }
    Some(kept)
}

/// The ranges in paired tags that are not around an answer, in order and without overlaps. `is_quoted` as for
/// [`without_thinking`].
#[must_use]
pub fn enclosed(text: &str, is_quoted: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut open: HashMap<String, Vec<usize>> = HashMap::new();
    let mut enclosed: Vec<Range<usize>> = Vec::new();
    let may_enclose = |tag: &Tag<'_>| tag.is_whole && !tag.attributes.ends_with('/') && !tag.is_answer();
    for tag in tags(text).filter(|tag| may_enclose(tag) && !is_quoted(tag.at.start)) {
        let begun = open.entry(tag.name.to_lowercase()).or_default();
        if !tag.closes {
            begun.push(tag.at.end);
            continue;
        }
        let Some(mut start) = begun.pop() else { continue };
        while let Some(last) = enclosed.pop_if(|last| last.end > start) {
            start = start.min(last.start);
        }
        enclosed.push(start..tag.at.start);
    }
    enclosed
}

/// Whether a text has only tags, and none of thinking.
#[must_use]
pub fn is_only_tags(text: &str) -> bool {
    let mut from = 0;
    for tag in tags(text) {
        if tag.is_thinking() || !text.get(from..tag.at.start).unwrap_or_default().trim().is_empty() {
            return false;
        }
        from = tag.at.end;
    }
    text.get(from..).unwrap_or_default().trim().is_empty()
}

/// A text of a recipe, split where markup begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The text itself.
    pub text: String,
    /// The parameters of the call in it, by their names.
    pub parameters: Vec<(String, String)>,
    /// Whether there is text behind the markup that belongs to no parameter.
    pub has_rest: bool,
}

/// Splits the text of a field; `None` if it has no markup. `field` returns the field of a tag's name, `is_part` whether a tag's
/// name is another one of the call.
#[must_use]
pub fn split(
    text: &str,
    own_name: &str,
    field: impl Fn(&str) -> Option<&'static str>,
    is_part: impl Fn(&str) -> bool,
) -> Option<Split> {
    let own_names = [own_name, own_name.strip_suffix('s').unwrap_or(own_name)];
    let is_own = |name: &str| own_names.iter().any(|own| own.eq_ignore_ascii_case(name));
    let without_thinking = cut_thinking(text, |tag| tag.is_thinking() && !is_own(tag.name), false);
    let text = without_thinking.as_deref().unwrap_or(text);
    let is_markup = |tag: &Tag<'_>| {
        let is_named = field(tag.name).is_some() || is_own(tag.name) || is_part(tag.name);
        tag.is_call() || tag.is_thinking() || is_named && (tag.is_whole || tag.attributes.is_empty())
    };

    let mut split = Split::default();
    let mut rest = String::new();
    let (mut from, mut into) = (0, Destination::Text);
    for tag in tags(text).filter(is_markup) {
        split.put(&into, text.get(from..tag.at.start).unwrap_or_default(), &mut rest);
        from = tag.at.end;
        let begun = tag.parameter().or_else(|| field(tag.name));
        let is_first = split.text.trim().is_empty() && split.parameters.is_empty();
        into = match begun {
            _ if tag.closes => Destination::Nowhere,
            // Markup around the text.
            None if is_first => Destination::Text,
            Some(name) if is_first && is_own(name) => Destination::Text,
            Some(name) => {
                let name = field(name).unwrap_or(name).to_owned();
                split.parameters.push((name, String::new()));
                Destination::Parameter
            }
            None => Destination::Nowhere,
        };
    }
    if from == 0 && without_thinking.is_none() {
        return None;
    }
    split.put(&into, text.get(from..).unwrap_or_default(), &mut rest);
    Some(Split { text: split.text.trim().to_owned(), has_rest: !rest.trim().is_empty(), ..split })
}

/// The owner of the text behind a tag.
enum Destination {
    Text,
    /// The last one.
    Parameter,
    Nowhere,
}

impl Split {
    fn put(&mut self, into: &Destination, text: &str, rest: &mut String) {
        match (into, self.parameters.last_mut()) {
            (Destination::Text, _) => self.text.push_str(text),
            (Destination::Parameter, Some((_, value))) => value.push_str(text),
            (Destination::Parameter, None) | (Destination::Nowhere, _) => rest.push_str(text),
        }
    }
}

#[cfg(test)]
mod tests;
