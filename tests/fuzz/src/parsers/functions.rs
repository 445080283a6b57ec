//! What the functions read: what Lambda hands over, and what Bedrock and Naver send.

use contract::{
    ExecutionId, MealPlan, Profile, SessionId,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use price::{http::base_url::BaseUrl, search::offer, text::plain_text};
use recipe::{ModelError, draft, json as readable, markup, model::Said, objects, prompt, repair, reply};

use super::json::{PRICING, RECIPE, plan, texts};
use crate::{Parser, parser::text};

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "input",
        reads: "what Lambda hands over to each of the functions",
        feed: input,
        seeds: || {
            let ids = r#""sessionId":"s-1","executionId":"arn:aws:states:us-east-1:1:execution:m:s-1""#;
            texts([
                &format!(
                    r#"{{{ids},"profile":{{"target":"diabetes","budget":1000,"servings":2,"bloodSugar":100,"medication":["a"]}}}}"#
                ),
                &format!(r#"{{{ids},"ingredients":[{{"name":"두부","amount":"1","unit":"모"}}]}}"#),
                &format!(r#"{{{ids},"recipe":{RECIPE},"pricing":{PRICING}}}"#),
            ])
        },
        words: &[
            "sessionId",
            "executionId",
            "profile",
            "ingredients",
            "recipe",
            "pricing",
            "arn:",
            "target",
            "medication",
        ],
    },
    Parser {
        name: "bedrock-reply",
        reads: "a model's answer",
        feed: |body| {
            let reading = reply::read(body);
            if let Err(error) = reading.recipe {
                let _hint = error.hint();
                assert!(!error.to_string().is_empty(), "refused without a word");
            }
        },
        seeds: || {
            let quoted =
                serde_json::Value::from(format!("Here it is:\n```json\n{RECIPE}\n```\nEnjoy {{it}}!"));
            texts([
                &format!(
                    r#"{{"id":"msg","type":"message","role":"assistant","model":"claude","content":[{{"type":"tool_use","id":"t","name":"recipe","input":{RECIPE}}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{{"input_tokens":500,"output_tokens":300}}}}"#
                ),
                &format!(
                    r#"{{"content":[{{"type":"thinking","thinking":"hm","signature":"s"}},{{"type":"text","text":{quoted}}}],"stop_reason":"end_turn","usage":{{"input_tokens":1,"output_tokens":2}}}}"#
                ),
                r#"{"content":[{"type":"text","text":"{\"name\":\"a"},{"type":"text","text":"b\"}"}],"stop_reason":"max_tokens"}"#,
                r#"{"content":[],"stop_reason":"refusal"}"#,
            ])
        },
        words: &[
            "tool_use",
            "text",
            "thinking",
            "redacted_thinking",
            "max_tokens",
            "refusal",
            "```json",
            "{\"",
            "}",
            "input",
        ],
    },
    Parser {
        name: "objects",
        reads: "JSON objects inside prose, judged as recipes",
        feed: |bytes| {
            for object in objects::find(&readable::readable_text(&text(bytes))).objects {
                let object = repair::unwrapped(object);
                let _fields = draft::nearness(&object);
                if let Ok((object, _)) = repair::fields(object) {
                    let _recipe = draft::check(object);
                }
            }
        },
        seeds: || {
            texts([
                RECIPE,
                "a {\"b\": [1, \"}\"]} c {d} ```json\n{\"e\":{}}\n```",
                "{\"a\": \"{\\\"b\\\"",
                "{{{{\"a\":1}",
            ])
        },
        words: &[
            "{\"", "\":", "\"}", "{\"a\":", "[{", "}]", "```", "\\\"", "\\u00", "\\ud99c", "1e400", "null",
        ],
    },
    Parser {
        name: "markup",
        reads: "a text with markup of the model's own grammar",
        feed: |bytes| {
            let text = text(bytes);
            if let Some(left) = markup::without_thinking(&text, |at| at % 7 == 0) {
                assert!(left.len() <= text.len(), "more than there was");
            }
            if let Some(split) = markup::split(
                &text,
                "name",
                |name| (name == "image").then_some("image"),
                |name| name == "step",
            ) {
                assert!(!split.text.contains("</name>"), "markup is delivered");
            }
        },
        seeds: || {
            texts([
                "국</name>\n<parameter name=\"image\">https://a/b.jpg",
                "<thinking>a<draft>b</draft></thinking>국 < 3 <b>c</b>",
                "a</ns:parameter></reasoning>국",
            ])
        },
        words: &[
            "<",
            ">",
            "</",
            "name",
            "image",
            "parameter",
            " name=\"",
            "thinking",
            "ns:",
            "/>",
            "draft",
        ],
    },
    Parser {
        name: "bedrock-error",
        reads: "Bedrock's errors, which may repeat the order",
        feed: bedrock_error,
        seeds: || {
            texts([
                "ValidationException\nmax_tokens: 9000 > 8192",
                "ThrottlingException\nToo many tokens, please wait: 두부, 우유",
            ])
        },
        words: &["우유", "메트포르민", "\\uc6b0\\uc720", "\u{202e}", "우 유"],
    },
    Parser {
        name: "plain-text",
        reads: "text with markup, as a shop sends it",
        feed: |bytes| {
            for max_chars in [0, 1, 40] {
                let plain = plain_text::from_html(&text(bytes), max_chars);
                assert!(plain.chars().count() <= max_chars, "over its bound");
                assert!(
                    plain_text::clean(&text(bytes), max_chars).chars().count() <= max_chars,
                    "over its bound"
                );
            }
        },
        seeds: || {
            texts([
                "<b>두부</b> &amp; 콩 &lt;3",
                "a < b > c &#44032; &#x1F35C; &nbsp;",
                "<!-- a --> <a href='>'>x</a>",
            ])
        },
        words: &[
            "<",
            ">",
            "</",
            "<b",
            "&",
            "&#",
            "&#x",
            ";",
            "&lt;",
            "&notanentity;",
            "<!--",
            "-->",
            "\u{202e}",
        ],
    },
    Parser {
        name: "address",
        reads: "a base address, and prices as shops write them",
        feed: |bytes| {
            let text = text(bytes);
            if let Ok(base) = text.parse::<BaseUrl>() {
                let _joined = base.join("/v1/search/shop.json");
            }
            if let Some(price) = offer::known_price(&text) {
                assert!(price.get() <= offer::MAX_PRICE_KRW, "over every price");
            }
        },
        seeds: || {
            texts([
                "https://openapi.naver.com",
                "http://127.0.0.1:8080/a/",
                "http://[::1]:1",
                "12800",
                "0",
            ])
        },
        words: &[
            "http://",
            "https://",
            "@",
            "user:pw@",
            "[::ffff:7f00:1]",
            "0x7f.1",
            "#",
            "?",
            "localhost",
            "%00",
            "xn--",
        ],
    },
    Parser {
        name: "rows",
        reads: "a meal plan that becomes rows of the tables",
        feed: rows,
        seeds: || texts([&plan()]),
        words: &[
            "targetSpecificInfo",
            "1e125",
            "1e-131",
            "123456789012345678901234567890123456789.5",
        ],
    },
];

fn input(bytes: &[u8]) {
    let recipe = shell::fuzz::read::<RecipeGenerator>(bytes);
    let price = shell::fuzz::read::<PriceFetcher>(bytes);
    let combine = shell::fuzz::read::<ResultCombiner>(bytes);
    assert!(
        recipe.session == price.session && price.session == combine.session,
        "whose work it is, is the same for all"
    );
}

/// A profile with words that no error may repeat.
const PROFILE: &str = r#"{"target":"baby","months":8,"allergies":["우유"],"budget":15000,"servings":1}"#;

fn bedrock_error(bytes: &[u8]) {
    let Ok(profile) = serde_json::from_str::<Profile>(PROFILE) else {
        return;
    };
    let text = text(bytes);
    let (code, message) = text.split_once('\n').unwrap_or((&text, ""));
    let error = ModelError::Throttled(Said::new(code, message));
    let shown = error
        .withholding(|text| prompt::is_repeated_in(&profile, text))
        .to_string();
    assert!(
        code.contains("우유") || !shown.contains("우유"),
        "an allergy is told"
    );
}

fn rows(bytes: &[u8]) {
    let Ok(plan) = serde_json::from_slice::<MealPlan>(bytes) else {
        return;
    };
    let Ok(session) = SessionId::new("s") else { return };
    let rows = combine::Rows::new(session, ExecutionId("arn".to_owned()), &plan, 0);
    if let Err(unfit) = rows {
        assert!(!unfit.to_string().is_empty(), "refused without a word");
    }
}
