//! `machine-problem`: a state machine that Step Functions would refuse, or that has a state nobody reaches.
//!
//! **Why.** A missing target or a state without an end is found by AWS at deploy time at best, and by an order at worst.
//!
//! **What to do.** The path names the state; the graph is wired in `workflow` and `closer`.

use super::{Subject, machines};
use crate::report::{Finding, Report};

const RULE: &str = "machine-problem";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (file, machine) in machines(subject.app) {
        for problem in asl::check(machine) {
            let finding = Finding::error(RULE, format!("{file}#{}", problem.path), problem.message);
            report.findings.push(Finding {
                hint: problem.hint,
                ..finding
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{check::tests::found, tests::local};

    #[test]
    fn our_machines_have_none() {
        assert!(found(super::check, &local(), |_| {}).is_empty());
    }

    #[test]
    fn a_missing_target_is_found_in_either_machine() {
        let mut app = local();
        app.machine.states.shift_remove("OrderFailed").unwrap();
        app.closer.states.shift_remove("NothingToClose").unwrap();
        let found = found(super::check, &app, |_| {});
        assert!(
            found
                .iter()
                .any(|finding| finding.starts_with("error state-machine.asl.json#/States/")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|finding| finding.starts_with("error closer.asl.json#/States/")),
            "{found:?}"
        );
    }
}
