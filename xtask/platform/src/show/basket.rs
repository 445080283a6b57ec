//! The prices of a plan for a person: what is bought where, of what each price is, how old it is and who says so; what has
//! no price and why; what must stand beside prices.

use std::cmp::Ordering;

use contract::{
    AsOf, MealPlan, Pricing, Timestamp,
    pricing::{Basis, Item, Unpriced, UnpricedReason},
};

use super::{
    BAD, GOOD, HEADING, QUIET,
    page::{Page, padded, widest},
    table, thousands,
};
use crate::plain::plain;

/// Characters of an age that are shown, where it is none that we know.
const AGE_CHARS: usize = 30;

/// One line of the basket, every text without what a terminal would obey.
struct Line {
    name: String,
    quantity: String,
    krw: String,
    per: String,
    vendor: String,
    source: &'static str,
    as_of: String,
}

pub(super) fn show(page: &mut Page, plan: &MealPlan, budget_krw: u64) {
    let pricing = &plan.pricing;
    page.line("");
    if let Some(unavailable) = &pricing.unavailable {
        page.line(&format!(
            "{HEADING}basket{HEADING:#}  {BAD}no prices{BAD:#}: {}; the recipe is delivered without them",
            plain(&unavailable.error)
        ));
        return;
    }
    total(page, pricing, budget_krw);
    vendors(page, pricing, &plan.generated_at);
    for attribution in &pricing.attributions {
        page.line(&format!("  {QUIET}{}{QUIET:#}", plain(attribution)));
    }
    unpriced(page, pricing, &plan.generated_at);
}

/// The sum, what it adds up, how it compares with the budget, and what it leaves out.
fn total(page: &mut Page, pricing: &Pricing, budget_krw: u64) {
    let sum = thousands(pricing.total_krw);
    let of = match (&pricing.optimal, pricing.basis) {
        (None, _) => String::new(),
        (Some(_), Basis::Package) => format!("  {QUIET}one package of each{QUIET:#}"),
        (Some(_), Basis::Unit) => format!("  {QUIET}one stated unit of each{QUIET:#}"),
    };
    page.line(&format!("{HEADING}basket{HEADING:#}  {GOOD}{sum} KRW{GOOD:#}{of}"));
    if pricing.optimal.is_some() {
        let apart = thousands(pricing.total_krw.abs_diff(budget_krw));
        let compared = match pricing.total_krw.cmp(&budget_krw) {
            Ordering::Greater => format!("{BAD}{apart} KRW above{BAD:#}"),
            Ordering::Equal => "exactly".to_owned(),
            Ordering::Less => format!("{apart} KRW below"),
        };
        let budget = thousands(budget_krw);
        page.line(&format!("  {compared} the order's budget of {budget} KRW"));
    }
    if !pricing.left_out.is_empty() {
        let names: Vec<_> = pricing.left_out.iter().map(|name| plain(name)).collect();
        let why = match pricing.basis {
            Basis::Package => "priced by a stated unit",
            Basis::Unit => "priced by the package",
        };
        page.line(&format!("  without what is {why}: {}", names.join(", ")));
    }
}

fn vendors(page: &mut Page, pricing: &Pricing, generated_at: &Timestamp) {
    let Some(best) = &pricing.optimal else {
        page.line("  nothing is priced");
        return;
    };
    let line = |vendor: &str, item: &Item| Line {
        name: plain(&item.name),
        quantity: plain(&item.quantity),
        krw: thousands(item.price_krw),
        per: match (&item.per, item.basis) {
            (Some(per), _) => plain(per),
            (None, Basis::Package) => "package".to_owned(),
            (None, Basis::Unit) => "unit".to_owned(),
        },
        vendor: plain(vendor),
        source: item.source.name(),
        as_of: age(&item.as_of, generated_at),
    };
    let others = pricing.alternatives.iter();
    let others = others.flat_map(|other| other.items.iter().map(|item| line(&other.vendor, item)));
    let lines: Vec<_> = best.items.iter().map(|item| line(&best.vendor, item)).chain(others).collect();
    let table = rows(&lines);
    // A table that is squeezed is a column of scraps: a list reads better.
    match page.cells() {
        Some(cells) if widest(&table) > cells => list(page, &lines),
        _ => table.iter().for_each(|row| page.line(row)),
    }
    let best_krw: u64 = best.items.iter().map(|item| item.price_krw).sum();
    let share =
        format!("{} of {} items, {} KRW", best.items.len(), pricing.priced().count(), thousands(best_krw));
    page.line(&format!("  best vendor {GOOD}{}{GOOD:#}: {share}", plain(&best.vendor)));
}

