//! The rule that matches ingredients with surveyed goods, scored over its table by the program `prices`.

use serde::Deserialize;
use target::progress::Progress;

use super::{
    figure::{Family, Figure},
    measured::Measured,
    tool,
};
use crate::{cargo::Profile, failure::Failure};

const PROGRAM: &str = "prices";

/// The figure of what is found; the other one is of what is right.
const RECALL: &str = "matching-recall";

/// What it prints, as far as it is of interest here.
#[derive(Debug, PartialEq, Deserialize)]
struct Scores {
    all: Score,
}

/// Shares of one.
#[derive(Debug, PartialEq, Deserialize)]
struct Score {
    precision: f64,
    recall: f64,
}

/// The figures of the rule among these.
pub(super) fn measure(
    figures: &[&'static Figure],
    profile: Profile,
    progress: &mut Progress,
) -> Result<Vec<Measured>, Failure> {
    let wanted: Vec<_> = figures
        .iter()
        .filter(|figure| figure.profile == profile && figure.family == Family::Matching)
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let args = ["score", "--output", "json"];
    let Scores { all } = tool::printed(PROGRAM, &args, profile, "scoring the matching rule", progress)?;
    let measured = wanted.into_iter().filter_map(|figure| {
        let share = if figure.name == RECALL {
            all.recall
        } else {
            all.precision
        };
        Measured::of(figure, &[share * 100.0])
    });
    Ok(measured.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_over_the_whole_table_is_read() {
        let printed = br#"{"all":{"names":7,"precision":0.5,"recall":1.0},"tuned":{}}"#;
        let (precision, recall) = (0.5, 1.0);
        let scores: Scores = serde_json::from_slice(printed).unwrap();
        assert_eq!(scores.all, Score { precision, recall });
        for broken in [&b""[..], b"{}", br#"{"all":{"precision":"1"}}"#] {
            assert!(serde_json::from_slice::<Scores>(broken).is_err());
        }
    }
}
