//! How a command ends without its result: one error with its causes, a hint and an exit code. A person reads it on stderr;
//! where JSON is asked for, a program reads it on stdout.

use std::{
    error::Error,
    ffi::OsString,
    io::{self, Write as _},
    path::Path,
};

use serde::Serialize;
use stack::Finding;

use crate::{
    color::value_among, environments::LookupError, exit_code, launch::Output, package::PackageError,
    plain::plain_lines, platform::PlatformError, progress::Progress, report::json,
};

/// Why a command ended without its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// What happened: a lowercase fragment, the value last.
    pub message: String,
    /// The chain of causes, the nearest first.
    pub causes: Vec<String>,
    /// What the person can do about it.
    pub hint: Option<String>,
    pub exit_code: u8,
    /// The findings, when they are the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

impl ErrorReport {
    /// An error with its chain of causes.
    pub fn new(error: &(dyn Error + 'static), hint: Option<&str>, exit_code: u8) -> Self {
        let report = Self { hint: hint.map(str::to_owned), ..Self::message(exit_code, error.to_string()) };
        match error.source() {
            Some(cause) => report.caused_by(cause),
            None => report,
        }
    }

    pub fn message(exit_code: u8, message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new(), hint: None, exit_code, findings: Vec::new() }
    }

    /// Adds a cause with the causes of its own.
    #[must_use]
    pub fn caused_by(mut self, cause: &(dyn Error + 'static)) -> Self {
        let mut next = Some(cause);
        while let Some(cause) = next {
            self.causes.push(cause.to_string());
            next = cause.source();
        }
        self
    }

    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// A mistake of ours.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::message(exit_code::BUG, message)
    }

    /// A file that the command cannot `read` or `write`. A full disk is no bug of ours.
    pub fn file(doing: &'static str, path: &Path, cause: &io::Error) -> Self {
        Self::message(exit_code::USAGE, format!("cannot {doing}: {}", path.display())).caused_by(cause)
    }

    /// Stdout is full, or its reader has closed it.
    pub fn stdout(cause: &io::Error) -> Self {
        let reader_gone = cause.kind() == io::ErrorKind::BrokenPipe;
        let exit_code = if reader_gone { exit_code::READER_GONE } else { exit_code::USAGE };
        Self::message(exit_code, "cannot write to stdout").caused_by(cause)
    }

    /// The environment did not come up.
    pub fn deploy(cause: &PlatformError) -> Self {
        Self::platform(exit_code::DEPLOY_FAILED, "deploying failed", cause)
    }

    /// The order was refused, or its end is unknown.
    pub fn order(cause: &PlatformError) -> Self {
        let exit_code = match cause {
            PlatformError::OtherOrder { .. } => exit_code::USAGE,
            _ => exit_code::ORDER_FAILED,
        };
        Self::platform(exit_code, "the order cannot be cooked", cause)
    }

    fn platform(exit_code: u8, message: &str, cause: &PlatformError) -> Self {
        Self { hint: cause.hint(), ..Self::message(exit_code, message).caused_by(cause) }
    }

    /// The check found errors.
    pub fn refused(findings: Vec<Finding>) -> Self {
        let count = findings.len();
        let errors = if count == 1 { "error" } else { "errors" };
        let message = format!("the check refuses this environment: {count} {errors}");
        let report = Self::message(exit_code::FINDINGS, message);
        Self { findings, ..report.with_hint("`cargo xtask check` shows every finding") }
    }

    /// Writes the error to the person's terminal, unless whoever read stdout has left, as `head` does.
    pub fn tell(&self, progress: &mut Progress) {
        if self.exit_code == exit_code::READER_GONE {
            return;
        }
        for finding in &self.findings {
            progress.error(&finding_line(finding));
        }
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

    /// Prints `{"error": {..}}` to stdout, so that no program mistakes an error for a result. A failed write was or will be
    /// reported on stderr.
    pub fn print(&self) {
        #[derive(Serialize)]
        struct Printed<'a> {
            error: &'a ErrorReport,
        }
        if let Ok(text) = json(&Printed { error: self }) {
            let mut stdout = io::stdout().lock();
            let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        }
    }
}

impl From<LookupError> for ErrorReport {
    fn from(error: LookupError) -> Self {
        Self::new(&error, error.hint(), exit_code::USAGE)
    }
}

impl From<PackageError> for ErrorReport {
    fn from(error: PackageError) -> Self {
        Self::message(exit_code::DEPLOY_FAILED, "the functions cannot be packaged").caused_by(&error)
    }
}

/// A finding in one line.
pub fn finding_line(finding: &Finding) -> String {
    format!("{} [{}]: {}", finding.message, finding.rule, finding.path)
}

/// The value of `--output` among arguments that clap could not read.
pub fn output_among(args: &[OsString]) -> Output {
    match value_among(args, "--output") {
        Some(name) if name == Output::Json.name() => Output::Json,
        _ => Output::Text,
    }
}

#[cfg(test)]
mod tests {
    use contract::SessionId;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot open the order: {path}")]
    struct Outer {
        path: &'static str,
        source: io::Error,
    }

    #[test]
    fn a_report_has_the_error_and_its_causes() {
        let error = Outer { path: "keto.json", source: io::Error::other("the disk is on fire") };
        let report = ErrorReport::new(&error, Some("call somebody"), exit_code::USAGE);
        insta::assert_snapshot!(json(&report).unwrap(), @r#"
        {
          "message": "cannot open the order: keto.json",
          "causes": [
            "the disk is on fire"
          ],
          "hint": "call somebody",
          "exitCode": 2
        }
        "#);
        let outer = ErrorReport::bug("a file is missing").caused_by(&error);
        assert_eq!(outer.causes, ["cannot open the order: keto.json", "the disk is on fire"]);
    }

    #[test]
    fn a_reader_who_left_is_no_bug() {
        for (kind, expect) in [
            (io::ErrorKind::BrokenPipe, exit_code::READER_GONE),
            (io::ErrorKind::StorageFull, exit_code::USAGE),
        ] {
            assert_eq!(ErrorReport::stdout(&io::Error::from(kind)).exit_code, expect);
        }
    }

    #[test]
    fn a_taken_session_is_a_mistake_of_the_input() {
        let taken = PlatformError::OtherOrder { session: SessionId::new("order-7").unwrap() };
        let report = ErrorReport::order(&taken);
        assert_eq!(report.exit_code, exit_code::USAGE);
        assert_eq!(report.causes, ["session is taken by another order: order-7"]);
        let no_answer =
            PlatformError::Call { doing: "start the execution", source: "refused".into(), hint: None };
        assert_eq!(ErrorReport::order(&no_answer).exit_code, exit_code::ORDER_FAILED);
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
