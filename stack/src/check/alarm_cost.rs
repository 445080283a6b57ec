//! `alarm-cost`: more alarms, or dearer ones, than an environment may have.
//!
//! **Why.** Alarms are paid for by the month, and read by a person. An alarm that tells no other cause than one that is there
//! already costs twice.
//!
//! **What it wants.** At most 24 alarms, composites included, and at most 8 USD a month: 0.10 for each metric that an alarm lists,
//! 0.50 for a composite alarm; the free tier is left out.
//!
//! **What to do.** Take an alarm away in `alarms/src/definitions`, or burn rates out of `[slo] burns`.
//!
//! Source: CloudWatch's prices, 2026-11.

use alarms::Alarm;

use super::{Subject, in_template};
use crate::{
    monitoring,
    report::{Finding, Report},
};

pub(super) const RULE: &str = "alarm-cost";

/// Most alarms.
const MAX_ALARMS: usize = 24;
/// Most US dollars a month.
const MAX_USD: f64 = 8.0;

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let alarms = alarms::all(&monitoring::inputs(subject.app.environment()));
    let cost: f64 = alarms.iter().map(Alarm::cost_usd).sum();
    let mut add = |message: String| {
        let finding = Finding::error(RULE, in_template("/Resources"), message);
        report.findings.push(
            finding.hint("take an alarm away in alarms/src/definitions, or rates out of `[slo] burns`"),
        );
    };
    if alarms.len() > MAX_ALARMS {
        add(format!("{} alarms, where at most {MAX_ALARMS} are kept", alarms.len()));
    }
    // To whole cents: sums of 0.1 are not exact.
    if cost > MAX_USD + 0.005 {
        add(format!("alarms cost {cost:.2} USD a month, where at most {MAX_USD:.2} are allowed"));
    }
}

#[cfg(test)]
mod tests {
    use contract::PriceSource;

    use crate::{
        check::tests::found,
        environment::EndOfLife,
        tests::{apps, example, seed},
    };

    #[test]
    fn every_environment_of_the_repository_is_within_it() {
        for app in apps() {
            assert_eq!(found(super::check, &app, |_| {}), Vec::<String>::new());
        }
    }

    #[test]
    fn every_option_at_once_is_too_dear() {
        let mut app = example("prod");
        app.environment.model.end_of_life = EndOfLife::new("2030-01-01").unwrap();
        assert_eq!(found(super::check, &app, |_| {}), Vec::<String>::new());
        let source = seed().environment.sources[0].clone();
        for choice in [PriceSource::Naver; 3] {
            let mut more = source.clone();
            more.source = choice;
            app.environment.sources.push(more);
        }
        let found = found(super::check, &app, |_| {});
        let [finding] = found.as_slice() else { panic!("{found:?}") };
        assert!(finding.contains("USD a month, where at most 8.00"), "{finding}");
    }
}
