//! cargo xtask guards
//!
//! The arguments and the order of things. The table is read in `table`, the copy that is broken is kept by `tree`, tests are
//! run by `suite`, and what came of it is told by `verdict`.

mod suite;
mod table;
mod tree;
mod verdict;

use std::time::Instant;

use clap::Args;
use target::{
    exit_code,
    handover::Output,
    progress::{Progress, duration, elapsed_ms},
};

use self::{
    suite::Suite,
    table::Guard,
    tree::Tree,
    verdict::{Judged, Judgement, Verdict},
};
use super::{print_json, print_text};
use crate::{failure::Failure, repository};

/// Breaks every guard and says which break turns no test red.
///
/// The guards and their breaks stand in `guards/*.toml`; they are broken one after another, in a copy of the repository.
/// Exits with 1 if a break is missed by every test and nobody explained it.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GuardsArgs {
    /// Which guards; all of them if there is none.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The guards of `guards/AREA.toml` alone.
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Tells the guards and breaks none. The text is Markdown.
    #[arg(long, conflicts_with = "limit")]
    list: bool,
    /// How long the tests of one guard may take, in seconds. A break that makes them hang is found as well.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    limit: u32,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask guards --list          what is guarded, and which test says so
  cargo xtask guards --area asl      the guards of the States Language
  cargo xtask guards order-too-large one guard";

pub(crate) fn run(args: &GuardsArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let guards = asked(table::read(repository::root())?, args)?;
    if args.list {
        match args.output {
            Output::Text => print_text(&verdict::markdown(&guards))?,
            Output::Json => print_json(&guards)?,
        }
        return Ok(exit_code::OK);
    }
    let verdict = Verdict::new(judge_all(&guards, args.limit, progress)?);
    match args.output {
        Output::Text => print_text(&verdict.text())?,
        Output::Json => print_json(&verdict)?,
    }
    Ok(if verdict.holds() {
        exit_code::OK
    } else {
        exit_code::FINDINGS
    })
}

/// The guards that were asked for, those of one test program beside each other: it is built the fewest times so.
fn asked(mut guards: Vec<Guard>, args: &GuardsArgs) -> Result<Vec<Guard>, Failure> {
    let known = |name: &String| guards.iter().any(|guard| guard.name == *name);
    if let Some(unknown) = args.names.iter().find(|name| !known(name)) {
        return Err(Failure::NoGuard {
            name: unknown.clone(),
        });
    }
    if let Some(area) = &args.area
        && !guards.iter().any(|guard| guard.area == *area)
    {
        return Err(Failure::NoGuard { name: area.clone() });
    }
    guards.retain(|guard| {
        let named = args.names.is_empty() || args.names.contains(&guard.name);
        named && args.area.as_ref().is_none_or(|area| guard.area == *area)
    });
    // Each name is known and so is the area, and still there may be none that has both.
    if let (true, Some(area)) = (guards.is_empty(), &args.area) {
        return Err(Failure::NoGuard {
            name: format!("{} in {area}", args.names.join(", ")),
        });
    }
    guards.sort_by(|a, b| (&a.package, &a.target, &a.file).cmp(&(&b.package, &b.target, &b.file)));
    Ok(guards)
}

fn judge_all(guards: &[Guard], limit_s: u32, progress: &mut Progress) -> Result<Vec<Judged>, Failure> {
    progress.doing("copying the repository");
    let tree = Tree::new(progress)?;
    let mut judged = Vec::new();
    for group in guards.chunk_by(|a, b| (&a.package, &a.target) == (&b.package, &b.target)) {
        let Some(first) = group.first() else { continue };
        let suite = Suite::new(&tree, first, limit_s);
        progress.doing(&format!("running the tests of {} unbroken", first.package));
        let unbroken = suite.unbroken(group)?;
        for guard in group {
            let start = Instant::now();
            let judgement = match unbroken
                .defect(guard)
                .or_else(|| table::defect(guard, repository::root()))
            {
                Some(defect) => Judgement::Defect(defect),
                None => judge(&tree, &suite, guard)?,
            };
            let ms = elapsed_ms(start);
            let sentence = format!("{} in {}", guard.name, duration(ms));
            match &judgement {
                Judgement::Killed(_) => progress.done("Killed", &sentence),
                Judgement::Survived if guard.survives.is_some() => progress.note("Explained", &sentence),
                Judgement::Survived => progress.error(&format!("no test saw it: {sentence}")),
                Judgement::Defect(why) => progress.error(&format!("{}: {why}", guard.name)),
            }
            judged.push(Judged {
                guard: guard.clone(),
                judgement,
                ms,
            });
        }
    }
    Ok(judged)
}

/// Breaks one guard, asks its test, and mends it.
fn judge(tree: &Tree, suite: &Suite<'_>, guard: &Guard) -> Result<Judgement, Failure> {
    let _mended_at_the_end = tree.break_one(guard)?;
    suite.broken(guard)
}
