//! What a terminal changes: width, colours, the spinner. The programs run on a real pseudo-terminal.

use std::{
    fs::File,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::programs;

/// A command, its three streams on a terminal of so many columns; what the terminal was sent, and the exit code.
fn on_terminal(columns: u16, command: &mut Command) -> (String, i32) {
    let (ours, theirs) = terminal(columns);
    let stream = || Stdio::from(theirs.try_clone().unwrap());
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        if command.get_envs().all(|(set, _)| set != name) {
            command.env_remove(name);
        }
    }
    let mut child = command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
    // The command keeps its streams: ours must go, or the terminal never ends.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    drop(theirs);
    let mut sent = Vec::new();
    let mut ours = ours;
    let mut some = [0; 4096];
    // A terminal whose last program has gone says EIO.
    while let Ok(count @ 1..) = ours.read(&mut some) {
        sent.extend_from_slice(&some[..count]);
    }
    let code = child.wait().unwrap().code().unwrap();
    (String::from_utf8(sent).unwrap(), code)
}

/// Both ends of a terminal.
fn terminal(columns: u16) -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = open(name, flags, Mode::empty()).unwrap();
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&theirs, size).unwrap();
    (File::from(ours), File::from(theirs))
}

fn xtask(args: &[&str]) -> Command {
    let mut command = Command::new(programs::program("xtask"));
    command.args(args).env("TERM", "xterm-256color");
    command
}

/// One order in an environment of its own.
fn deploy(folder: &Path) -> Command {
    let mut command = programs::local("deploy", folder, &programs::sample("keto.json"));
    command.env("TERM", "xterm-256color");
    command
}

/// Without escapes.
fn bare(sent: &str) -> String {
    let mut bare = String::new();
    let mut chars = sent.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            bare.push(c);
        } else if chars.next() == Some('[') {
            chars.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    bare
}

#[test]
fn a_terminal_has_colors_unless_they_are_switched_off() {
    for (args, variables, expect) in [
        (&[][..], &[][..], true),
        (&[], &[("NO_COLOR", "1")], false),
        (&[], &[("CLICOLOR", "0")], false),
        (&[], &[("TERM", "dumb")], false),
        (&["--color", "never"], &[], false),
        (&["--color", "always"], &[("TERM", "dumb")], true),
    ] {
        for word in ["--help", "depoly"] {
            let mut command = xtask(&[&[word], args].concat());
            let (sent, _) = on_terminal(80, command.envs(variables.iter().copied()));
            assert_eq!(sent.contains('\u{1b}'), expect, "{word} {args:?} {variables:?}: {sent}");
        }
    }
}

#[test]
fn a_terminal_without_a_name_has_no_colors() {
    let (sent, code) = on_terminal(80, xtask(&["depoly"]).env_clear());
    assert_eq!((sent.contains('\u{1b}'), code), (false, 2), "{sent}");
}

#[test]
fn help_fits_a_narrow_terminal() {
    let (sent, code) = on_terminal(30, &mut xtask(&["check", "--help", "--color", "never"]));
    assert_eq!(code, 0);
    let sentences = sent.split("Usage:").next().unwrap();
    assert!(sentences.lines().count() > 5, "{sent}");
    assert!(sentences.lines().all(|line| line.trim_end().len() <= 30), "{sent}");
}

#[test]
fn an_order_on_a_narrow_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for columns in [30, 1] {
        let (sent, code) = on_terminal(columns, &mut deploy(folder.path()));
        assert_eq!(code, 0, "{sent}");
        assert!(!sent.contains("panicked") && !sent.contains("bug"), "{sent}");
        // The spinner and the colours.
        assert!(sent.contains('\u{1b}'), "{sent}");
        let text = bare(&sent);
        assert!(text.contains("basket"), "{text}");
        assert!(!text.contains('─'), "a table where a list reads better: {text}");
    }
}

#[test]
fn an_order_without_colors_is_text_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (sent, code) = on_terminal(100, deploy(folder.path()).env("NO_COLOR", "1"));
    assert_eq!(code, 0, "{sent}");
    let control = sent.chars().find(|c| c.is_control() && !"\r\n".contains(*c));
    assert_eq!(control, None, "{sent}");
    // A spinner would have gone back to the line's start.
    let alone = sent.matches('\r').count() - sent.matches("\r\n").count();
    assert_eq!(alone, 0, "{sent}");
    assert!(sent.contains('─'), "a table fits: {sent}");
    for step in [
        "Synthesised",
        "Checked",
        "Packaged",
        "Up",
        "Found",
        "Started order",
        "Done GenerateRecipe",
        "Cooked order",
    ] {
        assert!(sent.contains(&format!(" {step}")), "not shown: {step}: {sent}");
    }
}
