//! The metrics that alarms watch: emitted by our functions, filtered from logs, or observed by AWS.
//!
//! Those of our functions are in `contract::metric`. Names of AWS's metrics stand here once.

use contract::{
    metric::{Dimension, Emitted, NAMESPACE, Provider},
    task::TaskKind,
};

use crate::{Inputs, Severity};

/// A metric that a filter on a function's log group makes. It has no dimensions, so its namespace carries the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filtered {
    /// Invocations that Lambda stopped at the function's timeout (decision D11).
    Timeouts(TaskKind),
}

impl Filtered {
    /// Every one.
    #[must_use]
    pub fn all() -> Vec<Self> {
        TaskKind::ALL.iter().map(|task| Self::Timeouts(*task)).collect()
    }

    /// The function whose log group is filtered.
    #[must_use]
    pub const fn task(self) -> TaskKind {
        let Self::Timeouts(task) = self;
        task
    }

    /// The metric's name.
    #[must_use]
    pub fn name(self) -> String {
        let Self::Timeouts(task) = self;
        format!("{}Timeouts", task.name())
    }

    /// The patterns, each of which counts 1. The first is for JSON logs; the second, for plain text, covers a function whose log
    /// format was changed by hand.
    #[must_use]
    pub const fn patterns(self) -> [&'static str; 2] {
        let Self::Timeouts(_) = self;
        ["{ $.type = \"platform.report\" && $.record.status = \"timeout\" }", "\"Task timed out after\""]
    }
}

/// A metric that AWS publishes, with what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observed {
    /// Executions of the workflow that started.
    ExecutionsStarted,
    /// Executions that succeeded.
    ExecutionsSucceeded,
    /// Executions that failed.
    ExecutionsFailed,
    /// Executions that ran into the machine's timeout.
    ExecutionsTimedOut,
    /// Executions that were aborted.
    ExecutionsAborted,
    /// Invocations of a function that Lambda refused.
    Throttles(TaskKind),
    /// Messages in the closer's dead-letter queue.
    DeadLetters,
    /// Notifications of a topic that could not be delivered.
    NotificationsFailed(Severity),
}

impl Observed {
    /// Every one.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let executions = [
            Self::ExecutionsStarted,
            Self::ExecutionsSucceeded,
            Self::ExecutionsFailed,
            Self::ExecutionsTimedOut,
            Self::ExecutionsAborted,
            Self::DeadLetters,
        ];
        let throttles = TaskKind::ALL.iter().map(|task| Self::Throttles(*task));
        executions.into_iter().chain(throttles).chain(Severity::ALL.map(Self::NotificationsFailed)).collect()
    }
}

/// A metric of this application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Emitted by our functions; of a provider where it has that dimension.
    Emitted(Emitted, Option<Provider>),
    /// Made by a metric filter.
    Filtered(Filtered),
    /// Published by AWS.
    Observed(Observed),
}

impl From<Filtered> for Metric {
    fn from(filtered: Filtered) -> Self {
        Self::Filtered(filtered)
    }
}

impl From<Observed> for Metric {
    fn from(observed: Observed) -> Self {
        Self::Observed(observed)
    }
}

impl Metric {
    /// Every metric of an environment.
    #[must_use]
    pub fn all(inputs: &Inputs) -> Vec<Self> {
        let providers: Vec<_> = [Provider::Bedrock]
            .into_iter()
            .chain(inputs.sources.iter().map(|source| source.source.facts().provider))
            .collect();
        let emitted = Emitted::ALL.into_iter().flat_map(|emitted| {
            if emitted.dimensions().contains(&Dimension::Provider) {
                providers.iter().map(|provider| Self::Emitted(emitted, Some(*provider))).collect()
            } else {
                vec![Self::Emitted(emitted, None)]
            }
        });
        let filtered = Filtered::all().into_iter().map(Self::Filtered);
        emitted.chain(filtered).chain(Observed::all().into_iter().map(Self::Observed)).collect()
    }

    /// The metric in CloudWatch.
    #[must_use]
    pub fn in_cloudwatch(self, inputs: &Inputs) -> cloudwatch::Metric {
        match self {
            Self::Emitted(emitted, provider) => {
                let dimensions = emitted.dimensions().iter().filter_map(|dimension| {
                    let value = match dimension {
                        Dimension::Environment => inputs.environment.clone(),
                        Dimension::Provider => provider?.as_str().to_owned(),
                    };
                    Some((dimension.as_str(), value))
                });
                cloudwatch::Metric::new(NAMESPACE, emitted.name(), dimensions)
            }
            Self::Filtered(filtered) => {
                let namespace = format!("{NAMESPACE}/{}", inputs.environment);
                cloudwatch::Metric::new(namespace, filtered.name(), [("", ""); 0])
            }
            Self::Observed(observed) => {
                let machine = |name: &str| {
                    cloudwatch::Metric::new(
                        "AWS/States",
                        name,
                        [("StateMachineArn", inputs.machine_arn.clone())],
                    )
                };
                match observed {
                    Observed::ExecutionsStarted => machine("ExecutionsStarted"),
                    Observed::ExecutionsSucceeded => machine("ExecutionsSucceeded"),
                    Observed::ExecutionsFailed => machine("ExecutionsFailed"),
                    Observed::ExecutionsTimedOut => machine("ExecutionsTimedOut"),
                    Observed::ExecutionsAborted => machine("ExecutionsAborted"),
                    Observed::Throttles(task) => cloudwatch::Metric::new(
                        "AWS/Lambda",
                        "Throttles",
                        [("FunctionName", inputs.function(task))],
                    ),
                    Observed::DeadLetters => cloudwatch::Metric::new(
                        "AWS/SQS",
                        "ApproximateNumberOfMessagesVisible",
                        [("QueueName", inputs.dead_letters.clone())],
                    ),
                    Observed::NotificationsFailed(severity) => cloudwatch::Metric::new(
                        "AWS/SNS",
                        "NumberOfNotificationsFailed",
                        [("TopicName", inputs.topic(severity))],
                    ),
                }
            }
        }
    }
}
