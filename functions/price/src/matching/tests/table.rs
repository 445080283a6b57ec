//! The rule over its whole table, and over the survey's own list where it lies beside the repository.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use serde_json::Value;

use super::{
    super::score::{Half, Score, goods, goods_of_answer, score, score_of_half, table},
    matches,
};
use crate::xml;

/// The requirement: at least 120 names, 98 of 100 pairs right. Recall is what it is, and does not get worse unseen.
#[test]
fn the_table_is_matched() {
    let rows = table();
    let names: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
    assert!(
        rows.len() == names.len() && rows.len() >= 140,
        "{} names",
        names.len()
    );
    let goods = goods();
    let ids: BTreeSet<_> = goods.iter().map(|good| good.id.as_str()).collect();
    assert_eq!(ids.len(), goods.len(), "a number twice");
    for row in &rows {
        assert!(row.goods.is_subset(&ids), "{}: no such good", row.name);
    }
    let halves = [Half::Tuned, Half::HeldOut].map(score_of_half);
    for score in halves.into_iter().chain([score()]) {
        say(&shown(&score));
        assert!(score.precision() >= 0.98, "{score:?}");
        assert!(score.recall() >= 0.85, "{score:?}");
    }
    assert_eq!(halves.iter().map(|half| half.names).sum::<usize>(), score().names);
}

/// A score that cannot see a mistake is none: wrong pairs, missing pairs and wrong best goods count.
#[test]
fn a_wrong_pair_and_a_missing_one_are_counted() {
    let all = score();
    assert!(
        all.right <= all.found && all.found > 250 && all.expected > 250,
        "{all:?}"
    );
    let wrong = Score {
        right: all.found - 10,
        ..all
    };
    assert!(wrong.precision() < 0.98 && wrong.recall() < all.recall());
}

fn shown(score: &Score) -> String {
    format!(
        "matching: {} names, precision {:.4}, recall {:.4}",
        score.names,
        score.precision(),
        score.recall()
    )
}

/// To the real standard error: the test runner keeps what a passing test prints, and how much ran must be seen.
fn say(text: &str) {
    let _nobody_reads = writeln!(io::stderr(), "{text}");
}

#[test]
fn the_surveys_own_goods_are_matched_as_expected() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/price-sources/chamgagyeok");
    let (Ok(manifest), Ok(list)) = (
        fs::read(folder.join("manifest.json")),
        fs::read(folder.join("goods.xml")),
    ) else {
        say("survey goods: absent");
        return;
    };
    let answer = xml::parse(&list, None).unwrap();
    let goods = goods_of_answer(&answer);
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let samples = manifest["samples"].as_array().unwrap();
    let expected = &samples.iter().find(|sample| sample["name"] == "goods").unwrap()["expected"];
    assert_eq!(Some(goods.len() as u64), expected["goods"].as_u64());
    let names = expected["match"].as_object().unwrap();
    for (name, ids) in names {
        let found: BTreeSet<u64> = matches(name, &goods)
            .iter()
            .map(|&at| goods[at].id.parse().unwrap())
            .collect();
        let ids: BTreeSet<u64> = ids
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_u64().unwrap())
            .collect();
        assert_eq!(found, ids, "{name}");
    }
    say(&format!("survey goods: {} names", names.len()));
}
