//! The body of `deploy`: from an environment's definition to its first order. Every step is told with its time.

use std::{path::Path, time::Instant};

use contract::Order;
use jiff::civil::Date;
use stack::{CheckedTemplate, Environment, Finding, Severity, environment::ParameterName};

use crate::{
    error_report::{ErrorReport, finding_line},
    exit_code,
    launch::Built,
    package::{self, Artifact, Package},
    platform::Platform,
    progress::{Progress, duration, elapsed_ms},
    report::{DeployReport, Timings},
    run::run_order,
};

#[derive(Debug)]
pub struct Up<T> {
    pub target: T,
    pub functions: Vec<Artifact>,
    /// How long each step took; `execute` is not among them yet.
    pub timings_ms: Timings,
}

/// Synthesises, checks, packages, brings up, and looks whether the secrets are there.
///
/// # Errors
/// The check found an error, a function cannot be packaged, the environment does not come up, or it lacks a secret.
pub async fn bring_up<T: Platform>(
    environment: &Environment,
    today: Date,
    built: &Built,
    place: T::Place,
    progress: &mut Progress,
) -> Result<Up<T>, ErrorReport> {
    let mut timings_ms = Timings { build_ms: built.build_ms, ..Timings::default() };
    let template = check(environment, today, &mut timings_ms, progress)?;
    let package = package(template, built, &built.folder, &mut timings_ms, progress)?;

    progress.doing("bringing the environment up");
    let start = Instant::now();
    let target = T::deploy(place, &package).await.map_err(|error| ErrorReport::deploy(&error))?;
    timings_ms.up_ms = elapsed_ms(start);
    let name = target.environment();
    progress.done("Up", &format!("environment {name} in {}", duration(timings_ms.up_ms)));
    if let Err(failure) = secrets(&target, environment, progress).await {
        // The failure is told; that it did not end in order changes nothing of it.
        let _not_in_order = target.shutdown().await;
        return Err(failure);
    }
    Ok(Up { target, functions: package.artifacts, timings_ms })
}

/// Cooks the first order of an environment that came up.
pub async fn first_order<T: Platform>(
    up: &Up<T>,
    order: &Order,
    progress: &mut Progress,
) -> Result<DeployReport, ErrorReport> {
    let start = Instant::now();
    let report = run_order(&up.target, order, progress).await?;
    let timings_ms = Timings { execute_ms: elapsed_ms(start), ..up.timings_ms };
    Ok(DeployReport { functions: up.functions.clone(), order: report, timings_ms })
}

const SECRETS_HINT: &str = "no function that reads one starts without it; put each there: aws ssm put-parameter --type \
     SecureString --key-id KEY --name NAME --value file://FILE, with the environment's key";

/// Looks whether every secret of the environment is there, before an order needs one.
async fn secrets<T: Platform>(
    target: &T,
    environment: &Environment,
    progress: &mut Progress,
) -> Result<(), ErrorReport> {
    progress.doing("looking for the secrets");
    let start = Instant::now();
    let names: Vec<ParameterName> = environment.secrets().into_iter().cloned().collect();
    let missing = target.missing_secrets(&names).await.map_err(|error| ErrorReport::deploy(&error))?;
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(ParameterName::as_str).collect();
        let message = format!("secrets are missing: {}", names.join(", "));
        return Err(ErrorReport::message(exit_code::DEPLOY_FAILED, message).with_hint(SECRETS_HINT));
    }
    let count = match names.len() {
        1 => "1 secret".to_owned(),
        count => format!("{count} secrets"),
    };
    progress.done("Found", &format!("{count} in {}", duration(elapsed_ms(start))));
    Ok(())
}

fn check(
    environment: &Environment,
    today: Date,
    timings_ms: &mut Timings,
    progress: &mut Progress,
) -> Result<CheckedTemplate, ErrorReport> {
    let start = Instant::now();
    let app = stack::app(environment);
    let resources = app.lower().resources.len();
    timings_ms.synth_ms = elapsed_ms(start);
    progress.done("Synthesised", &format!("{resources} resources in {}", duration(timings_ms.synth_ms)));

    let start = Instant::now();
    let checked = stack::checked(app, today);
    timings_ms.check_ms = elapsed_ms(start);
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    let template = checked
        .map_err(|report| ErrorReport::refused(report.findings.into_iter().filter(is_error).collect()))?;
    for finding in &template.report().findings {
        progress.warning(&finding_line(finding));
    }
    progress.done("Checked", &format!("the template in {}", duration(timings_ms.check_ms)));
    Ok(template)
}

