//! `log-levels`: a log level that swallows metrics, or logs that show what they must not.
//!
//! **Why.** A function's metrics are lines of its log; a line without a level counts as INFO, so any higher level kills
//! every metric in silence, and a higher system level kills the platform's reports, from which timeouts are counted.
//! A state machine that logs execution data logs orders, and orders hold health data.
//!
//! **What it wants.** Functions log JSON, at INFO or more talkative on both sides. Machines log errors, without execution
//! data. Where the lines go is for `missing-retention`.
//!
//! **What to do.** Set both levels of `LoggingConfig` to INFO; a machine's `LoggingConfiguration` to ERROR with
//! `IncludeExecutionData` false.
//!
//! Source: Lambda Developer Guide, "Configuring advanced logging controls" (levels need JSON; the embedded metric format
//! counts as INFO); Step Functions Developer Guide, "Using CloudWatch Logs to log execution history".

use cfn::{
    LogicalId,
    resource::{Function, LogLevel, Logging, MachineLogLevel, StateMachine, SystemLogLevel},
};

use super::{Subject, in_template};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "log-levels";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let template = subject.template;
    let mut add = |id: &LogicalId, property: &str, message: String| {
        let path = in_template(&format!("/Resources/{id}/Properties/{property}"));
        report.findings.push(Finding::error(RULE, path, message));
    };
    for (id, function) in template.resources_of::<Function>() {
        if let Some(message) = function_fault(function) {
            add(id, "LoggingConfig", format!("{message}: {id}"));
        }
    }
    for (id, machine) in template.resources_of::<StateMachine>() {
        if let Some(message) = machine_fault(machine) {
            add(id, "LoggingConfiguration", format!("{message}: {id}"));
        }
    }
}

fn function_fault(function: &Function) -> Option<&'static str> {
    match &function.logging {
        None | Some(Logging::Text { .. }) => Some("a function's logs are not JSON, so they have no levels"),
        Some(Logging::Json { application_log_level, .. }) if *application_log_level > LogLevel::Info => {
            Some("an application log level above INFO kills every metric")
        }
        Some(Logging::Json { system_log_level, .. }) if *system_log_level > SystemLogLevel::Info => {
            Some("a system log level above INFO kills the platform's reports")
        }
        Some(Logging::Json { .. }) => None,
    }
}

fn machine_fault(machine: &StateMachine) -> Option<&'static str> {
    let Some(logging) = &machine.logging else {
        return Some("a machine logs nothing");
    };
    if logging.include_execution_data {
        return Some("a machine logs execution data, which may be health data");
    }
    match logging.level {
        MachineLogLevel::Fatal | MachineLogLevel::Off => Some("a machine does not log its errors"),
        MachineLogLevel::All | MachineLogLevel::Error => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::tests::{found, resource},
        tests::local,
    };

    /// Changes the recipe function.
    #[track_caller]
    fn check(change: impl FnOnce(&mut Logging), expect: &[&str]) {
        let found = found(super::check, &local(), |template| {
            let function = resource::<Function>(template, "RecipeGenerator");
            change(function.logging.as_mut().unwrap());
        });
        let at = "error template.json#/Resources/RecipeGenerator/Properties/LoggingConfig: ";
        let expect: Vec<String> = expect.iter().map(|text| format!("{at}{text}: RecipeGenerator")).collect();
        assert_eq!(found, expect);
    }

    #[track_caller]
    fn check_machine(change: impl FnOnce(&mut StateMachine), expect: &str) {
        let found = found(super::check, &local(), |template| {
            let machine = resource::<StateMachine>(template, "StateMachine");
            change(machine);
        });
        let at = "error template.json#/Resources/StateMachine/Properties/LoggingConfiguration: ";
        assert_eq!(found, [format!("{at}{expect}: StateMachine")]);
    }

    fn json(system: SystemLogLevel, application: LogLevel) -> impl FnOnce(&mut Logging) {
        move |logging| {
            let Logging::Json { system_log_level, application_log_level, .. } = logging else { panic!() };
            (*system_log_level, *application_log_level) = (system, application);
        }
    }

    #[test]
    fn info_and_more_talkative_keep_the_metrics() {
        check(json(SystemLogLevel::Debug, LogLevel::Trace), &[]);
    }

    #[test]
    fn a_higher_level_is_an_error() {
        let application = "an application log level above INFO kills every metric";
        check(json(SystemLogLevel::Info, LogLevel::Warn), &[application]);
        check(json(SystemLogLevel::Info, LogLevel::Fatal), &[application]);
        check(
            json(SystemLogLevel::Warn, LogLevel::Info),
            &["a system log level above INFO kills the platform's reports"],
        );
    }

    #[test]
    fn text_is_an_error() {
        check(
            |logging| *logging = Logging::Text { log_group: None },
            &["a function's logs are not JSON, so they have no levels"],
        );
    }

    #[test]
    fn a_machine_logs_errors_and_no_data() {
        check_machine(|machine| machine.logging = None, "a machine logs nothing");
        check_machine(
            |machine| machine.logging.as_mut().unwrap().include_execution_data = true,
            "a machine logs execution data, which may be health data",
        );
        check_machine(
            |machine| machine.logging.as_mut().unwrap().level = MachineLogLevel::Fatal,
            "a machine does not log its errors",
        );
    }
}
