//! Many functions at once, each whole: real HTTP to a server that counts, a real DynamoDB API, real time. That they keep the
//! budget of the second together is proven on virtual time (`budget`) and measured by the benchmarks.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::Query};
use contract::{
    PriceSource, Pricing, error_name::PriceError, price_source::SourceSettings, task::PriceRequest,
};
use futures::future::{BoxFuture, join_all};
use serde_json::json;
use shell::{
    Deadline, Failure, Handler as _, Invocation, Recorder, Secret, SecretError, SecretSource, Secrets,
};
use tokio::net::TcpListener;

use crate::{
    settings::{PriceFunction, fetcher_with},
    table::{PriceTable, loopback::Loopback},
};

type Calls = Arc<Mutex<Vec<String>>>;

/// A shop that sells everything after that time, and writes down what it was asked for.
async fn shop(time: Duration) -> (String, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let router = Router::new().fallback(move |Query(query): Query<BTreeMap<String, String>>| {
        seen.lock().unwrap().push(query["query"].clone());
        async move {
            tokio::time::sleep(time).await;
            json!({ "items": [{ "title": query["query"], "lprice": "1500", "mallName": "가게", "link": "https://a/b" }] })
                .to_string()
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, calls)
}

struct Echo;

impl SecretSource for Echo {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        Box::pin(async move { Ok(Secret::new(name)) })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "sockets do not move with a clock that the test holds"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A function of its own, as another process would be.
async fn function(base: &str, per_second: u16, loopback: &Loopback) -> PriceFunction {
    let settings = SourceSettings {
        source: PriceSource::Naver,
        base_url: base.to_owned(),
        key_parameters: vec!["id".to_owned(), "secret".to_owned()],
        concurrency: 10,
        per_second,
        per_day: 1_000,
        fresh_s: 3_600,
    };
    let secrets = Secrets::read(Echo, settings.key_parameters.clone())
        .await
        .unwrap();
    let table: Arc<dyn PriceTable> = Arc::new(loopback.table());
    fetcher_with(&[settings], Arc::new(secrets), &table, now).unwrap()
}

async fn order(function: &PriceFunction, names: &[String]) -> Result<Pricing, Failure<PriceError>> {
    let ingredients: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
    let request = json!({ "sessionId": "s", "executionId": "e", "ingredients": ingredients });
    let request: PriceRequest = serde_json::from_value(request).unwrap();
    let invocation = Invocation {
        deadline: Deadline::after(Duration::from_secs(20)),
        metrics: Recorder::default(),
    };
    function.handle(request, &invocation).await
}

fn names(from: usize, count: usize) -> Vec<String> {
    (from..from + count).map(|at| format!("재료{at}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_functions_ask_for_each_ingredient_once() {
    let (base, calls) = shop(Duration::from_millis(30)).await;
    let loopback = Loopback::open().await;
    let functions = join_all((0..60).map(|_| function(&base, 6, &loopback))).await;
    // Each orders three of twelve.
    let orders = functions.iter().enumerate().map(|(at, function)| {
        let names = names(0, 12);
        async move {
            let wanted: Vec<_> = names.into_iter().cycle().skip(at).take(3).collect();
            order(function, &wanted).await
        }
    });
    for pricing in join_all(orders).await {
        assert_eq!(pricing.unwrap().priced().count(), 3);
    }
    let mut asked = calls.lock().unwrap().clone();
    asked.sort();
    let mut expect = names(0, 12);
    expect.sort();
    assert_eq!(asked, expect);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_function_fetched_the_next_one_has() {
    let (base, calls) = shop(Duration::from_millis(1)).await;
    let loopback = Loopback::open().await;
    let names = names(0, 10);
    order(&function(&base, 10, &loopback).await, &names)
        .await
        .unwrap();
    let pricing = order(&function(&base, 10, &loopback).await, &names)
        .await
        .unwrap();
    assert_eq!((pricing.priced().count(), calls.lock().unwrap().len()), (10, 10));
}
