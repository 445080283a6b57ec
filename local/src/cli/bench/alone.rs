//! What is measured in a new environment each time: how soon it is ready, what it holds when everything is warm, and how
//! long a function needs to start.

use std::collections::BTreeMap;

use contract::{
    Task,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use serde_json::Value;
use target::{failure::Failure, progress::Progress};

use super::{TestBed, broken, down, execute, functions, memory, ms, order};
use crate::embedded::Embedded;

pub(super) async fn ready_ms(bed: &TestBed<'_>, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    progress.doing("bringing environments up");
    let mut samples = Vec::new();
    for _ in 0..bed.samples {
        let (target, took) = bed.up(&bed.usual, true).await?;
        samples.push(ms(took));
        down(target).await?;
    }
    Ok(samples)
}

/// After one order, so that every function has worked.
pub(super) async fn memory_bytes(bed: &TestBed<'_>, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    progress.doing("weighing warm environments");
    let mut samples = Vec::new();
    for sample in 0..bed.samples {
        let (target, _) = bed.up(&bed.usual, true).await?;
        execute(&target, &order(format!("memory-{sample}"), 0, 3)?).await?;
        let bytes = memory::environment_bytes();
        samples.push(bytes.ok_or_else(|| broken("the kernel tells no proportional set size".into()))?);
        down(target).await?;
    }
    Ok(samples)
}

/// One function after the other, each in an environment where nothing else runs. The order that it gets is none: it is
/// refused, after the initialisation.
pub(super) async fn init_ms(
    bed: &TestBed<'_>,
    progress: &mut Progress,
) -> Result<BTreeMap<&'static str, Vec<f64>>, Failure> {
    progress.doing("starting functions");
    let mut samples: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for _ in 0..bed.samples {
        let (target, _) = bed.up(&bed.usual, false).await?;
        for function in functions() {
            let name = physical(bed, function);
            let _refused = target.functions().invoke(&name, "{}".into(), "Root=1-0-0").await;
            let reported = reported(&target, &name, "initDurationMs").pop();
            let missing = || broken(format!("no initialisation was reported: {function}").into());
            samples
                .entry(function)
                .or_default()
                .push(reported.ok_or_else(missing)?);
        }
        down(target).await?;
    }
    Ok(samples)
}

/// The name of a task's function in the environment that is measured.
pub(super) fn physical(bed: &TestBed<'_>, function: &str) -> String {
    let names = bed.usual.template.environment().names();
    let all = [
        (RecipeGenerator::NAME, names.function::<RecipeGenerator>()),
        (PriceFetcher::NAME, names.function::<PriceFetcher>()),
        (ResultCombiner::NAME, names.function::<ResultCombiner>()),
    ];
    all.into_iter()
        .find(|(task, _)| *task == function)
        .map(|(_, name)| name)
        .unwrap_or_default()
}

/// A number of every `platform.report` of a function, oldest first.
pub(super) fn reported(target: &Embedded, function: &str, metric: &str) -> Vec<f64> {
    let lines = target.logs().lines().remove(function).unwrap_or_default();
    lines
        .iter()
        .filter_map(|line| figure(&line.text, metric))
        .collect()
}

fn figure(line: &str, metric: &str) -> Option<f64> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line.get("type")? == "platform.report")
        .then(|| line.pointer("/record/metrics")?.get(metric)?.as_f64())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<f64>) {
        assert_eq!(figure(line, "initDurationMs"), expected, "{line}");
    }

    #[test]
    fn a_figure_of_a_report() {
        check(
            r#"{"type":"platform.report","record":{"metrics":{"initDurationMs":7.25}}}"#,
            Some(7.25),
        );
        check(
            r#"{"type":"platform.report","record":{"metrics":{"durationMs":1}}}"#,
            None,
        );
        check(
            r#"{"type":"platform.start","record":{"metrics":{"initDurationMs":7.25}}}"#,
            None,
        );
        check("plain text", None);
    }
}
