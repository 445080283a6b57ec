//! What spoilt input finds at all parsers, by the program that `cargo xtask fuzz` becomes.

use serde::Deserialize;
use target::progress::Progress;

use crate::{command::fuzz, failure::Failure};

/// How long each parser is fed, in seconds.
const SECONDS: u32 = 60;

/// What it prints, as far as it is of interest here.
#[derive(Debug, PartialEq, Deserialize)]
struct Report {
    findings: u32,
}

/// How much was found, at all parsers.
pub(super) fn findings(progress: &mut Progress) -> Result<f64, Failure> {
    let printed = fuzz::report(SECONDS, progress)?;
    read(&printed).map_err(|source| Failure::Unreadable {
        program: "fuzz",
        source,
    })
}

fn read(printed: &[u8]) -> serde_json::Result<f64> {
    serde_json::from_slice(printed).map(|Report { findings }| f64::from(findings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_findings_of_all_parsers_are_read() {
        let printed =
            br#"{"seed":1,"seconds":60,"inputs":7,"findings":2,"parsers":[{"parser":"a","findings":[]}]}"#;
        assert!((read(printed).unwrap() - 2.0).abs() < f64::EPSILON);
        for broken in [&b""[..], b"{}", br#"{"findings":-1}"#] {
            assert!(read(broken).is_err());
        }
    }
}
