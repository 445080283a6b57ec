//! Failures use up the error budget {rate} times too fast ({environment}).
//!
//! **Means:** {percent} % and more of the executions failed over {long}, at least 3, and still do. The objective is {objective} %.
//! **Users see:** that share of orders fails.
//!
//! 1. Alarms on root causes: one of them may be just below its limit.
//! 2. `aws stepfunctions list-executions --state-machine-arn {machine} --status-filter FAILED --max-items 20`: one error, or many?
//! 3. `aws stepfunctions describe-execution --query '[error,cause]' --execution-arn` of three of them
//!
//! **Mend:** by the error that most have; since a release: go back to the one before.
//!
//! ---
//! **뜻:** {long} 동안 실행의 {percent}% 이상(3건 이상)이 실패했고 지금도 그렇습니다. 목표는 {objective}%입니다. **사용자:** 그만큼의 주문이 실패합니다.
//!
//! 1. 원인 알람이 한도 바로 아래인지 봅니다.
//! 2. 실패한 실행의 오류가 같은지 봅니다.
//! 3. 그중 셋의 error와 cause를 봅니다.
//!
//! **조치:** 가장 많은 오류부터 처리하고, 배포 직후라면 되돌립니다.

use super::{outcomes, symptom};
use crate::{
    Alarm, Burn, Inputs, Role, Runbook, Severity, Slo,
    alarm::{at_least, math},
};

/// Fewest failures of a long window: a bad order of a quiet night is no incident, whatever its share is.
const MIN_FAILURES: u32 = 3;

/// The alarms of one rate: the long and the short window and the page where both burn, or one ticket.
pub(super) fn alarms(
    inputs: &Inputs,
    slo: &Slo,
    burn: Burn,
    root_causes: &symptom::RootCauses,
) -> Vec<Alarm> {
    let percent = slo.threshold_percent(burn);
    let hours = burn.long_s() / 3_600;
    let runbook = Runbook::of(
        include_str!("error_budget.rs"),
        &[
            ("environment", &inputs.environment),
            ("machine", &inputs.machine_arn),
            ("rate", &burn.rate().to_string()),
            ("percent", &percent.to_string()),
            ("objective", &slo.objective.percent().to_string()),
            ("long", &format!("{hours} h")),
        ],
    );
    let (metrics, share) = outcomes::failure_percent(inputs);
    let window = |id: &str, name: &str, share: &str, period_s: u32, n: u32| {
        let watched = math(metrics.clone(), share);
        let definition = at_least(inputs.name(name), watched, percent, period_s, 1, n);
        symptom::raw(id, definition, runbook.clone())
    };
    let word = burn.as_str();
    let upper = match burn {
        Burn::Fast => "Fast",
        Burn::Medium => "Medium",
        Burn::Slow => "Slow",
    };
    // Not IF: an outcome that does not occur has no values, and IF of a gap would be a gap, for which older hours decide.
    let many = format!("({} >= {MIN_FAILURES}) * {share}", outcomes::FAILURES);
    let name = format!("ai-chef-{word}-burn-long");
    let long = window(&format!("{upper}BurnLong"), &name, &many, burn.long_s(), 1);
    match burn.short_s() {
        None => vec![Alarm {
            id: format!("{upper}Burn"),
            notifies: Some(Severity::Ticket),
            role: Role::Symptom,
            ..long
        }],
        Some(short_s) => {
            let name = format!("ai-chef-{word}-burn-short");
            let id = format!("{upper}BurnShort");
            let short = Alarm {
                notifies: None,
                role: Role::Part,
                ..window(&id, &name, &share, short_s, burn.short_windows())
            };
            let both = [&long, &short];
            let page = symptom::page(
                inputs,
                &format!("{upper}Burn"),
                &format!("ai-chef-{word}-burn"),
                &both,
                root_causes,
                runbook.clone(),
            );
            vec![long, short, page]
        }
    }
}
