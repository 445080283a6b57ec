//! The markup of a model's own grammar where it does not belong: thinking in a text block, tags of a tool call in a
//! text of the recipe. A person's text may hold `<` and HTML; neither is of that grammar.
//!
//! Source: public reports of replies with `<thinking>` in their text and with `</name>\n<parameter name="image">` inside
//! of a field of the forced tool's input.

use std::ops::Range;

/// Parts of the names of tags around what a model wrote for itself.
const THINKING: [&str; 11] = [
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
    "초안",
];

/// The namespace of the model's own tags: with it, every tag is one.
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

/// A tag that stands in a text.
struct Tag<'a> {
    at: Range<usize>,
    closes: bool,
    name: &'a str,
    namespace: &'a str,
    attributes: &'a str,
    /// Whether there is a `>`: a text may end inside of a tag.
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

    /// The parameter that a tag begins, from its attribute `name`.
    fn parameter(&self) -> Option<&str> {
        if !self.name.to_ascii_lowercase().starts_with("param") {
            return None;
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
    let (closes, inside) = inside
        .strip_prefix('/')
        .map_or((false, inside), |inside| (true, inside));
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let name_end = inside.find(|c| !is_name(c)).unwrap_or(inside.len());
    let (full_name, behind) = inside.split_at_checked(name_end)?;
    if !full_name.starts_with(char::is_alphabetic)
        || !behind.is_empty() && !behind.starts_with([' ', '\n', '\t', '/', '>'])
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

/// The text without what stands in thinking tags; nothing if there are none. `is_quoted` says of a place whether it is
/// inside of something that is not the model's own text, as a string of an object.
///
/// A tag that is never closed takes everything behind it, one that was never opened everything before it: what may be a
/// draft is never taken for the answer.
#[must_use]
pub fn without_thinking(text: &str, is_quoted: impl Fn(usize) -> bool) -> Option<String> {
    cut_thinking(text, is_quoted, true)
}

/// `begins_inside` says what a tag that was never opened means: that all before it is thinking, or nothing.
fn cut_thinking(text: &str, is_quoted: impl Fn(usize) -> bool, begins_inside: bool) -> Option<String> {
    let mut kept = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut kept_from = None;
    for tag in tags(text).filter(|tag| tag.is_thinking() && !is_quoted(tag.at.start)) {
        if tag.closes && open.is_empty() && !begins_inside {
            continue;
        }
        let from = *kept_from.get_or_insert(0);
        match (
            tag.closes,
            open.iter().rposition(|name| name.eq_ignore_ascii_case(tag.name)),
        ) {
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

/// A text of a recipe, split where markup begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The text itself.
    pub text: String,
    /// What it swallowed: parameters of the call, by their names.
    pub swallowed: Vec<(String, String)>,
    /// Whether there is more behind the markup that belongs to no parameter.
    pub has_rest: bool,
}

/// Splits the text of a field; nothing if it has no markup. `field` gives the field of a tag's name.
#[must_use]
pub fn split(text: &str, own_name: &str, field: impl Fn(&str) -> Option<&'static str>) -> Option<Split> {
    let thoughtless = cut_thinking(text, |_| false, false);
    let text = thoughtless.as_deref().unwrap_or(text);
    let own_names = [own_name, own_name.strip_suffix('s').unwrap_or(own_name)];
    let is_own = |name: &str| own_names.iter().any(|own| own.eq_ignore_ascii_case(name));
    let is_markup = |tag: &Tag<'_>| {
        let is_named = field(tag.name).is_some() || is_own(tag.name);
        tag.is_call() || tag.is_thinking() || is_named && (tag.is_whole || tag.attributes.is_empty())
    };

    let mut split = Split::default();
    let mut rest = String::new();
    let (mut from, mut into) = (0, Into::Text);
    for tag in tags(text).filter(is_markup) {
        split.put(&into, text.get(from..tag.at.start).unwrap_or_default(), &mut rest);
        from = tag.at.end;
        let begun = tag.parameter().or_else(|| field(tag.name));
        let is_first = split.text.trim().is_empty() && split.swallowed.is_empty();
        into = match begun {
            _ if tag.closes => Into::Nowhere,
            // The markup around the text itself.
            None if is_first => Into::Text,
            Some(name) if is_first && is_own(name) => Into::Text,
            Some(name) => {
                let name = field(name).unwrap_or(name).to_owned();
                split.swallowed.push((name, String::new()));
                Into::Parameter
            }
            None => Into::Nowhere,
        };
    }
    if from == 0 && thoughtless.is_none() {
        return None;
    }
    split.put(&into, text.get(from..).unwrap_or_default(), &mut rest);
    Some(Split {
        text: split.text.trim().to_owned(),
        has_rest: !rest.trim().is_empty(),
        ..split
    })
}

/// What the text behind a tag belongs to.
enum Into {
    Text,
    /// The one swallowed last.
    Parameter,
    Nowhere,
}

impl Split {
    fn put(&mut self, into: &Into, text: &str, rest: &mut String) {
        match (into, self.swallowed.last_mut()) {
            (Into::Text, _) => self.text.push_str(text),
            (Into::Parameter, Some((_, value))) => value.push_str(text),
            (Into::Parameter, None) | (Into::Nowhere, _) => rest.push_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn thinks(text: &str, expect: Option<&str>) {
        assert_eq!(without_thinking(text, |_| false).as_deref(), expect, "{text}");
    }

    #[test]
    fn thinking_is_left_out() {
        thinks("<thinking>초안</thinking>답", Some("답"));
        thinks(
            "가<Thinking type=\"a\">초안</THINKING>나<scratchpad>b</scratchpad>다",
            Some("가나다"),
        );
        thinks("<reasoning>a</reasoning>답", Some("답"));
        thinks("<thinking>a<thinking>b</thinking>c</thinking>답", Some("답"));
        thinks("<thinking>a<draft>b</thinking>답", Some("답"));
        thinks("<초안>a</초안>답<thinking/>", Some("답<thinking/>"));
    }

    #[test]
    fn what_may_be_a_draft_is_left_out() {
        thinks("답<thinking>초안", Some("답"));
        thinks("초안</thinking>답", Some("답"));
        thinks("초안</thinking>초안</thinking", Some(""));
        thinks("<reasoning>a</thinking>b", Some(""));
    }

    #[test]
    fn other_tags_are_no_thinking() {
        thinks("<b>두부</b> <answer>1 < 2</answer> <", None);
        let text = "{\"a\": \"<thinking>\"} 답";
        assert_eq!(without_thinking(text, |at| at < 20), None);
    }

    fn known(name: &str) -> Option<&'static str> {
        ["name", "image", "steps"]
            .into_iter()
            .find(|field| field.eq_ignore_ascii_case(name))
    }

    /// A field `name` beside `image` and `steps`: its text, what that swallowed, and whether there is more.
    fn splits(text: &str, expect: (&str, &[(&str, &str)], bool)) {
        let (own, swallowed, has_rest) = expect;
        let swallowed = swallowed
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let expect = Split {
            text: own.to_owned(),
            swallowed: swallowed.collect(),
            has_rest,
        };
        assert_eq!(split(text, "name", known), Some(expect), "{text}");
    }

    #[test]
    fn a_text_ends_where_the_call_goes_on() {
        splits(
            "국</name>\n<parameter name=\"image\">https://a/b.jpg",
            ("국", &[("image", "https://a/b.jpg")], false),
        );
        splits("국</ns:parameter>\n</ns:item>", ("국", &[], false));
        splits("국</name", ("국", &[], false));
        splits("국\n<parameter name='steps", ("국", &[("steps", "")], false));
        splits(
            "국</name><image>a</image>\n<parameter name=\"steps\">[\"끓인다\"]</parameter>",
            ("국", &[("image", "a"), ("steps", "[\"끓인다\"]")], false),
        );
        splits("국</name> 그리고 더", ("국", &[], true));
        splits("국</name><item>더</item>", ("국", &[], true));
        splits("국</Name><IMAGE>a", ("국", &[("image", "a")], false));
        splits("국 <thinking>소금?</thinking>맛", ("국 맛", &[], false));
        splits("국 <thinking>소금?", ("국", &[], false));
        // Nobody knows which of the two it is.
        splits("소금?</thinking>국", ("소금?", &[], true));
    }

    #[test]
    fn markup_around_a_text_is_taken_off() {
        splits("<name>국</name>", ("국", &[], false));
        splits(
            "<function_calls><invoke name=\"submit_recipe\"><parameter name=\"name\">국</parameter>",
            ("국", &[], false),
        );
        splits("<item>국</item>", ("국", &[], false));
    }

    #[test]
    fn a_text_of_a_person_is_left_alone() {
        for text in [
            "온도 < 100도",
            "<b>두부</b>",
            "a<b>c, 1<2>1",
            "<",
            "</",
            "</>",
            "<name 100",
            "<3 국",
            "<양념:간장 2큰술>",
            "x <- y",
        ] {
            assert_eq!(split(text, "name", known), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>(), near in "(<|/|>|name|thinking|parameter| |=|\"|a:|국){0,40}") {
            for text in [text, near] {
                let _ = without_thinking(&text, |_| false);
                let Some(split) = split(&text, "name", known) else { continue };
                prop_assert!(!split.text.contains("<parameter>") && !split.text.contains("</name>"), "{text}");
            }
        }
    }
}
