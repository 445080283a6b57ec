//! `budget-over-quota`: the budget of a price source lets through what its provider does not.
//!
//! **Why.** The functions stop by themselves when a budget is spent, and the next source serves. A budget above the
//! provider's quota never stops anybody: the provider does, with errors, and some lock a key out for a day. The calls of a
//! day are counted for all functions together, those of a second by each function for itself.
//!
//! **What it wants.** At the provider's own address and where a figure is known: `per_second` times the reserved concurrency
//! of the price function at most the provider's, `per_day` below it. A warning and no error, since a provider may have
//! granted this key more: data.go.kr does on request.
//!
//! **What to do.** Lower the figure in the source's table, or leave it out: the default of a day stops in time. For the
//! second, reserve a concurrency for the price function (`stack/src/resources/functions.rs`).
//!
//! Source: the quotas of the catalogue, `functions/contract/src/price_source.rs`, each with its own.

use cfn::resource::Function;
use contract::{price_source::SourceFacts, task::TaskKind};

use super::{Subject, in_environment};
use crate::{
    environment::SourceChoice,
    report::{Finding, Report},
    resources::ids,
};

pub(super) const RULE: &str = "budget-over-quota";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let sources = &subject.app.environment().sources;
    for choice in sources.iter().filter(|choice| choice.asks_the_provider()) {
        let facts = choice.source.facts();
        let mut warn = |key: &str, message: String, hint: String| {
            let path = in_environment(subject, &format!("source.{}.{key}", facts.name));
            let finding = Finding::warning(RULE, path, message);
            report.findings.push(finding.hint(hint));
        };
        if let Some((message, hint)) = second(subject, choice, facts) {
            warn("per_second", message, hint);
        }
        // One call is left for whoever looks: the provider counts calls that we do not.
        if let Some(most) = facts.quota.per_day
            && choice.per_day.get() >= most
        {
            let budget = choice.per_day.get();
            let usual = facts.budget.per_day;
            let message =
                format!("the budget is not below the provider's quota of {most} calls a day: {budget}");
            let hint = format!("leave `per_day` out for {usual}, unless the provider granted this key more");
            warn("per_day", message, hint);
        }
    }
}

/// What is wrong with the calls that all functions together may start in a second.
fn second(subject: &Subject<'_>, choice: &SourceChoice, facts: &SourceFacts) -> Option<(String, String)> {
    let most = facts.quota.per_second?;
    let each = choice.per_second.get();
    let mut functions = subject.template.resources_of::<Function>();
    let id = ids::function(TaskKind::PriceFetcher);
    let function = functions.find(|(other, _)| **other == id).map(|(_, function)| function);
    let reserved = function.and_then(|function| function.reserved_concurrent_executions);
    let budget = match reserved {
        Some(functions) if each.saturating_mul(functions) <= most.into() => return None,
        Some(functions) => format!("{each} of each of {functions} functions"),
        None => format!("{each} of each function, and their number has no limit"),
    };
    let message = format!("the budget is not below the provider's quota of {most} calls a second: {budget}");
    let hint =
        "lower `per_second` or the price function's reserved concurrency (stack/src/resources/functions.rs)";
    Some((message, hint.to_owned()))
}

#[cfg(test)]
mod tests {
    use cfn::resource::Function;
    use contract::PriceSource;

    use crate::{
        App,
        check::tests::found,
        environment::{BaseUrl, CallsPerDay, SearchRate, SourceChoice},
        tests::{example, seed},
    };

    /// What is found when one figure of a source is another.
    #[track_caller]
    fn check(mut app: App, source: PriceSource, change: impl Fn(&mut SourceChoice), expect: &[&str]) {
        let sources = &mut app.environment.sources;
        change(sources.iter_mut().find(|choice| choice.source == source).unwrap());
        assert_eq!(found(super::check, &app, |_| {}), expect);
    }

    fn per_day(most: u32) -> impl Fn(&mut SourceChoice) {
        move |choice| choice.per_day = CallsPerDay::new(most).unwrap()
    }

    fn per_second(most: u32) -> impl Fn(&mut SourceChoice) {
        move |choice| choice.per_second = SearchRate::new(most).unwrap()
    }

    #[test]
    fn the_day_ends_before_the_providers() {
        check(example("dev"), PriceSource::Chamgagyeok, per_day(1_999), &[]);
        check(
            example("dev"),
            PriceSource::Chamgagyeok,
            per_day(2_000),
            &["warning environments/dev.toml#source.chamgagyeok.per_day: the budget is not below the \
                 provider's quota of 2000 calls a day: 2000"],
        );
        check(example("dev"), PriceSource::Kamis, per_day(9_999), &[]);
    }

    #[test]
    fn the_calls_of_all_functions_in_a_second_are_no_more_than_the_providers() {
        let path = "warning environments/seed.toml#source.naver.per_second: the budget is not below the provider's quota of 10 \
                    calls a second:";
        for (each, reserved, expect) in [
            (2, Some(5), None),
            (10, Some(1), None),
            (2, Some(6), Some("2 of each of 6 functions")),
            (11, Some(1), Some("11 of each of 1 functions")),
            (1, None, Some("1 of each function, and their number has no limit")),
        ] {
            let mut app = seed();
            app.environment.sources[0].per_second = SearchRate::new(each).unwrap();
            let found = found(super::check, &app, |template| {
                let mut functions = template.resources_of_mut::<Function>();
                let price = functions.find(|(id, _)| id.as_str() == "PriceFetcher");
                price.unwrap().1.reserved_concurrent_executions = reserved;
            });
            let expect: Vec<_> = expect.map(|expect| format!("{path} {expect}")).into_iter().collect();
            assert_eq!(found, expect, "{each} {reserved:?}");
        }
    }

    #[test]
    fn an_unpublished_quota_and_an_own_address_are_not_checked() {
        check(example("dev"), PriceSource::Elevenst, per_day(1_000_000), &[]);
        check(example("dev"), PriceSource::Elevenst, per_second(50), &[]);
        let own = |choice: &mut SourceChoice| {
            choice.base_url = BaseUrl::new("https://prices.example.com").unwrap();
            choice.per_day = CallsPerDay::new(1_000_000).unwrap();
        };
        check(example("dev"), PriceSource::Chamgagyeok, own, &[]);
    }
}
