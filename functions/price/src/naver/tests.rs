//! The adapter against servers on this machine that answer as Naver does; what goes wrong below that is in
//! `transport`. Time is real here (sockets do not move with a paused clock), so the pauses are made short; how
//! calls are paced is tested in `pace`.

mod credentials;
mod server;
mod transport;

use std::{
    collections::BTreeMap,
    num::NonZeroU16,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    http::{StatusCode, header},
    response::IntoResponse as _,
};
use contract::{error_name::PriceError, metric::Emitted, task::PriceRequest};
use futures::future::{BoxFuture, join_all};
use serde_json::json;
use shell::{
    Deadline, Failure, Handler as _, Invocation, Recorded, Recorder, Secret, SecretError, SecretSource,
};
use tokio::sync::Barrier;

use self::server::{Call, json_reply, script, server};
use super::*;
use crate::{Chain, Fetcher, Pace, clock};

const FINE: &str =
    r#"{"items":[{"title":"<b>두부</b>","lprice":"1500","mallName":"가게","link":"https://a/b"}]}"#;
const PER_SECOND: &str =
    r#"{"errorMessage":"Rate limit exceeded. (속도 제한을 초과했습니다.)","errorCode":"012"}"#;
const PER_DAY: &str = r#"{"errorMessage":"Query limit exceeded.","errorCode":"010"}"#;
const UNKNOWN_KEYS: &str =
    r#"{"errorMessage":"NID AUTH Result Invalid (1000) : Authentication failed.","errorCode":"024"}"#;
const ENDED: &str =
    r#"{"errorMessage":"Invalid search api (존재하지 않는 검색 api 입니다.)","errorCode":"SE05"}"#;

/// Gives `<name>-<n>` at the n-th reading of a name.
#[derive(Clone, Default)]
struct Vault(Arc<Mutex<BTreeMap<String, usize>>>);

impl Vault {
    fn readings(&self) -> Vec<usize> {
        self.0.lock().unwrap().values().copied().collect()
    }
}

impl SecretSource for Vault {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        let nth = {
            let mut readings = self.0.lock().unwrap();
            let nth = readings.entry(name.to_owned()).or_default();
            *nth += 1;
            *nth
        };
        Box::pin(async move { Ok(Secret::new(format!("{name}-{nth}"))) })
    }
}

fn keys(nth: usize) -> (String, String) {
    (format!("id-{nth}"), format!("secret-{nth}"))
}

async fn naver_with(base: &BaseUrl, vault: Vault, call_timeout: Duration) -> Naver {
    let key_names = KeyNames {
        client_id: "id".to_owned(),
        client_secret: "secret".to_owned(),
    };
    let secrets = Secrets::read(vault, ["id".to_owned(), "secret".to_owned()])
        .await
        .unwrap();
    let patience = Patience {
        call_timeout,
        pauses: Patience::default()
            .pauses
            .with_min_delay(Duration::from_millis(1)),
    };
    let budget = Budget::own(Pace::per_second(NonZeroU16::new(1_000).unwrap()));
    Naver::new(base, secrets, key_names, budget, patience).unwrap()
}

async fn naver(base: &BaseUrl) -> Naver {
    naver_with(base, Vault::default(), Duration::from_secs(10)).await
}

fn invocation(time: Duration) -> (Invocation, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let deadline = Deadline::after(time);
    (Invocation { deadline, metrics }, recorded)
}

/// One search with time enough: what came of it, and for each call whether it failed.
async fn search(naver: &Naver) -> (Result<Answer, Unanswered>, Vec<f64>) {
    let (invocation, recorded) = invocation(Duration::from_secs(30));
    let answer = naver.search("두부", &Scope::of(&invocation)).await;
    let failures = recorded.values(Emitted::ProviderFailures);
    assert_eq!(recorded.values(Emitted::ProviderCalls).len(), failures.len());
    (answer, failures)
}

/// The search ends with this error, this message and this many calls, all of them recorded as failures.
async fn check_unanswered(naver: &Naver, error: PriceError, message: &str, calls: usize) {
    let (answer, failures) = search(naver).await;
    let unanswered = answer.unwrap_err();
    assert_eq!(unanswered.why.error(), error);
    let chain = Failure::caused_by(error, &unanswered).message;
    let start = format!("naver gave no answer: {message}");
    assert!(chain.starts_with(&start), "{chain}\nexpected {start}");
    assert_eq!(failures, vec![1.0; calls]);
}

