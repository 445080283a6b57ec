//! Tags of markup, their ends, and tags of a person.

use proptest::prelude::*;

use super::*;

fn thinks(text: &str, expect: Option<&str>) {
    assert_eq!(without_thinking(text, |_| false).as_deref(), expect, "{text}");
}

#[test]
fn thinking_is_left_out() {
    thinks("<thinking>초안</thinking>답", Some("답"));
    thinks("가<Thinking type=\"a\">초안</THINKING>나<scratchpad>b</scratchpad>다", Some("가나다"));
    thinks("<reasoning>a</reasoning>답", Some("답"));
    thinks("<thinking>a<thinking>b</thinking>c</thinking>답", Some("답"));
    thinks("<thinking>a<draft>b</thinking>답", Some("답"));
    thinks("<초안>a</초안>답<thinking/>", Some("답<thinking/>"));
    for name in ["생각", "사고과정", "추론", "검토", "notes"] {
        thinks(&format!("<{name}>a</{name}>답"), Some("답"));
    }
}

#[test]
fn a_possible_draft_is_left_out() {
    thinks("답<thinking>초안", Some("답"));
    thinks("초안</thinking>답", Some("답"));
    thinks("초안</thinking>초안</thinking", Some(""));
    thinks("<reasoning>a</thinking>b", Some(""));
}

#[test]
fn tags_around_something_are_paired() {
    let check = |text: &str, expect: &[&str]| {
        let found = enclosed(text, |at| text.get(at..).unwrap().starts_with("<q"));
        let found: Vec<&str> = found.into_iter().map(|at| &text[at]).collect();
        assert_eq!(found, expect, "{text}");
    };
    check("<a>1</A>2<나 x=\"1\">3</나>", &["1", "3"]);
    check("<a>1<b>2</b><a>3</a></a>4", &["1<b>2</b><a>3</a>"]);
    check("<a>1<b>2</a>3</b>", &["1<b>2</a>3"]);
    check("<li>1<li>2</li>", &["2"]);
    check("<a>1 </b>2<c/> </c> 1 < 2 <q>1</q> <a", &[]);
    check("<answer>1</answer><Recipe>2</Recipe><invoke name=\"a\">3</invoke>", &[]);
    let nested = format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000));
    assert_eq!(enclosed(&nested, |_| false).len(), 1);
}

#[test]
fn other_tags_are_no_thinking() {
    thinks("<b>두부</b> <answer>1 < 2</answer> <", None);
    let text = "{\"a\": \"<thinking>\"} 답";
    assert_eq!(without_thinking(text, |at| at < 20), None);
}

fn known(name: &str) -> Option<&'static str> {
    ["name", "image", "steps"].into_iter().find(|field| field.eq_ignore_ascii_case(name))
}

fn is_part(name: &str) -> bool {
    ["step", "submit"].contains(&name)
}

/// A field `name` beside `image` and `steps`: its text, its parameters, and whether there is more.
fn splits(text: &str, expect: (&str, &[(&str, &str)], bool)) {
    let (own, parameters, has_rest) = expect;
    let parameters = parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let expect = Split { text: own.to_owned(), parameters: parameters.collect(), has_rest };
    assert_eq!(split(text, "name", known, is_part), Some(expect), "{text}");
}

#[test]
fn a_text_ends_where_markup_of_the_call_begins() {
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
    for own in ["국</step>", "국</submit>", "국</name\r\n>"] {
        splits(own, ("국", &[], false));
    }
    splits("국</name><step>더</step>", ("국", &[], true));
    splits(
        "국\n<parameter=image>a</parameter>\r\n<parameter=\"steps\">b",
        ("국", &[("image", "a"), ("steps", "b")], false),
    );
    splits("국</Name><IMAGE>a", ("국", &[("image", "a")], false));
    splits("국 <thinking>소금?</thinking>맛", ("국 맛", &[], false));
    splits("국 <thinking>소금?", ("국", &[], false));
    // It may be either of the two.
    splits("소금?</thinking>국", ("소금?", &[], true));
}

#[test]
fn markup_around_a_text_is_removed() {
    splits("<name>국</name>", ("국", &[], false));
    splits(
        "<function_calls><invoke name=\"submit_recipe\"><parameter name=\"name\">국</parameter>",
        ("국", &[], false),
    );
    splits("<item>국</item>", ("국", &[], false));
}

#[test]
fn a_persons_text_is_not_changed() {
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
        assert_eq!(split(text, "name", known, is_part), None, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in any::<String>(), near in "(<|/|>|name|thinking|parameter| |=|\"|a:|국){0,40}") {
        for text in [text, near] {
            let _ = (without_thinking(&text, |_| false), enclosed(&text, |_| false), is_only_tags(&text));
            let Some(split) = split(&text, "name", known, is_part) else { continue };
            prop_assert!(!split.text.contains("<parameter>") && !split.text.contains("</name>"), "{text}");
        }
    }
}
