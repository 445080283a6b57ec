//! The task over a search that the test holds in its hand, on a clock that stands still.

mod recipe;

use std::{
    num::NonZeroU16,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use contract::{metric::Provider, pricing::UnpricedReason};
use serde_json::json;
use shell::{Deadline, Recorded, Recorder};
use tokio::time::{Instant, sleep};

use super::*;
use crate::{Answer, Offer, Pace, Unanswered, clock, offer::known_price, search::Why};

/// Answers each name after its own time, as a line of the test says: `name: vendor price`, `name: -` for
/// nothing found, `name: ?` for a product without a price, `name: !` for no answer at all.
#[derive(Default)]
struct Shelf {
    lines: Vec<(&'static str, u64, &'static str)>,
    pace: Option<Pace>,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicUsize>,
    under_way: AtomicUsize,
    most_under_way: Arc<AtomicUsize>,
}

impl ProductSearch for Shelf {
    async fn search(&self, name: &str, _: &Scope) -> Result<Answer, Unanswered> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        if let Some(pace) = &self.pace {
            pace.turn().await;
        }
        self.asked.lock().unwrap().push(name.to_owned());
        let (_, time_ms, found) =
            *self
                .lines
                .iter()
                .find(|(line, ..)| *line == name)
                .unwrap_or(&("", 100, "가게 1000"));
        sleep(Duration::from_millis(time_ms)).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.ended.fetch_add(1, Ordering::SeqCst);
        match found.split_once(' ') {
            Some((vendor, price)) => Ok(Answer::new(
                vec![Offer {
                    price_krw: known_price(price).unwrap(),
                    vendor: vendor.to_owned(),
                    product_name: name.to_owned(),
                    link: None,
                    per: None,
                    surveyed_on: None,
                }],
                0,
            )),
            None if found == "!" => Err(Unanswered {
                provider: Provider::Naver,
                why: Why::NoTime,
                hint: Some("wait".into()),
            }),
            None => Ok(Answer::new(vec![], usize::from(found == "?"))),
        }
    }
}

fn order(names: &[&str]) -> PriceRequest {
    let ingredients: Vec<_> = names
        .iter()
        .map(|name| json!({ "name": name, "amount": "1", "unit": "개" }))
        .collect();
    serde_json::from_value(json!({ "sessionId": "s", "executionId": "e", "ingredients": ingredients }))
        .unwrap()
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("재료{at}")).collect()
}

async fn fetch(shelf: Shelf, names: &[&str]) -> (Result<Pricing, Failure<PriceError>>, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let invocation = Invocation {
        deadline: Deadline::after(Duration::from_secs(20)),
        metrics,
    };
    let fetcher = Fetcher::new(Chain::of_one(
        shelf,
        NonZeroU16::new(10).unwrap(),
        clock::test::now,
    ));
    (fetcher.handle(order(names), &invocation).await, recorded)
}

#[tokio::test(start_paused = true)]
async fn an_order_is_priced_and_counted() {
    let lines = vec![
        ("새우", 10, "바다마트 9900"),
        ("아보카도", 10, "-"),
        ("버터", 10, "?"),
        ("대파", 10, "바다마트 2980"),
    ];
    let (pricing, recorded) = fetch(
        Shelf {
            lines,
            ..Shelf::default()
        },
        &["새우", "아보카도", "버터", "대파"],
    )
    .await;
    let pricing = pricing.unwrap();
    assert_eq!(pricing.total_krw, 12_880);
    assert_eq!(pricing.optimal.unwrap().vendor, "바다마트");
    let reasons: Vec<_> = pricing
        .unpriced
        .iter()
        .map(|unpriced| (&*unpriced.name, unpriced.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            ("아보카도", UnpricedReason::NoOffer),
            ("버터", UnpricedReason::NoKnownPrice)
        ]
    );
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [2.0]);
    assert_eq!(recorded.values(Emitted::IngredientsUnpriced), [2.0]);
}

#[tokio::test(start_paused = true)]
async fn no_ingredients_ask_nobody() {
    let shelf = Shelf::default();
    let asked = Arc::clone(&shelf.asked);
    let (pricing, recorded) = fetch(shelf, &[]).await;
    assert_eq!(pricing.unwrap(), Pricing::nothing());
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [0.0]);
}

