//! The second pass: what the recipe adds to a first pricing.

use contract::pricing::Basis;

use super::*;
use crate::table::{
    PriceTable,
    fake::{FakeTable, Mood},
};

/// A request for the second pass: what was priced, and what the recipe has as (name, amount, unit).
fn request(pricing: &Pricing, recipe: &[(&str, &str, &str)]) -> PriceRequest {
    let recipe: Vec<_> = recipe
        .iter()
        .map(|(name, amount, unit)| json!({ "name": name, "amount": amount, "unit": unit }))
        .collect();
    serde_json::from_value(json!({ "sessionId": "s", "executionId": "e", "ingredients": [],
        "recipeIngredients": recipe, "pricing": pricing }))
    .unwrap()
}

struct Second {
    fetcher: Fetcher<Shelf>,
    table: Arc<FakeTable>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Second {
    fn new(shelf: Shelf) -> Self {
        let (table, asked) = (Arc::new(FakeTable::default()), Arc::clone(&shelf.asked));
        let over: Arc<dyn PriceTable> = Arc::<FakeTable>::clone(&table);
        let ten = NonZeroU16::new(10).unwrap();
        Self {
            fetcher: Fetcher::new(Chain::of_one_over(Some(over), shelf, ten, clock::test::now)),
            table,
            asked,
        }
    }

    async fn price(&self, request: PriceRequest) -> (Pricing, Recorded) {
        let (metrics, recorded) = Recorder::in_memory();
        let invocation = Invocation {
            deadline: Deadline::after(Duration::from_secs(20)),
            metrics,
        };
        (self.fetcher.handle(request, &invocation).await.unwrap(), recorded)
    }

    /// The calls to the table and to the source.
    fn calls(&self) -> usize {
        self.table.calls.lock().unwrap().len() + self.asked.lock().unwrap().len()
    }
}

/// New for each test: 두부 at 가게 for 1,000, 아보카도 without an offer.
async fn first() -> Pricing {
    let lines = vec![("두부", 10, "가게 1000"), ("아보카도", 10, "-")];
    let shelf = Shelf {
        lines,
        ..Shelf::default()
    };
    fetch(shelf, &["두부", "아보카도"]).await.0.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_the_recipe_adds_is_priced_with_its_amounts_and_ranked_anew() {
    let lines = vec![
        ("버터", 10, "바다마트 4000"),
        ("마늘", 10, "바다마트 2000"),
        ("양파", 10, "?"),
    ];
    let second = Second::new(Shelf {
        lines,
        ..Shelf::default()
    });
    let recipe = [
        ("두부", "1", "모"),
        ("버터", "20", "g"),
        ("다진 마늘", "2", "큰술"),
        ("양파", "1", "개"),
    ];
    let (pricing, recorded) = second.price(request(&first().await, &recipe)).await;
    assert_eq!((pricing.total_krw, pricing.basis), (7_000, Basis::Package));
    let optimal = pricing.optimal.as_ref().unwrap();
    assert_eq!(optimal.vendor, "바다마트");
    let items: Vec<_> = optimal
        .items
        .iter()
        .map(|item| (&*item.name, &*item.quantity))
        .collect();
    assert_eq!(items, [("버터", "20g"), ("다진 마늘", "2큰술")]);
    assert_eq!(
        pricing.alternatives[0].items[0].quantity, "1개",
        "as it was ordered"
    );
    let unpriced: Vec<_> = pricing
        .unpriced
        .iter()
        .map(|one| (&*one.name, one.reason))
        .collect();
    assert_eq!(
        unpriced,
        [
            ("아보카도", UnpricedReason::NoOffer),
            ("양파", UnpricedReason::NoKnownPrice)
        ]
    );
    let mut asked = second.asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["마늘", "버터", "양파"]);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [2.0]);
    assert_eq!(recorded.values(Emitted::IngredientsUnpriced), [1.0]);
}

