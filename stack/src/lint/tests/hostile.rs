//! Files that are no templates, the largest ones, wrong types everywhere, and mutated bytes.

use super::*;

#[test]
fn a_file_that_is_no_template_is_refused_with_its_name() {
    let error = lint_text("orders.json", "{\"order\": 1}", None).unwrap_err().to_string();
    assert!(error.starts_with("orders.json: /: no template"), "{error}");
    assert!(error.contains("hint: "), "{error}");
}

/// Templates as large as they may be, in which every resource meets every other.
#[test]
fn the_largest_templates_are_judged_quickly() {
    let alarm = |n: usize, properties: &str| {
        format!(
            "  A{n}: {{Type: AWS::CloudWatch::Alarm, Properties: {{Period: 60, EvaluationPeriods: 1, Threshold: 1, Statistic: Sum, ComparisonOperator: GreaterThanThreshold, {properties}}}}}\n"
        )
    };
    let long = "OrderRefusals".repeat(7);
    let filtered = (0..240).map(|n| {
        let filter = format!(
            "  F{n}: {{Type: AWS::Logs::MetricFilter, Properties: {{MetricTransformations: [{{MetricNamespace: N, MetricName: {long}{n}}}]}}}}\n"
        );
        filter + &alarm(n, &format!("Namespace: N, MetricName: {long}{}", n + 1_000))
    });
    let query = format!(
        "{{Id: m, MetricStat: {{Stat: Sum, Period: 60, Metric: {{Namespace: AWS/Lambda, MetricName: {long}}}}}}}"
    );
    let unknown = (0..300).map(|n| alarm(n, &format!("Metrics: [{}]", [query.as_str(); 14].join(", "))));
    let rule = |n: usize| (0..99).map(|m| format!("ALARM(a{n}b{m}c)")).collect::<Vec<_>>().join(" OR ");
    let composites = (0..499).map(|n| {
        format!("  C{n}: {{Type: AWS::CloudWatch::CompositeAlarm, Properties: {{AlarmRule: {}}}}}\n", rule(n))
    });
    let task = "{Type: Task, Resource: 'arn:aws:lambda:r:1:function:x'}";
    let machine = format!(
        "  M: {{Type: AWS::StepFunctions::StateMachine, Properties: {{Definition: {{States: [{}]}}}}}}\n",
        vec![task; 12_000].join(", ")
    );
    let tasks = (0..400).map(|n| {
        let dimension = "Dimensions: [{Name: LambdaFunctionArn, Value: 'arn:aws:lambda:r:1:function:y'}]";
        alarm(n, &format!("Namespace: AWS/States, MetricName: LambdaFunctionsFailed, {dimension}"))
    });
    let fill = (0..19).map(|n| {
        let before =
            if n == 0 { "FILL(m, 0)".to_owned() } else { vec![format!("e{}", n - 1); 400].join("+") };
        format!("{{Id: e{n}, ReturnData: {}, Expression: {before}}}", n == 18)
    });
    let expressions = fill.collect::<Vec<_>>().join(", ");
    let filled = alarm(
        0,
        &format!("Metrics: [{}, {expressions}]", query.replace("Id: m", "Id: m, ReturnData: false")),
    );
    let texts: [String; 5] = [
        filtered.collect(),
        unknown.collect(),
        composites.collect(),
        machine + &tasks.collect::<String>(),
        filled,
    ];
    for (at, resources) in texts.iter().enumerate() {
        let started = std::time::Instant::now();
        let report = lint_text("t", &format!("Resources:\n{resources}"), None).unwrap();
        assert!(!report.findings.is_empty(), "{at}");
        assert!(started.elapsed().as_secs() < 10, "{at}: {:?}", started.elapsed());
    }
}

/// Every property of every kind, of every wrong type.
#[test]
fn wrong_types_everywhere_are_survived() {
    for wrong in ["1", "-1", "1e300", "\"\"", "\"x\"", "[]", "[1]", "{}", "{\"a\": null}", "true", "[[{}]]"] {
        for ([dead, _], _) in DEAD {
            let template = Foreign::read(dead).unwrap();
            let own = Json::Object(template.template().clone());
            let wrong: Json = serde_json::from_str(wrong).unwrap();
            let mut count = 0;
            while let Some(changed) = with_wrong(&own, &wrong, &mut count) {
                let _read = lint_text("t", &changed.to_string(), Some("eu-west-1"));
            }
            assert!(count > 10);
        }
    }
}

/// The value with its place number `count` replaced; nothing after the last one.
fn with_wrong(own: &Json, wrong: &Json, count: &mut usize) -> Option<Json> {
    fn replace(node: &Json, wrong: &Json, left: &mut usize) -> Json {
        if *left == 0 {
            *left = usize::MAX;
            return wrong.clone();
        }
        *left -= 1;
        match node {
            Json::Array(items) => items.iter().map(|item| replace(item, wrong, left)).collect(),
            Json::Object(object) => Json::Object(
                object.iter().map(|(key, value)| (key.clone(), replace(value, wrong, left))).collect(),
            ),
            other => other.clone(),
        }
    }
    let mut left = *count;
    let changed = replace(own, wrong, &mut left);
    *count += 1;
    // Far from 0 only if a place was replaced.
    (left > usize::MAX / 2).then_some(changed)
}

#[test]
fn mutated_templates_are_judged_or_refused() {
    let samples: Vec<_> = DEAD.iter().map(|([dead, _], _)| *dead).chain([SHOP]).collect();
    let words = [
        "CloudWatch::Alarm",
        "CloudWatch::CompositeAlarm",
        "AlarmRule",
        "ALARM(",
        "FILL(",
        "Metrics",
        "!Ref ",
        "${",
        "Threshold: ",
        "EvaluationPeriods: 4294967295",
        "\"Period\": 1e9",
        "p99",
        "AWS/States",
        "Dimensions",
        "ReturnData",
        "nan",
        "*properties",
        "<<: ",
    ];
    mutations::check(&samples, &words, |bytes| {
        let _judged = lint_text("t", &String::from_utf8_lossy(bytes), Some("eu-west-1"));
    });
}
