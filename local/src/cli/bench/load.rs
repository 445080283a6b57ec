//! Orders side by side: how many end in a second, and what becomes of the memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use target::{bench::Load, failure::Failure, progress::Progress};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{TestBed, broken, down, execute, memory, order};
use crate::embedded::Embedded;

/// Orders under way at any time: the next one starts when one has ended. More than this machine has cores, so that none
/// of them waits, and as few as that allows.
const SIDE_BY_SIDE: u32 = 8;

/// Until every function has its processes.
const WARM_UP: Duration = Duration::from_secs(3);

/// How long the load lasts that is as large as it can be, in seconds.
const RATE_S: u32 = 20;

/// Orders a second of the steady load: the least throughput of the dev profile.
const STEADY_PER_SECOND: f64 = 60.0;

const SECOND: Duration = Duration::from_secs(1);

/// What the cooks share.
#[derive(Default)]
struct Tally {
    next: AtomicU64,
    completed: AtomicU64,
    failed: AtomicU64,
    enough: AtomicBool,
}

/// As many orders as there can be.
pub(super) async fn at_most(bed: &TestBed<'_>, progress: &mut Progress) -> Result<Load, Failure> {
    load(bed, None, RATE_S, progress).await
}

/// [`STEADY_PER_SECOND`], so that a memory is that of minutes and not of a machine's speed.
pub(super) async fn steady(bed: &TestBed<'_>, progress: &mut Progress) -> Result<Load, Failure> {
    load(bed, Some(STEADY_PER_SECOND), bed.seconds, progress).await
}

async fn load(
    bed: &TestBed<'_>,
    per_second: Option<f64>,
    seconds: u32,
    progress: &mut Progress,
) -> Result<Load, Failure> {
    let (target, _) = bed.up(&bed.unpaced, true).await?;
    let target = Arc::new(target);
    let tally = Arc::new(Tally::default());
    let mut cooks = JoinSet::new();
    for _ in 0..SIDE_BY_SIDE {
        cooks.spawn(cook(Arc::clone(&target), Arc::clone(&tally), per_second));
    }
    let watched = watch(seconds, &tally, progress).await;
    tally.enough.store(true, Ordering::Relaxed);
    while cooks.join_next().await.is_some() {}
    let target = Arc::into_inner(target).ok_or_else(|| broken("a cook did not leave".into()))?;
    down(target).await?;
    let (per_second, memory_bytes) = watched?;
    Ok(Load {
        completed: tally.completed.load(Ordering::Relaxed),
        failed: tally.failed.load(Ordering::Relaxed),
        per_second,
        memory_bytes,
    })
}

/// Cooks one order after the other until the end. During the warm-up orders follow without a pause, so that every process
/// that a load may need is started; then each waits for its turn.
async fn cook(target: Arc<Embedded>, tally: Arc<Tally>, per_second: Option<f64>) {
    let begin = Instant::now();
    let mut next = begin + WARM_UP;
    while !tally.enough.load(Ordering::Relaxed) {
        let number = tally.next.fetch_add(1, Ordering::Relaxed);
        if let Some(per_second) = per_second
            && begin.elapsed() > WARM_UP
        {
            next = (next + Duration::from_secs_f64(f64::from(SIDE_BY_SIDE) / per_second)).max(Instant::now());
            sleep_until(next).await;
        }
        let start = usize::try_from(number).unwrap_or_default();
        let cooked = match order(format!("load-{number}"), start, 1) {
            Ok(order) => execute(&target, &order).await,
            Err(failure) => Err(failure),
        };
        let count = if cooked.is_ok() {
            &tally.completed
        } else {
            &tally.failed
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Looks once a second, after the warm-up: the rate of completed executions, and the memory.
async fn watch(
    seconds: u32,
    tally: &Tally,
    progress: &mut Progress,
) -> Result<(Vec<f64>, Vec<f64>), Failure> {
    let begin = Instant::now() + WARM_UP;
    sleep_until(begin).await;
    let (mut rates, mut memory_bytes) = (Vec::new(), Vec::new());
    let (mut before, mut since) = (tally.completed.load(Ordering::Relaxed), Instant::now());
    for second in 1..=seconds {
        sleep_until(begin + SECOND * second).await;
        let completed = tally.completed.load(Ordering::Relaxed);
        let now = Instant::now();
        let ended = u32::try_from(completed - before).unwrap_or(u32::MAX);
        rates.push(f64::from(ended) / now.duration_since(since).as_secs_f64());
        (before, since) = (completed, now);
        // Reading it takes as long as some orders: not on a thread that cooks.
        let weighed = tokio::task::spawn_blocking(memory::environment_bytes).await;
        let bytes = weighed.ok().flatten();
        memory_bytes.push(bytes.ok_or_else(|| broken("the kernel tells no proportional set size".into()))?);
        progress.doing(&format!(
            "second {second} of {seconds}, {completed} orders cooked"
        ));
    }
    Ok((rates, memory_bytes))
}
