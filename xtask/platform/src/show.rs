//! The rendering for a person: the recipe in short, the basket, what has no price and why, where time went, where the
//! rest is. Styles are escapes that the printer removes where nobody wants them ([`print`]).

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use contract::{MealPlan, Recipe};

use self::page::{Page, padded, widest};
use crate::{
    execution::{Execution, ExecutionStatus},
    plain::plain,
    progress::duration,
    report::{DeployReport, OrderReport},
    trace::{Span, Trace},
    width::Width,
};

mod basket;
mod page;
mod table;

pub use table::table;

const HEADING: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Steps of a recipe that are shown: enough to recognise it.
const STEPS_SHOWN: usize = 3;
/// The width of the longest bar, in cells of the terminal.
const BAR_CELLS: usize = 40;
/// A bar of fewer cells shows nothing.
const LEAST_BAR_CELLS: usize = 8;
/// Characters of a cause that are shown: a cause may hold a stack trace.
const CAUSE_CHARS: usize = 400;

pub fn deploy_report(report: &DeployReport, width: Width) -> String {
    let mut page = Page::new(width);
    order(&mut page, &report.order);
    let functions = report.functions.iter();
    let sizes: Vec<_> = functions.map(|f| format!("{} {}", f.function, megabytes(f.bytes))).collect();
    let t = report.timings_ms;
    let steps = [
        ("build", t.build_ms),
        ("synth", t.synth_ms),
        ("check", t.check_ms),
        ("package", t.package_ms),
        ("up", t.up_ms),
        ("execute", t.execute_ms),
    ];
    let steps: Vec<_> = steps.iter().map(|(step, ms)| format!("{step} {}", duration(*ms))).collect();
    places(&mut page, &[("functions", sizes.join(" · ")), ("timings", steps.join(" · "))]);
    page.into_text()
}

pub fn order_report(report: &OrderReport, width: Width) -> String {
    let mut page = Page::new(width);
    order(&mut page, report);
    page.into_text()
}

fn order(page: &mut Page, report: &OrderReport) {
    let cooking = &report.execution;
    match &cooking.plan {
        Some(plan) => meal_plan(page, plan, report.budget_krw),
        None => failure(page, &cooking.execution),
    }
    time(page, &Trace::of(&cooking.history));

    let session = report.session.as_ref();
    let session = session.map_or_else(
        || "none is stored".to_owned(),
        |session| format!("{} {}", session.session_id, session.status.name()),
    );
    let mut rest = vec![("session", session)];
    rest.extend(report.links.iter().map(|link| (link.what.as_str(), link.location.clone())));
    places(page, &rest);
}

fn meal_plan(page: &mut Page, plan: &MealPlan, budget_krw: u64) {
    recipe(page, &plan.recipe);
    basket::show(page, plan, budget_krw);
}

fn recipe(page: &mut Page, recipe: &Recipe) {
    let n = &recipe.nutrition;
    page.line(&format!("{HEADING}{}{HEADING:#}", plain(&recipe.name)));
    let nutrition =
        format!("{} kcal · protein {} g · carbs {} g · fat {} g", n.calories, n.protein, n.carbs, n.fat);
    page.line(&format!("{QUIET}{nutrition}{QUIET:#}"));
    page.line("");
    let ingredients = recipe.ingredients.iter();
    let ingredients: Vec<_> = ingredients
        .map(|ingredient| {
            let quantity = format!("{}{}", &*ingredient.amount, &*ingredient.unit);
            plain(format!("{} {quantity}", &*ingredient.name).trim_end())
        })
        .collect();
    page.line(&format!("  {}", ingredients.join(" · ")));
    page.line("");
    for (number, step) in (1..).zip(recipe.steps.iter().take(STEPS_SHOWN)) {
        page.hanging(&format!("  {number}. {}", plain(step)), 5);
    }
    match recipe.steps.len().saturating_sub(STEPS_SHOWN) {
        0 => {}
        1 => page.line(&format!("  {QUIET}and 1 more step{QUIET:#}")),
        more => page.line(&format!("  {QUIET}and {more} more steps{QUIET:#}")),
    }
}

