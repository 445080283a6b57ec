//! cargo xtask ci

use std::{process::Command, time::Instant};

use clap::{Args, ValueEnum};
use platform::{
    error_report::{ErrorReport, finding_line},
    exit_code,
    launch::Output,
    progress::{Progress, duration, elapsed_ms},
};
use serde::Serialize;
use serde_json::json;

use super::{print_json, synth, test, tidy};
use crate::{cargo, cfn_lint, deny, environments, repository, tidy::GENERATED};

/// Runs what continuous integration runs.
///
/// Every step, also after one that failed, each with its name and its duration. Exits with 12 if stale files are all that
/// is wrong, and with 1 if anything else is.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask ci                             every step
  cargo xtask ci --skip test --skip clippy   without those that ran already")]
pub(crate) struct CiArgs {
    /// Leave out a step that ran already; can be given several times.
    #[arg(long, value_enum, value_name = "STEP")]
    skip: Vec<Step>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// One check of CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    /// The code is formatted.
    Format,
    /// Cargo.lock is what the manifests say.
    Lock,
    /// Clippy and the compiler warn of nothing.
    Clippy,
    /// The invariants of ARCHITECTURE.md hold.
    Tidy,
    /// Every test passes.
    Test,
    /// cfn-lint finds nothing in any environment's template.
    Templates,
    /// cargo-deny allows every dependency's licence, source and version.
    Licences,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Ending {
    Ok,
    Failed,
    /// Files that only have to be written again.
    Stale,
    Skipped,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    step: Step,
    ending: Ending,
    duration_ms: u64,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lock => "lock",
            Self::Clippy => "clippy",
            Self::Tidy => "tidy",
            Self::Test => "test",
            Self::Templates => "templates",
            Self::Licences => "licences",
        }
    }

    fn execute(self, output: Output, progress: &mut Progress) -> Result<Ending, ErrorReport> {
        let well = match self {
            Self::Format => cargo::succeeds(&["fmt", "--all", "--check"]),
            Self::Lock => {
                let is_fresh = cargo::succeeds(&["fetch", "--quiet", "--locked"])?;
                return Ok(if is_fresh { Ending::Ok } else { Ending::Stale });
            }
            Self::Clippy => {
                cargo::succeeds(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])
            }
            Self::Tidy => return tidy(progress),
            Self::Test => test::succeeds(output, progress),
            Self::Templates => templates(progress),
            Self::Licences => deny::succeeds(progress),
        };
        Ok(if well? { Ending::Ok } else { Ending::Failed })
    }
}

pub(crate) fn run(args: &CiArgs, progress: &mut Progress) -> Result<u8, ErrorReport> {
    let mut steps = Vec::new();
    for &step in Step::value_variants() {
        let start = Instant::now();
        let ending = if args.skip.contains(&step) {
            Ending::Skipped
        } else {
            progress.note("Step", step.name());
            step.execute(args.output, progress).unwrap_or_else(|failure| {
                failure.tell(progress);
                Ending::Failed
            })
        };
        let ended = Ended { step, ending, duration_ms: elapsed_ms(start) };
        tell(&ended, progress);
        steps.push(ended);
    }
    for ended in &steps {
        tell(ended, progress);
    }
    let code = exit_code(&steps);
    if args.output == Output::Json {
        print_json(&json!({ "steps": steps }))?;
    }
    Ok(code)
}

fn tell(ended: &Ended, progress: &mut Progress) {
    let sentence = format!("{} in {}", ended.step.name(), duration(ended.duration_ms));
    match ended.ending {
        Ending::Ok => progress.done("Ok", &sentence),
        Ending::Failed | Ending::Stale => progress.error(&format!("step failed: {sentence}")),
        Ending::Skipped => progress.note("Skipped", &format!("{}, as asked", ended.step.name())),
    }
}

/// Stale files alone have a code of their own: their cure is to write them.
fn exit_code(steps: &[Ended]) -> u8 {
    let has = |ending| steps.iter().any(|ended| ended.ending == ending);
    if has(Ending::Failed) {
        exit_code::FINDINGS
    } else if has(Ending::Stale) {
        exit_code::STALE
    } else {
        exit_code::OK
    }
}

fn tidy(progress: &mut Progress) -> Result<Ending, ErrorReport> {
    let findings = tidy::findings()?;
    for finding in &findings {
        progress.error(&finding_line(finding));
    }
    Ok(if findings.is_empty() {
        Ending::Ok
    } else if findings.iter().all(|finding| finding.rule == GENERATED) {
        Ending::Stale
    } else {
        Ending::Failed
    })
}

/// cfn-lint checks every environment's template: no error and no warning.
fn templates(progress: &mut Progress) -> Result<bool, ErrorReport> {
    let program = cfn_lint::install(progress)?;
    let mut all_well = true;
    for name in environments::names() {
        let environment = environments::named(&name)?;
        let out = repository::target_folder()?.join("ci").join(&name);
        synth::write(&stack::synth(&stack::app(&environment)), &out)?;
        let mut lint = Command::new(&program);
        lint.args(["--non-zero-exit-code", "warning"]);
        lint.args(["--regions", environment.region.as_str()]);
        lint.arg("--template").arg(out.join("template.json")).stdout(std::io::stderr());
        let status = lint.status();
        let status = status.map_err(|error| cargo::not_started("cfn-lint", &error))?;
        if status.success() {
            progress.note("Linted", &format!("template of {name}"));
        }
        all_well &= status.success();
    }
    Ok(all_well)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(endings: &[Ending], expect: u8) {
        let ended = |(&ending, step): (&Ending, &Step)| Ended { step: *step, ending, duration_ms: 1 };
        let steps: Vec<_> = endings.iter().zip(Step::value_variants()).map(ended).collect();
        assert_eq!(exit_code(&steps), expect, "{endings:?}");
    }

    #[test]
    fn stale_files_alone_have_their_own_code() {
        use Ending::{Failed, Ok, Skipped, Stale};
        check(&[Ok, Skipped], exit_code::OK);
        check(&[Ok, Stale, Skipped], exit_code::STALE);
        check(&[Stale, Stale], exit_code::STALE);
        check(&[Stale, Failed], exit_code::FINDINGS);
        check(&[Failed], exit_code::FINDINGS);
    }
}
