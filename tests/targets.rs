//! All five targets cook: the samples of this repository, from the order to the stored result.

use std::{fs, path::Path};

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{
    Order, SessionId, Status, Target,
    metric::{Emitted, NAMESPACE},
    session::TTL_S,
};
use jiff::Timestamp;
use platform::ExecutionStatus;

use crate::harness::{Harness, count, events};

/// The sample order of a target, as a person would hand it in.
fn sample(target: Target) -> Order {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../orders");
    let text = fs::read(folder.join(format!("{}.json", target.name()))).unwrap();
    Order::parse(&text, || SessionId::new(format!("sample-{}", target.name())).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_target_is_cooked_priced_and_stored() {
    let harness = Harness::open().await;
    for target in Target::ALL {
        let order = sample(target);
        let outcome = harness.run(&order).await;
        assert_eq!(
            outcome.execution.status,
            ExecutionStatus::Succeeded,
            "{target:?}: {:?}",
            outcome.execution
        );

        // The session holds the plan, and the execution's output is the same plan.
        let plan = outcome.session.result.clone().unwrap();
        assert_eq!(outcome.session.status, Status::Completed);
        assert_eq!(outcome.session.execution_id.as_deref(), Some(outcome.execution.id.0.as_str()));
        assert_eq!(outcome.execution.output.clone().unwrap(), serde_json::to_value(&plan).unwrap());

        // Every ingredient is priced or has its reason, the recipe's own included.
        let accounted: Vec<&str> = plan
            .pricing
            .priced()
            .chain(plan.pricing.unpriced.iter().map(|item| item.name.as_str()))
            .collect();
        for name in order.ingredients.iter().map(|item| &*item.name) {
            assert!(accounted.contains(&name), "{target:?}: {name} is nowhere in {accounted:?}");
        }
        for name in plan.recipe.ingredients.iter().map(|item| &*item.name) {
            assert!(accounted.contains(&name), "{target:?}: {name} is nowhere in {accounted:?}");
        }
        assert!(plan.pricing.total_krw > 0, "{target:?}");
        assert!(plan.pricing.optimal.is_some(), "{target:?}");

        // The results table has it as a map, for a day.
        let row = harness.result(&order.session_id).await.unwrap();
        assert!(
            matches!(row.get("result"), Some(AttributeValue::M(_))),
            "{target:?}: {:?}",
            row.get("result")
        );
        let expires_at_s: i64 = row["TTL"].as_n().unwrap().parse().unwrap();
        let created_at: Timestamp = row["createdAt"].as_s().unwrap().parse().unwrap();
        assert_eq!(expires_at_s, created_at.as_second() + TTL_S, "{target:?}");

        let events = events(&harness, &outcome).await;
        assert_eq!(count(&events, "LambdaFunctionSucceeded"), 4, "{events:?}");
    }
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_alone_gets_the_answers_of_the_profile() {
    let harness = Harness::open().await;
    for target in Target::ALL {
        harness.run(&sample(target)).await;
    }
    let words = ["케톤 다이어트용", "이유식", "당뇨 관리용", "냉장고 재료로", "일반 가정식"];
    let prompts: Vec<String> =
        harness.environment.bedrock().calls().into_iter().map(|call| call.subject).collect();
    assert_eq!(prompts.len(), 5);
    for (prompt, words) in prompts.iter().zip(words) {
        assert!(
            prompt.contains(&format!("{words} 레시피를 생성해주세요.")) || prompt.contains(words),
            "{words}"
        );
    }
    let health = ["메트포르민", "140mg/dL", "적응기"];
    for line in harness.log().await {
        assert!(!health.iter().any(|word| line.contains(word)), "health data in a log: {line}");
    }
    for call in harness.environment.naver().calls() {
        assert!(!health.iter().any(|word| call.subject.contains(word)), "health data in a search");
    }
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_a_function_says_whose_it_is_and_the_metrics_arrive() {
    let harness = Harness::open().await;
    let outcome = harness.run(&sample(Target::Keto)).await;
    let lines = harness.log().await;
    let of_functions: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("a log line is JSON"))
        .filter(|line: &serde_json::Value| line.get("level").is_some() || line.get("_aws").is_some())
        .filter(|line: &serde_json::Value| line.get("sessionId").is_some())
        .collect();
    // Three functions, each with a line at its start, at its end, and its metrics where it has some.
    assert!(of_functions.len() >= 8, "{lines:#?}");
    for line in of_functions {
        assert_eq!(line["sessionId"], "sample-keto", "{line}");
        assert_eq!(line["executionId"], outcome.execution.id.0.as_str(), "{line}");
    }
    // The same ingredients once more: their prices are kept. What only a source in trouble gives is not among these, and what only a
    // model with a known last day.
    let again = Order { session_id: SessionId::new("sample-keto-again").unwrap(), ..sample(Target::Keto) };
    harness.run(&again).await;
    harness.environment.logs().flush().await;
    let absent = [Emitted::CacheStale, Emitted::BudgetRefusals, Emitted::ModelDaysLeft];
    for metric in Emitted::ALL.into_iter().filter(|metric| !absent.contains(metric)) {
        let points = harness.environment.metrics().named(NAMESPACE, metric.name());
        assert!(!points.is_empty(), "no data points: {}", metric.name());
        for point in points {
            let dimensions: Vec<&str> = point.dimensions.keys().map(String::as_str).collect();
            let mut expected: Vec<&str> =
                metric.dimensions().iter().map(|dimension| dimension.as_str()).collect();
            expected.sort_unstable();
            assert_eq!(dimensions, expected, "{}", metric.name());
        }
    }
    harness.close().await;
}
