//! `end-of-life-source`: the source of the prices is gone, or will be soon.
//!
//! **Why.** Naver ended its shopping search for everybody on 2026-07-31 and replaced it by nothing (D15). An
//! environment that still asks it fails every order.
//!
//! **What it wants.** A source that lives: a warning from 90 days before its end, an error after it. A `prices.base_url`
//! whose host is not Naver's is somebody's own service that speaks the same protocol: whoever runs it knows how long.
//!
//! **What to do.** Sources that live are not built in yet: point `prices.base_url` at a service of your own.
//!
//! Source: Naver Developers' notice about the end of its shopping search (D15).

use contract::limits::NAVER_LAST_DAY;
use jiff::civil::{Date, date};

use super::{Subject, WARNING_DAYS, days_until, in_environment};
use crate::{
    environment::Prices,
    report::{Finding, Report},
};

pub(super) const RULE: &str = "end-of-life-source";

/// The last day of Naver's shopping search (D15).
const NAVER_ENDED: Date = {
    let (year, month, day) = NAVER_LAST_DAY;
    date(year, month, day)
};
/// Naver's own host. Every other one is somebody's own.
const NAVER_HOST: &str = "openapi.naver.com";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let Prices::Naver(naver) = &subject.app.environment().prices;
    if naver.base_url.host() != NAVER_HOST {
        return;
    }
    let path = in_environment(subject, "prices.base_url");
    let hint = "sources that live are not supported yet: point `prices.base_url` at a service of your own that speaks \
                Naver's protocol";
    let finding = match days_until(subject.today, NAVER_ENDED) {
        left if left < 0 => {
            let message = format!(
                "Naver's shopping search ended on {NAVER_ENDED}, {} days ago",
                left.abs()
            );
            Finding::error(RULE, path, message)
        }
        left if left <= WARNING_DAYS => Finding::warning(
            RULE,
            path,
            format!("Naver's shopping search ends on {NAVER_ENDED}, in {left} days"),
        ),
        _ => return,
    };
    report.findings.push(finding.hint(hint));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        environment::BaseUrl,
        report::Severity,
        tests::{example, local},
    };

    #[track_caller]
    fn check(base_url: &str, today: Date, expect: Option<Severity>) {
        let mut app = example("prod");
        let Prices::Naver(naver) = &mut app.environment.prices;
        naver.base_url = BaseUrl::new(base_url).unwrap();
        let mut report = Report::default();
        super::check(&Subject::new(&app, &app.lower(), today), &mut report);
        assert_eq!(
            report.findings.first().map(|finding| finding.severity),
            expect,
            "{report:?}"
        );
    }

    #[test]
    fn navers_own_address_ends() {
        check(BaseUrl::NAVER, date(2026, 5, 1), None);
        check(BaseUrl::NAVER, date(2026, 5, 2), Some(Severity::Warning));
        check(BaseUrl::NAVER, date(2026, 7, 31), Some(Severity::Warning));
        check(BaseUrl::NAVER, date(2026, 8, 1), Some(Severity::Error));
        check(
            "https://OPENAPI.naver.com.:443/v1",
            date(2026, 8, 1),
            Some(Severity::Error),
        );
    }

    #[test]
    fn somebodys_own_address_is_theirs_to_judge() {
        check("https://prices.example.com", date(2030, 1, 1), None);
        check("https://openapi.naver.com.example.com", date(2030, 1, 1), None);
        let app = local();
        let mut report = Report::default();
        super::check(&Subject::new(&app, &app.lower(), date(2030, 1, 1)), &mut report);
        assert_eq!(report, Report::default());
    }
}
