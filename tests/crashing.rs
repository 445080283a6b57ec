//! An environment that is killed again and again on the same data folder: what was acknowledged is there, every session
//! ends, and no execution hangs.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use contract::{Order, session::attribute};
use local::control::Live;
use platform::{ExecutionStatus, Platform as _};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;
use tokio::sync::Notify;

use crate::{
    harness,
    outside::{Outside, Spec, is_alive, send, send_to_group, until},
};

const ORDERS: usize = 1_000;
const KILLS: usize = 25;

/// Orders under way at a time.
const HANDS: usize = 4;

/// What its clients know.
#[derive(Default)]
struct Known {
    /// Orders that were acknowledged.
    acknowledged: Mutex<BTreeSet<usize>>,
    /// Executions whose end was reported, each with its status.
    reported: Mutex<BTreeMap<usize, ExecutionStatus>>,
    /// Orders whose client got no answer: they are asked for again.
    unanswered: Mutex<Vec<usize>>,
    next: AtomicUsize,
    news: Notify,
}

fn name(number: usize) -> String {
    format!("order-{number}")
}

fn order(number: usize) -> Order {
    harness::order(&name(number), &["두부"])
}

impl Known {
    fn next(&self) -> Option<usize> {
        let again = self.unanswered.lock().unwrap().pop();
        again.or_else(|| {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            (next < ORDERS).then_some(next)
        })
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// One client: orders one after the other, until there are none or nobody answers.
    async fn ask(&self, live: &Live) {
        while let Some(number) = self.next() {
            match live.start(&order(number)).await {
                Ok(started) => {
                    self.acknowledged.lock().unwrap().insert(number);
                    self.news.notify_one();
                    let Ok(ended) = live.follow(&started.execution, &mut |_| {}).await else {
                        return;
                    };
                    self.reported.lock().unwrap().insert(number, ended.status);
                }
                // An order that nobody answered may be taken or not. The same order again is never another one.
                Err(error) => {
                    assert!(
                        matches!(error, platform::PlatformError::Call { .. }),
                        "{}: {error}",
                        name(number)
                    );
                    self.unanswered.lock().unwrap().push(number);
                    return;
                }
            }
        }
    }
}

/// Who is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Worker,
    /// The worker notices, and ends in order.
    Supervisor,
    Group,
    Both,
}

fn kill(outside: &Outside, victim: Victim) {
    match victim {
        Victim::Worker => send(outside.worker(), Signal::KILL),
        Victim::Supervisor => send(outside.supervisor(), Signal::KILL),
        Victim::Group => send_to_group(outside.supervisor(), Signal::KILL),
        Victim::Both => {
            send(outside.supervisor(), Signal::KILL);
            send(outside.worker(), Signal::KILL);
        }
    }
}

/// Killed before it is up, so that a restart is interrupted, too.
async fn killed_at_its_start(spec: &Spec, after: Duration) {
    let mut child = spec.spawn();
    let supervisor = child.id().unwrap();
    tokio::time::sleep(after).await;
    // Stopped first: it starts nobody between the look and the kill.
    send(supervisor, Signal::STOP);
    let family = local::process::tree::descendants(supervisor);
    for &process in family.first().into_iter().chain([&supervisor]) {
        send(process, Signal::KILL);
    }
    child.wait().await.unwrap();
    for process in family {
        until("an environment that was starting is gone", || !is_alive(process)).await;
    }
}

/// One life: clients ask until so many more orders are acknowledged and a moment has passed, then the victim is killed.
async fn life(
    spec: &Spec,
    known: &Arc<Known>,
    until_count: usize,
    victim: Option<(Victim, Duration)>,
) -> Option<Outside> {
    let outside = spec.up().await;
    let live = Arc::new(outside.live().await);
    let mut hands = tokio::task::JoinSet::new();
    for _ in 0..HANDS {
        let (known, live) = (Arc::clone(known), Arc::clone(&live));
        hands.spawn(async move { known.ask(&live).await });
    }
    let Some((victim, moment)) = victim else {
        while let Some(hand) = hands.join_next().await {
            hand.unwrap();
        }
        return Some(outside);
    };
    while known.count() < until_count.min(ORDERS) {
        known.news.notified().await;
    }
    // Anywhere in an order's life, not only behind an answer.
    tokio::time::sleep(moment).await;
    outside.killed(|outside| kill(outside, victim)).await;
    while let Some(hand) = hands.join_next().await {
        hand.unwrap();
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_orders_over_many_kills() {
    let seed: u64 = rand::random();
    println!("seed: {seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    // In memory where that is possible: a kill takes nothing from what the kernel has, and there are thousands of
    // writes that wait for a disk.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut spec = Spec::new(folder.path());
    spec.data = Some(folder.path().join("data"));
    let known = Arc::new(Known::default());

    let mut kills = 0;
    for _ in 0..KILLS {
        if dice.random_ratio(1, 4) {
            killed_at_its_start(&spec, Duration::from_millis(dice.random_range(0..60))).await;
        }
        let victim = match dice.random_range(0..10) {
            0..6 => Victim::Worker,
            6..8 => Victim::Both,
            8 => Victim::Supervisor,
            _ => Victim::Group,
        };
        let most = 2 * ORDERS / KILLS;
        let more = dice.random_range(1..most);
        // The last ones are for the life that nobody kills.
        if known.count() + more + HANDS >= ORDERS {
            break;
        }
        let moment = Duration::from_micros(dice.random_range(0..20_000));
        life(&spec, &known, known.count() + more, Some((victim, moment))).await;
        kills += 1;
    }
    assert!(kills >= KILLS / 3, "{kills} kills only");
    let outside = life(&spec, &known, ORDERS, None).await.unwrap();
    assert_eq!(known.count(), ORDERS);
    all_ended(&outside, &known).await;
    outside.closed().await;
}

async fn all_ended(outside: &Outside, known: &Known) {
    let executions = outside.executions().await;
    let sessions = outside.items("ai-chef-sessions-local").await;
    let results = outside.items("ai-chef-results-local").await;
    let reported = known.reported.lock().unwrap();
    let mut ends: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for number in 0..ORDERS {
        let id = name(number);
        let status = executions.get(&id).unwrap_or_else(|| panic!("{id} was acknowledged and is gone"));
        let session = sessions.get(&id).unwrap_or_else(|| panic!("{id} has no session"));
        let stands = session[attribute::STATUS].as_str();
        match (status.as_str(), stands) {
            // Of an aborted one combine had stored the result, and nobody heard of it any more.
            ("SUCCEEDED" | "ABORTED", "completed") => {}
            ("ABORTED", "failed") => {
                assert_eq!(session[attribute::ERROR], "ABORTED", "{id}");
                assert_eq!(session[attribute::CAUSE], stack::closer::CAUSE, "{id}");
            }
            other => panic!("{id} ended as {other:?}"),
        }
        assert_eq!(results.contains_key(&id), stands == "completed", "{id}: one transaction");
        if let Some(reported) = reported.get(&number) {
            assert_eq!(reported.name(), status, "{id} was reported to have ended otherwise");
        }
        *ends.entry((status, stands)).or_default() += 1;
    }
    assert_eq!(executions.len(), ORDERS, "none that nobody asked for");
    assert_eq!(sessions.len(), ORDERS, "none that nobody asked for");
    assert!(ends[&("SUCCEEDED", "completed")] > ORDERS / 2, "{ends:?}");
    assert!(ends.contains_key(&("ABORTED", "failed")), "no kill hit anything: {ends:?}");
}
