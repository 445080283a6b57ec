//! cargo xtask check

use clap::Args;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use stack::{Finding, Severity};
use target::{exit_code, handover::Output, progress::Progress};

use super::{print_json, print_text};
use crate::{environments::EnvironmentArgs, failure::Failure};

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
struct Checked<'a> {
    environment: &'a str,
    today: String,
    findings: &'a [Finding],
    unknown: &'a [Finding],
}

pub(crate) fn run(args: &CheckArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let environment = args.environment.read()?;
    let today = args.today.unwrap_or_else(today);
    let report = stack::check(&stack::app(&environment), today);
    for unknown in &report.unknown {
        progress.warning(&format!(
            "{} [{}]: {}",
            unknown.message, unknown.rule, unknown.path
        ));
    }
    match args.output {
        Output::Text => {
            print_text(&text(&report.findings))?;
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
            findings: &report.findings,
            unknown: &report.unknown,
        })?,
    }
    Ok(if report.has_errors() {
        exit_code::FINDINGS
    } else {
        exit_code::OK
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command has a clock; the checks take the day as an argument"
)]
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The findings, a paragraph each.
fn text(findings: &[Finding]) -> String {
    let finding = |finding: &Finding| {
        let Finding {
            rule,
            severity,
            path,
            message,
            hint,
        } = finding;
        let hint = hint
            .as_ref()
            .map(|hint| format!("  hint: {hint}\n"))
            .unwrap_or_default();
        format!("{}[{rule}]: {message}\n  at: {path}\n{hint}", severity.as_str())
    };
    findings.iter().map(finding).collect::<Vec<_>>().join("\n")
}

fn count(findings: &[Finding], unknown: usize) -> String {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let warnings = findings.len() - errors;
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let unknown = if unknown == 0 {
        String::new()
    } else {
        format!(", {unknown} unknown")
    };
    format!(
        "{}, {}{unknown}",
        plural(errors, "error"),
        plural(warnings, "warning")
    )
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
        let findings = [
            finding(Severity::Error, Some("name the resources")),
            finding(Severity::Warning, None),
        ];
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
}
