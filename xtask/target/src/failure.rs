//! How a command ends when it has no result to show, and how that is told: the error, what stands behind it, a hint.

use std::{error::Error, io};

use stack::Finding;

use crate::{exit_code, package::PackageError, progress::Progress, target::TargetError};

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
    Deploy(#[source] TargetError),
    /// The order was not taken, or nobody knows what became of it.
    #[error("the order cannot be cooked")]
    Order(#[source] TargetError),
    /// The execution succeeded with something else than a meal plan.
    #[error("the execution's output is not a meal plan")]
    NoMealPlan(#[source] serde_json::Error),
    /// The report cannot be written.
    #[error("cannot write the report")]
    Report(#[source] Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// The command's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused { .. } => exit_code::FINDINGS,
            Self::Package(_) | Self::Deploy(_) => exit_code::DEPLOY_FAILED,
            Self::Order(TargetError::OtherOrder { .. }) => exit_code::USAGE,
            Self::Order(_) => exit_code::ORDER_FAILED,
            Self::Report(_) if self.is_unread() => exit_code::READER_GONE,
            Self::NoMealPlan(_) | Self::Report(_) => exit_code::BUG,
        }
    }

    /// Whether whoever read the report has closed it.
    fn is_unread(&self) -> bool {
        let Self::Report(source) = self else { return false };
        source
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { .. } => Some("`cargo xtask check` shows every finding".to_owned()),
            Self::Deploy(source) | Self::Order(source) => source.hint(),
            Self::Package(_) | Self::NoMealPlan(_) | Self::Report(_) => None,
        }
    }

    /// Tells it to the person.
    pub fn tell(&self, progress: &mut Progress) {
        // Whoever closed stdout, as `head` does, knows.
        if self.is_unread() {
            return;
        }
        if let Self::Refused { findings } = self {
            for finding in findings {
                progress.error(&finding_line(finding));
            }
        }
        tell(progress, self, self.hint().as_deref());
    }
}

/// Tells an error with everything that stands behind it, and a hint on a line of its own.
pub fn tell(progress: &mut Progress, error: &dyn Error, hint: Option<&str>) {
    progress.error(&with_causes(error));
    if let Some(hint) = hint {
        progress.hint(hint);
    }
}

/// An error and its sources, a line each.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str("\n  caused by: ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// A finding in one line.
#[must_use]
pub fn finding_line(finding: &Finding) -> String {
    format!("{} [{}]: {}", finding.message, finding.rule, finding.path)
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

    fn taken() -> TargetError {
        TargetError::OtherOrder {
            session: SessionId::new("order-7").unwrap(),
        }
    }

    #[test]
    fn the_chain_is_told_once() {
        assert_eq!(
            with_causes(&Failure::Order(taken())),
            "the order cannot be cooked\n  caused by: session is taken by another order: order-7"
        );
    }

    #[test]
    fn a_reader_who_left_is_no_bug() {
        let closed = Failure::Report(Box::new(io::Error::from(io::ErrorKind::BrokenPipe)));
        assert_eq!(closed.exit_code(), exit_code::READER_GONE);
        let full = Failure::Report(Box::new(io::Error::from(io::ErrorKind::StorageFull)));
        assert_eq!(full.exit_code(), exit_code::BUG);
    }

    #[test]
    fn a_taken_session_is_a_mistake_of_the_input() {
        assert_eq!(Failure::Order(taken()).exit_code(), exit_code::USAGE);
        let no_answer = TargetError::Call {
            doing: "start the execution",
            source: "refused".into(),
            hint: None,
        };
        assert_eq!(Failure::Order(no_answer).exit_code(), exit_code::ORDER_FAILED);
    }
}
