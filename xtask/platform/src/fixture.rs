//! One cooked order and one failed order, fixed to the millisecond, and an environment that gives them.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use contract::{
    AsOf, ExecutionId, MealPlan, Order, PriceSource, Session, SessionId, Status, Timestamp,
    pricing::{Alternative, Basis, Basket, Item, Pricing, Reference, Unpriced, UnpricedReason},
};
use serde_json::json;
use stack::environment::ParameterName;

use crate::{
    execution::{Event, Execution, ExecutionStatus, Started},
    package::Package,
    platform::{Location, Platform, PlatformError},
    trace::tests::{COOKED, history},
};

/// The moment at which the histories of the tests begin.
pub(crate) const BEGIN_MS: i64 = 1_795_305_600_000;

/// An environment whose next execution is known.
pub(crate) struct FakePlatform {
    pub(crate) execution: Execution,
    pub(crate) history: Vec<Event>,
    pub(crate) session: Option<Session>,
    pub(crate) fresh: bool,
    /// The names of secrets that it lacks.
    pub(crate) missing_secrets: &'static [&'static str],
    /// Whether it was shut down.
    pub(crate) closed: Arc<AtomicBool>,
}

impl Platform for FakePlatform {
    type Place = Self;

    async fn deploy(place: Self, _: &Package) -> Result<Self, PlatformError> {
        Ok(place)
    }
    fn environment(&self) -> &'static str {
        "local"
    }
    async fn missing_secrets(&self, names: &[ParameterName]) -> Result<Vec<ParameterName>, PlatformError> {
        let missing = names.iter().filter(|name| self.missing_secrets.contains(&name.as_str()));
        Ok(missing.cloned().collect())
    }
    async fn start(&self, order: &Order) -> Result<Started, PlatformError> {
        let (execution, session) = (self.execution.id.clone(), order.session_id.clone());
        Ok(Started { execution, session, fresh: self.fresh })
    }
    async fn news(&self, _: &ExecutionId, _: usize) -> Result<(Vec<Event>, bool), PlatformError> {
        Ok((self.history.clone(), true))
    }
    async fn describe(&self, _: &ExecutionId) -> Result<Execution, PlatformError> {
        Ok(self.execution.clone())
    }
    async fn history(&self, _: &ExecutionId) -> Result<Vec<Event>, PlatformError> {
        Ok(self.history.clone())
    }
    async fn session(&self, _: &SessionId) -> Result<Option<Session>, PlatformError> {
        Ok(self.session.clone())
    }
    fn links(&self) -> Vec<Location> {
        vec![
            Location::path("result", Path::new("target/local/order-7/report.json")),
            Location::path("logs", Path::new("target/local/order-7/logs")),
        ]
    }
    async fn shutdown(self) -> Result<(), PlatformError> {
        self.closed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Runs a future that waits for nobody.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the platform waits for nobody"),
    }
}

pub(crate) fn order() -> Order {
    let text = json!({
        "sessionId": "order-7",
        "profile": { "target": "diabetes", "bloodSugar": 140, "medication": ["메트포르민"], "budget": 30000, "servings": 2 },
        "ingredients": [{ "name": "새우", "amount": "200", "unit": "g" }],
    });
    Order::parse(text.to_string().as_bytes(), || panic!("the order names its session")).unwrap()
}

fn item(name: &str, price_krw: u64, quantity: &str) -> Item {
    Item {
        name: name.to_owned(),
        price_krw,
        quantity: quantity.to_owned(),
        source: PriceSource::Naver,
        as_of: AsOf("2026-11-22T03:04:05.678Z".to_owned()),
        basis: Basis::Package,
        per: None,
        product_name: format!("국산 {name}"),
        link: None,
    }
}

fn unpriced(name: &str, reason: UnpricedReason) -> Unpriced {
    Unpriced { name: name.to_owned(), reason, reference: None }
}

/// A plan of several sources: two vendors by the package, one by the unit, a usual price.
pub(crate) fn living() -> MealPlan {
    let by_unit = |name: &str, price_krw, per: &str| Item {
        source: PriceSource::Chamgagyeok,
        as_of: AsOf("2026-11-13".to_owned()),
        basis: Basis::Unit,
        per: Some(per.to_owned()),
        ..item(name, price_krw, "100g")
    };
    let by_package = |name: &str, price_krw| Item {
        source: PriceSource::Elevenst,
        as_of: AsOf("2026-11-21T23:10:00.000Z".to_owned()),
        ..item(name, price_krw, "2큰술")
    };
    let usually = Reference {
        price_krw: 2_841,
        per: "1\u{1b}kg".to_owned(),
        product_name: "배추".to_owned(),
        source: PriceSource::Kamis,
        as_of: AsOf("2026-10-01".to_owned()),
    };
    let mut plan = plan();
    plan.pricing = Pricing {
        total_krw: 10_880,
        basis: Basis::Package,
        left_out: vec!["당근".to_owned(), "애\u{202e}호박".to_owned()],
        optimal: Some(Basket {
            vendor: "한아름마트 서울역점".to_owned(),
            items: vec![by_unit("당근", 330, "100g"), by_unit("애\u{202e}호박", 1_980, "1개")],
        }),
        alternatives: vec![Alternative {
            vendor: "싱싱마켓".to_owned(),
            total_krw: 10_880,
            items: vec![by_package("버터", 6_980), by_package("마늘", 3_900)],
        }],
        unpriced: vec![
            Unpriced { reference: Some(usually), ..unpriced("배추", UnpricedReason::OnlyReference) },
            unpriced("용의 비늘", UnpricedReason::NotAnswered),
        ],
        attributions: vec![
            "출처: 한국소비자원 참가격".to_owned(),
            "출처: 한국농수산식품유통공사 KAMIS".to_owned(),
        ],
        unavailable: None,
    };
    plan
}

