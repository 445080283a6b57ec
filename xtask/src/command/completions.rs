//! cargo xtask completions

use clap::{Args, Command, CommandFactory as _, ValueHint, builder::PossibleValuesParser};
use clap_complete::{Shell, generate};
use platform::{error_report::ErrorReport, exit_code};

use super::print_text;
use crate::{Cli, environments};

/// Prints the completion of `cargo xtask` for a shell.
///
/// Commands, options, their values and the environments that there are now. What completes cargo itself stays: in bash
/// and elvish it is asked for every other command, in fish and zsh the two stand side by side. PowerShell has one
/// completion a program: this one replaces cargo's.
#[derive(Args)]
#[command(after_help = "\
Examples:
  source <(cargo xtask completions bash)    in this shell, and in ~/.bashrc for every one
  cargo xtask completions zsh > ~/.zfunc/_cargo-xtask     a folder of your fpath
  cargo xtask completions fish > ~/.config/fish/conf.d/cargo-xtask.fish
  cargo xtask completions elvish >> ~/.config/elvish/rc.elv
  cargo xtask completions powershell >> $PROFILE")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<u8, ErrorReport> {
    print_text(&script(args.shell, &environments::names())?)?;
    Ok(exit_code::OK)
}

/// Shells complete by the program's name, which is cargo's: each script completes a `cargo` with the one command `xtask`, and
/// leaves every other command to the completion of the real one.
fn script(shell: Shell, environments: &[String]) -> Result<String, ErrorReport> {
    match shell {
        Shell::Zsh => generated(shell, with_values(Cli::command(), environments), "cargo-xtask"),
        Shell::Bash => Ok(with_bash_fallback(&of_cargo(shell, environments)?)),
        Shell::Elvish => Ok(with_elvish_fallback(&of_cargo(shell, environments)?)),
        Shell::Fish => Ok(of_cargo(shell, environments)?.replace("__fish_cargo_", "__fish_cargo_xtask_")),
        _ => of_cargo(shell, environments),
    }
}

fn of_cargo(shell: Shell, environments: &[String]) -> Result<String, ErrorReport> {
    let xtask = with_values(Cli::command(), environments).name("xtask");
    let cargo = Command::new("cargo").disable_help_flag(true).disable_help_subcommand(true).subcommand(xtask);
    generated(shell, cargo, "cargo")
}

fn generated(shell: Shell, mut command: Command, name: &str) -> Result<String, ErrorReport> {
    let mut script = Vec::new();
    generate(shell, &mut command, name, &mut script);
    String::from_utf8(script).map_err(|error| ErrorReport::bug("a completion is not UTF-8").caused_by(&error))
}

/// Every `--env` takes one of the environments that there are, every file and folder is completed as one.
fn with_values(command: Command, environments: &[String]) -> Command {
    let command = command.mut_args(|arg| match arg.get_long() {
        // clap wants to keep them for ever, and this program is about to end.
        Some("env") => {
            arg.value_parser(PossibleValuesParser::new(environments.iter().map(|name| &*name.clone().leak())))
        }
        Some("order") => arg.value_hint(ValueHint::FilePath),
        Some("out" | "data") => arg.value_hint(ValueHint::DirPath),
        _ => arg,
    });
    command.mut_subcommands(|inner| with_values(inner, environments))
}

/// In bash a program has one completion. Cargo's own is remembered, loaded first where bash-completion loads it late, and
/// asked for everything but `xtask`.
fn with_bash_fallback(generated: &str) -> String {
    let function = generated.split("\nif [[ \"${BASH_VERSINFO").next().unwrap_or(generated);
    let function = function.replacen("_cargo()", "_cargo_xtask()", 1);
    format!("{function}\n{AFTER_BASH}")
}

const AFTER_BASH: &str = include_str!("completions/after.bash");

/// In elvish a program has one completion, too.
fn with_elvish_fallback(generated: &str) -> String {
    let ours = generated.replace("set edit:completion:arg-completer[cargo] =", "var cargo-xtask~ =");
    format!("{ours}\n{AFTER_ELVISH}")
}

const AFTER_ELVISH: &str = include_str!("completions/after.elv");