fn check_fine(answer: Result<Answer, Unanswered>) {
    assert_eq!(answer.unwrap().cheapest().unwrap().price_krw.get(), 1_500);
}

#[tokio::test]
async fn the_call_is_the_seeds() {
    let (base, calls) = script(&[(200, FINE)]).await;
    let (answer, failures) = search(&naver(&base).await).await;
    let answer = answer.unwrap();
    assert_eq!(answer.offers()[0].product_name, "두부");
    let query = [
        ("query", "두부"),
        ("display", "10"),
        ("start", "1"),
        ("sort", "sim"),
    ];
    let call = Call {
        path: "/v1/search/shop.json".to_owned(),
        query: query
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        keys: keys(1),
    };
    assert_eq!(*calls.lock().unwrap(), [call]);
    assert_eq!(failures, [0.0]);
}

#[tokio::test]
async fn ten_products_come_back_cheapest_first() {
    let (base, _) = server(async |_| {
        let items: Vec<_> = [50, 10, 90, 20, 80, 30, 70, 40, 60, 0]
            .map(|price: u32| json!({ "title": format!("두부 {price}"), "lprice": price.to_string(), "mallName": "가게" }))
            .into();
        json_reply(200, json!({ "total": 10, "start": 1, "display": 10, "items": items }).to_string())
    })
    .await;
    let answer = search(&naver(&base).await).await.0.unwrap();
    let prices: Vec<_> = answer
        .offers()
        .iter()
        .map(|offer| offer.price_krw.get())
        .collect();
    assert_eq!(prices, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
}

#[tokio::test]
async fn ten_searches_are_under_way_and_never_more() {
    let barrier = Arc::new(Barrier::new(10));
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    // Nobody gets an answer before ten are here.
    let (base, calls) = server(move |_| {
        let (barrier, now, most) = (Arc::clone(&barrier), Arc::clone(&now), Arc::clone(&seen));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            barrier.wait().await;
            now.fetch_sub(1, Ordering::SeqCst);
            json_reply(200, FINE)
        }
    })
    .await;
    let fetcher = Fetcher::new(Chain::of_one(
        naver(&base).await,
        NonZeroU16::new(10).unwrap(),
        clock::test::now,
    ));
    let ingredients: Vec<_> = (0..30).map(|at| json!({ "name": format!("재료{at}") })).collect();
    let order = json!({ "sessionId": "s", "executionId": "e", "ingredients": ingredients });
    let order: PriceRequest = serde_json::from_value(order).unwrap();
    let (invocation, recorded) = invocation(Duration::from_secs(30));
    let pricing = fetcher.handle(order, &invocation).await.unwrap();
    assert_eq!(pricing.total_krw, 30 * 1_500);
    assert_eq!(calls.lock().unwrap().len(), 30);
    assert_eq!(most.load(Ordering::SeqCst), 10);
    assert_eq!(recorded.values(Emitted::ProviderFailures), [0.0; 30]);
}

#[tokio::test]
async fn a_call_that_is_given_up_counts_as_one_that_did_not_fail() {
    let barrier = Arc::new(Barrier::new(3));
    // The first of three that are here gets its answer, the others never do.
    let (base, calls) = server(move |nth| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            if nth > 0 {
                std::future::pending::<()>().await;
            }
            json_reply(400, "")
        }
    })
    .await;
    let fetcher = Fetcher::new(Chain::of_one(
        naver(&base).await,
        NonZeroU16::new(3).unwrap(),
        clock::test::now,
    ));
    let ingredients = ["두부", "대파", "새우"].map(|name| json!({ "name": name }));
    let order = json!({ "sessionId": "s", "executionId": "e", "ingredients": ingredients });
    let (invocation, recorded) = invocation(Duration::from_secs(30));
    let failure = fetcher
        .handle(serde_json::from_value(order).unwrap(), &invocation)
        .await
        .unwrap_err();
    assert!(failure.message.contains("call refused: status 400"), "{failure}");
    assert_eq!(calls.lock().unwrap().len(), 3);
    assert_eq!(recorded.values(Emitted::ProviderCalls), [1.0; 3]);
    assert_eq!(recorded.values(Emitted::ProviderFailures), [1.0, 0.0, 0.0]);
    assert_eq!(recorded.values(Emitted::ProviderLatency).len(), 3);
}

