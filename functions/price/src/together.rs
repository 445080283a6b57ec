//! Many functions at once over one table, each whole behind its sources: on virtual time, since what they spare each other is
//! a matter of milliseconds. The table's real API is tested beside its adapter, the real processes in `it`.

use std::{
    num::NonZeroU16,
    sync::{Arc, Mutex},
    time::Duration,
};

use contract::{
    PriceSource, Pricing, error_name::PriceError, price_source::SourceSettings, task::PriceRequest,
};
use futures::future::join_all;
use serde_json::json;
use shell::{Deadline, Failure, Handler as _, Invocation, Recorder};

use crate::{
    Answer, Budget, Chain, Fetcher, Offer, Pace, ProductSearch, Scope, Unanswered,
    budget::{Limits, Shared},
    cache::Cache,
    chain::Link,
    clock::test,
    offer::known_price,
    table::fake::FakeTable,
};

const SOURCE: PriceSource = PriceSource::Naver;
const PER_SECOND: u16 = 6;

/// A shop that sells everything after 30 ms, and writes down what it was asked for.
#[derive(Clone)]
struct Shop {
    budget: Budget,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ProductSearch for Shop {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        self.budget
            .turn(scope)
            .await
            .map_err(|why| Unanswered::by(SOURCE, why))?;
        self.asked.lock().unwrap().push(name.to_owned());
        tokio::time::sleep(Duration::from_millis(30)).await;
        let offer = Offer {
            price_krw: known_price("1500").unwrap(),
            vendor: "가게".to_owned(),
            product_name: name.to_owned(),
            link: None,
            per: None,
            surveyed_on: None,
        };
        Ok(Answer::new(vec![offer], 0))
    }
}

/// A function of its own, as another process would be.
fn function(table: &Arc<FakeTable>, asked: &Arc<Mutex<Vec<String>>>) -> Fetcher<Shop> {
    let settings = SourceSettings {
        source: SOURCE,
        base_url: String::new(),
        key_parameters: Vec::new(),
        concurrency: 10,
        per_second: PER_SECOND,
        per_day: 1_000,
        fresh_s: 3_600,
    };
    let limits = Limits {
        per_second: PER_SECOND,
        per_day: settings.per_day,
    };
    let shared = Shared::new(SOURCE, limits, Arc::<FakeTable>::clone(table), test::now);
    let pace = Pace::per_second(NonZeroU16::new(PER_SECOND).unwrap());
    let budget = Budget::shared(pace, shared);
    let shop = Shop {
        budget: budget.clone(),
        asked: Arc::clone(asked),
    };
    let cache = Cache::new(Some(Arc::<FakeTable>::clone(table)), test::now);
    Fetcher::new(Chain::new(vec![Link::new(&settings, shop, budget)], cache))
}

async fn order(function: &Fetcher<Shop>, names: &[String]) -> Result<Pricing, Failure<PriceError>> {
    let ingredients: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
    let request = json!({ "sessionId": "s", "executionId": "e", "ingredients": ingredients });
    let request: PriceRequest = serde_json::from_value(request).unwrap();
    let invocation = Invocation {
        deadline: Deadline::after(Duration::from_secs(20)),
        metrics: Recorder::default(),
    };
    function.handle(request, &invocation).await
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("재료{at}")).collect()
}

#[tokio::test(start_paused = true)]
async fn many_functions_ask_for_each_ingredient_once() {
    let (table, asked) = (Arc::default(), Arc::default());
    let functions: Vec<_> = (0..60).map(|_| function(&table, &asked)).collect();
    // Each orders three of twelve.
    let orders = functions.iter().enumerate().map(|(at, function)| async move {
        let wanted: Vec<_> = names(12).into_iter().cycle().skip(at).take(3).collect();
        order(function, &wanted).await
    });
    for pricing in join_all(orders).await {
        assert_eq!(pricing.unwrap().priced().count(), 3);
    }
    let mut asked = asked.lock().unwrap().clone();
    asked.sort();
    let mut expect = names(12);
    expect.sort();
    assert_eq!(asked, expect);
}

#[tokio::test(start_paused = true)]
async fn what_one_function_fetched_the_next_one_has() {
    let (table, asked) = (Arc::default(), Arc::default());
    for _ in 0..2 {
        let pricing = order(&function(&table, &asked), &names(10)).await.unwrap();
        assert_eq!(pricing.priced().count(), 10);
        assert_eq!(asked.lock().unwrap().len(), 10);
    }
}