fn list(page: &mut Page, lines: &[Line]) {
    for line in lines {
        let Line { name, quantity, krw, per, vendor, source, as_of } = line;
        let text = format!("  {name} {quantity}, {krw} KRW per {per}, {vendor}, {source} as of {as_of}");
        page.hanging(&text, 4);
    }
}

fn rows(lines: &[Line]) -> Vec<String> {
    let titles = ["ingredient", "quantity", "KRW", "per", "vendor", "source", "as of"];
    let rows = lines.iter().map(|line| {
        let Line { name, quantity, krw, per, vendor, source, as_of } = line;
        [name, quantity, krw, per, vendor, *source, as_of.as_str()].map(str::to_owned)
    });
    table(titles, rows, 2..3)
}

fn unpriced(page: &mut Page, pricing: &Pricing, generated_at: &Timestamp) {
    if pricing.unpriced.is_empty() {
        return;
    }
    page.line("");
    page.line(&format!("{HEADING}unpriced{HEADING:#}"));
    let names: Vec<_> = pricing.unpriced.iter().map(|unpriced| plain(&unpriced.name)).collect();
    let width = widest(&names);
    for (name, unpriced) in names.iter().zip(&pricing.unpriced) {
        let line = format!("  {}  {QUIET}{}{QUIET:#}", padded(name, width), why(unpriced, generated_at));
        page.hanging(&line, 2 + width + 2);
    }
}

/// Why something has no price, and what it usually costs.
fn why(unpriced: &Unpriced, generated_at: &Timestamp) -> String {
    let reason = match unpriced.reason {
        UnpricedReason::NoOffer | UnpricedReason::OnlyReference => "no shop offers it",
        UnpricedReason::NoKnownPrice => "offered, but at no known price",
        UnpricedReason::NotAnswered => "no source answered",
        UnpricedReason::NotSearched => "in the recipe, not in the order: nobody searched for it",
    };
    match &unpriced.reference {
        None => reason.to_owned(),
        Some(reference) => format!(
            "{reason}; usually {} KRW per {} ({}, {})",
            thousands(reference.price_krw),
            plain(&reference.per),
            reference.source,
            age(&reference.as_of, generated_at)
        ),
    }
}

/// How old a price is: the day of its survey, or when its source was asked, in UTC. The day is left out where the plan was
/// made on it.
fn age(as_of: &AsOf, generated_at: &Timestamp) -> String {
    let Ok(asked) = as_of.0.parse::<jiff::Timestamp>() else {
        return plain(&as_of.0).chars().take(AGE_CHARS).collect();
    };
    let day = |moment: jiff::Timestamp| moment.strftime("%Y-%m-%d").to_string();
    let today = generated_at.0.parse().map(day).unwrap_or_default();
    let time = asked.strftime("%H:%MZ");
    match day(asked) {
        day if day == today => time.to_string(),
        day => format!("{day} {time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(as_of: &str, expect: &str) {
        let generated_at = Timestamp("2026-11-22T03:04:05.678Z".to_owned());
        assert_eq!(age(&AsOf(as_of.to_owned()), &generated_at), expect, "{as_of}");
    }

    #[test]
    fn an_age_is_a_day_or_a_time() {
        check("2026-09-25", "2026-09-25");
        check("2026-11-22T01:02:59.999Z", "01:02Z");
        check("2026-11-21T23:59:00.000Z", "2026-11-21 23:59Z");
        check("2026-11-22T08:30:00+09:00", "2026-11-21 23:30Z");
        check("last\u{1b}[1m week", "last [1m week");
        check(&"x".repeat(50), &"x".repeat(30));
        assert_eq!(age(&AsOf("2026-11-22T01:02:03Z".into()), &Timestamp("?".into())), "2026-11-22 01:02Z");
    }
}
