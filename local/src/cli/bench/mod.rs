//! `local bench`: samples of what an environment costs. The limits are `xtask`'s.
//!
//! Here live the environments that are measured and the orders that are cooked in them; each family of measurements
//! has a file. Every environment leaves nothing behind: what is measured is the work, not the files.

mod alone;
mod load;
mod memory;
mod prices;
mod starts;
mod warm;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use contract::{Order, SessionId};
use serde_json::json;
use stack::{Environment, environment::SearchRate};
use target::{
    Artifact, Package, Target,
    bench::{Bench, BenchSamples, FunctionSamples, Measure},
    failure::Failure,
    handover::Built,
    package::{self, FUNCTIONS},
    progress::Progress,
};

use super::{End, environment, json, place, print};
use crate::{clock, embedded::Embedded};

/// Most searches a second of one price function. Orders that follow each other closely would otherwise measure nothing
/// but the wait for the provider's limit of 10.
const SEARCHES_PER_SECOND: u32 = 50;

const INGREDIENTS: [&str; 10] = [
    "두부",
    "김치",
    "돼지고기",
    "대파",
    "마늘",
    "새우",
    "버터",
    "감자",
    "당근",
    "달걀",
];

pub(super) async fn carry_out(bench: &Bench, progress: &mut Progress) -> Result<u8, End> {
    let bed = TestBed::new(bench)?;
    let mut measures = bench.measures.clone();
    measures.sort_unstable();
    measures.dedup();
    let mut samples = BenchSamples::default();
    for measure in measures {
        bed.measure(measure, &mut samples, progress).await?;
    }
    print(progress, &json(&samples)?)?;
    Ok(target::exit_code::OK)
}

/// What is brought up, again and again.
struct TestBed<'a> {
    built: &'a Built,
    samples: u32,
    seconds: u32,
    /// The environment as a person has it.
    usual: Package,
    /// The same with [`SEARCHES_PER_SECOND`].
    unpaced: Package,
}

impl<'a> TestBed<'a> {
    fn new(bench: &'a Bench) -> Result<Self, End> {
        let usual = environment(None)?;
        let mut unpaced = usual.clone();
        for source in &mut unpaced.sources {
            source.per_second = SearchRate::new(SEARCHES_PER_SECOND).unwrap_or(source.per_second);
        }
        let artifacts = package::artifacts(&bench.built.functions, &bench.built.folder);
        let artifacts = artifacts.map_err(Failure::Package)?;
        Ok(Self {
            built: &bench.built,
            samples: bench.samples,
            seconds: bench.seconds,
            usual: packaged(&usual, &artifacts)?,
            unpaced: packaged(&unpaced, &artifacts)?,
        })
    }

    async fn measure(
        &self,
        measure: Measure,
        samples: &mut BenchSamples,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        match measure {
            Measure::Ready => samples.ready_ms = alone::ready_ms(self, progress).await?,
            Measure::WarmMemory => samples.warm_memory_bytes = alone::memory_bytes(self, progress).await?,
            Measure::Overhead => {
                let warm::Overhead {
                    ordered_ms,
                    recipe_ms,
                } = warm::overhead_ms(self, progress).await?;
                samples.overhead_ms = ordered_ms;
                samples.overhead_second_pass_ms = recipe_ms;
            }
            Measure::Execution => samples.execution_ms = warm::execution_ms(self, progress).await?,
            Measure::PriceTask => {
                let prices::PriceTask { new_ms, kept_ms } = prices::task_ms(self, progress).await?;
                samples.price_task_ms = new_ms;
                samples.price_task_cached_ms = kept_ms;
            }
            Measure::ProviderCalls => samples.provider_calls = Some(prices::calls(self, progress).await?),
            Measure::Init => {
                for (function, init_ms) in alone::init_ms(self, progress).await? {
                    of_function(samples, function).init_ms = init_ms;
                }
            }
            Measure::FunctionMemory => {
                for (function, memory_bytes) in warm::function_memory_bytes(self, progress).await? {
                    of_function(samples, function).memory_bytes = memory_bytes;
                }
            }
            Measure::Load => samples.load = Some(load::at_most(self, progress).await?),
            Measure::Starts => samples.starts = Some(starts::per_second(self, progress).await?),
            Measure::SteadyLoad => samples.steady_load = Some(load::steady(self, progress).await?),
        }
        Ok(())
    }

