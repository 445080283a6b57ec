//! What the price function reads from its own table, which may be of another version of it, or of nobody.

use contract::PriceSource;
use jiff::Timestamp;
use price::{budget, cache, offer::MAX_PRICE_KRW};

use super::json::texts;
use crate::{Parser, parser::text};

/// 2026-11-25 12:00 in Korea.
const NOON_MS: i64 = 1_795_575_600_000;

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "kept-answer",
        reads: "an answer that was kept in the prices table",
        feed: kept_answer,
        seeds: || {
            texts([
                r#"{"schema":1,"askedAtMs":1795575599000,"offers":[{"price":1980,"vendor":"마트","productName":"두부","link":"https://a.example/1","per":"100g","surveyedOn":"2026-11-20"}],"withoutPrice":2}"#,
                r#"{"schema":1,"askedAtMs":1795575599000,"offers":[],"withoutPrice":0,"reference":{"price":2841,"per":"1kg","productName":"양파","source":"kamis","asOf":"2026-10-01"}}"#,
            ])
        },
        words: &[
            "schema",
            "askedAtMs",
            "offers",
            "\"price\":0",
            "100000001",
            "javascript:",
            "\\u202e",
            "surveyedOn",
            "9999-12-31",
            "-009999-01-01",
            "9223372036854775807",
        ],
    },
    Parser {
        name: "budget-row",
        reads: "what is left of a source's budget",
        feed: |bytes| {
            if let Some(start_ms) = budget::fuzz::book(&text(bytes), NOON_MS) {
                assert!(start_ms >= NOON_MS, "a call that starts in the past");
                assert!(start_ms < NOON_MS + 100_000, "a call that starts too late");
            }
        },
        seeds: || {
            texts([
                r#"{"schema":1,"day":"2026-11-25","used":3,"over":false,"startsMs":[1795575599000,1795575600500]}"#,
                r#"{"schema":1,"day":"2026-11-24","used":10,"over":true,"startsMs":[]}"#,
            ])
        },
        words: &[
            "startsMs",
            "used",
            "4294967295",
            "true",
            "9223372036854775807",
            "-9223372036854775808",
            "1795575660000",
        ],
    },
];

fn kept_answer(bytes: &[u8]) {
    let Ok(now) = Timestamp::from_millisecond(NOON_MS) else {
        return;
    };
    for source in PriceSource::ALL {
        let Some(kept) = cache::fuzz::read(source, &text(bytes), now) else {
            continue;
        };
        if let Ok(offer) = kept.answer.cheapest() {
            assert!(offer.price_krw.get() <= MAX_PRICE_KRW, "over every price");
            assert!(!offer.vendor.is_empty(), "sold by nobody");
        }
        if let Some(reference) = kept.answer.reference() {
            assert!(reference.source == source, "another source's reference");
        }
        assert!(
            cache::fuzz::write(source, &kept).is_some(),
            "read and not written"
        );
    }
}
