//! What alarms on symptoms share: the raw alarm is a ticket, and the page is kept back while a root cause is red, so that one
//! incident is one page with the right runbook.

use cloudwatch::{
    alarm::{self, State},
    composite::{Composite, Rule, Suppressor},
};

use crate::{Alarm, Definition, Fault, Inputs, Role, Runbook, Severity};

/// The composite alarm of all root causes, and how long a symptom waits for it.
pub(super) struct RootCauses {
    pub(super) name: String,
    pub(super) wait_s: u32,
}

/// Least time that a symptom may outlive its cause, in seconds.
const MIN_EXTENSION_S: u32 = 900;

/// Time for a metric's points to arrive, in seconds, on top of the slowest root cause's window.
const DELAY_S: u32 = 180;

/// The composite alarm of all root causes. It notifies nobody: each of them does.
pub(super) fn root_causes(inputs: &Inputs, alarms: &[Alarm]) -> (RootCauses, Alarm) {
    let causes = alarms.iter().filter(|alarm| alarm.role == Role::RootCause);
    let mut slowest_s = 0;
    let mut rules = Vec::new();
    for cause in causes {
        if let Definition::Metric(definition) = &cause.definition {
            slowest_s = slowest_s.max(definition.period_s * definition.datapoints_to_alarm);
        }
        rules.push(Rule::Is(State::Alarm, cause.name().to_owned()));
    }
    let name = inputs.name("ai-chef-root-causes");
    let composite = Composite { name: name.clone(), rule: Rule::Any(rules), suppressor: None };
    let alarm = Alarm {
        id: "RootCauses".to_owned(),
        role: Role::Part,
        notifies: None,
        definition: Definition::Composite(composite),
        fault: Fault::Failures,
        missing_because: "it has no data of its own",
        runbook: Runbook {
            title: format!("An alarm on a root cause is red ({})", inputs.environment),
            english:
                "It keeps alarms on symptoms quiet, and notifies nobody: the alarm on the cause has notified."
                    .to_owned(),
            korean: "원인 알람이 울린 상태입니다. 증상 알람을 억제하며, 따로 알리지 않습니다.".to_owned(),
        },
    };
    (RootCauses { name, wait_s: slowest_s + DELAY_S }, alarm)
}

/// The alarm that fires on the symptom itself.
pub(super) fn raw(id: &str, definition: alarm::Alarm, runbook: Runbook) -> Alarm {
    Alarm {
        id: id.to_owned(),
        role: Role::Symptom,
        notifies: Some(Severity::Ticket),
        definition: Definition::Metric(definition),
        fault: Fault::Failures,
        missing_because: "without executions none fails",
        runbook,
    }
}

/// How long a symptom outlives its cause, in seconds. Where no order comes any more CloudWatch goes by the last values of all
/// periods that it looks at. The symptom is over with the first of its alarms.
fn outlives_s(alarms: &[&Alarm]) -> u32 {
    let looks_back_s = alarms.iter().filter_map(|alarm| match &alarm.definition {
        Definition::Metric(definition) => Some(definition.period_s * definition.range()),
        Definition::Composite(_) => None,
    });
    looks_back_s.min().unwrap_or_default() + DELAY_S
}

/// The page where all of `alarms` are red and no root cause is.
pub(super) fn page(
    inputs: &Inputs,
    id: &str,
    name: &str,
    alarms: &[&Alarm],
    root_causes: &RootCauses,
    runbook: Runbook,
) -> Alarm {
    let mut rules: Vec<_> =
        alarms.iter().map(|alarm| Rule::Is(State::Alarm, alarm.name().to_owned())).collect();
    let rule = if rules.len() == 1 { rules.remove(0) } else { Rule::All(rules) };
    let suppressor = Suppressor {
        alarm: root_causes.name.clone(),
        wait_s: root_causes.wait_s,
        extension_s: outlives_s(alarms).max(MIN_EXTENSION_S),
    };
    let composite = Composite { name: inputs.name(name), rule, suppressor: Some(suppressor) };
    Alarm {
        id: id.to_owned(),
        role: Role::Symptom,
        notifies: Some(Severity::Page),
        definition: Definition::Composite(composite),
        fault: Fault::Failures,
        missing_because: "it has no data of its own",
        runbook,
    }
}