    /// An environment, and how long it took to be ready.
    async fn up(&self, package: &Package, warm: bool) -> Result<(Embedded, Duration), Failure> {
        self.up_in(package, warm, None).await
    }

    /// The same with a data folder.
    async fn up_in(
        &self,
        package: &Package,
        warm: bool,
        data_folder: Option<PathBuf>,
    ) -> Result<(Embedded, Duration), Failure> {
        let mut place = place(self.built);
        place.folder = None;
        place.data_folder = data_folder;
        place.warm = warm;
        let start = Instant::now();
        let target = Embedded::deploy(place, package).await.map_err(Failure::Deploy)?;
        Ok((target, start.elapsed()))
    }
}

fn packaged(environment: &Environment, artifacts: &[Artifact]) -> Result<Package, End> {
    let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let template = stack::checked(stack::app(environment), today).map_err(|report| Failure::Refused {
        findings: report.findings,
    })?;
    Ok(Package {
        template,
        artifacts: artifacts.to_vec(),
    })
}

fn of_function<'a>(samples: &'a mut BenchSamples, function: &str) -> &'a mut FunctionSamples {
    let known = samples
        .functions
        .iter()
        .position(|known| known.function == function);
    let at = known.unwrap_or_else(|| {
        samples.functions.push(FunctionSamples {
            function: function.to_owned(),
            init_ms: Vec::new(),
            memory_bytes: Vec::new(),
        });
        samples.functions.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "it was found or pushed just now")]
    &mut samples.functions[at]
}

/// The names of the tasks.
fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|source| source.function)
}

async fn down(target: Embedded) -> Result<(), Failure> {
    Target::shutdown(target).await.map_err(Failure::Deploy)
}

/// An order of so many ingredients; each number starts with another one.
fn order(session: String, number: usize, ingredients: usize) -> Result<Order, Failure> {
    let names: Vec<_> = INGREDIENTS
        .iter()
        .cycle()
        .skip(number % INGREDIENTS.len())
        .take(ingredients)
        .collect();
    order_of(session, &names)
}

/// An order of these ingredients.
fn order_of(session: String, names: &[impl AsRef<str>]) -> Result<Order, Failure> {
    let of_order: Vec<_> = names
        .iter()
        .map(|name| json!({ "name": name.as_ref() }))
        .collect();
    let text = json!({
        "profile": { "target": "general", "budget": 20_000, "servings": 2 },
        "ingredients": of_order,
    });
    let session = SessionId::new(session).map_err(|error| broken(error.into()))?;
    Order::parse(text.to_string().as_bytes(), || session).map_err(|error| broken(error.into()))
}

/// Cooks an order to its end.
async fn execute(target: &Embedded, order: &Order) -> Result<Duration, Failure> {
    let start = Instant::now();
    let started = target.start(order).await.map_err(Failure::Order)?;
    let execution = target
        .follow(&started.execution, &mut |_| {})
        .await
        .map_err(Failure::Order)?;
    let took = start.elapsed();
    if execution.output.is_none() {
        let error = execution.error.unwrap_or_default();
        return Err(broken(
            format!("a measured execution failed with: {error}").into(),
        ));
    }
    Ok(took)
}

/// Nothing that was measured would mean anything.
fn broken(why: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    Failure::Report(why)
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
            let order = order(format!("o-{count}"), 7, count).unwrap();
            assert_eq!(order.ingredients.len(), count);
        }
        let first = |number| {
            order("o".into(), number, 1).unwrap().ingredients[0]
                .name
                .to_string()
        };
        assert_ne!(first(0), first(1));
        assert_eq!(first(0), first(10));
    }

    #[test]
    fn samples_of_a_function_are_together() {
        let mut samples = BenchSamples::default();
        of_function(&mut samples, "a").init_ms = vec![1.0];
        of_function(&mut samples, "b").init_ms = vec![2.0];
        of_function(&mut samples, "a").memory_bytes = vec![3.0];
        assert_eq!(samples.functions.len(), 2);
        assert_eq!(samples.functions[0].memory_bytes, [3.0]);
    }
}
