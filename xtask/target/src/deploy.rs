//! The body of `deploy`: from an environment's definition to its first order. Every step is timed and told.

use std::{path::Path, time::Instant};

use contract::Order;
use jiff::civil::Date;
use stack::{CheckedTemplate, Environment, Finding, Severity};

use crate::{
    failure::{Failure, finding_line},
    handover::Built,
    package::{self, Artifact, Package},
    progress::{Progress, duration, elapsed_ms},
    report::{DeployReport, Timings},
    run::cook,
    target::Target,
};

/// An environment that came up.
#[derive(Debug)]
pub struct Up<T> {
    /// The environment.
    pub target: T,
    /// The functions as they were released.
    pub functions: Vec<Artifact>,
    /// How long each step took; `execute` is not among them yet.
    pub timings_ms: Timings,
}

/// Synthesises, checks, packages and brings up.
///
/// # Errors
/// The check found an error, a function cannot be packaged, or the environment does not come up.
pub async fn bring_up<T: Target>(
    environment: &Environment,
    today: Date,
    built: &Built,
    place: T::Place,
    progress: &mut Progress,
) -> Result<Up<T>, Failure> {
    let mut timings_ms = Timings {
        build_ms: built.build_ms,
        ..Timings::default()
    };
    let template = check(environment, today, &mut timings_ms, progress)?;
    let package = package(template, built, &built.folder, &mut timings_ms, progress)?;

    progress.doing("bringing the environment up");
    let start = Instant::now();
    let target = T::deploy(place, &package).await.map_err(Failure::Deploy)?;
    timings_ms.up_ms = elapsed_ms(start);
    let name = target.environment();
    progress.done(
        "Up",
        &format!("environment {name} in {}", duration(timings_ms.up_ms)),
    );
    Ok(Up {
        target,
        functions: package.artifacts,
        timings_ms,
    })
}

/// Cooks the first order of an environment that came up.
///
/// # Errors
/// The order is refused, or the environment does not answer.
pub async fn first_order<T: Target>(
    up: &Up<T>,
    order: &Order,
    progress: &mut Progress,
) -> Result<DeployReport, Failure> {
    let start = Instant::now();
    let cooked = cook(&up.target, order, progress).await?;
    let timings_ms = Timings {
        execute_ms: elapsed_ms(start),
        ..up.timings_ms
    };
    Ok(DeployReport {
        functions: up.functions.clone(),
        cooked,
        timings_ms,
    })
}

fn check(
    environment: &Environment,
    today: Date,
    timings_ms: &mut Timings,
    progress: &mut Progress,
) -> Result<CheckedTemplate, Failure> {
    let start = Instant::now();
    let app = stack::app(environment);
    let resources = app.lower().resources.len();
    timings_ms.synth_ms = elapsed_ms(start);
    progress.done(
        "Synthesised",
        &format!("{resources} resources in {}", duration(timings_ms.synth_ms)),
    );

    let start = Instant::now();
    let checked = stack::checked(app, today);
    timings_ms.check_ms = elapsed_ms(start);
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    let template = checked.map_err(|report| {
        let findings = report.findings.into_iter().filter(is_error).collect();
        Failure::Refused { findings }
    })?;
    for finding in &template.report().findings {
        progress.warning(&finding_line(finding));
    }
    progress.done(
        "Checked",
        &format!("the template in {}", duration(timings_ms.check_ms)),
    );
    Ok(template)
}

fn package(
    template: CheckedTemplate,
    built: &Built,
    folder: &Path,
    timings_ms: &mut Timings,
    progress: &mut Progress,
) -> Result<Package, Failure> {
    progress.doing("packaging the functions");
    let start = Instant::now();
    let package = package::package(template, &built.functions, folder)?;
    timings_ms.package_ms = elapsed_ms(start);
    let count = package.artifacts.len();
    progress.done(
        "Packaged",
        &format!("{count} functions in {}", duration(timings_ms.package_ms)),
    );
    if package.artifacts.iter().any(|artifact| !artifact.stripped) {
        progress.warning("no `strip` is installed: the packages keep their symbols and are larger");
    }
    Ok(package)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        exit_code,
        fixture::{Kitchen, cooks, now, order},
        handover::Program,
        package::FUNCTIONS,
    };

    /// The test program itself stands in for every function.
    fn built(folder: &Path) -> Built {
        let path = std::env::current_exe().unwrap();
        let program = |source: &package::FunctionSource| Program {
            function: source.function,
            path: path.clone(),
        };
        let functions = FUNCTIONS.iter().map(program).collect();
        Built {
            functions,
            build_ms: 7,
            folder: folder.to_path_buf(),
        }
    }

    fn bring_up_in(environment: &Environment, folder: &Path) -> Result<Up<Kitchen>, Failure> {
        let today = date(2026, 11, 22);
        now(bring_up(
            environment,
            today,
            &built(folder),
            cooks(),
            &mut Progress::silent(),
        ))
    }

    #[test]
    fn from_a_definition_to_a_cooked_order() {
        let folder = tempfile::tempdir().unwrap();
        let up = bring_up_in(&Environment::local().unwrap(), folder.path()).unwrap();
        let report = now(first_order(&up, &order(), &mut Progress::silent())).unwrap();
        assert_eq!(report.cooked.exit_code(), exit_code::OK);
        assert_eq!(report.timings_ms.build_ms, 7);
        let names: Vec<_> = report
            .functions
            .iter()
            .map(|artifact| artifact.function)
            .collect();
        assert_eq!(names, ["RecipeGenerator", "PriceFetcher", "ResultCombiner"]);
    }

    #[test]
    fn what_the_check_refuses_is_neither_packaged_nor_brought_up() {
        let text = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../environments/prod.toml"
        ));
        let prod = Environment::parse("environments/prod.toml", &text.unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let failure = bring_up_in(&prod, folder.path()).err().unwrap();
        assert_eq!(failure.exit_code(), exit_code::FINDINGS);
        assert_eq!(failure.to_string(), "the check refuses this environment: 1 error");
        assert!(!folder.path().join("packages").exists());
    }
}