pub(crate) fn plan() -> MealPlan {
    let recipe = json!({
        "name": "버터 새우 아보카도 샐러드",
        "nutrition": { "calories": 420, "protein": 25, "carbs": 7.5, "fat": 35 },
        "ingredients": [
            { "name": "새우", "amount": "200", "unit": "g" },
            { "name": "아보카도", "amount": 1, "unit": "개" },
            { "name": "소금" },
        ],
        "steps": ["새우는 껍질을 벗긴다", "팬에 버터를 녹이고 볶는다", "아보카도를 썬다", "접시에 담는다", "먹는다"],
    });
    MealPlan {
        recipe: serde_json::from_value(recipe).unwrap(),
        pricing: Pricing {
            total_krw: 15_480,
            optimal: Some(Basket {
                vendor: "이마트몰".to_owned(),
                items: vec![item("새우", 9_900, "200g"), item("버터", 3_600, "2큰술")],
            }),
            alternatives: vec![Alternative {
                vendor: "Fresh\u{1b}[31m \u{202e}마켓".to_owned(),
                total_krw: 1_980,
                items: vec![item("아보카도", 1_980, "1개")],
            }],
            unpriced: vec![
                unpriced("트러플", UnpricedReason::NoOffer),
                unpriced("김", UnpricedReason::NoKnownPrice),
                unpriced("소금", UnpricedReason::NotSearched),
            ],
            ..Pricing::nothing()
        },
        generated_at: Timestamp("2026-11-22T00:00:01.511Z".to_owned()),
    }
}

fn session(status: Status) -> Session {
    Session {
        session_id: SessionId::new("order-7").unwrap(),
        status,
        created_at: Timestamp("2026-11-22T00:00:00.000Z".to_owned()),
        deadline_at: Timestamp("2026-11-22T00:05:00.000Z".to_owned()),
        expires_at_s: 1_795_392_000,
        execution_id: None,
        result: None,
        completed_at: None,
        error: None,
        cause: None,
        failed_at: None,
    }
}

fn execution(status: ExecutionStatus, took_ms: i64) -> Execution {
    let at = |ms: i64| jiff::Timestamp::from_millisecond(BEGIN_MS + ms).unwrap();
    let arn = "arn:aws:states:ap-northeast-2:000000000000:execution:ai-chef-local:order-7";
    Execution {
        id: ExecutionId(arn.to_owned()),
        status,
        started_at: at(0),
        stopped_at: Some(at(took_ms)),
        output: None,
        error: None,
        cause: None,
    }
}

/// An environment whose orders succeed.
pub(crate) fn succeeding() -> FakePlatform {
    let output = Some(serde_json::to_value(plan()).unwrap());
    let mut events = history(COOKED);
    events[0]["executionStartedEventDetails"] =
        json!({ "input": "{\"medication\":[\"메트포르민\"]}", "roleArn": "r" });
    FakePlatform {
        execution: Execution { output, ..execution(ExecutionStatus::Succeeded, 1_527) },
        history: events,
        session: Some(session(Status::Completed)),
        fresh: true,
        missing_secrets: &[],
        closed: Arc::default(),
    }
}

/// An environment whose price source refuses.
pub(crate) fn failing() -> FakePlatform {
    let cause = json!({
        "errorType": "RATE_LIMIT_EXCEEDED",
        "errorMessage": "naver answers 429 (010): the day's quota is used up",
        "stackTrace": [],
    });
    let mut events = history(
        "1 0 ExecutionStarted 0
        2 0 ParallelStateEntered ParallelProcessing 0
        3 2 ParallelStateStarted 0
        4 3 TaskStateEntered FetchPrices 1
        5 4 LambdaFunctionScheduled 1
        6 5 LambdaFunctionFailed 20
        7 6 LambdaFunctionScheduled 1020
        8 7 LambdaFunctionFailed 1040
        9 8 TaskStateAborted 1041
        10 8 ParallelStateFailed 1041
        11 10 ParallelStateExited ParallelProcessing 1041
        12 11 TaskStateEntered HandleFailure 1042
        13 12 TaskScheduled 1042
        14 13 TaskSucceeded 1049
        15 14 TaskStateExited HandleFailure 1049
        16 15 FailStateEntered Failed 1050
        17 16 ExecutionFailed 1050",
    );
    events[5]["lambdaFunctionFailedEventDetails"] = json!({ "error": "RATE_LIMIT_EXCEEDED" });
    FakePlatform {
        execution: Execution {
            error: Some("RATE_LIMIT_EXCEEDED".to_owned()),
            cause: Some(cause.to_string()),
            ..execution(ExecutionStatus::Failed, 1_050)
        },
        history: events,
        session: Some(session(Status::Failed)),
        fresh: true,
        missing_secrets: &[],
        closed: Arc::default(),
    }
}

/// The programs of a package, without any program behind them.
pub(crate) fn artifacts() -> Vec<crate::package::Artifact> {
    let artifact = |(function, bytes): (&'static str, u64)| crate::package::Artifact {
        function,
        sha256: "0".repeat(64),
        bytes,
        stripped: true,
        program: PathBuf::from("bootstrap"),
        zip: PathBuf::from("zip"),
    };
    [("RecipeGenerator", 6_149_000), ("PriceFetcher", 2_951_000), ("ResultCombiner", 4_050_000)]
        .map(artifact)
        .into()
}
