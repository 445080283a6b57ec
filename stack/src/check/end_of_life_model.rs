//! `end-of-life-model`: the model that writes the recipes is gone, or will be soon.
//!
//! **Why.** A model that reached its end answers every call with an error, on a known day. The seed's own,
//! `anthropic.claude-3-sonnet-20240229-v1:0`, did on 2025-07-21.
//!
//! **What it wants.** A model that lives: a warning from 90 days before `model.end_of_life`, an error after it. `unknown`
//! is no finding but an entry of its own in the report: nobody knows, and nothing is guessed.
//!
//! **What to do.** Choose a model that lives on in `model.id`, with its `model.end_of_life`.
//!
//! Source: Amazon Bedrock User Guide, "Model lifecycle".

use super::{Subject, WARNING_DAYS, days_until, in_environment};
use crate::{
    environment::EndOfLife,
    report::{Finding, Report},
};

pub(super) const RULE: &str = "end-of-life-model";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let model = &subject.app.environment().model;
    let path = in_environment(subject, "model.end_of_life");
    match model.end_of_life {
        EndOfLife::Unknown => {
            let message = format!("nobody named a last day for the model: {}", model.id);
            let hint = "see the model's lifecycle in Bedrock's documentation from time to time, and write the day down";
            report.unknown.push(Finding::warning(RULE, path, message).hint(hint));
        }
        EndOfLife::On(day) => {
            let hint = "choose a model that lives on in `model.id`, with its `model.end_of_life`";
            let finding = match days_until(subject.today, day) {
                left if left < 0 => {
                    Finding::error(RULE, path, format!("the model's last day was {day}: {}", model.id))
                }
                left if left <= WARNING_DAYS => {
                    let message = format!("the model's last day is {day}, in {left} days: {}", model.id);
                    Finding::warning(RULE, path, message)
                }
                _ => return,
            };
            report.findings.push(finding.hint(hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::tests::found, tests::local};

    /// Today is 2026-11-22.
    #[track_caller]
    fn check(end_of_life: &str, expect: &[&str]) {
        let mut app = local();
        app.environment.model.end_of_life = EndOfLife::new(end_of_life).unwrap();
        let expect: Vec<String> = expect
            .iter()
            .map(|text| text.replace(": ", " local (built in)#model.end_of_life: "))
            .map(|text| format!("{text}: {}", app.environment.model.id))
            .collect();
        assert_eq!(found(super::check, &app, |_| {}), expect);
    }

    #[test]
    fn a_day_far_away_or_unknown_is_no_finding() {
        check("unknown", &[]);
        check("2027-02-21", &[]);
    }

    #[test]
    fn ninety_days_before_it_warns() {
        check("2027-02-20", &["warning: the model's last day is 2027-02-20, in 90 days"]);
        check("2026-11-22", &["warning: the model's last day is 2026-11-22, in 0 days"]);
    }

    #[test]
    fn after_it_is_an_error() {
        check("2026-11-21", &["error: the model's last day was 2026-11-21"]);
        check("2025-07-21", &["error: the model's last day was 2025-07-21"]);
    }
}
