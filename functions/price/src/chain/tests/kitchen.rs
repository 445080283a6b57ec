//! Sources that the test holds in its hand, over a table in memory and a clock that stands still.

use std::{
    num::NonZeroU32,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use contract::AsOf;
use shell::{Recorded, Recorder};
use tokio::time::sleep;

use super::super::*;
use super::{Arc, FakeTable, test};
use crate::{Pace, search::Refusal};

/// What a source does when it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Does {
    /// Sells at that price.
    Sells(u32),
    /// Has it without a price.
    NoPrice,
    Nothing,
    /// Says what it usually costs.
    Refers(u32),
    /// Refuses: a day's limit, or out of order.
    DayIsOver,
    Broken,
    /// Refuses our credentials.
    Refuses,
    /// Does not answer in the time of a call, of so many ms.
    TooSlow(u64),
    Hangs,
    /// Sells after longer than a lease runs.
    SellsLate,
}

#[derive(Debug)]
pub(super) struct Scripted {
    source: PriceSource,
    does: Arc<Mutex<Does>>,
    time: Duration,
    asked: Arc<AtomicUsize>,
}

impl ProductSearch for Scripted {
    async fn search(&self, _: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let does = *self.does.lock().unwrap();
        sleep(self.time).await;
        let refused = |why: fn(Refusal) -> Why| {
            let refusal = Refusal {
                status: 500,
                code: None,
                said: String::new(),
            };
            Err(Unanswered {
                provider: self.source.facts().provider,
                why: why(refusal),
                hint: None,
            })
        };
        match does {
            Does::Sells(price) => Ok(Answer::new(vec![offer(price)], 0)),
            Does::NoPrice => Ok(Answer::new(vec![], 1)),
            Does::Nothing => Ok(Answer::default()),
            Does::Refers(price) => Ok(Answer::referring(Some(reference(self.source, price)))),
            Does::DayIsOver => refused(Why::LimitPerDay),
            Does::Broken => refused(Why::OutOfOrder),
            Does::Refuses => refused(Why::Credentials),
            Does::TooSlow(ms) => Err(Unanswered::by(
                self.source,
                Why::TooSlow(Duration::from_millis(ms)),
            )),
            Does::SellsLate => {
                sleep(Duration::from_secs(11)).await;
                Ok(Answer::new(vec![offer(1)], 0))
            }
            Does::Hangs => {
                let _ = scope;
                std::future::pending().await
            }
        }
    }
}

pub(super) fn offer(price: u32) -> Offer {
    Offer {
        price_krw: NonZeroU32::new(price).unwrap(),
        vendor: "가게".to_owned(),
        product_name: "상품".to_owned(),
        link: None,
        per: None,
        surveyed_on: None,
    }
}

pub(super) fn reference(source: PriceSource, price: u32) -> Reference {
    Reference {
        price_krw: price.into(),
        per: "1kg".to_owned(),
        product_name: "양파".to_owned(),
        source,
        as_of: AsOf("2026-10-01".to_owned()),
    }
}

/// A chain and what the test sees of it.
pub(super) struct Kitchen {
    pub(super) chain: Chain<Scripted>,
    pub(super) table: Arc<FakeTable>,
    pub(super) does: Vec<Arc<Mutex<Does>>>,
    pub(super) asked: Vec<Arc<AtomicUsize>>,
    pub(super) metrics: Recorder,
    pub(super) recorded: Recorded,
}

pub(super) const FRESH_S: u32 = 3_600;

pub(super) fn kitchen(sources: &[(PriceSource, Does)]) -> Kitchen {
    kitchen_at(Arc::new(FakeTable::default()), sources)
}

/// Another function over the same table.
pub(super) fn kitchen_at(table: Arc<FakeTable>, sources: &[(PriceSource, Does)]) -> Kitchen {
    let (mut does, mut asked) = (Vec::new(), Vec::new());
    let links = sources.iter().map(|&(source, what)| {
        let settings = SourceSettings {
            source,
            base_url: String::new(),
            key_parameters: Vec::new(),
            concurrency: 4,
            per_second: 10,
            per_day: 100,
            fresh_s: FRESH_S,
        };
        let search = Scripted {
            source,
            does: Arc::new(Mutex::new(what)),
            time: Duration::from_millis(200),
            asked: Arc::default(),
        };
        does.push(Arc::clone(&search.does));
        asked.push(Arc::clone(&search.asked));
        let limits = crate::budget::Limits {
            per_second: 10,
            per_day: 100,
        };
        let shared = crate::budget::Shared::new(source, limits, Arc::<FakeTable>::clone(&table), test::now);
        let pace = Pace::per_second(std::num::NonZeroU16::new(10).unwrap());
        Link::new(&settings, search, Budget::shared(pace, shared))
    });
    let links = links.collect();
    let cache = Cache::new(Some(Arc::<FakeTable>::clone(&table)), test::now);
    let (metrics, recorded) = Recorder::in_memory();
    Kitchen {
        chain: Chain::new(links, cache),
        table,
        does,
        asked,
        metrics,
        recorded,
    }
}

impl Kitchen {
    pub(super) async fn find(&self, name: &str) -> Outcome {
        let visit = self.chain.visit(&[name.to_owned()]).await;
        let scope = Scope {
            until: Instant::now() + Duration::from_secs(12),
            metrics: self.metrics.clone(),
        };
        let outcome = self.chain.find(name, name, &scope, &visit).await;
        visit.end().await;
        outcome
    }

    pub(super) fn asked(&self) -> Vec<usize> {
        self.asked
            .iter()
            .map(|asked| asked.load(Ordering::SeqCst))
            .collect()
    }

    pub(super) fn now_does(&self, source: usize, does: Does) {
        *self.does[source].lock().unwrap() = does;
    }

    pub(super) fn count(&self, metric: Emitted) -> usize {
        self.recorded.values(metric).len()
    }
}

/// An outcome in a word: `elevenst 100`, `NoOffer`, `NotAnswered PriceFetchFailed`.
pub(super) fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Offered { source, offer, .. } => format!("{source} {}", offer.price_krw),
        Outcome::Nothing {
            reason,
            reference: Some(reference),
        } => format!("{reason:?} {} {}", reference.source, reference.price_krw),
        Outcome::Nothing { reason, .. } => format!("{reason:?}"),
        Outcome::Unanswered(why) => format!("NotAnswered {:?}", why.error()),
    }
}
