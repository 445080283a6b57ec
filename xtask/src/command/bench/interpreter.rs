//! The interpreter of the States Language alone, on virtual time and one core, measured by a program of its own.

use serde::Deserialize;
use target::progress::Progress;

use super::tool;
use crate::{cargo::Profile, failure::Failure};

const PROGRAM: &str = "interpreter-rate";

/// What it prints, as far as it is of interest here.
#[derive(Debug, PartialEq, Deserialize)]
struct Rate {
    /// State transitions a second.
    samples: Vec<f64>,
}

/// State transitions a second, one sample after another.
pub(super) fn measure(profile: Profile, samples: u32, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    let samples = samples.to_string();
    let args = ["--samples", samples.as_str()];
    let rate: Rate = tool::printed(PROGRAM, &args, profile, "measuring the interpreter", progress)?;
    Ok(rate.samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_read_and_nothing_else_is() {
        let printed = br#"{"profile":"release","transitionsPerSecond":2,"samples":[1,2.5]}"#;
        let rate: Rate = serde_json::from_slice(printed).unwrap();
        assert_eq!(rate.samples, [1.0, 2.5]);
        for broken in [&b""[..], b"{}", br#"{"samples":["1"]}"#] {
            assert!(serde_json::from_slice::<Rate>(broken).is_err());
        }
    }
}
