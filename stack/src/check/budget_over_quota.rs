//! `budget-over-quota`: the budget of a price source lets through what its provider does not.
//!
//! **Why.** The functions stop by themselves when a budget is spent, and the next source serves. A budget above the
//! provider's quota never stops anybody: the provider does, with errors, and some lock a key out for a day.
//!
//! **What it wants.** At the provider's own address: `per_second` at most the provider's, `per_day` below it, where a figure
//! is known. A warning and no error, since a provider may have granted this key more: data.go.kr does on request.
//!
//! **What to do.** Lower the figure in the source's table, or leave it out: the default stops in time.
//!
//! Source: the quotas of the catalogue, `functions/contract/src/price_source.rs`, each with its own.

use super::{Subject, in_environment};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "budget-over-quota";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let sources = &subject.app.environment().sources;
    for choice in sources.iter().filter(|choice| choice.asks_the_provider()) {
        let facts = choice.source.facts();
        let mut over = |key: &str, a_while: &str, budget: u32, quota: u32, usual: u32| {
            let path = in_environment(subject, &format!("source.{}.{key}", facts.name));
            let message = format!(
                "the budget does not stop before the provider's {quota} calls {a_while} do: {budget}"
            );
            let hint = format!("leave `{key}` out for {usual}, unless the provider granted this key more");
            report
                .findings
                .push(Finding::warning(RULE, path, message).hint(hint));
        };
        let (quota, usual) = (facts.quota, facts.budget);
        if let Some(most) = quota.per_second.map(u32::from)
            && choice.per_second.get() > most
        {
            over(
                "per_second",
                "a second",
                choice.per_second.get(),
                most,
                usual.per_second.into(),
            );
        }
        // One call is left for whoever looks: the provider counts calls that we do not.
        if let Some(most) = quota.per_day
            && choice.per_day.get() >= most
        {
            over("per_day", "a day", choice.per_day.get(), most, usual.per_day);
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::PriceSource;

    use crate::{
        App,
        check::tests::found,
        environment::{BaseUrl, CallsPerDay, SearchRate, SourceChoice},
        tests::{apps, example, seed},
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
            &[
                "warning environments/dev.toml#source.chamgagyeok.per_day: the budget does not stop before the \
                 provider's 2000 calls a day do: 2000",
            ],
        );
        check(example("dev"), PriceSource::Kamis, per_day(9_999), &[]);
    }

    #[test]
    fn a_second_is_no_longer_than_the_providers() {
        check(seed(), PriceSource::Naver, per_second(10), &[]);
        check(
            seed(),
            PriceSource::Naver,
            per_second(11),
            &[
                "warning environments/seed.toml#source.naver.per_second: the budget does not stop before the provider's \
                 10 calls a second do: 11",
            ],
        );
    }

    #[test]
    fn what_nobody_published_and_what_is_somebodys_own_is_theirs() {
        check(example("dev"), PriceSource::Elevenst, per_day(1_000_000), &[]);
        check(example("dev"), PriceSource::Elevenst, per_second(50), &[]);
        let own = |choice: &mut SourceChoice| {
            choice.base_url = BaseUrl::new("https://prices.example.com").unwrap();
            choice.per_day = CallsPerDay::new(1_000_000).unwrap();
        };
        check(example("dev"), PriceSource::Chamgagyeok, own, &[]);
    }

    #[test]
    fn every_environment_of_the_repository_stays_below() {
        for app in apps() {
            assert_eq!(found(super::check, &app, |_| {}), Vec::<String>::new());
        }
    }
}
