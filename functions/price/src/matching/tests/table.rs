//! The rule over its whole table.

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
};

use super::super::score::{Score, Split, products, score, score_of_half, table};

/// The requirement: at least 120 names, 98 of 100 pairs right. Recall is what it is, and does not get worse unseen.
#[test]
fn the_table_is_matched() {
    let rows = table();
    let names: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
    assert!(rows.len() == names.len() && rows.len() >= 140, "{} names", names.len());
    let products = products();
    let ids: BTreeSet<_> = products.iter().map(|product| product.id.as_str()).collect();
    assert_eq!(ids.len(), products.len(), "a number twice");
    for row in &rows {
        assert!(row.products.is_subset(&ids), "{}: no such product", row.name);
    }
    let halves = [Split::Tuned, Split::HeldOut].map(score_of_half);
    for score in halves.into_iter().chain([score()]) {
        say(&shown(&score));
        assert!(score.precision() >= 0.98, "{score:?}");
        assert!(score.recall() >= 0.85, "{score:?}");
    }
    assert_eq!(halves.iter().map(|half| half.names).sum::<usize>(), score().names);
}

/// A score that cannot see a mistake is none: wrong pairs, missing pairs and wrong best products count.
#[test]
fn a_wrong_pair_and_a_missing_one_are_counted() {
    let all = score();
    assert!(all.right <= all.found && all.found > 250 && all.expected > 250, "{all:?}");
    let wrong = Score { right: all.found - 10, ..all };
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