fn package(
    template: CheckedTemplate,
    built: &Built,
    folder: &Path,
    timings_ms: &mut Timings,
    progress: &mut Progress,
) -> Result<Package, ErrorReport> {
    progress.doing("packaging the functions");
    let start = Instant::now();
    let package = package::package(template, &built.functions, folder)?;
    timings_ms.package_ms = elapsed_ms(start);
    let count = package.artifacts.len();
    progress.done("Packaged", &format!("{count} functions in {}", duration(timings_ms.package_ms)));
    if package.artifacts.iter().any(|artifact| !artifact.stripped) {
        progress.warning("no `strip` is installed: the packages keep their symbols and are larger");
    }
    Ok(package)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use jiff::civil::date;

    use contract::task::TaskKind;

    use super::*;
    use crate::{
        exit_code,
        fixture::{FakePlatform, now, order, succeeding},
        launch::Program,
    };

    /// The test program itself stands in for every function.
    fn built(folder: &Path) -> Built {
        let path = std::env::current_exe().unwrap();
        let program = |task: &TaskKind| Program { function: task.name(), path: path.clone() };
        let functions = TaskKind::ALL.iter().map(program).collect();
        Built {
            functions,
            build_ms: 7,
            folder: folder.to_path_buf(),
            environments: PathBuf::from("environments"),
        }
    }

    fn bring_up_in(environment: &Environment, folder: &Path) -> Result<Up<FakePlatform>, ErrorReport> {
        bring_up_from(environment, folder, succeeding())
    }

    fn bring_up_from(
        environment: &Environment,
        folder: &Path,
        platform: FakePlatform,
    ) -> Result<Up<FakePlatform>, ErrorReport> {
        let today = date(2026, 11, 22);
        let mut progress = Progress::silent();
        now(bring_up(environment, today, &built(folder), platform, &mut progress))
    }

    /// It asks a source that ended before this day.
    fn seed() -> Environment {
        let text = "name = \"seed\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = [\"naver\"]";
        Environment::parse("seed.toml", text).unwrap()
    }

    #[test]
    fn without_a_secret_no_order_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::local().unwrap();
        for missing in
            [&["naver-client-secret-local"][..], &["naver-client-id-local", "naver-client-secret-local"]]
        {
            let closed = std::sync::Arc::default();
            let platform = FakePlatform {
                missing_secrets: missing,
                closed: std::sync::Arc::clone(&closed),
                ..succeeding()
            };
            let failure = bring_up_from(&environment, folder.path(), platform).err().unwrap();
            assert_eq!(failure.exit_code, exit_code::DEPLOY_FAILED);
            assert_eq!(failure.message, format!("secrets are missing: {}", missing.join(", ")));
            assert!(failure.hint.unwrap().contains("aws ssm put-parameter"));
            assert!(closed.load(std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn from_a_definition_to_a_cooked_order() {
        let folder = tempfile::tempdir().unwrap();
        let up = bring_up_in(&Environment::local().unwrap(), folder.path()).unwrap();
        let report = now(first_order(&up, &order(), &mut Progress::silent())).unwrap();
        assert_eq!(report.order.exit_code(), exit_code::OK);
        assert_eq!(report.timings_ms.build_ms, 7);
        let names: Vec<_> = report.functions.iter().map(|artifact| artifact.function).collect();
        assert_eq!(names, ["RecipeGenerator", "PriceFetcher", "ResultCombiner"]);
    }

    #[test]
    fn what_the_check_refuses_is_neither_packaged_nor_brought_up() {
        let folder = tempfile::tempdir().unwrap();
        let failure = bring_up_in(&seed(), folder.path()).err().unwrap();
        assert_eq!(failure.exit_code, exit_code::FINDINGS);
        assert_eq!(failure.message, "the check refuses this environment: 1 error");
        assert!(!folder.path().join("packages").exists());
    }
}
