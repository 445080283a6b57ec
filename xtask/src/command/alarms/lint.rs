//! cargo xtask alarms lint

use std::path::PathBuf;

use clap::Args;
use cloudwatch::lint::Severity;
use platform::{error_report::ErrorReport, exit_code, launch::Output, progress::Progress};
use serde_json::json;
use stack::lint::lint_text;

use super::{print_json, print_text, text_of};

/// Most bytes of a template. Source: CloudFormation takes 1 MB from a bucket.
const MAX_BYTES: usize = cfn::foreign::MAX_BYTES;

/// Finds alarms that can never fire in anyone's CloudFormation template.
///
/// JSON or YAML with short tags, as CDK and SAM write it. Says what it cannot judge. RULES.md has a page for each rule. Exits with 1
/// if there is a finding.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask alarms lint template.yaml
  cargo xtask alarms lint cdk.out/App.template.json --region ap-northeast-2 --output json")]
pub(crate) struct LintArgs {
    /// The template.
    file: PathBuf,
    /// Where the template is deployed: an alarm cannot watch a metric of another region.
    #[arg(long, value_parser = region)]
    region: Option<String>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

fn region(text: &str) -> Result<String, String> {
    let region = stack::environment::Region::new(text).ok_or("it is a region such as ap-northeast-2")?;
    Ok(region.to_string())
}

pub(crate) fn run(args: &LintArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let text = text_of(&args.file, MAX_BYTES)?;
    let name = args.file.display().to_string();
    let report = lint_text(&name, &text, args.region.as_deref()).map_err(|error| {
        let hint = error.error.hint.clone();
        let message = format!("{}: {}: {}", error.file, error.error.place, error.error.message);
        ErrorReport::message(exit_code::USAGE, message).with_hint(hint)
    })?;
    for not_judged in &report.not_judged {
        progress.warning(&format!("{}: {}", not_judged.resource, not_judged.reason));
    }
    match args.output {
        Output::Json => {
            let findings: Vec<_> = report
                .findings
                .iter()
                .map(|found| {
                    json!({
                        "rule": found.rule,
                        "severity": found.severity,
                        "path": format!("{name}#/Resources/{}/Properties/{}", found.resource, found.property),
                        "message": found.message,
                        "hint": found.hint,
                    })
                })
                .collect();
            print_json(&json!({ "findings": findings, "notJudged": report.not_judged }))?;
        }
        Output::Text => {
            let lines = report.findings.iter().map(|found| {
                let word = match found.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                };
                let place = format!("{name}#/Resources/{}/Properties/{}", found.resource, found.property);
                format!(
                    "{word}[{}]: {}\n  at: {place}\n  hint: {}\n\n",
                    found.rule, found.message, found.hint
                )
            });
            print_text(&lines.collect::<String>())?;
        }
    }
    progress.done(
        "Linted",
        &format!("{name}: {} findings, {} not judged", report.findings.len(), report.not_judged.len()),
    );
    Ok(if report.findings.is_empty() { exit_code::OK } else { exit_code::FINDINGS })
}
