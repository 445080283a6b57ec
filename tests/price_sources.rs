//! Several price sources, one behind the other: which one prices what, which is asked when one has nothing or does not answer, and
//! what happens when none answers. What is kept between orders is in `cached_prices`; what a source may send in the place of an
//! answer is data: `matrix/replies.jsonl`.

use contract::{
    ErrorName, PriceSource, Pricing, Status,
    pricing::{Basis, Item, Unpriced, UnpricedReason},
};
use local::stubs::{Behaviour, Quota, Reaction, When, chamgagyeok, elevenst, gateway};
use platform::ExecutionStatus;

use crate::harness::{Harness, OrderOutcome, asks, order, pricing};

const SOURCES: [PriceSource; 3] = [PriceSource::Elevenst, PriceSource::Chamgagyeok, PriceSource::Kamis];

/// An environment that needs prices from all three.
pub(crate) async fn three_sources(change: impl FnOnce(&mut local::embedded::Config)) -> Harness {
    Harness::of(&asks(&SOURCES, "required"), change).await
}

/// The stand-in's reaction to every call.
pub(crate) fn always(reaction: impl Into<Reaction>) -> Behaviour {
    Behaviour::default().with_fault(When::Always, reaction)
}

#[track_caller]
pub(crate) fn item<'a>(pricing: &'a Pricing, name: &str) -> &'a Item {
    let others = pricing.alternatives.iter().flat_map(|other| &other.items);
    let mut items = pricing.optimal.iter().flat_map(|basket| &basket.items).chain(others);
    items.find(|item| item.name == name).unwrap_or_else(|| panic!("{name} has no price: {pricing:#?}"))
}

#[track_caller]
fn unpriced<'a>(pricing: &'a Pricing, name: &str) -> &'a Unpriced {
    let mut unpriced = pricing.unpriced.iter();
    unpriced
        .find(|unpriced| unpriced.name == name)
        .unwrap_or_else(|| panic!("{name} is not there: {pricing:#?}"))
}

/// How often each of the three was asked.
pub(crate) fn calls(harness: &Harness) -> [u64; 3] {
    SOURCES.map(|source| harness.environment.sources().get(source).count())
}

