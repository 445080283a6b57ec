//! A source of prices that a test controls: what it answers for each name, after which time, and which searches it got.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use contract::{AsOf, PriceSource, pricing::Reference};
use tokio::time::sleep;

use super::offer;
use crate::{
    quota::Quota,
    search::{CallContext, ErrorReply, ProductSearch, SearchError, SearchErrorKind, offer::Answer},
};

/// How a search ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behavior {
    /// Sold at that price by 가게.
    Sells(u32),
    SellsAt(&'static str, u32),
    /// Sold, after so many more ms.
    SellsLate(u64),
    /// A product without a price.
    NoPrice,
    NoProduct,
    /// A usual price.
    Refers(u32),
    DailyLimit,
    /// A failure of the provider, with a hint.
    Broken,
    BadCredentials,
    /// No answer in the time of one call, which was so many ms.
    TimesOut(u64),
    Hangs,
}

/// The searches that came in.
#[derive(Debug, Default)]
pub(crate) struct SearchLog {
    names: Mutex<Vec<String>>,
    running: AtomicUsize,
    pub(crate) max_running: AtomicUsize,
    pub(crate) ended: AtomicUsize,
}

impl SearchLog {
    pub(crate) fn names(&self) -> Vec<String> {
        self.names.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.names.lock().unwrap().len()
    }
}

#[derive(Debug)]
pub(crate) struct FakeSource {
    pub(crate) source: PriceSource,
    /// For names that are not in `by_name`: a time in ms, and what comes after it.
    pub(crate) default: Mutex<(u64, Behavior)>,
    pub(crate) by_name: Vec<(&'static str, u64, Behavior)>,
    /// Acquired before each answer, as an adapter does.
    pub(crate) quota: Option<Quota>,
    pub(crate) log: Arc<SearchLog>,
}

impl FakeSource {
    pub(crate) fn new(source: PriceSource, time_ms: u64, behavior: Behavior) -> Self {
        let default = Mutex::new((time_ms, behavior));
        Self { source, default, by_name: Vec::new(), quota: None, log: Arc::default() }
    }

    /// Answers these names after these times in ms. Every other name costs 1,000 at 가게 after 100 ms.
    pub(crate) fn of(by_name: &[(&'static str, u64, Behavior)]) -> Self {
        Self { by_name: by_name.to_vec(), ..Self::new(PriceSource::Naver, 100, Behavior::Sells(1_000)) }
    }

    pub(crate) fn set(&self, behavior: Behavior) {
        self.default.lock().unwrap().1 = behavior;
    }
}

impl ProductSearch for FakeSource {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        let running = self.log.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.log.max_running.fetch_max(running, Ordering::SeqCst);
        if let Some(quota) = &self.quota {
            quota.acquire(context).await.map_err(|kind| SearchError::new(self.source, kind))?;
        }
        self.log.names.lock().unwrap().push(name.to_owned());
        let by_name = self.by_name.iter().find(|(listed, ..)| *listed == name);
        let default = *self.default.lock().unwrap();
        let (time_ms, behavior) = by_name.map_or(default, |&(_, time_ms, behavior)| (time_ms, behavior));
        sleep(Duration::from_millis(time_ms)).await;
        let answer = self.answer(name, behavior).await;
        self.log.running.fetch_sub(1, Ordering::SeqCst);
        self.log.ended.fetch_add(1, Ordering::SeqCst);
        answer
    }
}

impl FakeSource {
    async fn answer(&self, name: &str, behavior: Behavior) -> Result<Answer, SearchError> {
        let refusal = ErrorReply { status: 500, code: None, message: String::new() };
        let mut hint = None;
        let kind = match behavior {
            Behavior::Sells(price) => return Ok(Answer::new(vec![offer(price, "가게")], 0)),
            Behavior::SellsAt(vendor, price) => return Ok(Answer::new(vec![offer(price, vendor)], 0)),
            Behavior::SellsLate(ms) => {
                sleep(Duration::from_millis(ms)).await;
                return Ok(Answer::new(vec![offer(1, "가게")], 0));
            }
            Behavior::NoPrice => return Ok(Answer::new(vec![], 1)),
            Behavior::NoProduct => return Ok(Answer::default()),
            Behavior::Refers(price) => {
                return Ok(Answer::referring(Some(Reference {
                    price_krw: price.into(),
                    per: "1kg".to_owned(),
                    product_name: name.to_owned(),
                    source: self.source,
                    as_of: AsOf("2026-10-01".to_owned()),
                })));
            }
            Behavior::DailyLimit => SearchErrorKind::DailyLimit(refusal),
            Behavior::Broken => {
                hint = Some("wait".into());
                SearchErrorKind::ProviderFailed(refusal)
            }
            Behavior::BadCredentials => SearchErrorKind::Credentials(refusal),
            Behavior::TimesOut(ms) => SearchErrorKind::Timeout(Duration::from_millis(ms)),
            Behavior::Hangs => std::future::pending().await,
        };
        Err(SearchError { hint, ..SearchError::new(self.source, kind) })
    }
}
