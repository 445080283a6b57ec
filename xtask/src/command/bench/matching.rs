//! The rule that matches ingredients with surveyed goods, scored over its table by the program `prices`.

use std::process::{Command, Stdio};

use serde::Deserialize;
use target::progress::Progress;

use super::{
    figure::{Family, Figure},
    measured::Measured,
};
use crate::{
    cargo::{self, Profile},
    failure::Failure,
};

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
    let program = cargo::build_tool(PROGRAM, profile)?;
    let output = Command::new(program)
        .args(["score", "--output", "json"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    progress.pause();
    let output = output.map_err(|source| Failure::Start {
        program: PROGRAM.to_owned(),
        source,
    })?;
    if !output.status.success() {
        return Err(Failure::NoSamples { program: PROGRAM });
    }
    let all = read(&output.stdout).map_err(|source| Failure::Unreadable {
        program: PROGRAM,
        source,
    })?;
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

fn read(printed: &[u8]) -> serde_json::Result<Score> {
    serde_json::from_slice(printed).map(|Scores { all }| all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_over_the_whole_table_is_read() {
        let printed = br#"{"all":{"names":7,"precision":0.5,"recall":1.0},"tuned":{}}"#;
        let (precision, recall) = (0.5, 1.0);
        assert_eq!(read(printed).unwrap(), Score { precision, recall });
        for broken in [&b""[..], b"{}", br#"{"all":{"precision":"1"}}"#] {
            assert!(read(broken).is_err());
        }
    }
}
