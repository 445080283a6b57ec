//! The alarms, one file each; a file's comment is the runbook. The list of them is here.

use contract::task::TaskKind;

use crate::{Alarm, Inputs, Severity};

mod bedrock_failing;
mod closer_failing;
mod error_budget;
mod execution_failed;
mod executions_stuck;
mod failure_rate;
mod function_throttled;
mod function_timed_out;
mod model_ends_soon;
mod notifications_failing;
mod outcomes;
mod prices_failing;
mod quota_near;
mod recipes_unreadable;
mod symptom;
mod token_spend;

/// The alarms of an environment: root causes first, then symptoms, forecasts, and the alarms on notifications.
#[must_use]
pub fn all(inputs: &Inputs) -> Vec<Alarm> {
    let mut alarms: Vec<_> =
        TaskKind::ALL.iter().map(|task| function_timed_out::alarm(inputs, *task)).collect();
    alarms.extend([
        bedrock_failing::alarm(inputs),
        prices_failing::alarm(inputs),
        recipes_unreadable::alarm(inputs),
        function_throttled::alarm(inputs),
        closer_failing::alarm(inputs),
        executions_stuck::alarm(inputs),
    ]);
    let (causes, composite) = symptom::root_causes(inputs, &alarms);
    alarms.push(composite);
    alarms.extend(execution_failed::alarms(inputs, &causes));
    if let Some(slo) = &inputs.slo {
        alarms.extend(slo.burns.iter().flat_map(|burn| error_budget::alarms(inputs, slo, *burn, &causes)));
    }
    alarms.extend([quota_near::alarm(inputs), token_spend::alarm(inputs)]);
    if inputs.model_has_last_day {
        alarms.push(model_ends_soon::alarm(inputs));
    }
    alarms.extend(Severity::ALL.map(|severity| notifications_failing::alarm(inputs, severity)));
    alarms
}

/// `RecipeGenerator` as `recipe-generator`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(char.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests;
