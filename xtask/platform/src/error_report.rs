//! An error as it is told: one value, a text on stderr for a person and, where JSON is asked for, an object on stdout for
//! a machine. What went wrong and which code it has is not known here.

use std::{
    error::Error,
    ffi::OsString,
    io::{self, Write as _},
};

use serde::Serialize;
use stack::Finding;

use crate::{color::value_among, launch::Output, plain::plain_lines, progress::Progress, report::json};

/// Why a command ended without its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// What happened: a lowercase fragment, the value last.
    pub message: String,
    /// What stands behind it, the nearest first.
    pub causes: Vec<String>,
    /// What the person can do about it.
    pub hint: Option<String>,
    /// The command's exit code.
    pub exit_code: u8,
    /// What was found, when that is the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// What stdout holds for a machine: `{"error":{..}}`, so that no result is mistaken for one.
#[derive(Serialize)]
struct ForAMachine<'a> {
    error: &'a ErrorReport,
}

impl ErrorReport {
    /// An error with everything that stands behind it.
    #[must_use]
    pub fn new(error: &(dyn Error + 'static), hint: Option<&str>, exit_code: u8) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Self {
            message: error.to_string(),
            causes,
            hint: hint.map(str::to_owned),
            exit_code,
            findings: Vec::new(),
        }
    }

    /// Tells it to the person.
    pub fn tell(&self, progress: &mut Progress) {
        let mut text = plain_lines(&self.message);
        for cause in &self.causes {
            text.push_str("\n  caused by: ");
            text.push_str(&plain_lines(cause));
        }
        progress.error(&text);
        if let Some(hint) = &self.hint {
            progress.hint(&plain_lines(hint));
        }
    }

    /// Gives it to a machine. Whoever closed stdout has been told on stderr.
    pub fn print(&self) {
        if let Ok(text) = json(&ForAMachine { error: self }) {
            let mut stdout = io::stdout().lock();
            let _told_already = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        }
    }
}

/// What stdout is to hold, among arguments that cannot be read as a whole.
#[must_use]
pub fn output_among(args: &[OsString]) -> Output {
    match value_among(args, "--output") {
        Some(name) if name == Output::Json.name() => Output::Json,
        _ => Output::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit_code;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot open the order: {path}")]
    struct Outer {
        path: &'static str,
        source: io::Error,
    }

    fn told() -> ErrorReport {
        let error = Outer { path: "keto.json", source: io::Error::other("the disk is on fire") };
        ErrorReport::new(&error, Some("call somebody"), exit_code::USAGE)
    }

    #[test]
    fn a_machine_reads_what_a_person_reads() {
        insta::assert_snapshot!(json(&ForAMachine { error: &told() }).unwrap(), @r#"
        {
          "error": {
            "message": "cannot open the order: keto.json",
            "causes": [
              "the disk is on fire"
            ],
            "hint": "call somebody",
            "exitCode": 2
          }
        }
        "#);
    }

    #[test]
    fn json_is_asked_for_in_either_form() {
        for (args, expect) in [
            (&["run", "--output", "json"][..], Output::Json),
            (&["run", "--output=json", "--nonsense"], Output::Json),
            (&["run", "--output", "text"], Output::Text),
            (&["run", "--output"], Output::Text),
            (&["run", "--out", "json"], Output::Text),
        ] {
            let args: Vec<_> = args.iter().map(OsString::from).collect();
            assert_eq!(output_among(&args), expect, "{args:?}");
        }
    }
}
