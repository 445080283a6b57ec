//! Reports and findings.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It will not work, or it is not safe: nothing is deployed or run with it.
    Error,
    /// It works today.
    Warning,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: &'static str,
    pub severity: Severity,
    /// Where: a JSON pointer into the template or a machine, or a file and its key.
    pub path: String,
    pub message: String,
    pub hint: Option<String>,
}

impl Finding {
    pub(crate) fn error(rule: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, severity: Severity::Error, path: path.into(), message: message.into(), hint: None }
    }

    pub(crate) fn warning(rule: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, path, message) }
    }

    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is wrong, errors first.
    pub findings: Vec<Finding>,
    /// Facts that are unknown and therefore not checked.
    pub unknown: Vec<Finding>,
}

impl Report {
    /// Whether anything is an error: then nothing may be packaged, deployed or run.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}
