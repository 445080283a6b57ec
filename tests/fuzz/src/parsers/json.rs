//! Good JSON that several parsers read.

/// A recipe.
pub(super) const RECIPE: &str = r#"{"name":"버터 새우","image":"https://example.com/a.jpg","nutrition":{"calories":420,"protein":25.5,"carbs":8,"fat":35},"ingredients":[{"name":"새우","amount":"300","unit":"g"},{"name":"마늘","amount":4,"unit":"쪽"}],"steps":["새우는 껍질을 벗긴다","볶는다"],"targetSpecificInfo":{"ketoInfo":{"netCarbs":6,"ketoScore":9.5,"tip":"good"}}}"#;

/// What its ingredients cost.
pub(super) const PRICING: &str = r#"{"total":16850,"optimal":{"vendor":"홈플러스","items":[{"name":"아보카도","price":2550,"quantity":"1개"}]},"alternatives":[{"vendor":"쿠팡","total":8710,"items":[{"name":"새우","price":8710,"quantity":"200g"}]}],"unpriced":[{"name":"마늘","reason":"notSearched"},{"name":"소금","reason":"noOffer"}]}"#;

/// Both.
pub(super) fn plan() -> String {
    format!(r#"{{"recipe":{RECIPE},"pricing":{PRICING},"generatedAt":"2026-11-23T00:00:00Z"}}"#)
}

/// A session that was completed.
pub(super) fn session() -> String {
    let plan = plan();
    format!(
        r#"{{"sessionId":"s-1","status":"completed","createdAt":"2026-11-23T00:00:00Z","deadlineAt":"2026-11-23T00:10:00Z","TTL":1795392000,"executionId":"arn:aws:states:us-east-1:1:execution:m:s-1","result":{plan},"completedAt":"2026-11-23T00:00:01Z"}}"#
    )
}

/// Orders, one for each target.
pub(super) fn orders() -> Vec<Vec<u8>> {
    [
        include_str!("../../../../orders/keto.json"),
        include_str!("../../../../orders/baby.json"),
        include_str!("../../../../orders/diabetes.json"),
        include_str!("../../../../orders/fridge.json"),
        include_str!("../../../../orders/general.json"),
    ]
    .map(|order| order.as_bytes().to_vec())
    .into()
}

/// Texts as inputs.
pub(super) fn texts<const N: usize>(texts: [&str; N]) -> Vec<Vec<u8>> {
    texts.map(|text| text.as_bytes().to_vec()).into()
}
