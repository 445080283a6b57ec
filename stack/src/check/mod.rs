//! The checks of an app: one rule a file. The file's first comment is the rule's page in the manual.
//!
//! The rules of the States Language are in `asl`; `machine_rules` runs them. The pages of all rules make `RULES.md`: see
//! [`manual`](crate::manual).
//!
//! A rule reads the app and its lowered template and adds every finding to a report. Today's date is an argument, so that
//! a report does not depend on the day on which it is made.

mod alarm_cost;
mod alarm_rules;
mod broad_permission;
mod budget_over_quota;
mod dangling_reference;
mod end_of_life_model;
mod end_of_life_source;
mod failure_as_success;
mod function_limits;
mod limits;
mod log_levels;
mod lost_input;
mod machine_limits;
mod machine_rules;
mod missing_catcher;
mod missing_permission;
mod missing_retention;
mod missing_ttl;
mod model_needs_profile;
mod non_ascii_name;
mod public_exposure;
mod role_wider_than_function;
mod slo_out_of_reach;
mod template_limits;
mod timeout_order;
mod topic_without_subscriber;
mod unencrypted;
mod unpinned_version;

use cfn::{LogicalId, Template};
use jiff::civil::Date;
use serde_json::Value as Json;

use crate::{
    app::App,
    needs::{Principal, principals},
    report::Report,
};

struct Subject<'a> {
    app: &'a App,
    template: &'a Template,
    today: Date,
    /// The template as CloudFormation reads it.
    rendered: Json,
    /// The principals with a role, and the permissions that each needs.
    principals: Vec<Principal<'a>>,
}

impl<'a> Subject<'a> {
    fn new(app: &'a App, template: &'a Template, today: Date) -> Self {
        Self {
            app,
            template,
            today,
            rendered: template.to_json(),
            principals: principals(template, app.environment()),
        }
    }

    /// The properties of a resource as CloudFormation reads them.
    fn properties(&self, id: &LogicalId) -> Option<&Json> {
        self.rendered.get("Resources")?.get(id.as_str())?.get("Properties")
    }
}

/// Adds its findings to a report.
type Check = fn(&Subject<'_>, &mut Report);

/// One rule, with the text of its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    /// The text of its file, whose first comment is its manual page.
    pub(crate) source: &'static str,
    check: Check,
}

macro_rules! rule {
    ($module:ident) => {
        Rule {
            name: $module::RULE,
            source: include_str!(concat!(stringify!($module), ".rs")),
            check: $module::check,
        }
    };
}

/// Every rule of this crate, in the order in which it is asked. Those of the States Language come behind them.
pub(crate) const RULES: [Rule; 25] = [
    rule!(dangling_reference),
    rule!(lost_input),
    rule!(missing_catcher),
    rule!(failure_as_success),
    rule!(timeout_order),
    rule!(broad_permission),
    rule!(public_exposure),
    rule!(role_wider_than_function),
    rule!(missing_permission),
    rule!(unencrypted),
    rule!(log_levels),
    rule!(missing_retention),
    rule!(missing_ttl),
    rule!(non_ascii_name),
    rule!(template_limits),
    rule!(function_limits),
    rule!(machine_limits),
    rule!(unpinned_version),
    rule!(model_needs_profile),
    rule!(end_of_life_model),
    rule!(end_of_life_source),
    rule!(budget_over_quota),
    rule!(alarm_cost),
    rule!(slo_out_of_reach),
    rule!(topic_without_subscriber),
];

/// A model or a source is warned about from so many days before its end of life.
const WARNING_DAYS: i64 = 90;

/// Everything that is wrong with an app on a day: errors first, each severity in the order of the rules.
pub fn check(app: &App, today: Date) -> Report {
    run_rules(&Subject::new(app, &app.lower(), today))
}

fn run_rules(subject: &Subject<'_>) -> Report {
    let mut report = Report::default();
    for rule in RULES {
        (rule.check)(subject, &mut report);
    }
    machine_rules::check(subject, &mut report);
    alarm_rules::check(subject, &mut report);
    report.findings.sort_by_key(|finding| finding.severity);
    report
}

/// The whole days from one day to another; negative when the other is earlier.
fn days_until(today: Date, other: Date) -> i64 {
    other.duration_since(today).as_hours() / 24
}

/// A place of the template, for a finding's path.
fn in_template(pointer: &str) -> String {
    format!("template.json#{pointer}")
}

/// A key of the environment, for a finding's path: in its file, if it has one.
fn in_environment(subject: &Subject<'_>, key: &str) -> String {
    let name = &subject.app.environment().name;
    if name.is_built_in() {
        format!("{name} (built in)#{key}")
    } else {
        format!("environments/{name}.toml#{key}")
    }
}

