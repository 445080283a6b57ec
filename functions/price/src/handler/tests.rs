//! The task over a fake source, on a paused clock.

mod recipe;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use contract::{PriceSource, pricing::UnpricedReason};
use futures::future::join_all;
use runtime::Recorded;
use tokio::time::Instant;

use super::*;
use crate::{
    clock,
    quota::Quota,
    store::fake::FakeTable,
    testing::{
        self, chain_of,
        fake_source::{
            Behavior::{Broken, NoPrice, NoProduct, Sells, SellsAt},
            FakeSource, SearchLog,
        },
        invocation, limiter, numbered, order, unlimited,
    },
};

async fn fetch(
    source: FakeSource,
    names: &[impl AsRef<str>],
) -> (Result<Pricing, Failure<PriceError>>, Recorded) {
    let (invocation, recorded) = invocation(20);
    let quota = source.quota.clone().unwrap_or_else(unlimited);
    let handler = PriceHandler::new(chain_of(source, quota, None));
    (handler.handle(order(names), &invocation).await, recorded)
}

/// The optimal vendor's items with their quantities.
fn items(pricing: &Pricing) -> Vec<(&str, &str)> {
    let items = pricing.optimal.as_ref().unwrap().items.iter();
    items.map(|item| (&*item.name, &*item.quantity)).collect()
}

fn unpriced(pricing: &Pricing) -> Vec<(&str, UnpricedReason)> {
    pricing.unpriced.iter().map(|one| (&*one.name, one.reason)).collect()
}

#[tokio::test(start_paused = true)]
async fn an_order_is_priced_and_counted() {
    let source = FakeSource::of(&[
        ("새우", 10, SellsAt("바다마트", 9_900)),
        ("아보카도", 10, NoProduct),
        ("버터", 10, NoPrice),
        ("대파", 10, SellsAt("바다마트", 2_980)),
    ]);
    let (pricing, recorded) = fetch(source, &["새우", "아보카도", "버터", "대파"]).await;
    let pricing = pricing.unwrap();
    assert_eq!(pricing.total_krw, 12_880);
    assert_eq!(items(&pricing), [("새우", "1개"), ("대파", "1개")]);
    let reasons = [("아보카도", UnpricedReason::NoOffer), ("버터", UnpricedReason::NoKnownPrice)];
    assert_eq!(unpriced(&pricing), reasons);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [2.0]);
    assert_eq!(recorded.values(Emitted::IngredientsUnpriced), [2.0]);
}

#[tokio::test(start_paused = true)]
async fn an_order_without_ingredients_makes_no_search() {
    let source = FakeSource::of(&[]);
    let log = Arc::clone(&source.log);
    let (pricing, recorded) = fetch(source, &[""; 0]).await;
    assert_eq!(pricing.unwrap(), Pricing::nothing());
    assert_eq!(log.count(), 0);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [0.0]);
}