#[tokio::test(start_paused = true)]
async fn it_costs_nothing_when_nothing_is_missing() {
    let second = Second::new(Shelf::default());
    let recipe = [
        ("두부", "1", "모"),
        ("아보카도", "", ""),
        ("두 부", "", ""),
        // As some systems write it: each letter by itself.
        ("\u{1103}\u{116E}\u{1107}\u{116E}", "1", "모"),
        ("물", "2", "컵"),
        ("뜨거운 물", "1", "L"),
        ("찬물", "", ""),
    ];
    let first = first().await;
    let begin = Instant::now();
    let (pricing, _) = second.price(request(&first, &recipe)).await;
    assert_eq!((pricing, second.calls()), (first, 0));
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn one_thing_under_two_names_is_priced_once() {
    let shelf = Shelf {
        lines: vec![("달걀", 10, "가게 7000")],
        ..Shelf::default()
    };
    let first = fetch(shelf, &["달걀"]).await.0.unwrap();
    let second = Second::new(Shelf::default());
    let (pricing, _) = second.price(request(&first, &[("계란", "2", "개")])).await;
    assert_eq!((pricing, second.calls()), (first, 0));
}

#[tokio::test(start_paused = true)]
async fn without_prices_at_all_nobody_is_asked() {
    let second = Second::new(Shelf::default());
    let unavailable = Pricing::unavailable("PRICE_FETCH_FAILED");
    let (pricing, _) = second.price(request(&unavailable, &[("버터", "1", "개")])).await;
    assert_eq!((pricing, second.calls()), (unavailable, 0));
}

#[tokio::test(start_paused = true)]
async fn bottled_water_is_bought() {
    let second = Second::new(Shelf::default());
    second
        .price(request(
            &Pricing::nothing(),
            &[("생수", "1", "병"), ("탄산수", "1", "병")],
        ))
        .await;
    let mut asked = second.asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["생수", "탄산수"]);
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_search_is_listed_and_the_others_go_on() {
    let lines = vec![("고장", 10, "!"), ("느림", 600, "가게 500")];
    let second = Second::new(Shelf {
        lines,
        ..Shelf::default()
    });
    let (pricing, _) = second
        .price(request(
            &Pricing::nothing(),
            &[("고장", "", ""), ("느림", "", "")],
        ))
        .await;
    assert_eq!(pricing.total_krw, 500);
    assert_eq!(pricing.unpriced[0].reason, UnpricedReason::NotAnswered);
}

#[tokio::test(start_paused = true)]
async fn its_time_is_bounded_whatever_happens() {
    for mood in [Mood::Fine, Mood::Hangs] {
        let second = Second::new(Shelf {
            lines: vec![("느림", 60_000, "가게 500")],
            ..Shelf::default()
        });
        second.table.set(mood);
        let begin = Instant::now();
        let (pricing, _) = second
            .price(request(
                &Pricing::nothing(),
                &[("느림", "", ""), ("두부", "", "")],
            ))
            .await;
        let took = begin.elapsed().as_millis();
        assert!((7_000..=8_000).contains(&took), "{took}");
        assert_eq!(pricing.priced().collect::<Vec<_>>(), ["두부"]);
        assert_eq!(pricing.unpriced[0].reason, UnpricedReason::NotAnswered);
    }
}

#[tokio::test(start_paused = true)]
async fn a_recipe_that_is_a_shopping_list_is_cut() {
    let second = Second::new(Shelf::default());
    let names: Vec<_> = (0..120).map(|at| format!("재료{at}")).collect();
    let recipe: Vec<_> = names.iter().map(|name| (name.as_str(), "1", "개")).collect();
    let (pricing, _) = second.price(request(&Pricing::nothing(), &recipe)).await;
    assert_eq!(pricing.priced().count(), 50);
    assert_eq!(second.table.count("BatchGetItem"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_model_wrote_is_bounded() {
    let second = Second::new(Shelf::default());
    let long = "가".repeat(5_000);
    let (pricing, _) = second
        .price(request(&Pricing::nothing(), &[(&long, &long, &long)]))
        .await;
    let asked = second.asked.lock().unwrap().clone();
    assert_eq!(asked[0].chars().count(), 100);
    assert_eq!(pricing.optimal.unwrap().items[0].quantity.chars().count(), 60);
}

#[tokio::test(start_paused = true)]
async fn half_of_the_second_pass_is_refused() {
    let second = Second::new(Shelf::default());
    let mut half = request(&Pricing::nothing(), &[("버터", "", "")]);
    half.pricing = None;
    let invocation = Invocation {
        deadline: Deadline::after(Duration::from_secs(20)),
        metrics: Recorder::default(),
    };
    let failure = second.fetcher.handle(half, &invocation).await.unwrap_err();
    assert_eq!(failure.error, PriceError::InvalidInput);
}

/// So many characters, which begin with a number.
fn bounded(at: usize, letter: char, most: usize) -> String {
    format!("{at:02}{}", letter.to_string().repeat(most - 2))
}

/// An offer whose texts are as long as the adapters let them be.
fn longest_offer(at: usize, letter: char) -> Offer {
    let link = "x".repeat(crate::web_address::MAX_LINK_BYTES - 13);
    Offer {
        price_krw: known_price("10000000").unwrap(),
        vendor: plain_text::clean(&bounded(at, letter, 2_000), plain_text::MAX_VENDOR_CHARS),
        product_name: plain_text::clean(&bounded(at, letter, 2_000), plain_text::MAX_PRODUCT_NAME_CHARS),
        link: Some(format!("https://a.kr/{link}")),
        per: None,
        surveyed_on: None,
    }
}

/// A first pricing of so many ingredients at their bounds.
fn at_its_bounds(count: usize, letter: char) -> Pricing {
    let mut basketful = Basketful::default();
    for at in 0..count {
        let wanted = Wanted {
            name: bounded(at, letter, 100),
            quantity: bounded(at, letter, 60),
        };
        let source = contract::PriceSource::Elevenst;
        basketful.price(wanted, source, longest_offer(at, letter), clock::test::now());
    }
    basketful.into_pricing()
}

/// Has everything, each at another vendor.
struct Longest(AtomicUsize, char);

impl ProductSearch for Longest {
    async fn search(&self, _: &str, _: &Scope) -> Result<Answer, Unanswered> {
        let at = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Answer::new(vec![longest_offer(at + 50, self.1)], 0))
    }
}

fn size(value: &impl serde::Serialize) -> usize {
    serde_json::to_vec(value).unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn a_state_carries_the_longest_order_and_recipe() {
    for (letter, is_added) in [('a', true), ('가', false), ('🍅', false)] {
        let first = at_its_bounds(50, letter);
        let names: Vec<_> = (50..100).map(|at| bounded(at, letter, 100)).collect();
        let quantity = bounded(0, letter, 30);
        let recipe: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), quantity.as_str(), quantity.as_str()))
            .collect();
        let asked = request(&first, &recipe);
        let recipe_bytes = size(&asked.recipe_ingredients);
        let ten = NonZeroU16::new(10).unwrap();
        let search = Longest(AtomicUsize::new(0), letter);
        let fetcher = Fetcher::new(Chain::of_one_over(None, search, ten, clock::test::now));
        let invocation = Invocation {
            deadline: Deadline::after(Duration::from_secs(20)),
            metrics: Recorder::default(),
        };
        let pricing = fetcher.handle(asked, &invocation).await.unwrap();
        let priced = if is_added { 100 } else { 50 };
        assert_eq!(pricing.priced().count(), priced, "{letter}");
        let pricing_bytes = size(&pricing);
        assert!(
            pricing_bytes + recipe_bytes < 240_000,
            "{letter}: {pricing_bytes} + {recipe_bytes}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_state_would_not_carry_is_not_added() {
    let mut first = at_its_bounds(50, '가');
    let long = "x".repeat(2_000);
    first.optimal.as_mut().unwrap().items[0].link = Some(long.repeat(20));
    let second = Second::new(Shelf::default());
    let (pricing, recorded) = second.price(request(&first, &[("버터", "1", "개")])).await;
    assert_eq!(pricing, first);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [0.0; 0]);
}
