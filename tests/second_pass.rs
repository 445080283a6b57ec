//! The second pass: what the recipe has and the order had not is priced, too, and nothing that happens there costs the
//! order its recipe. What happens where an order does without any prices is in `price_sources`.

use contract::{
    Pricing,
    pricing::{Item, UnpricedReason},
    task::PriceFetcher,
};
use local::stubs::{Behaviour, Reaction, When, naver};
use platform::Platform as _;

use crate::{
    harness::{Harness, OrderOutcome, count, events, order, pricing, replaced},
    programs::killed_once,
};

/// What the stand-in cooks for two, whatever was ordered.
const DISH: [&str; 5] = ["돼지고기", "김치", "두부", "대파", "양파"];

fn items(pricing: &Pricing) -> Vec<&Item> {
    let optimal = pricing.optimal.iter().flat_map(|basket| &basket.items);
    let others = pricing.alternatives.iter().flat_map(|other| &other.items);
    optimal.chain(others).collect()
}

#[track_caller]
fn quantity<'p>(pricing: &'p Pricing, name: &str) -> &'p str {
    let items = items(pricing);
    let [item] = items.iter().filter(|item| item.name == name).collect::<Vec<_>>()[..] else {
        panic!("{name} is not there once: {items:#?}")
    };
    &item.quantity
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recipes_own_ingredients_are_priced() {
    let harness = Harness::open().await;
    let outcome = harness.run(&order("second-pass", &["두부"])).await;
    let pricing = pricing(&outcome);
    // As ordered, and as the recipe has them for two.
    assert_eq!(quantity(pricing, "두부"), "100g");
    assert_eq!(quantity(pricing, "대파"), "40g");
    assert_eq!(quantity(pricing, "김치"), "300g");
    assert_eq!(items(pricing).len(), DISH.len());
    assert_eq!(pricing.unpriced, []);
    let sum: u64 = items(pricing).iter().map(|item| item.price_krw).sum();
    assert_eq!(pricing.total_krw, sum);
    assert_eq!(harness.environment.naver().count(), 5, "each is asked for once");
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_for_when_nothing_is_missing() {
    let harness = Harness::open().await;
    let outcome = harness.run(&order("nothing-missing", &DISH)).await;
    assert_eq!(items(pricing(&outcome)).len(), DISH.len());
    assert_eq!(harness.environment.naver().count(), 5);
    assert_eq!(count(&events(&harness, &outcome).await, "LambdaFunctionSucceeded"), 4);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ingredient_without_an_answer_is_listed() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::About("대파".to_owned()), naver::system_error());
    })
    .await;
    let outcome = harness.run(&order("not-answered", &["두부"])).await;
    let pricing = pricing(&outcome);
    assert_eq!(items(pricing).len(), DISH.len() - 1);
    let [leek] = &pricing.unpriced[..] else { panic!("{:?}", pricing.unpriced) };
    assert_eq!((leek.name.as_str(), leek.reason), ("대파", UnpricedReason::NotAnswered));
    harness.close().await;
}

/// The price function is killed while it prices the recipe: the order has the first prices, and the next one is cooked.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_pass_that_dies_leaves_the_first_prices() {
    let folder = tempfile::tempdir().unwrap();
    let (price, pipe) = killed_once(folder.path(), "price");
    let harness = Harness::with(|config| {
        config.functions = replaced::<PriceFetcher>(price);
        config.warm = false;
        // Asked for second: the tofu of the first pass has its answer.
        config.naver = Behaviour::default().with_fault(When::Call(2), Reaction::Hang);
    })
    .await;

    let first = order("dies-in-second", &["두부"]);
    let started = harness.environment.start(&first).await.unwrap();
    while harness.environment.naver().count() < 2 {
        tokio::task::yield_now().await;
    }
    tokio::fs::write(&pipe, "now\n").await.unwrap();
    let execution = harness.environment.follow(&started.execution, &mut |_| {}).await.unwrap();
    let session = harness.session(&first.session_id).await;
    let outcome = OrderOutcome { execution, session };
    let found = pricing(&outcome);
    assert_eq!(quantity(found, "두부"), "100g");
    assert_eq!(items(found).len(), 1);
    let reasons: Vec<_> = found.unpriced.iter().map(|unpriced| unpriced.reason).collect();
    assert_eq!(reasons, [UnpricedReason::NotSearched; 4]);
    assert_eq!(
        count(&events(&harness, &outcome).await, "LambdaFunctionFailed"),
        1,
        "a death is not tried again"
    );

    // What the dead one was asking for is leased to it for some seconds yet; the next order is cooked all the same.
    let outcome = harness.run(&order("after-the-death", &["두부"])).await;
    assert_eq!(quantity(pricing(&outcome), "두부"), "100g");
    harness.close().await;
}
