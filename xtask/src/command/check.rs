//! cargo xtask check

use clap::Args;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use platform::{
    error_report::ErrorReport,
    exit_code,
    launch::{EnvironmentArgs, Output},
    progress::Progress,
};
use serde::Serialize;
use stack::{Finding, Report, Severity, timing::Timing};

use super::{print_json, print_text};
use crate::environments;

/// Says everything that is wrong with an environment.
///
/// Template, state machines, permissions, models and price sources: every finding with its rule, its place and what to do,
/// not the first one only. Exits with 1 if one is an error, and with 2 if the environment's file cannot be read: then the
/// file's first mistake is told.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask check                                 the local environment
  cargo xtask check --env prod --output json        production, for a program
  cargo xtask check --env prod --today 2027-01-01   what will be wrong next year")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The day to check for: models and price sources end on one [default: today in UTC].
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked<'a> {
    environment: &'a str,
    today: String,
    time_budget: TimeBudget,
    findings: &'a [Finding],
    unknown: &'a [Finding],
}

/// How long an execution takes by its definition, and when it is given up, in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "each says its unit, as every figure here does")]
struct TimeBudget {
    /// If every task answers at once; null if no execution can succeed.
    best_s: Option<u64>,
    /// With every retry, each as late as it may be.
    worst_s: u64,
    /// When Step Functions ends it.
    machine_timeout_s: u64,
    /// When readers of its session give it up.
    deadline_s: u64,
}

impl TimeBudget {
    const fn of(timing: Timing) -> Self {
        Self {
            best_s: timing.best_case_s,
            worst_s: timing.worst_case_s,
            machine_timeout_s: timing.machine_timeout_s,
            deadline_s: timing.deadline_s,
        }
    }

    fn sentence(self) -> String {
        let Self { best_s, worst_s, machine_timeout_s, deadline_s } = self;
        let takes = match best_s {
            Some(best_s) => format!("an execution takes {best_s} s at best and {worst_s} s at worst"),
            None => format!("no execution can succeed, it fails within {worst_s} s"),
        };
        format!("{takes}, times out after {machine_timeout_s} s, is given up after {deadline_s} s")
    }
}

pub(crate) fn run(args: &CheckArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let environment = environments::named(&args.environment.env)?;
    let today = args.today.unwrap_or_else(today);
    let app = stack::app(&environment);
    let time_budget = TimeBudget::of(app.timing());
    let report = stack::check(&app, today);
    for unknown in &report.unknown {
        progress.warning(&format!("{} [{}]: {}", unknown.message, unknown.rule, unknown.path));
    }
    match args.output {
        Output::Text => {
            print_text(&text(&report.findings))?;
            progress.note("Budget", &time_budget.sentence());
            progress.note(
                "Checked",
                &format!(
                    "environment {}: {}",
                    args.environment.env,
                    count(&report.findings, report.unknown.len())
                ),
            );
        }
        Output::Json => print_json(&Checked {
            environment: &args.environment.env,
            today: today.to_string(),
            time_budget,
            findings: &report.findings,
            unknown: &report.unknown,
        })?,
    }
    Ok(exit_code_of(&report))
}

/// A warning is told, and lets everything go on.
fn exit_code_of(report: &Report) -> u8 {
    if report.has_errors() { exit_code::FINDINGS } else { exit_code::OK }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command has a clock; the checks take the day as an argument"
)]
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

pub(crate) fn text(findings: &[Finding]) -> String {
    let finding = |finding: &Finding| {
        let Finding { rule, severity, path, message, hint } = finding;
        let hint = hint.as_ref().map(|hint| format!("  hint: {hint}\n")).unwrap_or_default();
        format!("{}[{rule}]: {message}\n  at: {path}\n{hint}", severity.as_str())
    };
    findings.iter().map(finding).collect::<Vec<_>>().join("\n")
}

/// How many, in a sentence.
pub(crate) fn count(findings: &[Finding], unknown: usize) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let unknown = if unknown == 0 { String::new() } else { format!(", {unknown} unknown") };
    format!("{}, {}{unknown}", plural(errors, "error"), plural(warnings, "warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, hint: Option<&str>) -> Finding {
        Finding {
            rule: "broad-permission",
            severity,
            path: "/Resources/RecipeGeneratorRole".to_owned(),
            message: "a statement allows everything".to_owned(),
            hint: hint.map(str::to_owned),
        }
    }

    #[test]
    fn a_finding_is_a_paragraph() {
        let findings =
            [finding(Severity::Error, Some("name the resources")), finding(Severity::Warning, None)];
        insta::assert_snapshot!(text(&findings), @"
        error[broad-permission]: a statement allows everything
          at: /Resources/RecipeGeneratorRole
          hint: name the resources

        warning[broad-permission]: a statement allows everything
          at: /Resources/RecipeGeneratorRole
        ");
        assert_eq!(count(&findings, 2), "1 error, 1 warning, 2 unknown");
        assert_eq!(count(&[], 0), "0 errors, 0 warnings");
    }

    /// The seed asks a source that ended; the other source lives, with a budget that is too high.
    #[test]
    fn an_error_is_an_exit_code_and_a_warning_is_none() {
        for (sources, code) in [
            ("[\"naver\"]", exit_code::FINDINGS),
            ("[\"chamgagyeok\"]\n[source.chamgagyeok]\nper_day = 2000", exit_code::OK),
        ] {
            let text = format!(
                "name = \"seed\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = {sources}"
            );
            let environment = stack::Environment::parse("environments/seed.toml", &text).unwrap();
            let report = stack::check(&stack::app(&environment), jiff::civil::date(2026, 11, 22));
            assert_eq!(exit_code_of(&report), code);
            assert!(!report.findings.is_empty());
        }
    }

    #[test]
    fn a_budget_is_a_sentence() {
        let mut budget =
            TimeBudget { best_s: Some(0), worst_s: 534, machine_timeout_s: 594, deadline_s: 774 };
        assert_eq!(
            budget.sentence(),
            "an execution takes 0 s at best and 534 s at worst, times out after 594 s, is given up after 774 s"
        );
        budget.best_s = None;
        assert_eq!(
            budget.sentence(),
            "no execution can succeed, it fails within 534 s, times out after 594 s, is given up after 774 s"
        );
    }
}
