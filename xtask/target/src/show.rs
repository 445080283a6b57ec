//! The rendering for a person: the recipe in short, the basket, what has no price and why, where time went, where the
//! rest is. Styles are escapes that the printer removes where nobody wants them ([`print`]).

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentLineStyle, LineStyle, Table, TableStyle};
use contract::{
    MealPlan, Pricing, Recipe,
    pricing::{Item, UnpricedReason},
    text::is_hidden,
};
use unicode_width::UnicodeWidthStr;

use crate::{
    execution::{Execution, ExecutionStatus},
    progress::duration,
    report::{Cooked, DeployReport},
    trace::{Span, Trace},
};

const HEADING: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Steps of a recipe that are shown: enough to recognise it.
const STEPS_SHOWN: usize = 3;
/// The width of the longest bar, in cells of the terminal.
const BAR_CELLS: u64 = 40;
/// Characters of a cause that are shown: a cause may hold a stack trace.
const CAUSE_CHARS: usize = 400;

/// A deployment with its first order.
#[must_use]
pub fn deploy_report(report: &DeployReport) -> String {
    let mut text = cooked(&report.cooked);
    let functions = report.functions.iter();
    let sizes: Vec<_> = functions
        .map(|f| format!("{} {}", f.function, megabytes(f.bytes)))
        .collect();
    let t = report.timings_ms;
    let steps = [
        ("build", t.build_ms),
        ("synth", t.synth_ms),
        ("check", t.check_ms),
        ("package", t.package_ms),
        ("up", t.up_ms),
        ("execute", t.execute_ms),
    ];
    let steps: Vec<_> = steps
        .iter()
        .map(|(step, ms)| format!("{step} {}", duration(*ms)))
        .collect();
    places(
        &mut text,
        &[("functions", sizes.join(" · ")), ("timings", steps.join(" · "))],
    );
    text
}

/// One order.
#[must_use]
pub fn cooked(cooked: &Cooked) -> String {
    let cooking = &cooked.execution;
    let mut text = String::new();
    match &cooking.plan {
        Some(plan) => meal_plan(&mut text, plan),
        None => failure(&mut text, &cooking.execution),
    }
    time(&mut text, &Trace::of(&cooking.history));

    let session = cooked.session.as_ref();
    let session = session.map_or_else(
        || "none is stored".to_owned(),
        |session| format!("{} {}", session.session_id, session.status.name()),
    );
    let mut rest = vec![("session", session)];
    rest.extend(cooked.links.iter().map(|link| (link.what, link.location.clone())));
    places(&mut text, &rest);
    text
}

fn meal_plan(text: &mut String, plan: &MealPlan) {
    recipe(text, &plan.recipe);
    basket(text, &plan.pricing);
    unpriced(text, &plan.pricing);
}

fn recipe(text: &mut String, recipe: &Recipe) {
    let n = &recipe.nutrition;
    line(text, &format!("{HEADING}{}{HEADING:#}", plain(&recipe.name)));
    let nutrition = format!(
        "{} kcal · protein {} g · carbs {} g · fat {} g",
        n.calories, n.protein, n.carbs, n.fat
    );
    line(text, &format!("{QUIET}{nutrition}{QUIET:#}"));
    line(text, "");
    let ingredients = recipe.ingredients.iter();
    let ingredients: Vec<_> = ingredients
        .map(|ingredient| {
            let quantity = format!("{}{}", &*ingredient.amount, &*ingredient.unit);
            plain(format!("{} {quantity}", &*ingredient.name).trim_end())
        })
        .collect();
    line(text, &format!("  {}", ingredients.join(" · ")));
    line(text, "");
    for (number, step) in (1..).zip(recipe.steps.iter().take(STEPS_SHOWN)) {
        line(text, &format!("  {number}. {}", plain(step)));
    }
    match recipe.steps.len().saturating_sub(STEPS_SHOWN) {
        0 => {}
        1 => line(text, &format!("  {QUIET}and 1 more step{QUIET:#}")),
        more => line(text, &format!("  {QUIET}and {more} more steps{QUIET:#}")),
    }
}

fn basket(text: &mut String, pricing: &Pricing) {
    line(text, "");
    line(
        text,
        &format!(
            "{HEADING}basket{HEADING:#}  {GOOD}{} KRW{GOOD:#}",
            thousands(pricing.total_krw)
        ),
    );
    let Some(best) = &pricing.optimal else {
        line(text, "  nothing is priced");
        return;
    };
    let mut table = Table::new();
    table.load_style(
        TableStyle::new()
            .header_lines(ContentLineStyle::none().junction(' '))
            .header_separator(LineStyle::none().fill('─').junction('─'))
            .content_lines(ContentLineStyle::none().junction(' ')),
    );
    table.set_header(["ingredient", "quantity", "KRW", "vendor"]);
    let mut rows = |vendor: &str, items: &[Item]| {
        for item in items {
            let cells = [&item.name, &item.quantity, &thousands(item.price_krw), vendor];
            table.add_row(cells.map(plain));
        }
    };
    rows(&best.vendor, &best.items);
    for other in &pricing.alternatives {
        rows(&other.vendor, &other.items);
    }
    if let Some(price) = table.column_mut(2) {
        price.set_cell_alignment(CellAlignment::Right);
    }
    for row in table.lines() {
        line(text, &format!(" {}", row.trim_end()));
    }
    let best_krw: u64 = best.items.iter().map(|item| item.price_krw).sum();
    let priced = pricing.priced().count();
    let share = format!(
        "{} of {priced} items, {} KRW",
        best.items.len(),
        thousands(best_krw)
    );
    line(
        text,
        &format!("  best vendor {GOOD}{}{GOOD:#}: {share}", plain(&best.vendor)),
    );
}