/// The two machines and the files they are rendered to.
fn machines(app: &App) -> [(&'static str, &asl::StateMachine); 2] {
    [("state-machine.asl.json", app.machine()), ("closer.asl.json", app.closer())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        checked,
        report::{Finding, Severity},
        tests::{TODAY, apps, local, seed},
    };

    /// What one rule finds in a broken app or template, as `severity path: message`.
    pub(super) fn found(rule: Check, app: &App, change: impl FnOnce(&mut Template)) -> Vec<String> {
        let mut template = app.lower();
        change(&mut template);
        let mut report = Report::default();
        rule(&Subject::new(app, &template, TODAY), &mut report);
        report.findings.iter().map(describe).collect()
    }

    /// The resource of this type and name.
    #[track_caller]
    pub(super) fn resource<'t, R: cfn::resource::ResourceType>(
        template: &'t mut Template,
        name: &str,
    ) -> &'t mut R {
        let mut resources = template.resources_of_mut::<R>();
        resources.find(|(id, _)| id.as_str() == name).unwrap().1
    }

    /// Findings that begin alike.
    pub(super) fn behind(at: &str, messages: &[&str]) -> Vec<String> {
        messages.iter().map(|message| format!("{at}{message}")).collect()
    }

    /// What one rule finds in the workflow of the embedded environment when its states are changed.
    pub(super) fn found_in_workflow(
        rule: Check,
        change: impl FnOnce(&mut asl::model::States),
    ) -> Vec<String> {
        let mut app = local();
        change(&mut app.machine.states);
        found(rule, &app, |_| {})
    }

    /// A task of a machine's top level.
    #[track_caller]
    pub(super) fn task<'s>(states: &'s mut asl::model::States, name: &str) -> &'s mut asl::model::Task {
        match states.get_mut(name) {
            Some(asl::model::State::Task(task)) => task,
            other => panic!("{other:?}"),
        }
    }

    /// A task of a branch of the workflow's Parallel state.
    #[track_caller]
    pub(super) fn branch_task<'s>(
        states: &'s mut asl::model::States,
        branch: usize,
        name: &str,
    ) -> &'s mut asl::model::Task {
        let Some(asl::model::State::Parallel(parallel)) = states.get_mut("ParallelProcessing") else {
            panic!()
        };
        task(&mut parallel.branches[branch].states, name)
    }

    fn describe(finding: &Finding) -> String {
        format!("{} {}: {}", finding.severity.as_str(), finding.path, finding.message)
    }

    /// So that no rule has to say by itself that it finds nothing in a sound template.
    #[test]
    fn no_rule_finds_anything_in_the_environments_of_the_repository() {
        for app in apps() {
            let report = check(&app, TODAY);
            // Who is notified in production is not for a repository to say.
            let found =
                report.findings.iter().filter(|finding| finding.rule != topic_without_subscriber::RULE);
            assert_eq!(found.collect::<Vec<_>>(), Vec::<&Finding>::new(), "{}", app.environment().name);
            assert_eq!(checked(app, TODAY).unwrap().report(), &report);
        }
    }

    /// Naver ended its search: the seed's choice is refused with what to choose.
    #[test]
    fn a_source_that_ended_is_an_error_of_the_whole_check() {
        let report = check(&seed(), TODAY);
        let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["end-of-life-source", "budget-over-quota"]);
        assert_eq!(checked(seed(), TODAY).unwrap_err(), report);
    }

    #[test]
    fn the_embedded_environment_has_none() {
        let report = check(&local(), TODAY);
        assert_eq!(report.findings, []);
        let [unknown] = report.unknown.as_slice() else { panic!("{report:?}") };
        assert_eq!(unknown.path, "local (built in)#model.end_of_life");
        let checked = checked(local(), TODAY).unwrap();
        assert_eq!(checked.template(), &local().lower());
        assert_eq!(checked.timing(), local().timing());
    }

    #[test]
    fn errors_come_first() {
        let mut app = seed();
        app.environment.model.end_of_life = crate::environment::EndOfLife::new("2026-12-01").unwrap();
        let severities: Vec<_> = check(&app, TODAY).findings.iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, [Severity::Error, Severity::Warning, Severity::Warning]);
    }

    #[test]
    fn a_report_is_json_for_machines() {
        let report = serde_json::to_value(check(&seed(), TODAY)).unwrap();
        let finding = &report["findings"][0];
        for key in ["rule", "severity", "path", "message", "hint"] {
            assert!(finding[key].is_string(), "{key}");
        }
        assert_eq!(finding["severity"], "error");
    }

    /// What the rules of the States Language find reaches the report under their own names.
    #[test]
    fn an_unreachable_state_is_an_error_of_the_whole_check() {
        let mut app = local();
        let lost = asl::model::State::Succeed(asl::model::Succeed::default());
        app.machine.states.insert("Lost".to_owned(), lost);
        let report = check(&app, TODAY);
        let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
        assert_eq!(
            (finding.rule, finding.path.as_str()),
            ("unreachable-state", "state-machine.asl.json#/States/Lost")
        );
    }

    /// A file that is not in the list is never run.
    #[test]
    fn a_rule_in_the_folder_is_a_rule_in_the_list() {
        let listed: std::collections::BTreeSet<_> =
            RULES.iter().map(|rule| rule.name.replace('-', "_")).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
        let rules =
            files.filter(|file| !["mod", "limits", "machine_rules", "alarm_rules"].contains(&file.as_str()));
        assert_eq!(rules.collect::<std::collections::BTreeSet<_>>(), listed);
    }
}
