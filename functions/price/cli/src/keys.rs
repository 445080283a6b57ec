//! The keys of a source, from a pipe or from a prompt without echo. They are no arguments, which all users of the machine see.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use contract::price_source::Key;
use runtime::Secret;
use rustix::termios;

use crate::failure::Failure;

/// Most bytes of a pipe; keys have less than 200.
const MAX_BYTES: u64 = 16_384;

/// The source's keys in their order.
pub(crate) async fn read(wanted: &'static [Key]) -> Result<Vec<Secret>, Failure> {
    let given = if io::stdin().is_terminal() { prompted(wanted).await? } else { piped()? };
    let mut given = given.into_iter();
    let mut keys = Vec::new();
    for key in wanted {
        let text = given.next().unwrap_or_default();
        let text = text.trim();
        if text.is_empty() {
            return Err(Failure::NoKey { what: key.what });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::InvalidKey { what: key.what });
        }
        keys.push(Secret::new(text));
    }
    Ok(keys)
}

fn piped() -> Result<Vec<String>, Failure> {
    let lines = io::stdin().lock().take(MAX_BYTES).lines();
    let lines = lines.collect::<Result<Vec<_>, _>>().map_err(Failure::KeyInput)?;
    Ok(lines.into_iter().filter(|line| !line.trim().is_empty()).collect())
}

/// Asks for each key on the terminal, and restores the terminal's echo after an interrupt.
async fn prompted(wanted: &'static [Key]) -> Result<Vec<String>, Failure> {
    let before = termios::tcgetattr(io::stdin()).ok();
    let asking = tokio::task::spawn_blocking(move || {
        let ask = |key: &Key| rpassword::prompt_password(format!("{} (not shown): ", key.what));
        wanted.iter().map(ask).collect::<Result<Vec<_>, _>>()
    });
    tokio::select! {
        asked = asking => asked
            .map_err(|_| Failure::Bug("the prompt panicked"))?
            .map_err(Failure::KeyInput),
        _ = tokio::signal::ctrl_c() => {
            if let Some(before) = before {
                // An error cannot be handled.
                let _ = termios::tcsetattr(io::stdin(), termios::OptionalActions::Now, &before);
            }
            Err(Failure::Interrupted)
        }
    }
}
