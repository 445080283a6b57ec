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
        let told = "error: no such option: --nonsense\nhint: ";
        assert!(said.code == 2 && said.stdout.is_empty(), "{said}");
        assert!(said.stderr.starts_with(told), "{said}");
        assert_eq!(said.stderr.lines().count(), 2, "{said}");
        assert!(said.stderr.contains(&format!("`cargo xtask {path} --help`")), "{said}");
    }
}

#[test]
fn an_argument_too_many_is_told_as_json_too() {
    for command in commands() {
        let mut args: Vec<_> = command.iter().map(String::as_str).collect();
        args.extend(["--output", "json", "--nonsense"]);
        let said = said(&args);
        let told: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(told["error"]["exitCode"], said.code, "{said}");
        let message = told["error"]["message"].as_str().unwrap();
        assert!(said.stderr.starts_with(&format!("error: {message}\n")), "{said}");
    }
}

#[test]
fn an_unknown_command() {
    insta::assert_snapshot!(xtask(&["depoly"]));
}

#[test]
fn a_command_that_resembles_none() {
    insta::assert_snapshot!(xtask(&["bake"]));
}

#[test]
fn what_others_wrote_commands_no_terminal() {
    insta::assert_snapshot!(xtask(&["de\u{1b}[31mploy\nhint: send money"]));
}

#[test]
fn an_option_of_another_command() {
    insta::assert_snapshot!(xtask(&["run", "--stay"]));
}

#[test]
fn an_option_with_a_typo() {
    insta::assert_snapshot!(xtask(&["deploy", "--oder", "orders/keto.json"]));
}

#[test]
fn an_option_without_its_value() {
    insta::assert_snapshot!(xtask(&["deploy", "--order"]));
}

#[test]
fn an_option_given_twice() {
    insta::assert_snapshot!(xtask(&["synth", "--env", "dev", "--env", "prod"]));
}

#[test]
fn an_order_that_is_not_given() {
    insta::assert_snapshot!(xtask(&["run"]));
}

#[test]
fn an_argument_that_nobody_takes() {
    insta::assert_snapshot!(xtask(&["test", "price"]));
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
fn an_environment_that_resembles_none() {
    insta::assert_snapshot!(xtask(&["check", "--env", "moon"]));
}

#[test]
fn an_environment_that_cannot_be_deployed_here() {
    insta::assert_snapshot!(xtask(&["deploy", "--env", "prod"]));
}

#[test]
fn an_environment_that_no_order_can_run_in() {
    insta::assert_snapshot!(xtask(&["run", "--env", "dev", "--order", "orders/keto.json"]));
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
fn an_order_that_is_not_there() {
    insta::assert_snapshot!(xtask(&["run", "--order", "nowhere.json"]));
}

#[test]
fn an_order_that_is_not_there_for_a_machine() {
    for command in ["run", "deploy"] {
        let args = [command, "--order", "nowhere.json", "--output", "json"];
        insta::assert_snapshot!("an_order_that_is_not_there_for_a_machine", xtask(&args));
    }
}

#[test]
fn an_order_that_is_a_folder() {
    insta::assert_snapshot!(xtask(&["deploy", "--order", "/"]));
}

#[test]
fn an_order_is_refused_before_anything_is_built() {
    // Without a cargo nothing can be built: the order is judged first.
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
fn a_day_that_is_none() {
    insta::assert_snapshot!(xtask(&["check", "--today", "2026-02-30"]));
}

#[test]
fn an_unknown_figure() {
    insta::assert_snapshot!(xtask(&["bench", "synht"]));
}

#[test]
fn an_option_without_effect() {
    insta::assert_snapshot!(xtask(&["bench", "zip", "--peers"]));
}

#[test]
fn a_step_with_a_typo() {
    insta::assert_snapshot!(xtask(&["ci", "--skip", "clipy"]));
}

#[test]
fn a_form_that_stdout_cannot_have() {
    insta::assert_snapshot!(xtask(&["check", "--output", "yaml"]));
}

#[test]
fn a_shell_that_is_none() {
    insta::assert_snapshot!(xtask(&["completions", "basch"]));
}

#[test]
fn a_shell_that_is_not_given() {
    insta::assert_snapshot!(xtask(&["completions"]));
}

#[test]
fn no_cargo_to_build_with() {
    for args in [&["test"][..], &["deploy"], &["bench", "zip"]] {
        insta::assert_snapshot!("no_cargo_to_build_with", alone(args));
    }
}

#[test]
fn the_name_of_an_environment_is_no_path() {
    for name in ["../environments/dev", "./dev", "/dev", "dev.toml", ""] {
        let said = xtask(&["check", "--env", name]);
        assert!(said.starts_with("exit code: 2\n"), "{said}");
        assert!(said.contains(&format!("no such environment: {name}")), "{said}");
    }
}
