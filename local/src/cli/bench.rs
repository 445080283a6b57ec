//! `local bench`: how fast an environment is ready, and what it adds to an execution.

use std::time::{Duration, Instant};

use contract::{Order, SessionId};
use target::{
    Package, Target,
    failure::Failure,
    handover::{Bench, BenchSamples},
    package,
    progress::Progress,
};

use super::{End, environment, json, place, print};
use crate::{clock, embedded::Embedded, standins::Behaviour};

/// How long each of the two branches takes.
const BRANCH: Duration = Duration::from_millis(1_500);

/// Three ingredients: one round of searches.
const ORDER: &str = r#"{
    "profile": { "target": "general", "budget": 20000, "servings": 2 },
    "ingredients": [{ "name": "두부" }, { "name": "김치" }, { "name": "돼지고기" }]
}"#;

pub(super) async fn carry_out(bench: &Bench, progress: &mut Progress) -> Result<u8, End> {
    let environment = environment()?;
    let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let template = stack::checked(stack::app(&environment), today).map_err(|report| Failure::Refused {
        findings: report.findings,
    })?;
    let package =
        package::package(template, &bench.built.functions, &bench.built.folder).map_err(Failure::Package)?;
    let samples = BenchSamples {
        ready_ms: ready(bench, &package, progress).await?,
        execution_ms: executions(bench, &package, progress).await?,
    };
    print(progress, &json(&samples)?)?;
    Ok(target::exit_code::OK)
}

async fn ready(bench: &Bench, package: &Package, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    progress.doing("bringing environments up");
    let mut samples = Vec::new();
    for _ in 0..bench.samples {
        let mut place = place(&bench.built);
        place.folder = None;
        let start = Instant::now();
        let target = Embedded::deploy(place, package).await.map_err(Failure::Deploy)?;
        samples.push(start.elapsed().as_secs_f64() * 1_000.0);
        Target::shutdown(target).await.map_err(Failure::Deploy)?;
    }
    Ok(samples)
}

async fn executions(bench: &Bench, package: &Package, progress: &mut Progress) -> Result<Vec<f64>, Failure> {
    let mut place = place(&bench.built);
    place.folder = None;
    let target = Embedded::deploy(place, package).await.map_err(Failure::Deploy)?;
    // The first one starts the processes.
    execute(&target, 0).await?;
    target.bedrock().behave(Behaviour::after(BRANCH));
    target.naver().behave(Behaviour::after(BRANCH));
    let mut samples = Vec::new();
    for sample in 1..=bench.samples {
        progress.doing(&format!("execution {sample} of {}", bench.samples));
        samples.push(execute(&target, sample).await?);
    }
    Target::shutdown(target).await.map_err(Failure::Deploy)?;
    Ok(samples)
}

/// One execution, in milliseconds.
async fn execute(target: &Embedded, number: u32) -> Result<f64, Failure> {
    let bug = |error: Box<dyn std::error::Error + Send + Sync>| Failure::Report(error);
    let session = SessionId::new(format!("bench-{number}")).map_err(|error| bug(error.into()))?;
    let order = Order::parse(ORDER.as_bytes(), || session).map_err(|error| bug(error.into()))?;
    let start = Instant::now();
    let started = target.start(&order).await.map_err(Failure::Order)?;
    let execution = target
        .follow(&started.execution, &mut |_| {})
        .await
        .map_err(Failure::Order)?;
    let took = start.elapsed().as_secs_f64() * 1_000.0;
    if execution.output.is_none() {
        let error = execution.error.unwrap_or_default();
        return Err(bug(format!("the measured execution failed with {error}").into()));
    }
    Ok(took)
}
