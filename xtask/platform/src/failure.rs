//! How a command ends when it has no result to show, and how that is told: the error, what stands behind it, a hint.

use std::{error::Error, io};

use stack::{Finding, environment::ParameterName};

use crate::{
    error_report::ErrorReport, exit_code, package::PackageError, platform::PlatformError, progress::Progress,
};

/// Why a command has no result to show.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something was found that must be repaired first.
    #[error("the check refuses this environment: {}", errors(.findings.len()))]
    Refused {
        /// The errors.
        findings: Vec<Finding>,
    },
    /// There is no package.
    #[error("the functions cannot be packaged")]
    Package(#[from] PackageError),
    /// The environment did not come up.
    #[error("deploying failed")]
    Deploy(#[source] PlatformError),
    /// The environment is up and lacks what its functions read.
    #[error("secrets are missing: {}", listed(.names))]
    Secrets {
        /// The parameters that are not there, or hold nothing.
        names: Vec<ParameterName>,
    },
    /// The order was not taken, or nobody knows what became of it.
    #[error("the order cannot be cooked")]
    Order(#[source] PlatformError),
    /// The execution succeeded with something else than a meal plan.
    #[error("the execution's output is not a meal plan")]
    NoMealPlan(#[source] serde_json::Error),
    /// Stdout is closed, or full.
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    /// There is no report, or what it needs fails.
    #[error("cannot write the report")]
    Report(#[source] Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// The command's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused { .. } => exit_code::FINDINGS,
            Self::Package(_) | Self::Deploy(_) | Self::Secrets { .. } => exit_code::DEPLOY_FAILED,
            Self::Order(PlatformError::OtherOrder { .. }) => exit_code::USAGE,
            Self::Order(_) => exit_code::ORDER_FAILED,
            Self::Stdout(_) if self.is_unread() => exit_code::READER_GONE,
            Self::Stdout(_) => exit_code::USAGE,
            Self::NoMealPlan(_) | Self::Report(_) => exit_code::BUG,
        }
    }

    /// Whether whoever read stdout has closed it, as `head` does: nobody waits for a word about it.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { .. } => Some("`cargo xtask check` shows every finding".to_owned()),
            Self::Deploy(source) | Self::Order(source) => source.hint(),
            Self::Secrets { .. } => Some(
                "no function that reads one starts without it; put each there: aws ssm put-parameter --type SecureString \
                 --key-id KEY --name NAME --value file://FILE, with the environment's key"
                    .to_owned(),
            ),
            Self::Package(_) | Self::NoMealPlan(_) | Self::Stdout(_) | Self::Report(_) => None,
        }
    }

    /// As it is told.
    #[must_use]
    pub fn told(&self) -> ErrorReport {
        let findings = match self {
            Self::Refused { findings } => findings.clone(),
            _ => Vec::new(),
        };
        ErrorReport { findings, ..ErrorReport::new(self, self.hint().as_deref(), self.exit_code()) }
    }

    /// Tells it to the person.
    pub fn tell(&self, progress: &mut Progress) {
        if self.is_unread() {
            return;
        }
        if let Self::Refused { findings } = self {
            for finding in findings {
                progress.error(&finding_line(finding));
            }
        }
        self.told().tell(progress);
    }
}

/// A finding in one line.
#[must_use]
pub fn finding_line(finding: &Finding) -> String {
    format!("{} [{}]: {}", finding.message, finding.rule, finding.path)
}

fn listed(names: &[ParameterName]) -> String {
    let names: Vec<_> = names.iter().map(ParameterName::as_str).collect();
    names.join(", ")
}

fn errors(count: usize) -> String {
    match count {
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    }
}

#[cfg(test)]
mod tests {
    use contract::SessionId;

    use super::*;

    fn taken() -> PlatformError {
        PlatformError::OtherOrder { session: SessionId::new("order-7").unwrap() }
    }

    #[test]
    fn the_chain_is_told_once() {
        let told = Failure::Order(taken()).told();
        assert_eq!(told.message, "the order cannot be cooked");
        assert_eq!(told.causes, ["session is taken by another order: order-7"]);
    }

    #[test]
    fn a_reader_who_left_is_no_bug() {
        let closed = Failure::Stdout(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(closed.is_unread());
        assert_eq!(closed.exit_code(), exit_code::READER_GONE);
        let full = Failure::Stdout(io::Error::from(io::ErrorKind::StorageFull));
        assert!(!full.is_unread());
        assert_eq!(full.exit_code(), exit_code::USAGE);
    }

    #[test]
    fn a_taken_session_is_a_mistake_of_the_input() {
        assert_eq!(Failure::Order(taken()).exit_code(), exit_code::USAGE);
        let no_answer =
            PlatformError::Call { doing: "start the execution", source: "refused".into(), hint: None };
        assert_eq!(Failure::Order(no_answer).exit_code(), exit_code::ORDER_FAILED);
    }
}
