//! One order's use of the cache. How an ingredient falls through sources over it is tested in `chain`.

use std::num::NonZeroU32;

use contract::metric::Provider;
use shell::{Recorded, Recorder};

use super::*;
use crate::{
    Offer,
    clock::test,
    table::fake::{FakeTable, Mood},
};

const SOURCE: PriceSource = PriceSource::Elevenst;

fn cache(table: &Arc<FakeTable>) -> Cache {
    Cache::new(Some(Arc::<FakeTable>::clone(table)), test::now)
}

fn scope() -> (Scope, Recorded) {
    let (metrics, recorded) = Recorder::in_memory();
    let until = Instant::now() + Duration::from_secs(9);
    (Scope { until, metrics }, recorded)
}

fn shop(permits: &Semaphore) -> Shop<'_> {
    Shop {
        source: SOURCE,
        fresh_s: 600,
        permits,
    }
}

fn sold() -> Answer {
    let offer = Offer {
        price_krw: NonZeroU32::MIN,
        vendor: "가게".to_owned(),
        product_name: String::new(),
        link: None,
        per: None,
        surveyed_on: None,
    };
    Answer::new(vec![offer], 0)
}

#[tokio::test(start_paused = true)]
async fn all_rows_of_an_order_are_read_at_once_and_none_for_nothing() {
    let table = Arc::new(FakeTable::default());
    let names: Vec<_> = (0..50).map(|at| format!("재료{at}")).collect();
    cache(&table).visit(PriceSource::ALL, &names).await.end().await;
    assert_eq!(*table.calls.lock().unwrap(), ["BatchGetItem"]);
    cache(&table).visit(PriceSource::ALL, &[]).await.end().await;
    assert_eq!(table.calls.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_is_the_row_of_its_source_and_name_and_forgets_itself() {
    let table = Arc::new(FakeTable::default());
    let (cache, permits, (scope, recorded)) = (cache(&table), Semaphore::new(1), scope());
    let visit = cache.visit([SOURCE], &["두부".to_owned()]).await;
    let search = async { Ok(sold()) };
    visit
        .answer(shop(&permits), "두부", &scope, search)
        .await
        .unwrap();
    visit.end().await;
    let keys: Vec<_> = table.rows.lock().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["elevenst#두부"]);
    assert_eq!(table.row("elevenst#두부").lease_until_ms, None);
    assert_eq!(recorded.all()[0].provider, Some(Provider::Elevenst));
    let visit = cache.visit([SOURCE], &["두부".to_owned()]).await;
    assert_eq!(visit.fresh(shop(&permits), "두부").unwrap().answer, sold());
    assert!(visit.fresh(shop(&permits), "새우").is_none());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_has_a_hit_and_no_more_time_than_its_own() {
    let table = Arc::new(FakeTable::default());
    let (cache, permits) = (cache(&table), Semaphore::new(2));
    let names = ["두부".to_owned()];
    let busy = async {
        let (scope, _) = scope();
        let visit = cache.visit([SOURCE], &names).await;
        let search = async {
            sleep(Duration::from_secs(3)).await;
            Ok(sold())
        };
        visit
            .answer(shop(&permits), "두부", &scope, search)
            .await
            .unwrap();
        visit.end().await;
    };
    let waits = async |time_s| {
        sleep(Duration::from_millis(100)).await;
        let (scope, recorded) = scope();
        let scope = Scope {
            until: Instant::now() + Duration::from_secs(time_s),
            ..scope
        };
        let visit = cache.visit([SOURCE], &names).await;
        let search = async { panic!("somebody else asks") };
        let answer = visit.answer(shop(&permits), "두부", &scope, search).await;
        (answer.map(|kept| kept.answer), recorded)
    };
    let ((), (patient, recorded), (hurried, _)) = tokio::join!(busy, waits(8), waits(1));
    assert_eq!(patient.unwrap(), sold());
    assert_eq!(recorded.values(Emitted::CacheHits), [1.0]);
    let why = hurried.unwrap_err().why;
    assert!(matches!(why, Why::BudgetBusy), "{why:?}");
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_permit_in_time_may_come_again() {
    let (permits, (scope, _)) = (Semaphore::new(1), scope());
    let _held = permits.acquire().await.unwrap();
    let cache = Cache::new(None, test::now);
    let visit = cache.visit([SOURCE], &["두부".to_owned()]).await;
    let search = async { panic!("no permit") };
    let late = visit.answer(shop(&permits), "두부", &scope, search).await;
    let why = late.unwrap_err().why;
    assert_eq!(
        why.to_string(),
        "our own budget of the second leaves no turn in time"
    );
    assert_eq!(why.error(), contract::error_name::PriceError::RateLimitExceeded);
    assert!(!why.passes(), "not while this order waits");
}

#[tokio::test(start_paused = true)]
async fn a_table_that_fails_on_the_way_is_done_without() {
    for mood in [Mood::Throttled, Mood::Hangs, Mood::ReadOnly] {
        let table = Arc::new(FakeTable::default());
        let (cache, permits, (scope, _)) = (cache(&table), Semaphore::new(1), scope());
        let visit = cache.visit([SOURCE], &["두부".to_owned()]).await;
        table.set(mood);
        let begin = Instant::now();
        let search = async { Ok(sold()) };
        assert!(visit.answer(shop(&permits), "두부", &scope, search).await.is_ok());
        visit.end().await;
        assert!(
            begin.elapsed() <= LEASE_TIMEOUT + Duration::from_millis(20),
            "{mood:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_first_order_of_a_process_waits_for_a_connection() {
    let table = Arc::new(FakeTable::default());
    table.plant("kamis#두부", "{}");
    table.set(Mood::Slow(1_200));
    let cache = cache(&table);
    let names = ["두부".to_owned()];
    for (is_read, waits_ms) in [(true, 1_200), (false, 500)] {
        let begin = Instant::now();
        let rows = cache.visit([PriceSource::Kamis], &names).await.rows.len();
        assert_eq!(
            (rows, begin.elapsed().as_millis()),
            (usize::from(is_read), waits_ms)
        );
    }
}
