//! The interpreter of the States Language alone, on virtual time and one core, measured by a program of its own.

use std::process::{Command, Stdio};

use serde::Deserialize;
use target::progress::Progress;

use crate::{
    cargo::{self, Profile},
    failure::Failure,
};

const PROGRAM: &str = "interpreter-rate";

/// What it prints, as far as it is of interest here.
#[derive(Debug, PartialEq, Deserialize)]
struct Rate {
    /// State transitions a second.
    samples: Vec<f64>,
}

/// State transitions a second, one sample after another.
pub(super) fn measure(profile: Profile, samples: u32, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    let program = cargo::build_tool(PROGRAM, profile)?;
    progress.doing("measuring the interpreter");
    let output = Command::new(program)
        .args(["--samples", &samples.to_string()])
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
    samples_of(&output.stdout).map_err(|source| Failure::Unreadable {
        program: PROGRAM,
        source,
    })
}

fn samples_of(printed: &[u8]) -> serde_json::Result<Vec<f64>> {
    serde_json::from_slice(printed).map(|Rate { samples }| samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_read_and_nothing_else_is() {
        let printed = br#"{"profile":"release","transitionsPerSecond":2,"samples":[1,2.5]}"#;
        assert_eq!(samples_of(printed).unwrap(), [1.0, 2.5]);
        for broken in [&b""[..], b"{}", br#"{"samples":["1"]}"#] {
            assert!(samples_of(broken).is_err());
        }
    }
}