#[tokio::test(start_paused = true)]
async fn ten_ingredients_take_as_long_as_the_slowest() {
    let names = numbered(10);
    let begin = Instant::now();
    fetch(
        Shelf::default(),
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await
    .0
    .unwrap();
    assert_eq!(begin.elapsed(), Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn never_more_than_ten_are_under_way() {
    let names = numbered(35);
    let shelf = Shelf::default();
    let most = Arc::clone(&shelf.most_under_way);
    let begin = Instant::now();
    fetch(shelf, &names.iter().map(String::as_str).collect::<Vec<_>>())
        .await
        .0
        .unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 10);
    assert_eq!(begin.elapsed(), Duration::from_millis(400));
}

#[tokio::test(start_paused = true)]
async fn fifty_ingredients_at_ten_a_second_take_less_than_five_seconds() {
    let names = numbered(50);
    let pace = Some(Pace::per_second(NonZeroU16::new(10).unwrap()));
    let begin = Instant::now();
    let (pricing, _) = fetch(
        Shelf {
            pace,
            ..Shelf::default()
        },
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;
    assert_eq!(pricing.unwrap().priced().count(), 50);
    assert_eq!(begin.elapsed(), Duration::from_millis(4_100));
}

#[tokio::test(start_paused = true)]
async fn one_name_has_one_price() {
    let shelf = Shelf::default();
    let asked = Arc::clone(&shelf.asked);
    let names = [
        "두부",
        " 두\u{200B}부 ",
        "순 두부",
        "순\u{3000}두부\u{FEFF}",
        "\u{1103}\u{116E}\u{1107}\u{116E}",
    ];
    let (pricing, recorded) = fetch(shelf, &names).await;
    assert_eq!(*asked.lock().unwrap(), ["두부", "순 두부"]);
    let pricing = pricing.unwrap();
    assert_eq!(pricing.total_krw, 2_000);
    let items = pricing.optimal.unwrap().items;
    let items: Vec<_> = items
        .iter()
        .map(|item| (item.name.as_str(), item.quantity.as_str()))
        .collect();
    assert_eq!(items, [("두부", "1개 + 1개 + 1개"), ("순 두부", "1개 + 1개")]);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [2.0]);
}

#[test]
fn amounts_of_one_name_stand_side_by_side() {
    let ingredients = [
        ("두부", "1모"),
        ("대파", ""),
        ("두부", ""),
        ("대파", "200g"),
        ("두부", "200g"),
    ]
    .map(|(name, amount)| serde_json::from_value(json!({ "name": name, "amount": amount })).unwrap());
    let once = once(&ingredients);
    let once: Vec<_> = once
        .iter()
        .map(|(at, wanted)| (*at, &*wanted.name, &*wanted.quantity))
        .collect();
    assert_eq!(once, [(0, "두부", "1모 + 200g"), (1, "대파", "200g")]);
}

/// As the second pass has it.
#[tokio::test(start_paused = true)]
async fn one_ingredient_under_two_names_is_bought_once() {
    let names = ["대파", "다진 마늘", "대파(흰 부분)", "마늘", "파", "쪽파"];
    let (pricing, _) = fetch(Shelf::default(), &names).await;
    let pricing = pricing.unwrap();
    assert_eq!(pricing.total_krw, 3_000);
    let items = pricing.optimal.unwrap().items;
    let items: Vec<_> = items
        .iter()
        .map(|item| (item.name.as_str(), item.quantity.as_str()))
        .collect();
    assert_eq!(
        items,
        [
            ("대파", "1개 + 1개 + 1개"),
            ("다진 마늘", "1개 + 1개"),
            ("쪽파", "1개")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn items_stand_in_the_orders_order_however_the_answers_arrive() {
    let lines = vec![
        ("가", 300, "가게 3"),
        ("나", 200, "가게 2"),
        ("다", 100, "가게 1"),
    ];
    let (pricing, _) = fetch(
        Shelf {
            lines,
            ..Shelf::default()
        },
        &["가", "나", "다"],
    )
    .await;
    assert_eq!(pricing.unwrap().priced().collect::<Vec<_>>(), ["가", "나", "다"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_unanswered_search_fails_the_task_and_ends_the_others() {
    let shelf = Shelf {
        lines: vec![("느림", 5_000, "가게 1"), ("고장", 50, "!")],
        ..Shelf::default()
    };
    let (asked, ended) = (Arc::clone(&shelf.asked), Arc::clone(&shelf.ended));
    let mut names = vec!["느림", "고장"];
    let more = numbered(20);
    names.extend(more.iter().map(String::as_str));
    let begin = Instant::now();
    let (failure, recorded) = fetch(shelf, &names).await;
    let failure = failure.unwrap_err();
    assert_eq!(begin.elapsed(), Duration::from_millis(50));
    assert_eq!(failure.error, PriceError::PriceFetchFailed);
    assert_eq!(
        failure.to_string(),
        "ingredient 2 of 22: naver gave no answer: no time left for the call; hint: wait"
    );
    // Ten were under way, none of the other nine went on, nobody else was asked.
    let asked: BTreeSet<_> = asked.lock().unwrap().iter().cloned().collect();
    assert_eq!((asked.len(), ended.load(Ordering::SeqCst)), (10, 1));
    assert!(recorded.all().is_empty());
}
