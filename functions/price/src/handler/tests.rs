//! The task over a search that the test holds in its hand, on a clock that stands still.

mod recipe;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use contract::{PriceSource, pricing::UnpricedReason};
use runtime::Recorded;
use tokio::time::{Instant, sleep};

use super::*;
use crate::{
    clock,
    quota::rate_limiter::RateLimiter,
    search::{
        SearchError, SearchErrorKind,
        offer::{Answer, Offer, known_price},
    },
    testing::{chain_of, invocation, limiter, numbered, order},
};

/// Answers each name after its own time, as a line of the test says: `name: vendor price`, `name: -` for nothing found,
/// `name: ?` for a product without a price, `name: !` for no answer at all.
#[derive(Default)]
struct Shelf {
    lines: Vec<(&'static str, u64, &'static str)>,
    limiter: Option<RateLimiter>,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicUsize>,
    under_way: AtomicUsize,
    most_under_way: Arc<AtomicUsize>,
}

impl Shelf {
    fn of(lines: &[(&'static str, u64, &'static str)]) -> Self {
        Self { lines: lines.to_vec(), ..Self::default() }
    }
}

impl ProductSearch for Shelf {
    async fn search(&self, name: &str, _: &CallContext) -> Result<Answer, SearchError> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        if let Some(limiter) = &self.limiter {
            limiter.acquire().await;
        }
        self.asked.lock().unwrap().push(name.to_owned());
        let line = self.lines.iter().find(|(line, ..)| *line == name);
        let &(_, time_ms, found) = line.unwrap_or(&("", 100, "가게 1000"));
        sleep(Duration::from_millis(time_ms)).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.ended.fetch_add(1, Ordering::SeqCst);
        match found.split_once(' ') {
            Some((vendor, price)) => {
                let offer = Offer::new(known_price(price).unwrap(), vendor, name);
                Ok(Answer::new(vec![offer], 0))
            }
            None if found == "!" => Err(SearchError {
                hint: Some("wait".into()),
                ..SearchError::new(PriceSource::Naver, SearchErrorKind::DeadlineExceeded)
            }),
            None => Ok(Answer::new(vec![], usize::from(found == "?"))),
        }
    }
}

async fn fetch(shelf: Shelf, names: &[impl AsRef<str>]) -> (Result<Pricing, Failure<PriceError>>, Recorded) {
    let (invocation, recorded) = invocation(20);
    let handler = PriceHandler::new(chain_of(shelf, None));
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
    let shelf = Shelf::of(&[
        ("새우", 10, "바다마트 9900"),
        ("아보카도", 10, "-"),
        ("버터", 10, "?"),
        ("대파", 10, "바다마트 2980"),
    ]);
    let (pricing, recorded) = fetch(shelf, &["새우", "아보카도", "버터", "대파"]).await;
    let pricing = pricing.unwrap();
    assert_eq!(pricing.total_krw, 12_880);
    assert_eq!(items(&pricing), [("새우", "1개"), ("대파", "1개")]);
    let reasons = [("아보카도", UnpricedReason::NoOffer), ("버터", UnpricedReason::NoKnownPrice)];
    assert_eq!(unpriced(&pricing), reasons);
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [2.0]);
    assert_eq!(recorded.values(Emitted::IngredientsUnpriced), [2.0]);
}

#[tokio::test(start_paused = true)]
async fn no_ingredients_ask_nobody() {
    let shelf = Shelf::default();
    let asked = Arc::clone(&shelf.asked);
    let (pricing, recorded) = fetch(shelf, &[""; 0]).await;
    assert_eq!(pricing.unwrap(), Pricing::nothing());
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(recorded.values(Emitted::IngredientsPriced), [0.0]);
}

#[tokio::test(start_paused = true)]
async fn ten_searches_run_at_once_and_never_more() {
    for (count, expect_ms) in [(10, 100), (35, 400)] {
        let shelf = Shelf::default();
        let most = Arc::clone(&shelf.most_under_way);
        let begin = Instant::now();
        fetch(shelf, &numbered(count)).await.0.unwrap();
        assert_eq!((most.load(Ordering::SeqCst), begin.elapsed().as_millis()), (10, expect_ms));
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_ingredients_at_ten_a_second_take_less_than_five_seconds() {
    let begin = Instant::now();
    let shelf = Shelf { limiter: Some(limiter(10)), ..Shelf::default() };
    let (pricing, _) = fetch(shelf, &numbered(50)).await;
    assert_eq!(pricing.unwrap().priced().count(), 50);
    assert_eq!(begin.elapsed(), Duration::from_millis(4_500));
}

#[tokio::test(start_paused = true)]
async fn one_ingredient_under_several_names_has_one_price_and_is_bought_once() {
    let shelf = Shelf::default();
    let asked = Arc::clone(&shelf.asked);
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
    let (pricing, recorded) = fetch(shelf, &names).await;
    assert_eq!(*asked.lock().unwrap(), ["두부", "순 두부", "대파", "마늘", "쪽파"]);
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
fn amounts_of_one_name_stand_side_by_side() {
    let ingredients = [("두부", "1모"), ("대파", ""), ("두부", ""), ("대파", "200g"), ("두부", "200g")].map(
        |(name, amount)| {
            serde_json::from_value(serde_json::json!({ "name": name, "amount": amount })).unwrap()
        },
    );
    let once = once(&ingredients);
    let once: Vec<_> = once.iter().map(|(at, wanted)| (*at, &*wanted.name, &*wanted.quantity)).collect();
    assert_eq!(once, [(0, "두부", "1모 + 200g"), (1, "대파", "200g")]);
}

#[tokio::test(start_paused = true)]
async fn items_stand_in_the_orders_order_however_the_answers_arrive() {
    let shelf = Shelf::of(&[("가", 300, "가게 3"), ("나", 200, "가게 2"), ("다", 100, "가게 1")]);
    let (pricing, _) = fetch(shelf, &["가", "나", "다"]).await;
    assert_eq!(pricing.unwrap().priced().collect::<Vec<_>>(), ["가", "나", "다"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_unanswered_search_fails_the_task_and_ends_the_others() {
    let shelf = Shelf::of(&[("느림", 5_000, "가게 1"), ("고장", 50, "!")]);
    let (asked, ended) = (Arc::clone(&shelf.asked), Arc::clone(&shelf.ended));
    let names: Vec<_> = ["느림", "고장"].map(str::to_owned).into_iter().chain(numbered(20)).collect();
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
