//! `local bench`: samples of what an environment costs. The limits are `xtask`'s.
//!
//! Here live the environments that are measured and the orders that run in them. The environments leave no files behind.

mod alarms;
mod executions;
mod processes;
mod starts;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use contract::{Order, SessionId};
use platform::{
    Artifact, Package, Platform,
    bench::{Bench, Benchmark, Samples},
    error_report::ErrorReport,
    launch::Built,
    package,
    progress::Progress,
};
use serde_json::json;
use stack::{Environment, environment::SearchRate};

use super::{End, json, place, print};
use crate::{clock, embedded::Embedded};

/// Searches a second of one price function where its usual rate would be what is measured.
const SEARCHES_PER_SECOND: u32 = 50;

const INGREDIENTS: [&str; 10] =
    ["두부", "김치", "돼지고기", "대파", "마늘", "새우", "버터", "감자", "당근", "달걀"];

pub(super) async fn carry_out(bench: &Bench, progress: &mut Progress) -> Result<u8, End> {
    let bed = TestBed::new(bench)?;
    let mut samples = Samples::new();
    for benchmark in &bench.benchmarks {
        progress.doing(&format!("measuring {}", benchmark.name()));
        samples.extend(bed.measure(*benchmark).await?);
    }
    print(progress, &json(&samples)?)?;
    Ok(platform::exit_code::OK)
}

/// What is deployed, again and again.
struct TestBed<'a> {
    built: &'a Built,
    /// The environment as a person has it.
    usual: Package,
    /// The same with [`SEARCHES_PER_SECOND`].
    unpaced: Package,
}

impl<'a> TestBed<'a> {
    fn new(bench: &'a Bench) -> Result<Self, End> {
        let usual = Environment::local().map_err(broken)?;
        let mut unpaced = usual.clone();
        for source in &mut unpaced.sources {
            source.per_second = SearchRate::new(SEARCHES_PER_SECOND).unwrap_or(source.per_second);
        }
        let artifacts = package::artifacts(&bench.built.functions, &bench.built.folder);
        let artifacts = artifacts.map_err(ErrorReport::from)?;
        Ok(Self {
            built: &bench.built,
            usual: packaged(&usual, &artifacts)?,
            unpaced: packaged(&unpaced, &artifacts)?,
        })
    }

    async fn measure(&self, benchmark: Benchmark) -> Result<Samples, ErrorReport> {
        match benchmark {
            Benchmark::Alarms => alarms::alarms(),
            Benchmark::Ready => processes::ready(self).await,
            Benchmark::Memory => processes::memory(self).await,
            Benchmark::Init => processes::init(self).await,
            Benchmark::Overhead => executions::overhead(self).await,
            Benchmark::Throughput => executions::throughput(self).await,
            Benchmark::Starts => starts::starts(self).await,
            Benchmark::PriceTask => executions::price_task(self).await,
            Benchmark::ProviderCalls => executions::provider_calls(self).await,
            Benchmark::Synth | Benchmark::Matching | Benchmark::Zip => {
                let name = benchmark.name();
                Err(broken(format!("not measured in an environment: {name}")))
            }
        }
    }

    /// An environment, and how long it took to be ready.
    async fn deploy(&self, package: &Package, warm: bool) -> Result<(Embedded, Duration), ErrorReport> {
        self.deploy_in(package, warm, None).await
    }

    /// The same with a data folder.
    async fn deploy_in(
        &self,
        package: &Package,
        warm: bool,
        data_folder: Option<PathBuf>,
    ) -> Result<(Embedded, Duration), ErrorReport> {
        let mut place = place(self.built);
        place.folder = None;
        place.data_folder = data_folder;
        place.warm = warm;
        let start = Instant::now();
        let target = Embedded::deploy(place, package).await.map_err(|error| ErrorReport::deploy(&error))?;
        Ok((target, start.elapsed()))
    }
}

fn packaged(environment: &Environment, artifacts: &[Artifact]) -> Result<Package, End> {
    let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let template = stack::checked(stack::app(environment), today)
        .map_err(|report| ErrorReport::refused(report.findings))?;
    Ok(Package { template, artifacts: artifacts.to_vec() })
}

async fn shut_down(target: Embedded) -> Result<(), ErrorReport> {
    Platform::shutdown(target).await.map_err(|error| ErrorReport::deploy(&error))
}

/// Some of [`INGREDIENTS`]; each number starts with another one.
fn ingredients(number: usize, count: usize) -> Vec<&'static str> {
    let all = INGREDIENTS.iter().cycle().skip(number % INGREDIENTS.len());
    all.take(count).copied().collect()
}

fn order(session: String, names: &[impl AsRef<str>]) -> Result<Order, ErrorReport> {
    let ingredients: Vec<_> = names.iter().map(|name| json!({ "name": name.as_ref() })).collect();
    let text = json!({
        "profile": { "target": "general", "budget": 20_000, "servings": 2 },
        "ingredients": ingredients,
    });
    let session = SessionId::new(session).map_err(broken)?;
    Order::parse(text.to_string().as_bytes(), || session).map_err(broken)
}

/// Runs an order to its end, which must be a success.
async fn execute(target: &Embedded, order: &Order) -> Result<Duration, ErrorReport> {
    let start = Instant::now();
    let started = target.start(order).await.map_err(|error| ErrorReport::order(&error))?;
    let execution = target.follow(&started.execution, &mut |_| {}).await;
    let execution = execution.map_err(|error| ErrorReport::order(&error))?;
    let took = start.elapsed();
    if execution.output.is_none() {
        let error = execution.error.unwrap_or_default();
        return Err(broken(format!("a measured execution failed with: {error}")));
    }
    Ok(took)
}

fn broken(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ErrorReport {
    ErrorReport::bug("the benchmark failed").caused_by(&*why.into())
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_differ_and_have_as_many_ingredients_as_asked() {
        for count in [0, 1, 10] {
            let order = order(format!("o-{count}"), &ingredients(7, count)).unwrap();
            assert_eq!(order.ingredients.len(), count);
        }
        assert_ne!(ingredients(0, 1), ingredients(1, 1));
        assert_eq!(ingredients(0, 1), ingredients(10, 1));
    }
}
