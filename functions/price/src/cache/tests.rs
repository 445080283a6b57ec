//! One order's use of the cache. `fallback` tests it with several sources.

use contract::{error_name::PriceError, metric::Provider};

use super::*;
use crate::{
    clock::test,
    store::fake::{FakeTable, Mode},
    testing::{context, offer, unlimited},
};

const SOURCE: PriceSource = PriceSource::Elevenst;
const NAME: &str = "두부";

struct Function {
    cache: Cache,
    permits: Semaphore,
    quota: Quota,
}

impl Function {
    fn over(table: Option<&Arc<FakeTable>>) -> Self {
        let table = table.map(|table| Arc::<FakeTable>::clone(table) as Arc<dyn PriceTable>);
        Self { cache: Cache::new(table, test::now), permits: Semaphore::new(1), quota: unlimited() }
    }

    fn policy(&self) -> CachePolicy<'_> {
        CachePolicy { source: SOURCE, fresh_s: 600, permits: &self.permits, quota: &self.quota }
    }

    async fn batch(&self) -> CacheBatch<'_> {
        self.cache.read_batch([SOURCE], &[NAME.to_owned()]).await
    }

    /// The answer of a search that takes so long.
    async fn answer(&self, context: &CallContext, search_ms: u64) -> Result<Answer, SearchError> {
        let batch = self.batch().await;
        let search = async {
            sleep(Duration::from_millis(search_ms)).await;
            Ok(sold())
        };
        let answer = batch.answer(self.policy(), NAME, context, search).await;
        batch.end().await;
        answer.map(|cached| cached.content)
    }
}

fn sold() -> Answer {
    Answer::new(vec![offer(1, "가게")], 0)
}

#[tokio::test(start_paused = true)]
async fn all_rows_of_an_order_are_read_in_one_batch() {
    let table = Arc::new(FakeTable::default());
    let cache = Function::over(Some(&table)).cache;
    cache.read_batch(PriceSource::ALL, &crate::testing::numbered(50)).await.end().await;
    assert_eq!(*table.calls.lock().unwrap(), ["BatchGetItem"]);
    cache.read_batch(PriceSource::ALL, &[]).await.end().await;
    assert_eq!(table.calls.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_cached_in_the_row_of_its_source_and_name() {
    let table = Arc::new(FakeTable::default());
    let (function, (context, recorded)) = (Function::over(Some(&table)), context(9_000));
    function.answer(&context, 1).await.unwrap();
    let keys: Vec<_> = table.rows.lock().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["elevenst#두부"]);
    assert_eq!(table.row("elevenst#두부").lease_until_ms, None);
    assert_eq!(recorded.all()[0].provider, Some(Provider::Elevenst));
    let batch = function.batch().await;
    assert_eq!(batch.fresh(function.policy(), NAME).unwrap().content, sold());
    assert!(batch.fresh(function.policy(), "새우").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_function_that_waits_for_another_has_a_hit_within_its_own_time() {
    let table = Arc::new(FakeTable::default());
    let functions = [(); 3].map(|()| Function::over(Some(&table)));
    let busy = async { functions[0].answer(&context(9_000).0, 3_000).await };
    let waits = async |function: &Function, time_ms| {
        sleep(Duration::from_millis(100)).await;
        let (context, recorded) = context(time_ms);
        (function.answer(&context, 60_000).await, recorded)
    };
    let (first, (patient, recorded), (hurried, _)) =
        tokio::join!(busy, waits(&functions[1], 8_000), waits(&functions[2], 1_000));
    assert_eq!((first.unwrap(), patient.unwrap()), (sold(), sold()));
    assert_eq!(recorded.values(Emitted::CacheHits), [1.0]);
    let kind = hurried.unwrap_err().kind;
    assert!(matches!(kind, SearchErrorKind::LimiterBusy), "{kind:?}");
}

#[tokio::test(start_paused = true)]
async fn a_search_waits_for_the_limiter_before_it_takes_the_lease() {
    let table = Arc::new(FakeTable::default());
    let mut function = Function::over(Some(&table));
    function.quota = crate::testing::quota(&table, SOURCE, 1, 100);
    function.quota.acquire(&context(9_000).0).await.unwrap();
    let waiting = async { function.answer(&context(9_000).0, 3_000).await };
    let look = async {
        sleep(Duration::from_millis(900)).await;
        let before = table.row("elevenst#두부").lease_until_ms;
        sleep(Duration::from_millis(400)).await;
        (before, table.row("elevenst#두부").lease_until_ms.is_some())
    };
    let (answer, leased) = tokio::join!(waiting, look);
    assert_eq!((answer.unwrap(), leased), (sold(), (None, true)));
}

#[tokio::test(start_paused = true)]
async fn a_search_without_a_permit_in_time_fails_by_our_own_limit() {
    let function = Function::over(None);
    let _held = function.permits.acquire().await.unwrap();
    let kind = function.answer(&context(9_000).0, 1).await.unwrap_err().kind;
    assert_eq!(kind.to_string(), "our own limits leave no call in time");
    assert_eq!(kind.error(), PriceError::RateLimitExceeded);
}

#[tokio::test(start_paused = true)]
async fn a_table_that_fails_during_an_order_costs_half_a_second() {
    for mode in [Mode::Throttled, Mode::Hangs, Mode::ReadOnly] {
        let table = Arc::new(FakeTable::default());
        let (function, (context, _)) = (Function::over(Some(&table)), context(9_000));
        let batch = function.batch().await;
        table.set(mode);
        let begin = Instant::now();
        let search = async { Ok(sold()) };
        assert!(batch.answer(function.policy(), NAME, &context, search).await.is_ok());
        batch.end().await;
        let took = begin.elapsed();
        assert!(took <= LEASE_TIMEOUT + Duration::from_millis(20), "{mode:?}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_first_order_of_a_process_waits_for_a_connection() {
    let table = Arc::new(FakeTable::default());
    table.plant("elevenst#두부", "{}");
    table.set(Mode::Slow(1_200));
    let function = Function::over(Some(&table));
    for (is_read, waits_ms) in [(true, 1_200), (false, 500)] {
        let begin = Instant::now();
        let rows = function.batch().await.rows.len();
        assert_eq!((rows, begin.elapsed().as_millis()), (usize::from(is_read), waits_ms));
    }
}