fn failure(page: &mut Page, execution: &Execution) {
    let what = match (&execution.error, execution.status) {
        (Some(error), _) => plain(error),
        (None, ExecutionStatus::TimedOut) => "it took longer than its machine allows".to_owned(),
        (None, ExecutionStatus::Aborted) => "it was aborted".to_owned(),
        (None, ExecutionStatus::Failed) => "it failed without an error's name".to_owned(),
        (None, ExecutionStatus::Running | ExecutionStatus::Succeeded) => "it has no result".to_owned(),
    };
    page.line(&format!("{BAD}order {}{BAD:#}: {what}", status_word(execution.status)));
    if let Some(cause) = execution.cause.as_deref().filter(|cause| !cause.is_empty()) {
        page.line(&format!("  {}", summary(cause)));
    }
}

const fn status_word(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Running => "not ended",
        ExecutionStatus::Succeeded => "cooked",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::TimedOut => "timed out",
        ExecutionStatus::Aborted => "aborted",
    }
}

/// A cause in one line: the `errorMessage` of a function's answer, else the text itself, cut where it gets long.
fn summary(cause: &str) -> String {
    let answer: Option<serde_json::Value> = serde_json::from_str(cause).ok();
    let message = answer.as_ref().and_then(|answer| answer.get("errorMessage")?.as_str());
    let text = plain(message.unwrap_or(cause));
    match text.char_indices().nth(CAUSE_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn time(page: &mut Page, trace: &Trace) {
    if trace.spans.is_empty() {
        return;
    }
    let names: Vec<_> = trace.spans.iter().map(|span| plain(&span.state)).collect();
    let width = widest(&names);
    let longest = trace.spans.iter().map(|span| thousands(span.duration_ms()).len()).max().unwrap_or(0);
    page.line("");
    page.line(&format!("{HEADING}where time went{HEADING:#}  {} ms", thousands(trace.total_ms)));
    // Around the bar: indentation, name, gaps and the figure with its unit.
    let beside = 2 + width + 2 + 2 + longest + 3;
    let bar_cells = page.cells().map_or(BAR_CELLS, |cells| cells.saturating_sub(beside).min(BAR_CELLS));
    for (name, span) in names.iter().zip(&trace.spans) {
        let style = if span.ended { GOOD } else { BAD };
        let bar = if bar_cells < LEAST_BAR_CELLS {
            String::new()
        } else {
            format!("  {style}{}{style:#}", bar(span, trace.total_ms, bar_cells))
        };
        let took = thousands(span.duration_ms());
        let attempts = match span.attempts {
            0 | 1 => String::new(),
            attempts => format!("  {QUIET}{attempts} attempts{QUIET:#}"),
        };
        let name = padded(name, width);
        page.hanging(&format!("  {name}{bar}  {took:>longest$} ms{attempts}"), 4);
    }
}

/// Where a span lies in the whole, at least one cell long.
fn bar(span: &Span, total_ms: u64, cells: usize) -> String {
    let total = u128::from(total_ms);
    let all = u128::try_from(cells).unwrap_or(u128::MAX);
    let cell = |ms: u64| {
        let cell = (u128::from(ms) * all + total / 2).checked_div(total).unwrap_or(0);
        usize::try_from(cell).unwrap_or(cells).min(cells)
    };
    let start = cell(span.start_ms).min(cells.saturating_sub(1));
    let end = cell(span.end_ms).max(start + 1);
    (0..cells).map(|at| if (start..end).contains(&at) { '━' } else { ' ' }).collect()
}

fn places(page: &mut Page, places: &[(&str, String)]) {
    page.line("");
    for (what, location) in places {
        let gap = " ".repeat(9_usize.saturating_sub(what.len()));
        let line = format!("{HEADING}{what}{HEADING:#}{gap}  {}", plain(location));
        page.hanging(&line, 11);
    }
}

/// A number with a comma before each group of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Prints a rendering to stdout, without styles where stdout is no terminal or the person wants none (`NO_COLOR`).
pub fn print(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

#[cfg(test)]
mod tests;
