//! `environments.jsonl`: files of `environments/` on both sides of what every key takes. How a file is found and opened
//! is tested where that is done, in `xtask`.

use serde::Deserialize;
use stack::Environment;

use super::case::{self, Failures, Source, ensure, says};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    name: String,
    /// The file's name.
    #[serde(default = "dev")]
    file: String,
    text: Source,
    refused: Option<Refused>,
    #[serde(default)]
    accepted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    line: usize,
    says: String,
    hint: Option<String>,
}

fn dev() -> String {
    "dev.toml".to_owned()
}

impl case::Line for Line {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn lines() -> Vec<Line> {
    case::lines("environments.jsonl", include_str!("environments.jsonl"))
}

impl Line {
    fn check(&self) -> Result<(), String> {
        let parsed = Environment::parse(&self.file, &self.text.text());
        match (&self.refused, self.accepted, parsed) {
            (None, true, Ok(_)) => Ok(()),
            (None, true, Err(error)) => Err(format!("should be accepted: {error}")),
            (Some(_), false, Ok(_)) => Err("should be refused".to_owned()),
            (Some(refused), false, Err(error)) => {
                ensure(error.line == refused.line, || {
                    format!("expected in line {}, got: {error}", refused.line)
                })?;
                ensure(error.file == self.file, || format!("names another file: {error}"))?;
                says(&error.message, &refused.says)?;
                refused.hint.iter().try_for_each(|hint| says(error.hint().unwrap_or_default(), hint))
            }
            (None, false, _) | (Some(_), true, _) => Err("needs either `refused` or `accepted`".to_owned()),
        }
    }
}

#[test]
fn every_environment_is_taken_or_refused_as_its_line_says() {
    let mut failures = Failures::default();
    for line in lines() {
        failures.note(&line.name, line.check());
    }
    failures.none();
}
