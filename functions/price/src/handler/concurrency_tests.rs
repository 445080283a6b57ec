//! Many functions at once over one table, each whole behind its source: on virtual time, since what they spare each other is
//! a matter of milliseconds. The table's real API is tested beside its adapter, the real processes end to end.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use contract::PriceSource;
use futures::future::join_all;
use runtime::Handler as _;

use super::*;
use crate::{
    cache::Cache,
    clock::test,
    fallback::ChainedSource,
    quota::Quota,
    search::{SearchError, offer::Answer},
    store::fake::FakeTable,
    testing::{self, invocation, numbered, offer, order},
};

const SOURCE: PriceSource = PriceSource::Naver;

type Asked = Arc<Mutex<Vec<String>>>;

/// A shop that sells everything after 30 ms, and writes down the names that it was asked for.
struct Shop(Quota, Asked);

impl ProductSearch for Shop {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        let acquired = self.0.acquire(context).await;
        acquired.map_err(|kind| SearchError::new(SOURCE, kind))?;
        self.1.lock().unwrap().push(name.to_owned());
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok(Answer::new(vec![offer(1_500, "가게")], 0))
    }
}

/// A function of its own, as another process would be.
fn function(table: &Arc<FakeTable>, asked: &Asked) -> PriceHandler<Shop> {
    let quota = testing::quota(table, SOURCE, 6, 1_000);
    let shop = Shop(quota.clone(), Arc::clone(asked));
    let source = ChainedSource::new(&testing::settings(SOURCE, 10, 3_600), shop, quota);
    let cache = Cache::new(Some(Arc::<FakeTable>::clone(table)), test::now);
    PriceHandler::new(SourceChain::new(vec![source], cache))
}

async fn priced(function: &PriceHandler<Shop>, names: &[String]) -> usize {
    let pricing = function.handle(order(names), &invocation(20).0).await;
    pricing.unwrap().priced().count()
}

#[tokio::test(start_paused = true)]
async fn sixty_functions_over_twelve_names_make_twelve_calls() {
    let (table, asked) = (Arc::default(), Asked::default());
    let functions: Vec<_> = (0..60).map(|_| function(&table, &asked)).collect();
    // Each orders three of twelve.
    let orders = functions.iter().enumerate().map(|(at, function)| async move {
        let names: Vec<_> = numbered(12).into_iter().cycle().skip(at).take(3).collect();
        priced(function, &names).await
    });
    assert_eq!(join_all(orders).await, [3; 60]);
    let mut asked = asked.lock().unwrap().clone();
    asked.sort();
    let mut expect = numbered(12);
    expect.sort();
    assert_eq!(asked, expect);
    assert_eq!(table.counters().into_values().collect::<Vec<_>>(), [12], "and they count twelve");
}

#[tokio::test(start_paused = true)]
async fn the_next_function_has_the_answers_of_the_one_before() {
    let (table, asked) = (Arc::default(), Asked::default());
    for _ in 0..2 {
        assert_eq!(priced(&function(&table, &asked), &numbered(10)).await, 10);
        assert_eq!(asked.lock().unwrap().len(), 10);
    }
}
