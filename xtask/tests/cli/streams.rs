//! Streams that are closed, full or no terminal, and who decides about colours.

use std::{
    fs::File,
    io,
    process::{Command, Stdio},
};

use crate::{Said, command, said};

/// Commands that build nothing, with what they need.
const LIGHT: [&[&str]; 5] = [
    &["check", "--today", "2026-11-22"],
    &["check", "--today", "2026-11-22", "--output", "json"],
    &["completions", "bash"],
    &["--help"],
    &["deploy", "-h"],
];

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_full_stdout_is_an_error() {
    for args in [LIGHT[1], LIGHT[2], LIGHT[3], LIGHT[4]] {
        let said: Said = command(args).stdout(full()).output().unwrap().into();
        assert_eq!(said.code, 2, "{args:?}: {said}");
        let told = "error: cannot write to stdout\n  caused by: ";
        assert!(said.stderr.contains(told) && !said.stderr.contains("bug"), "{said}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    for args in [LIGHT[1], LIGHT[2], LIGHT[3], LIGHT[4]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let said: Said = command(args).stdout(writer).output().unwrap().into();
        assert_eq!(said.code, 141, "{args:?}: {said}");
        assert!(!said.stderr.contains("error:"), "{args:?}: {said}");
    }
}

#[test]
fn a_full_stderr_changes_no_result() {
    let args = LIGHT[0];
    let output = command(args).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let mistake = command(&["depoly"]).stderr(full()).output().unwrap();
    assert_eq!(mistake.status.code(), Some(2));
    let nothing = command(&[]).stderr(full()).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
}

#[test]
fn closed_streams_are_survived() {
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        for (args, expect) in [("check --today 2026-11-22", 0), ("--help", 0), ("depoly", 2)] {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("exec \"$0\" {args} {closed}")]);
            let output = shell.arg(env!("CARGO_BIN_EXE_xtask")).output().unwrap();
            assert_eq!(output.status.code(), Some(expect), "{args} {closed}");
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(!stderr.contains("bug"), "{args} {closed}: {stderr}");
        }
    }
}

#[test]
fn nothing_of_the_environment_is_needed() {
    for args in LIGHT {
        let said: Said = command(args).env_clear().output().unwrap().into();
        assert_eq!(said.code, 0, "{args:?}: {said}");
    }
}

/// Whether help on stdout, a mistake that clap finds and one that we find have colours.
fn has_colors(args: &[&str], variables: &[(&str, &str)]) -> bool {
    let run = |words: &[&str]| {
        let mut command = command(&[words, args].concat());
        command.env("TERM", "xterm-256color");
        command.envs(variables.iter().copied());
        Said::from(command.output().unwrap())
    };
    let help = run(&["--help"]).stdout;
    let of_clap = run(&["depoly"]).stderr;
    let of_us = run(&["check", "--env", "moon"]).stderr;
    assert!(help.contains("Usage:") && of_clap.contains("no such command") && of_us.contains("moon"));
    let colors = [help, of_clap, of_us].map(|text| text.contains('\u{1b}'));
    assert!(colors.iter().all(|color| *color == colors[0]), "{colors:?}: {args:?} {variables:?}");
    colors[0]
}

#[test]
fn who_decides_about_colors() {
    for (args, variables, expect) in [
        (&[][..], &[][..], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        (&[], &[("CLICOLOR", "1")], false),
        // Who asks in so many words is obeyed.
        (&["--color", "always"], &[], true),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color=never"], &[("CLICOLOR_FORCE", "1")], false),
        (&["--color=auto"], &[("CLICOLOR_FORCE", "1")], true),
    ] {
        assert_eq!(has_colors(args, variables), expect, "{args:?} {variables:?}");
    }
}

#[test]
fn json_has_no_colors() {
    let args = ["check", "--env", "prod", "--today", "2026-11-22", "--output", "json", "--color", "always"];
    let plain = said(&args).stdout;
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(serde_json::from_str::<serde_json::Value>(&plain).is_ok());
}

#[test]
fn an_input_that_is_closed_is_not_asked() {
    let mut command = command(&["deploy", "--order", "/dev/stdin"]);
    let said: Said = command.stdin(Stdio::null()).output().unwrap().into();
    assert_eq!(said.code, 2, "{said}");
    assert!(said.stderr.contains("not a regular file"), "{said}");
}
