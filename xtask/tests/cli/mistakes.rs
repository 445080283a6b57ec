//! Mistakes of every command, each with one sentence, one exit code and a hint; for a machine the same in JSON.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
};

use crate::{Said, command, commands, said, xtask};

/// As [`xtask`] with `--order`, where the order is this text.
fn xtask_order(command: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let order = folder.path().join("order.json");
    fs::write(&order, text).unwrap();
    let said = xtask(&[command, "--order", order.to_str().unwrap()]);
    said.replace(&format!("{}/", folder.path().display()), "")
}

/// A command where no other program can be found.
fn alone(args: &[&str]) -> String {
    let mut command = command(args);
    let said: Said = command.env("PATH", "/nowhere").output().unwrap().into();
    said.to_string()
}

#[test]
fn an_option_that_no_command_has() {
    for command in commands() {
        let path = command.join(" ");
        let mut args: Vec<_> = command.iter().map(String::as_str).collect();
        args.push("--nonsense");
        let said = said(&args);
        let error = "error: no such option: --nonsense\nhint: ";
        assert!(said.code == 2 && said.stdout.is_empty(), "{said}");
        assert!(said.stderr.starts_with(error), "{said}");
        assert_eq!(said.stderr.lines().count(), 2, "{said}");
        assert!(said.stderr.contains(&format!("`cargo xtask {path} --help`")), "{said}");
    }
}

#[test]
fn a_mistake_is_an_error_in_json_too() {
    for command in commands() {
        let mut args: Vec<_> = command.iter().map(String::as_str).collect();
        args.extend(["--output", "json", "--nonsense"]);
        let said = said(&args);
        let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(report["error"]["exitCode"], said.code, "{said}");
        let message = report["error"]["message"].as_str().unwrap();
        assert!(said.stderr.starts_with(&format!("error: {message}\n")), "{said}");
    }
}

/// One snapshot a mistake, by this name.
#[test]
fn every_mistake_has_its_sentence_and_its_hint() {
    let cases: &[(&str, &[&str])] = &[
        ("an_unknown_command", &["depoly"]),
        ("a_command_that_resembles_none", &["bake"]),
        ("what_others_wrote_commands_no_terminal", &["de\u{1b}[31mploy\nhint: send money"]),
        ("an_option_of_another_command", &["run", "--stay"]),
        ("an_option_with_a_typo", &["deploy", "--oder", "orders/keto.json"]),
        ("an_option_without_its_value", &["deploy", "--order"]),
        ("an_option_given_twice", &["synth", "--env", "dev", "--env", "prod"]),
        ("an_order_that_is_not_given", &["run"]),
        ("an_argument_that_nobody_takes", &["test", "price"]),
        ("an_environment_that_resembles_none", &["check", "--env", "moon"]),
        ("an_environment_that_cannot_be_deployed_here", &["deploy", "--env", "prod"]),
        ("an_environment_that_no_order_can_run_in", &["run", "--env", "dev", "--order", "orders/keto.json"]),
        ("an_order_that_is_not_there", &["run", "--order", "nowhere.json"]),
        ("an_order_that_is_a_folder", &["deploy", "--order", "/"]),
        ("a_day_that_is_none", &["check", "--today", "2026-02-30"]),
        ("an_unknown_figure", &["bench", "synht"]),
        ("an_option_without_effect", &["bench", "zip", "--peers"]),
        ("a_step_with_a_typo", &["ci", "--skip", "clipy"]),
        ("a_form_that_stdout_cannot_have", &["check", "--output", "yaml"]),
        ("a_shell_that_is_none", &["completions", "basch"]),
        ("a_shell_that_is_not_given", &["completions"]),
        ("an_unknown_command_of_a_command", &["prices", "xyz"]),
        ("two_options_that_exclude_each_other", &["rules", "--write", "--check"]),
    ];
    for (name, args) in cases {
        insta::assert_snapshot!(*name, xtask(args));
    }
}

#[test]
fn an_argument_that_is_no_text() {
    let mut command = command(&["synth", "--env"]);
    let said: Said = command.arg(OsStr::from_bytes(b"d\xFFv")).output().unwrap().into();
    insta::assert_snapshot!(said);
}

#[test]
fn an_unknown_environment() {
    for command in ["synth", "check", "deploy"] {
        insta::assert_snapshot!("an_unknown_environment", xtask(&[command, "--env", "stagng"]));
    }
}

#[test]
fn an_order_that_is_out_of_bounds() {
    let order = r#"{ "profile": { "target": "baby", "months": 37, "budget": 1000, "servings": 1 } }"#;
    for command in ["run", "deploy"] {
        insta::assert_snapshot!("an_order_out_of_bounds", xtask_order(command, order));
    }
}

#[test]
fn an_order_that_says_too_much() {
    let order =
        r#"{ "profile": { "target": "general", "budget": 1, "servings": 1, "medication": ["secret"] } }"#;
    let said = xtask_order("run", order);
    insta::assert_snapshot!(said);
    assert!(!said.contains("secret"));
}

#[test]
fn an_order_that_is_not_there_for_a_machine() {
    for command in ["run", "deploy"] {
        let args = [command, "--order", "nowhere.json", "--output", "json"];
        insta::assert_snapshot!("an_order_that_is_not_there_for_a_machine", xtask(&args));
    }
}

#[test]
fn an_order_is_refused_before_anything_is_built() {
    // Without a cargo nothing can be built: the order is checked first.
    for command in ["run", "deploy"] {
        let said = alone(&[command, "--order", "nowhere.json"]);
        assert!(said.starts_with("exit code: 2\n") && said.contains("cannot read the order"), "{said}");
    }
}

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    // A file where a folder is needed refuses everybody, root included.
    fs::write(folder.path().join("file"), "").unwrap();
    let out = folder.path().join("file").join("out");
    let said = xtask(&["synth", "--out", out.to_str().unwrap()]);
    insta::assert_snapshot!(said.replace(folder.path().to_str().unwrap(), "FOLDER"));
}

#[test]
fn a_folder_that_leads_in_a_circle() {
    let folder = tempfile::tempdir().unwrap();
    let circle = folder.path().join("circle");
    symlink(&circle, &circle).unwrap();
    let said = xtask(&["synth", "--out", circle.to_str().unwrap(), "--output", "json"]);
    insta::assert_snapshot!(said.replace(folder.path().to_str().unwrap(), "FOLDER"));
}

#[test]
fn no_cargo_to_build_with() {
    for args in [&["test"][..], &["deploy"], &["bench", "zip"]] {
        insta::assert_snapshot!("no_cargo_to_build_with", alone(args));
    }
}
