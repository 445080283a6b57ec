//! What the alarms of an environment depend on. Whoever lists alarms fills it in.

use contract::{PriceSource, task::TaskKind};

use crate::{
    Severity,
    runbook::Language,
    slo::{Objective, Slo},
};

/// An environment, as its alarms see it. Names of resources may hold placeholders of CloudFormation: they are taken as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// The environment's name.
    pub environment: String,
    /// What stands behind physical names: empty in `prod`.
    pub suffix: String,
    /// The ARN of the workflow's state machine.
    pub machine_arn: String,
    /// What stands before a topic's name in its ARN.
    pub topic_arn_prefix: String,
    /// The region in which Bedrock is called.
    pub bedrock_region: String,
    /// The name of the closer's dead-letter queue.
    pub dead_letters: String,
    /// The price sources, in the order in which they are asked.
    pub sources: Vec<Source>,
    /// Tokens of prompts and replies that an hour may take.
    pub tokens_per_hour: u32,
    /// Whether the last day of the model is known.
    pub model_has_last_day: bool,
    /// The objective for the success of executions, where there is one.
    pub slo: Option<Slo>,
    /// The language of the runbook in a notification when both do not fit.
    pub runbook_language: Language,
}

/// One price source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub source: PriceSource,
    /// Its calls of a day.
    pub per_day: u32,
}

impl Inputs {
    /// A physical name of this environment.
    #[must_use]
    pub fn name(&self, base: &str) -> String {
        format!("{base}{}", self.suffix)
    }

    /// The physical name of a task's function.
    #[must_use]
    pub fn function(&self, task: TaskKind) -> String {
        self.name(task.name())
    }

    /// The physical name of the topic of a severity.
    #[must_use]
    pub fn topic(&self, severity: Severity) -> String {
        self.name(match severity {
            Severity::Page => "ai-chef-page",
            Severity::Ticket => "ai-chef-ticket",
        })
    }

    /// For documents: every source and every option, with the words of a reader for names.
    #[must_use]
    pub fn documented() -> Self {
        Self {
            environment: "<environment>".to_owned(),
            suffix: "<-environment>".to_owned(),
            machine_arn: "<state machine>".to_owned(),
            dead_letters: "<dead letters>".to_owned(),
            sources: PriceSource::ALL.map(|source| Source { source, per_day: 1_000 }).to_vec(),
            ..Self::sample()
        }
    }

    /// Everything on: for tests.
    #[must_use]
    pub fn sample() -> Self {
        let per_day = 1_000;
        Self {
            environment: "test".to_owned(),
            suffix: "-test".to_owned(),
            machine_arn: "arn:aws:states:ap-northeast-2:123456789012:stateMachine:test".to_owned(),
            topic_arn_prefix: "arn:aws:sns:ap-northeast-2:123456789012:".to_owned(),
            bedrock_region: "us-east-1".to_owned(),
            dead_letters: "dead-letters-test".to_owned(),
            sources: [PriceSource::Elevenst, PriceSource::Chamgagyeok]
                .map(|source| Source { source, per_day })
                .to_vec(),
            tokens_per_hour: 100_000,
            model_has_last_day: true,
            slo: Objective::new(99.0).map(|objective| Slo {
                objective,
                orders_per_day: 500,
                burns: crate::Burn::ALL.to_vec(),
            }),
            runbook_language: Language::Korean,
        }
    }
}
