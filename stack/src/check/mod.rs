//! What is wrong with an app: one rule a file, its manual page is the file's comment, its tests stand below.
//!
//! A rule looks at the app and at its lowered template and adds what it finds to a report; it never stops at the first.
//! Today's date is an argument, so that a report of any day can be had on any day.

mod broad_permission;
mod dangling_reference;
mod end_of_life_model;
mod end_of_life_source;
mod log_levels;
mod machine_problem;
mod model_needs_profile;
mod timeout_order;
mod uncaught_failure;
mod unencrypted;

use cfn::Template;
use jiff::civil::Date;

use crate::{app::App, report::Report};

/// What a rule looks at.
struct Subject<'a> {
    app: &'a App,
    template: &'a Template,
    today: Date,
}

/// Adds what it finds to a report.
type Rule = fn(&Subject<'_>, &mut Report);

const RULES: [Rule; 10] = [
    dangling_reference::check,
    machine_problem::check,
    uncaught_failure::check,
    timeout_order::check,
    broad_permission::check,
    unencrypted::check,
    log_levels::check,
    model_needs_profile::check,
    end_of_life_model::check,
    end_of_life_source::check,
];

/// From how many days before its end a model or a source is warned about (D9).
const WARNING_DAYS: i64 = 90;

/// Everything that is wrong with an app on a day: errors first, each severity in the order of the rules.
pub fn check(app: &App, today: Date) -> Report {
    judge(&Subject {
        app,
        template: &app.lower(),
        today,
    })
}

fn judge(subject: &Subject<'_>) -> Report {
    let mut report = Report::default();
    for rule in RULES {
        rule(subject, &mut report);
    }
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
    if name.is_local() {
        format!("{name} (built in)#{key}")
    } else {
        format!("environments/{name}.toml#{key}")
    }
}

/// The two machines and the files they are rendered to.
fn machines(app: &App) -> [(&'static str, &asl::StateMachine); 2] {
    [
        ("state-machine.asl.json", app.machine()),
        ("closer.asl.json", app.closer()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        checked,
        report::{Finding, Severity},
        tests::{EXAMPLES, TODAY, example, local},
    };

    /// What one rule finds in a broken app or template, as `severity path: message`.
    pub(super) fn found(rule: Rule, app: &App, change: impl FnOnce(&mut Template)) -> Vec<String> {
        let mut template = app.lower();
        change(&mut template);
        let mut report = Report::default();
        rule(
            &Subject {
                app,
                template: &template,
                today: TODAY,
            },
            &mut report,
        );
        report.findings.iter().map(said).collect()
    }

    fn said(finding: &Finding) -> String {
        format!(
            "{} {}: {}",
            finding.severity.as_str(),
            finding.path,
            finding.message
        )
    }

    /// Naver ended its search (D15). Until living sources are there, every real environment has exactly this finding.
    #[test]
    fn the_ended_source_is_the_only_finding_of_the_real_environments() {
        for (name, _) in EXAMPLES {
            let app = example(name);
            let report = check(&app, TODAY);
            assert_eq!(
                report.findings.iter().map(said).collect::<Vec<_>>(),
                [format!(
                    "error environments/{name}.toml#prices.base_url: Naver's shopping search ended on 2026-07-31, 114 \
                     days ago"
                )]
            );
            let [finding] = report.findings.as_slice() else {
                unreachable!()
            };
            assert_eq!(
                (finding.rule, finding.severity),
                ("end-of-life-source", Severity::Error)
            );
            assert!(finding.hint.as_deref().unwrap().contains("prices.base_url"));
            assert_eq!(checked(app, TODAY).unwrap_err(), report);
        }
    }

    #[test]
    fn the_embedded_environment_has_none() {
        let report = check(&local(), TODAY);
        assert_eq!(report.findings, []);
        let [unknown] = report.unknown.as_slice() else {
            panic!("{report:?}")
        };
        assert_eq!(unknown.path, "local (built in)#model.end_of_life");
        let checked = checked(local(), TODAY).unwrap();
        assert_eq!(checked.template(), &local().lower());
        assert_eq!(checked.timing(), local().timing());
    }

    #[test]
    fn errors_come_first() {
        let mut app = example("dev");
        app.environment.model.end_of_life = crate::environment::EndOfLife::new("2026-12-01").unwrap();
        let severities: Vec<_> = check(&app, TODAY)
            .findings
            .iter()
            .map(|finding| finding.severity)
            .collect();
        assert_eq!(severities, [Severity::Error, Severity::Warning]);
    }

    /// A rule that is not in the list says nothing, however good its own tests are.
    #[test]
    fn a_bare_id_of_a_newer_model_is_an_error_of_the_whole_check() {
        let mut app = local();
        let bare = "anthropic.claude-sonnet-4-5-20250929-v1:0";
        app.environment.model.id = crate::environment::ModelId::new(bare).unwrap();
        let report = check(&app, TODAY);
        let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["model-needs-profile"]);
        assert!(checked(app, TODAY).is_err());
    }

    #[test]
    fn a_report_is_json_for_machines() {
        let report = serde_json::to_value(check(&example("dev"), TODAY)).unwrap();
        let finding = &report["findings"][0];
        for key in ["rule", "severity", "path", "message", "hint"] {
            assert!(finding[key].is_string(), "{key}");
        }
        assert_eq!(finding["severity"], "error");
    }
}