fn unpriced(text: &mut String, pricing: &Pricing) {
    if pricing.unpriced.is_empty() {
        return;
    }
    line(text, "");
    line(text, &format!("{HEADING}unpriced{HEADING:#}"));
    let names: Vec<_> = pricing
        .unpriced
        .iter()
        .map(|unpriced| plain(&unpriced.name))
        .collect();
    let width = widest(&names);
    for (name, unpriced) in names.iter().zip(&pricing.unpriced) {
        let reason = match unpriced.reason {
            UnpricedReason::NoOffer => "no shop offers it",
            UnpricedReason::NoKnownPrice => "offered, but at no known price",
            UnpricedReason::NotSearched => "in the recipe, not in the order: nobody searched for it",
        };
        line(
            text,
            &format!("  {}  {QUIET}{reason}{QUIET:#}", padded(name, width)),
        );
    }
}

fn failure(text: &mut String, execution: &Execution) {
    let what = match (&execution.error, execution.status) {
        (Some(error), _) => plain(error),
        (None, ExecutionStatus::TimedOut) => "it took longer than its machine allows".to_owned(),
        (None, ExecutionStatus::Aborted) => "it was aborted".to_owned(),
        (None, ExecutionStatus::Failed) => "it failed without an error's name".to_owned(),
        (None, ExecutionStatus::Running | ExecutionStatus::Succeeded) => "it has no result".to_owned(),
    };
    line(
        text,
        &format!("{BAD}order {}{BAD:#}: {what}", status_word(execution.status)),
    );
    if let Some(cause) = execution.cause.as_deref().filter(|cause| !cause.is_empty()) {
        line(text, &format!("  {}", summary(cause)));
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
    let message = answer
        .as_ref()
        .and_then(|answer| answer.get("errorMessage")?.as_str());
    let text = plain(message.unwrap_or(cause));
    match text.char_indices().nth(CAUSE_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn time(text: &mut String, trace: &Trace) {
    if trace.spans.is_empty() {
        return;
    }
    let names: Vec<_> = trace.spans.iter().map(|span| plain(&span.state)).collect();
    let width = widest(&names);
    let longest = trace
        .spans
        .iter()
        .map(|span| thousands(span.duration_ms()).len())
        .max()
        .unwrap_or(0);
    line(text, "");
    line(
        text,
        &format!(
            "{HEADING}where time went{HEADING:#}  {} ms",
            thousands(trace.total_ms)
        ),
    );
    for (name, span) in names.iter().zip(&trace.spans) {
        let style = if span.ended { GOOD } else { BAD };
        let bar = bar(span, trace.total_ms);
        let took = thousands(span.duration_ms());
        let attempts = match span.attempts {
            0 | 1 => String::new(),
            attempts => format!("  {QUIET}{attempts} attempts{QUIET:#}"),
        };
        let name = padded(name, width);
        line(
            text,
            &format!("  {name}  {style}{bar}{style:#}  {took:>longest$} ms{attempts}"),
        );
    }
}

/// Where a span lies in the whole, at least one cell long.
fn bar(span: &Span, total_ms: u64) -> String {
    let total = u128::from(total_ms);
    let cell = |ms: u64| {
        let cells = (u128::from(ms) * u128::from(BAR_CELLS) + total / 2)
            .checked_div(total)
            .unwrap_or(0);
        u64::try_from(cells).unwrap_or(BAR_CELLS).min(BAR_CELLS)
    };
    let start = cell(span.start_ms).min(BAR_CELLS - 1);
    let end = cell(span.end_ms).max(start + 1);
    (0..BAR_CELLS)
        .map(|at| if (start..end).contains(&at) { '━' } else { ' ' })
        .collect()
}

fn places(text: &mut String, places: &[(&str, String)]) {
    line(text, "");
    for (what, location) in places {
        line(
            text,
            &format!("{HEADING}{what:<9}{HEADING:#}  {}", plain(location)),
        );
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn widest(names: &[String]) -> usize {
    names.iter().map(|name| name.width()).max().unwrap_or(0)
}

/// Filled up to a width in cells of the terminal: a Hangul syllable takes two.
fn padded(name: &str, width: usize) -> String {
    format!("{name}{}", " ".repeat(width.saturating_sub(name.width())))
}

/// What others wrote, without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c })
        .collect()
}

fn thousands(number: u64) -> String {
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
///
/// # Errors
/// Stdout is closed.
pub fn print(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

#[cfg(test)]
mod tests;