#[tokio::test]
async fn an_echoed_name_does_not_reach_the_cause() {
    let (base, _) = script(&[(400, r#"{"errorMessage":"bad query: 두부","errorCode":"SE01"}"#)]).await;
    let message = "call refused: status 400, code SE01: bad query: (name)";
    check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, message, 1).await;
}

#[tokio::test]
async fn a_limit_per_second_is_waited_out() {
    let (base, calls) = script(&[(429, PER_SECOND), (429, PER_SECOND), (200, FINE)]).await;
    let (answer, failures) = search(&naver(&base).await).await;
    check_fine(answer);
    assert_eq!(failures, [1.0, 1.0, 0.0]);
    assert_eq!(calls.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_limit_per_second_that_stays_is_a_rate_limit() {
    let (base, calls) = script(&[(429, PER_SECOND)]).await;
    let message =
        "too many calls a second: status 429, code 012: Rate limit exceeded. (속도 제한을 초과했습니다.)";
    check_unanswered(&naver(&base).await, PriceError::RateLimitExceeded, message, 4).await;
    assert_eq!(calls.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_429_without_a_known_code_is_waited_out_too() {
    let (base, _) = script(&[(429, "slow down"), (200, FINE)]).await;
    check_fine(search(&naver(&base).await).await.0);
}

#[tokio::test]
async fn a_limit_per_day_is_a_rate_limit_at_once() {
    let (base, calls) = script(&[(429, PER_DAY), (200, FINE)]).await;
    let message = "too many calls a day: status 429, code 010: Query limit exceeded.";
    check_unanswered(&naver(&base).await, PriceError::RateLimitExceeded, message, 1).await;
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_plain_text_body_is_read_too() {
    let (base, calls) = server(async |_| (StatusCode::TOO_MANY_REQUESTS, PER_DAY).into_response()).await;
    check_unanswered(
        &naver(&base).await,
        PriceError::RateLimitExceeded,
        "too many calls a day: ",
        1,
    )
    .await;
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_search_that_ended_is_said_at_once_with_a_hint() {
    let (base, calls) = script(&[(404, ENDED)]).await;
    let naver = naver(&base).await;
    let message = "search has ended: status 404, code SE05: Invalid search api";
    check_unanswered(&naver, PriceError::PriceFetchFailed, message, 1).await;
    let hint = search(&naver).await.0.unwrap_err().hint.unwrap();
    assert!(
        hint.starts_with("Naver ended its shopping search on 2026-07-31"),
        "{hint}"
    );
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refused_call_is_made_once() {
    let (base, _) = script(&[(
        400,
        r#"{"errorMessage":"Incorrect query request","errorCode":"SE01"}"#,
    )])
    .await;
    let message = "call refused: status 400, code SE01: Incorrect query request";
    check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, message, 1).await;
}

/// Also where the body would read as one.
#[tokio::test]
async fn no_other_status_is_an_answer() {
    const ANSWERS: [&[(u16, &str)]; 4] = [&[(201, FINE)], &[(203, FINE)], &[(206, FINE)], &[(299, FINE)]];
    for answers in ANSWERS {
        let (base, _) = script(answers).await;
        let (status, _) = answers[0];
        let message = format!("call refused: status {status}, code unknown");
        check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, &message, 1).await;
    }
}

#[tokio::test]
async fn a_provider_out_of_order_is_tried_again() {
    let (base, _) = script(&[(500, ""), (503, "busy"), (502, "<html>"), (200, FINE)]).await;
    check_fine(search(&naver(&base).await).await.0);
    let (base, _) = script(&[(500, r#"{"errorMessage":"System Error","errorCode":"SE99"}"#)]).await;
    let message = "provider out of order: status 500, code SE99: System Error";
    check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, message, 4).await;
}

#[tokio::test]
async fn no_redirect_takes_the_keys_elsewhere() {
    let (elsewhere, visits) = script(&[(200, FINE)]).await;
    let location = elsewhere.join("v1/search/shop.json").to_string();
    let (base, _) = server(move |_| {
        let location = location.clone();
        async move { (StatusCode::FOUND, [(header::LOCATION, location)]).into_response() }
    })
    .await;
    let message = "call refused: status 302, code unknown";
    check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, message, 1).await;
    assert!(visits.lock().unwrap().is_empty());
}