/// The day of the latest survey: 참가격's stand-in has one on every other Friday.
fn survey_day() -> String {
    let korea = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let today = local::clock::now().to_zoned(korea).date();
    chamgagyeok::survey_days(today, 1)[0].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_source_is_asked_for_what_one_has_not() {
    let harness = three_sources(|_| {}).await;
    let names = ["버터", "대파", "느타리버섯", "유니콘 고기"];
    let outcome = harness.run(&order("three-sources", &names)).await;
    let pricing = pricing(&outcome);

    let butter = item(pricing, "버터");
    assert_eq!((butter.source, butter.basis, &butter.per), (PriceSource::Elevenst, Basis::Package, &None));
    assert!(butter.price_krw > 1_000, "the decoy of ten won is no price: {butter:?}");
    assert!(butter.link.as_deref().unwrap().starts_with("https://www.11st.co.kr/"), "{butter:?}");
    assert!(!butter.product_name.contains('<'), "{butter:?}");
    butter.as_of.0.parse::<jiff::Timestamp>().unwrap();

    let leek = item(pricing, "대파");
    assert_eq!((leek.source, leek.basis), (PriceSource::Chamgagyeok, Basis::Unit));
    assert_eq!((leek.per.as_deref(), &leek.as_of.0), (Some("1단"), &survey_day()));

    let mushroom = unpriced(pricing, "느타리버섯");
    let usually = mushroom.reference.as_ref().unwrap();
    assert_eq!((mushroom.reason, usually.source), (UnpricedReason::OnlyReference, PriceSource::Kamis));
    assert!((500..2_000).contains(&usually.price_krw) && usually.per == "100g", "{usually:?}");
    assert_eq!(unpriced(pricing, "유니콘 고기").reason, UnpricedReason::NoOffer);

    // Prices of packages and of units are not added up.
    assert_eq!(pricing.basis, Basis::Package);
    assert!(pricing.left_out.contains(&"대파".to_owned()), "{pricing:?}");
    let all = pricing.optimal.iter().flat_map(|basket| &basket.items);
    let all = all.chain(pricing.alternatives.iter().flat_map(|other| &other.items));
    let packages: u64 = all.filter(|item| item.basis == Basis::Package).map(|item| item.price_krw).sum();
    assert_eq!(pricing.total_krw, packages);
    for source in [PriceSource::Chamgagyeok, PriceSource::Kamis] {
        let attribution = source.facts().attribution.unwrap().to_owned();
        assert!(pricing.attributions.contains(&attribution), "{source}: {:?}", pricing.attributions);
    }
    no_key_is_logged(&harness, &outcome).await;
    harness.close().await;
}

/// The keys of the calls that were made stand in no log and no result.
async fn no_key_is_logged(harness: &Harness, outcome: &OrderOutcome) {
    let log = harness.log().await.join("\n");
    let result = format!("{outcome:?}");
    let mut seen = 0;
    for source in SOURCES {
        for call in harness.environment.sources().get(source).calls() {
            let query = call.uri.split_once('?').unwrap().1;
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            for (_, key) in pairs.filter(|(name, _)| name.to_lowercase().ends_with("key")) {
                // The first part of the portal's key has nothing that is encoded.
                let key = &key[..32];
                assert!(!log.contains(key) && !result.contains(key), "{source} {}", call.number);
                seen += 1;
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_refuses_or_breaks_off_is_passed_over() {
    let refusals: [(&str, Reaction); 5] = [
        ("unregistered", elevenst::unregistered_key().into()),
        ("out-of-order", elevenst::system_error().into()),
        ("too-many", elevenst::per_second_limit().into()),
        ("broken-off", Reaction::Close),
        ("too-many-a-day", elevenst::daily_limit().into()),
    ];
    let harness = three_sources(|_| {}).await;
    let stub = harness.environment.sources().get(PriceSource::Elevenst);
    let names = ["참기름", "된장", "마요네즈", "브로콜리", "버터"];
    for ((session, reaction), name) in refusals.into_iter().zip(names) {
        stub.behave(always(reaction));
        let outcome = harness.run(&order(session, &[name])).await;
        assert_eq!(item(pricing(&outcome), name).source, PriceSource::Chamgagyeok, "{session}");
    }
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_never_answers_leaves_time_for_the_next() {
    let harness = three_sources(|config| config.elevenst = always(Reaction::Hang)).await;
    let outcome = harness.run(&order("hangs", &["버터"])).await;
    assert_eq!(item(pricing(&outcome), "버터").source, PriceSource::Chamgagyeok);
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up_is_passed_over_and_not_asked_again() {
    let per_day = Quota { per_second: None, per_day: Some(0) };
    let harness = three_sources(|config| config.elevenst = Behaviour::default().with_quota(per_day)).await;
    let outcome = harness.run(&order("over-1", &["버터"])).await;
    assert_eq!(item(pricing(&outcome), "버터").source, PriceSource::Chamgagyeok);
    let [first, ..] = calls(&harness);
    let outcome = harness.run(&order("over-2", &["참기름"])).await;
    assert_eq!(item(pricing(&outcome), "참기름").source, PriceSource::Chamgagyeok);
    assert_eq!(calls(&harness)[0], first, "its day is over for everybody");
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_answer_the_order_fails_by_the_limit_or_by_the_failure() {
    for (session, chamgagyeok, error) in [
        ("all-dead", gateway::unknown_key(), ErrorName::PriceFetchFailed),
        ("one-limit", gateway::daily_quota().inside_200(), ErrorName::RateLimitExceeded),
    ] {
        let harness = three_sources(|config| {
            config.elevenst = always(elevenst::unregistered_key());
            config.chamgagyeok = always(chamgagyeok);
            config.kamis = always(gateway::expired_key());
        })
        .await;
        let outcome = harness.run(&order(session, &["버터"])).await;
        assert_eq!(outcome.execution.status, ExecutionStatus::Failed, "{:?}", outcome.execution);
        assert_eq!(outcome.session.error.as_deref(), Some(error.as_str()), "{session}");
        harness.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipe_is_delivered_without_prices_where_they_may_be_missing() {
    let environment = asks(&SOURCES, "best-effort");
    let harness = Harness::of(&environment, |config| {
        config.elevenst = always(elevenst::unregistered_key());
        config.chamgagyeok = always(gateway::unknown_key());
        config.kamis = always(gateway::unknown_key());
    })
    .await;
    let outcome = harness.run(&order("best-effort", &["버터"])).await;
    let pricing = pricing(&outcome);
    let unavailable = pricing.unavailable.as_ref().unwrap();
    assert_eq!(unavailable.error, ErrorName::PriceFetchFailed.as_str());
    assert_eq!((pricing.total_krw, &pricing.optimal), (0, &None));
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_gets_no_more_calls_a_second_than_its_limit() {
    let text = include_str!("../environments/local-living.toml");
    let environment = stack::Environment::parse("local-living.toml", text).unwrap();
    let harness = Harness::of(&environment, |_| {}).await;
    let names = ["버터", "참기름", "간장", "된장", "두부", "대파"];
    let outcome = harness.run(&order("limited", &names)).await;
    assert_eq!(outcome.session.status, Status::Completed);
    let sources = harness.environment.sources();
    for source in SOURCES {
        let per_second = usize::from(source.facts().budget.per_second);
        assert!(sources.get(source).most_in_a_second() <= per_second, "{source:?}");
    }
    harness.close().await;
}