#[tokio::test(start_paused = true)]
async fn at_most_ten_searches_run_at_once() {
    for (count, expect_ms) in [(10, 100), (35, 400)] {
        let source = FakeSource::of(&[]);
        let log = Arc::clone(&source.log);
        let begin = Instant::now();
        fetch(source, &numbered(count)).await.0.unwrap();
        assert_eq!((log.max_running.load(Ordering::SeqCst), begin.elapsed().as_millis()), (10, expect_ms));
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_ingredients_at_ten_a_second_take_less_than_five_seconds() {
    let begin = Instant::now();
    let source = FakeSource { quota: Some(Quota::new(limiter(10), None)), ..FakeSource::of(&[]) };
    let (pricing, _) = fetch(source, &numbered(50)).await;
    assert_eq!(pricing.unwrap().priced().count(), 50);
    assert_eq!(begin.elapsed(), Duration::from_millis(4_500));
}

#[tokio::test(start_paused = true)]
async fn one_ingredient_under_several_names_has_one_price_and_is_bought_once() {
    let source = FakeSource::of(&[]);
    let log = Arc::clone(&source.log);
    let names = [
        "두부",
        " 두\u{200B}부 ",
        "순 두부",
        "순\u{3000}두부\u{FEFF}",
        "\u{1103}\u{116E}\u{1107}\u{116E}",
        "대파",
        "다진 마늘",
        "대파(흰 부분)",
        "마늘",
        "파",
        "쪽파",
    ];
    let (pricing, recorded) = fetch(source, &names).await;
    assert_eq!(log.names(), ["두부", "순 두부", "대파", "마늘", "쪽파"]);
    let pricing = pricing.unwrap();
    assert_eq!(pricing.total_krw, 5_000);
    let expect = [
        ("두부", "1개 + 1개 + 1개"),
        ("순 두부", "1개 + 1개"),
        ("대파", "1개 + 1개 + 1개"),
        ("다진 마늘", "1개 + 1개"),
        ("쪽파", "1개"),
    ];
    assert_eq!(items(&pricing), expect);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [5.0]);
}

#[test]
fn amounts_of_one_ingredient_are_joined() {
    let ingredients = [("두부", "1모"), ("대파", ""), ("두부", ""), ("대파", "200g"), ("두부", "200g")].map(
        |(name, amount)| {
            serde_json::from_value(serde_json::json!({ "name": name, "amount": amount })).unwrap()
        },
    );
    let merged = merged(&ingredients);
    let merged: Vec<_> = merged.iter().map(|(at, wanted)| (*at, &*wanted.name, &*wanted.quantity)).collect();
    assert_eq!(merged, [(0, "두부", "1모 + 200g"), (1, "대파", "200g")]);
}

#[tokio::test(start_paused = true)]
async fn items_are_in_the_order_of_the_ingredients() {
    let source = FakeSource::of(&[
        ("가", 300, SellsAt("가게", 3)),
        ("나", 200, SellsAt("가게", 2)),
        ("다", 100, SellsAt("가게", 1)),
    ]);
    let (pricing, _) = fetch(source, &["가", "나", "다"]).await;
    assert_eq!(pricing.unwrap().priced().collect::<Vec<_>>(), ["가", "나", "다"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_failed_search_fails_the_task_and_cancels_the_others() {
    let source = FakeSource::of(&[("느림", 5_000, SellsAt("가게", 1)), ("고장", 50, Broken)]);
    let log = Arc::clone(&source.log);
    let names: Vec<_> = ["느림", "고장"].map(str::to_owned).into_iter().chain(numbered(20)).collect();
    let begin = Instant::now();
    let (failure, recorded) = fetch(source, &names).await;
    let failure = failure.unwrap_err();
    assert_eq!(begin.elapsed(), Duration::from_millis(50));
    assert_eq!(failure.error, PriceError::PriceFetchFailed);
    assert_eq!(
        failure.to_string(),
        "ingredient 2 of 22: naver gave no answer: provider out of order: status 500, code unknown; hint: wait"
    );
    // Of ten running searches nine were cancelled, and no other began.
    assert_eq!((log.count(), log.ended.load(Ordering::SeqCst)), (10, 1));
    assert!(recorded.all().is_empty());
}

/// As separate processes over one table: a row is leased, so that each name is searched once, and the quota is shared.
#[tokio::test(start_paused = true)]
async fn sixty_functions_over_twelve_names_make_twelve_calls() {
    let (table, log) = (Arc::<FakeTable>::default(), Arc::<SearchLog>::default());
    let functions: Vec<_> = (0..60)
        .map(|_| {
            let quota = testing::quota(&table, PriceSource::Naver, 6, 1_000);
            let source = FakeSource {
                quota: Some(quota.clone()),
                log: Arc::clone(&log),
                ..FakeSource::new(PriceSource::Naver, 30, Sells(1_500))
            };
            PriceHandler::new(chain_of(source, quota, Some(Arc::clone(&table))))
        })
        .collect();
    // Each orders three of twelve.
    let orders = functions.iter().enumerate().map(async |(at, function)| {
        let names: Vec<_> = numbered(12).into_iter().cycle().skip(at).take(3).collect();
        function.handle(order(&names), &invocation(20).0).await.unwrap().priced().count()
    });
    assert_eq!(join_all(orders).await, [3; 60]);
    let names: BTreeSet<_> = log.names().into_iter().collect();
    assert_eq!((log.count(), names), (12, numbered(12).into_iter().collect()));
    assert_eq!(table.counters().into_values().collect::<Vec<_>>(), [12]);
}
