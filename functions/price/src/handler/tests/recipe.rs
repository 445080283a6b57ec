//! The second pass, on top of a first pricing.

use std::sync::atomic::AtomicUsize;

use contract::pricing::Basis;
use serde_json::json;

use super::*;
use crate::{
    search::{
        SearchError,
        offer::{Answer, Offer, known_price},
    },
    store::fake::Mode,
    testing::fake_source::Behavior,
    text::{plain_text, web_address::MAX_LINK_BYTES},
};

/// A request for the second pass; ingredients of the recipe are (name, amount, unit).
fn request(pricing: &Pricing, recipe: &[(&str, &str, &str)]) -> PriceRequest {
    let ingredient = |&(name, amount, unit): &_| json!({ "name": name, "amount": amount, "unit": unit });
    let recipe: Vec<_> = recipe.iter().map(ingredient).collect();
    serde_json::from_value(json!({ "sessionId": "s", "executionId": "e", "ingredients": [],
        "recipeIngredients": recipe, "pricing": pricing }))
    .unwrap()
}

struct Second {
    handler: PriceHandler<FakeSource>,
    table: Arc<FakeTable>,
    log: Arc<SearchLog>,
}

impl Second {
    fn of(lines: &[(&'static str, u64, Behavior)]) -> Self {
        let (table, source) = (Arc::new(FakeTable::default()), FakeSource::of(lines));
        Self {
            log: Arc::clone(&source.log),
            handler: PriceHandler::new(chain_of(source, unlimited(), Some(Arc::clone(&table)))),
            table,
        }
    }

    async fn price(&self, first: &Pricing, recipe: &[(&str, &str, &str)]) -> (Pricing, Recorded) {
        let (invocation, recorded) = invocation(20);
        let pricing = self.handler.handle(request(first, recipe), &invocation).await;
        (pricing.unwrap(), recorded)
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = self.log.names();
        asked.sort();
        asked
    }

    /// Expects the same pricing, without a call of table or source.
    async fn check_unchanged(&self, first: Pricing, recipe: &[(&str, &str, &str)]) {
        let begin = Instant::now();
        let (pricing, _) = self.price(&first, recipe).await;
        assert_eq!(pricing, first);
        assert_eq!((self.table.calls.lock().unwrap().len(), self.asked().len()), (0, 0));
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}

/// A first pricing of 두부 at 가게 for 1,000, and 아보카도 without an offer.
async fn first() -> Pricing {
    let source = FakeSource::of(&[("두부", 10, SellsAt("가게", 1_000)), ("아보카도", 10, NoProduct)]);
    fetch(source, &["두부", "아보카도"]).await.0.unwrap()
}

#[tokio::test(start_paused = true)]
async fn other_ingredients_of_the_recipe_are_priced_and_all_vendors_ranked() {
    let second = Second::of(&[
        ("버터", 10, SellsAt("바다마트", 4_000)),
        ("마늘", 10, SellsAt("바다마트", 2_000)),
        ("양파", 10, NoPrice),
    ]);
    let recipe = [("두부", "1", "모"), ("버터", "20", "g"), ("다진 마늘", "2", "큰술"), ("양파", "1", "개")];
    let (pricing, recorded) = second.price(&first().await, &recipe).await;
    assert_eq!((pricing.total_krw, pricing.basis), (7_000, Basis::Package));
    assert_eq!(pricing.optimal.as_ref().unwrap().vendor, "바다마트");
    assert_eq!(items(&pricing), [("버터", "20g"), ("다진 마늘", "2큰술")]);
    assert_eq!(pricing.alternatives[0].items[0].quantity, "1개", "as it was ordered");
    let reasons = [("아보카도", UnpricedReason::NoOffer), ("양파", UnpricedReason::NoKnownPrice)];
    assert_eq!(unpriced(&pricing), reasons);
    assert_eq!(second.asked(), ["마늘", "버터", "양파"]);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [2.0]);
    assert_eq!(recorded.values(Emitted::IngredientsUnpriced), [1.0]);
}

#[tokio::test(start_paused = true)]
async fn no_call_is_made_if_nothing_is_missing_or_prices_are_unavailable() {
    let second = Second::of(&[]);
    let recipe = [
        ("두부", "1", "모"),
        ("아보카도", "", ""),
        ("두 부", "", ""),
        // Decomposed.
        ("\u{1103}\u{116E}\u{1107}\u{116E}", "1", "모"),
        ("물", "2", "컵"),
        ("뜨거운 물", "1", "L"),
        ("찬물", "", ""),
    ];
    second.check_unchanged(first().await, &recipe).await;
    let eggs = fetch(FakeSource::of(&[("달걀", 10, SellsAt("가게", 7_000))]), &["달걀"]).await.0.unwrap();
    second.check_unchanged(eggs, &[("계란", "2", "개")]).await;
    let unavailable = Pricing::unavailable("PRICE_FETCH_FAILED");
    second.check_unchanged(unavailable, &[("버터", "1", "개")]).await;
}

#[tokio::test(start_paused = true)]
async fn bottled_water_is_bought() {
    let second = Second::of(&[]);
    second.price(&Pricing::nothing(), &[("생수", "1", "병"), ("탄산수", "1", "병")]).await;
    assert_eq!(second.asked(), ["생수", "탄산수"]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_search_is_listed_and_the_others_continue() {
    let second = Second::of(&[("고장", 10, Broken), ("느림", 600, SellsAt("가게", 500))]);
    let (pricing, _) = second.price(&Pricing::nothing(), &[("고장", "", ""), ("느림", "", "")]).await;
    assert_eq!(pricing.total_krw, 500);
    assert_eq!(unpriced(&pricing), [("고장", UnpricedReason::NotAnswered)]);
}

#[tokio::test(start_paused = true)]
async fn its_time_is_bounded() {
    for mode in [Mode::Fine, Mode::Hangs] {
        let second = Second::of(&[("느림", 60_000, SellsAt("가게", 500))]);
        second.table.set(mode);
        let begin = Instant::now();
        let (pricing, _) = second.price(&Pricing::nothing(), &[("느림", "", ""), ("두부", "", "")]).await;
        let took = begin.elapsed().as_millis();
        assert!((7_000..=8_000).contains(&took), "{took}");
        assert_eq!(pricing.priced().collect::<Vec<_>>(), ["두부"]);
        assert_eq!(unpriced(&pricing), [("느림", UnpricedReason::NotAnswered)]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_number_and_texts_of_ingredients_are_bounded() {
    let second = Second::of(&[]);
    let names = numbered(120);
    let recipe: Vec<_> = names.iter().map(|name| (name.as_str(), "1", "개")).collect();
    let (pricing, _) = second.price(&Pricing::nothing(), &recipe).await;
    assert_eq!(pricing.priced().count(), 50);
    assert_eq!(second.table.count_of("BatchGetItem"), 1);
    let second = Second::of(&[]);
    let long = "가".repeat(5_000);
    let (pricing, _) = second.price(&Pricing::nothing(), &[(&long, &long, &long)]).await;
    assert_eq!(second.asked()[0].chars().count(), 100);
    assert_eq!(items(&pricing)[0].1.chars().count(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_the_first_pricing_is_refused() {
    let mut half = request(&Pricing::nothing(), &[("버터", "", "")]);
    half.pricing = None;
    let failure = Second::of(&[]).handler.handle(half, &invocation(20).0).await.unwrap_err();
    assert_eq!(failure.error, PriceError::InvalidInput);
}

/// A text of so many characters that begins with a number.
fn bounded(at: usize, letter: char, most: usize) -> String {
    format!("{at:02}{}", letter.to_string().repeat(most - 2))
}

/// An offer with the longest texts of adapters.
fn longest_offer(at: usize, letter: char) -> Offer {
    let link = "x".repeat(MAX_LINK_BYTES - 13);
    let text = |most| plain_text::clean(&bounded(at, letter, 2_000), most);
    let (vendor, name) = (text(plain_text::MAX_VENDOR_CHARS), text(plain_text::MAX_PRODUCT_NAME_CHARS));
    Offer {
        link: Some(format!("https://a.kr/{link}")),
        ..Offer::new(known_price("10000000").unwrap(), vendor, name)
    }
}

/// A first pricing of fifty ingredients with the longest texts.
fn at_its_bounds(letter: char) -> Pricing {
    let mut builder = BasketBuilder::default();
    for at in 0..50 {
        let wanted = Wanted { name: bounded(at, letter, 100), quantity: bounded(at, letter, 60) };
        builder.add_priced(wanted, PriceSource::Elevenst, longest_offer(at, letter), clock::test::now());
    }
    builder.into_pricing()
}

/// Sells everything, each at another vendor.
struct Longest(AtomicUsize, char);

impl ProductSearch for Longest {
    async fn search(&self, _: &str, _: &CallContext) -> Result<Answer, SearchError> {
        let at = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Answer::new(vec![longest_offer(at + 50, self.1)], 0))
    }
}

fn size(value: &impl serde::Serialize) -> usize {
    serde_json::to_vec(value).unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn the_longest_order_and_recipe_fit_a_state() {
    for (letter, is_added) in [('a', true), ('가', false), ('🍅', false)] {
        let names: Vec<_> = (50..100).map(|at| bounded(at, letter, 100)).collect();
        let quantity = bounded(0, letter, 30);
        let recipe: Vec<_> = names.iter().map(|name| (&**name, &*quantity, &*quantity)).collect();
        let asked = request(&at_its_bounds(letter), &recipe);
        let recipe_bytes = size(&asked.recipe_ingredients);
        let handler = PriceHandler::new(chain_of(Longest(AtomicUsize::new(0), letter), unlimited(), None));
        let pricing = handler.handle(asked, &invocation(20).0).await.unwrap();
        assert_eq!(pricing.priced().count(), if is_added { 100 } else { 50 }, "{letter}");
        let pricing_bytes = size(&pricing);
        assert!(pricing_bytes + recipe_bytes < 240_000, "{letter}: {pricing_bytes} + {recipe_bytes}");
    }
}

#[tokio::test(start_paused = true)]
async fn prices_that_would_not_fit_a_state_are_not_added() {
    let mut first = at_its_bounds('가');
    first.optimal.as_mut().unwrap().items[0].link = Some("x".repeat(40_000));
    let (pricing, recorded) = Second::of(&[]).price(&first, &[("버터", "1", "개")]).await;
    assert_eq!(pricing, first);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [0.0; 0]);
}
