//! `cargo xtask alarms`: what its commands print for a program, and how they end.

use std::fs;

use serde_json::{Value, json};

use crate::said;

/// What a command prints as JSON, and its exit code.
fn json_of(args: &[&str]) -> (Value, i32) {
    let said = said(&[&["alarms"], args, &["--output", "json"]].concat());
    (serde_json::from_str(&said.stdout).unwrap(), said.code)
}

#[test]
fn every_alarm_is_listed_with_its_price_and_its_time_to_fire() {
    let (listed, code) = json_of(&["list", "--env", "prod"]);
    assert_eq!(code, 0);
    let alarms = listed["alarms"].as_array().unwrap();
    assert_eq!(alarms.len(), 23);
    for alarm in alarms {
        let keys: Vec<_> = alarm["timeToFireMin"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["10", "100", "20", "5"], "{alarm}");
        assert!(alarm["name"].is_string() && alarm["costUsd"].is_number(), "{alarm}");
        assert!(["state", "since", "reason"].iter().all(|key| alarm[*key].is_null()), "{alarm}");
    }
    let timed_out =
        alarms.iter().find(|alarm| alarm["name"] == "ai-chef-recipe-generator-timed-out").unwrap();
    assert_eq!(timed_out["timeToFireMin"]["100"], 2);
}

#[test]
fn a_runbook_is_shown_whole_and_with_names() {
    let (shown, code) = json_of(&["show", "ExecutionFailed", "--env", "prod"]);
    assert_eq!(code, 0);
    let english = shown["english"].as_str().unwrap();
    assert!(
        english.contains("stateMachine:ai-chef-recipe-generation") && !english.contains("${"),
        "{english}"
    );
    assert!(shown["korean"].as_str().unwrap().contains("**조치:**"));
    assert_eq!(said(&["alarms", "show", "FastBurn"]).code, 2);
}

#[test]
fn cases_are_run_and_counted() {
    let (tested, code) = json_of(&["test"]);
    assert_eq!((code, &tested["failures"]), (0, &json!([])));
    assert_eq!(tested["passed"], tested["total"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.toml");
    let text = "alarms = [\"CloserFailing\"]\n[[case]]\nname = \"n\"\nminutes = 5\nexpect = [\"1 ALARM\"]\n";
    for (text, expected) in [(text, 1), ("alarms = []\ncase = []\n", 2), ("x", 2)] {
        fs::write(&path, text).unwrap();
        assert_eq!(said(&["alarms", "test", path.to_str().unwrap()]).code, expected, "{text}");
    }
}

#[test]
fn documented_cases_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.json");
    let case = |expected: &str| {
        json!({
            "name": "one", "datapoints_oldest_first": ["-", "-", "X", "-", "-"], "evaluation_periods": 3,
            "datapoints_to_alarm": 3, "evaluation_range": 5, "treat_missing_data": "missing", "expected": expected,
        })
    };
    fs::write(&path, json!({ "cases": [case("ALARM"), case("OK")] }).to_string()).unwrap();
    let (report, code) = json_of(&["conform", path.to_str().unwrap()]);
    assert_eq!((code, &report["passed"], &report["total"]), (1, &json!(1), &json!(2)));
    assert_eq!(report["failures"][0]["name"], "one");
    fs::write(&path, json!({ "cases": [] }).to_string()).unwrap();
    assert_eq!(said(&["alarms", "conform", path.to_str().unwrap()]).code, 2);
}

#[test]
fn a_dead_alarm_of_anyones_template_is_found() {
    let fixture = |name: &str| format!("{}/../stack/src/lint/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let (report, code) = json_of(&["lint", &fixture("d1-dead.yaml")]);
    assert_eq!(code, 1);
    let finding = &report["findings"][0];
    assert_eq!((&finding["rule"], &finding["severity"]), (&json!("unknown-metric"), &json!("error")));
    for key in ["path", "message", "hint"] {
        assert!(finding[key].is_string(), "{finding}");
    }
    assert_eq!(
        json_of(&["lint", &fixture("d1-corrected.yaml")]),
        (json!({ "findings": [], "notJudged": [] }), 0)
    );
}

#[test]
fn a_series_is_tested_and_a_pipe_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    fs::write(&path, "time,value\n0,1\n60,0\n1200,0\n").unwrap();
    let (found, code) = json_of(&["backtest", "--alarm", "CloserFailing", path.to_str().unwrap()]);
    assert_eq!((code, &found["fired"], &found["acted"]), (0, &json!(1), &json!(1)));
    assert_eq!(
        said(&["alarms", "backtest", "--alarm", "CloserFailing", folder.path().to_str().unwrap()]).code,
        2
    );
}
