//! `end-of-life-source`: a source of the prices is gone, or will be soon.
//!
//! **Why.** Naver ended its shopping search for everybody on 2026-07-31 and replaced it by nothing. An
//! environment that still asks it waits for nothing, and fails every order that no other source prices.
//!
//! **What it wants.** Sources that live: a warning from 90 days before the end of one, an error after it. A `base_url`
//! whose host is not the provider's is somebody's own service that speaks the same protocol: whoever runs it knows how
//! long.
//!
//! **What to do.** Choose sources that live in `sources`, or point the `base_url` of the source's table at a service of
//! your own.
//!
//! Source: Naver Developers' notice about the end of its shopping search.

use contract::PriceSource;
use jiff::civil::{Date, date};

use super::{Subject, WARNING_DAYS, days_until, in_environment};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "end-of-life-source";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for choice in &subject.app.environment().sources {
        let facts = choice.source.facts();
        let Some(last_day) = last_day(choice.source).filter(|_| choice.asks_the_provider()) else {
            continue;
        };
        let path = in_environment(subject, "sources");
        let finding = match days_until(subject.today, last_day) {
            left if left < 0 => {
                let message = format!("{} ended on {last_day}, {} days ago", facts.title, left.abs());
                Finding::error(RULE, path, message)
            }
            left if left <= WARNING_DAYS => {
                Finding::warning(RULE, path, format!("{} ends on {last_day}, in {left} days", facts.title))
            }
            _ => continue,
        };
        let hint = format!(
            "sources that live: {}; or point `source.{}.base_url` at a service of your own that speaks its protocol",
            living().join(", "),
            facts.name
        );
        report.findings.push(finding.hint(hint));
    }
}

fn last_day(source: PriceSource) -> Option<Date> {
    let (year, month, day) = source.facts().last_day?;
    Some(date(year, month, day))
}

/// The sources of which nobody named an end.
fn living() -> Vec<&'static str> {
    let sources = PriceSource::ALL.into_iter();
    sources.filter(|source| source.facts().last_day.is_none()).map(PriceSource::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        App,
        environment::BaseUrl,
        report::Severity,
        tests::{TODAY, apps, seed},
    };

    #[track_caller]
    fn check_app(app: &App, today: Date, expect: &[Severity]) {
        let mut report = Report::default();
        super::check(&Subject::new(app, &app.lower(), today), &mut report);
        let severities: Vec<_> = report.findings.iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, expect, "{report:?}");
    }

    #[track_caller]
    fn check(base_url: &str, today: Date, expect: &[Severity]) {
        let mut app = seed();
        app.environment.sources[0].base_url = BaseUrl::new(base_url).unwrap();
        check_app(&app, today, expect);
    }

    const NAVER: &str = "https://openapi.naver.com";

    #[test]
    fn navers_own_address_ends() {
        check(NAVER, date(2026, 5, 1), &[]);
        check(NAVER, date(2026, 5, 2), &[Severity::Warning]);
        check(NAVER, date(2026, 7, 31), &[Severity::Warning]);
        check(NAVER, date(2026, 8, 1), &[Severity::Error]);
        check("https://OPENAPI.naver.com.:443/v1", date(2026, 8, 1), &[Severity::Error]);
    }

    #[test]
    fn an_own_address_has_no_end_of_life() {
        check("https://prices.example.com", date(2030, 1, 1), &[]);
        check("https://openapi.naver.com.example.com", date(2030, 1, 1), &[]);
    }

    #[test]
    fn sources_that_live_and_stand_ins_do_not_end() {
        for app in apps() {
            check_app(&app, date(2030, 1, 1), &[]);
        }
    }

    /// Behind a source that lives it is asked less often, and is gone all the same.
    #[test]
    fn it_is_found_anywhere_in_the_list() {
        let mut app = seed();
        let living = apps().pop().unwrap().environment.sources[0].clone();
        app.environment.sources.insert(0, living);
        check_app(&app, TODAY, &[Severity::Error]);
    }

    #[test]
    fn the_finding_says_since_when_and_what_else_there_is() {
        let app = seed();
        let mut report = Report::default();
        super::check(&Subject::new(&app, &app.lower(), TODAY), &mut report);
        let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
        assert_eq!(finding.path, "environments/seed.toml#sources");
        assert_eq!(finding.message, "Naver shopping search ended on 2026-07-31, 114 days ago");
        assert_eq!(
            finding.hint.as_deref(),
            Some(
                "sources that live: elevenst, chamgagyeok, kamis; or point `source.naver.base_url` at a service of your \
                 own that speaks its protocol"
            )
        );
    }
}
