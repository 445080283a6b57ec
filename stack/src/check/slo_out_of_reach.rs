//! `slo-out-of-reach`: a burn rate that cannot occur, or that a single failure reaches.
//!
//! **Why.** An objective of 90 % allows 10 % of failures; failures 14.4 times as fast would be more than all executions, so the
//! alarm never fires. With few orders, one failure is a large share: the alarm asks for three failures on top, so that it pages late or
//! never.
//!
//! **What it wants.** Each rate of `[slo] burns` at most 1/(1 - objective), and enough expected orders that one failure alone does
//! not reach a rate that pages.
//!
//! **What to do.** Leave the rate out, or change the objective; the finding names the orders a day from which it holds.
//!
//! Source: Google's SRE workbook, chapter 5, "Alerting on SLOs", with its section on low traffic.

use alarms::Burn;

use super::{Subject, in_environment};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "slo-out-of-reach";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let Some(slo) = &subject.app.environment().monitoring.slo else { return };
    let mut add = |message: String, hint: String| {
        let finding = Finding::error(RULE, in_environment(subject, "slo.burns"), message);
        report.findings.push(finding.hint(hint));
    };
    let objective = slo.objective.percent();
    for burn in &slo.burns {
        let word = burn.as_str();
        if !slo.can_occur(*burn) {
            let most = 100.0 / (100.0 - objective);
            add(
                format!(
                    "failures can be at most {most:.1} times what {objective} % allows, so {word} ({}) cannot occur",
                    burn.rate()
                ),
                format!("leave `{word}` out, or raise `objective`"),
            );
            continue;
        }
        let least = slo.least_orders_per_day(*burn);
        if *burn != Burn::Slow && f64::from(slo.orders_per_day) < least {
            add(
                format!(
                    "the share of a single failure reaches {word} at {} orders a day",
                    slo.orders_per_day
                ),
                format!("leave `{word}` out: it holds from {least} orders a day"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use alarms::{Burn, Objective, Slo};

    use crate::{check::tests::found, tests::example};

    #[track_caller]
    fn check(objective: f64, orders_per_day: u32, expect: &[&str]) {
        let mut app = example("prod");
        let objective = Objective::new(objective).unwrap();
        app.environment.monitoring.slo = Some(Slo { objective, orders_per_day, burns: Burn::ALL.to_vec() });
        let found = found(super::check, &app, |_| {});
        assert_eq!(found.len(), expect.len(), "{found:?}");
        for (finding, words) in found.iter().zip(expect) {
            assert!(finding.starts_with("error environments/prod.toml#slo.burns: "), "{finding}");
            assert!(finding.contains(words), "{finding}");
        }
    }

    #[test]
    fn rates_can_occur_and_one_failure_does_not_reach_them() {
        check(99.0, 500, &[]);
        check(90.0, 500, &["at most 10.0 times what 90 % allows, so fast (14.4) cannot occur"]);
        check(99.0, 100, &["the share of a single failure reaches fast at 100 orders a day"]);
        check(
            99.9,
            500,
            &["the share of a single failure reaches fast", "the share of a single failure reaches medium"],
        );
    }
}
