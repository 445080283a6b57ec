//! The two renderings, snapshot as a whole, and the rules that hold for every text.

use contract::{Pricing, pricing::Basis};
use proptest::prelude::*;
use textwrap::core::display_width;

use super::*;
use crate::{
    fixture::{self, FakePlatform, artifacts, failing, now, order, succeeding},
    progress::Progress,
    report::{Timings, json},
    run::run_order,
};

fn report_of(platform: &FakePlatform) -> OrderReport {
    now(run_order(platform, &order(), &mut Progress::silent())).unwrap()
}

fn report() -> DeployReport {
    let timings_ms =
        Timings { build_ms: 83_400, synth_ms: 2, check_ms: 3, package_ms: 940, up_ms: 21, execute_ms: 1_530 };
    DeployReport { functions: artifacts(), order: report_of(&succeeding()), timings_ms }
}

fn bare(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_deployment_for_a_person() {
    insta::assert_snapshot!(bare(&deploy_report(&report(), Width::UNBOUNDED)));
}

#[test]
fn a_deployment_on_a_narrow_terminal() {
    for cells in [60, 40, 20, 1] {
        let text = deploy_report(&report(), Width::new(cells));
        insta::assert_snapshot!(format!("a_deployment_on_{cells}_cells"), bare(&text));
    }
}

/// What is shown of a plan, without what others show alike.
fn basket_of(plan: MealPlan, width: Width) -> String {
    let mut platform = succeeding();
    platform.execution.output = Some(serde_json::to_value(plan).unwrap());
    let text = bare(&order_report(&report_of(&platform), width));
    let basket = text.split_once("\nbasket").map(|(_, basket)| format!("basket{basket}")).unwrap();
    let end = basket.find("where time went").unwrap();
    basket[..end].trim_end().to_owned()
}

#[test]
fn prices_of_several_sources() {
    let widths = [Width::UNBOUNDED, Width::new(80), Width::new(50)];
    let all = widths.map(|width| basket_of(fixture::living(), width));
    insta::assert_snapshot!(all.join("\n\n---\n\n"));
}

#[test]
fn the_basket_stands_against_the_orders_budget() {
    for (total_krw, expect) in [
        (29_999, "  1 KRW below the order's budget of 30,000 KRW\n"),
        (30_000, "  exactly the order's budget of 30,000 KRW\n"),
        (41_000, "  11,000 KRW above the order's budget of 30,000 KRW\n"),
    ] {
        let mut plan = fixture::plan();
        plan.pricing.total_krw = total_krw;
        let text = basket_of(plan, Width::UNBOUNDED);
        assert!(text.contains(expect), "{text}");
    }
}

#[test]
fn prices_by_the_unit_alone_are_added_up_as_such() {
    let mut plan = fixture::living();
    plan.pricing.basis = Basis::Unit;
    plan.pricing.alternatives.clear();
    plan.pricing.left_out = vec!["버터".to_owned()];
    let text = basket_of(plan, Width::UNBOUNDED);
    assert!(text.contains(" KRW  one stated unit of each\n"), "{text}");
    assert!(text.contains("  without what is priced by the package: 버터\n"), "{text}");
}

#[test]
fn no_prices_are_said_plainly() {
    let mut plan = fixture::plan();
    plan.pricing = Pricing::unavailable("PRICE_FETCH_FAILED");
    assert_eq!(
        basket_of(plan, Width::UNBOUNDED),
        "basket  no prices: PRICE_FETCH_FAILED; the recipe is delivered without them"
    );
}

#[test]
fn a_source_is_named_where_nothing_but_its_usual_price_is_shown() {
    let mut plan = fixture::living();
    plan.pricing.optimal = None;
    plan.pricing.alternatives.clear();
    plan.pricing.left_out.clear();
    let text = basket_of(plan, Width::UNBOUNDED);
    assert!(text.contains("nothing is priced\n  출처: 한국소비자원 참가격\n"), "{text}");
}

/// A line wider than its terminal holds one word that is.
fn fits(text: &str, cells: usize) -> Result<(), String> {
    let too_wide = bare(text).lines().find_map(|line| {
        let one_word = line.split_whitespace().count() <= 1;
        (display_width(line) > cells && !one_word).then(|| line.to_owned())
    });
    too_wide.map_or(Ok(()), Err)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_width_holds_what_fits_it(cells in 1_u16..200, name in "[가-힣a-z ]{1,40}", vendor in "[가-힣]{1,30}") {
        let mut report = report_of(&succeeding());
        let plan = report.execution.plan.as_mut().unwrap();
        if let Some(best) = &mut plan.pricing.optimal {
            best.vendor = vendor;
            best.items.iter_mut().for_each(|item| item.name.clone_from(&name));
        }
        let text = order_report(&report, Width::new(cells));
        prop_assert_eq!(fits(&text, usize::from(cells)), Ok(()));
    }
}

#[test]
fn a_deployment_for_a_machine() {
    insta::assert_snapshot!(json(&report()).unwrap());
}

#[test]
fn an_order_that_failed_for_a_person() {
    insta::assert_snapshot!(bare(&order_report(&report_of(&failing()), Width::UNBOUNDED)));
}

#[test]
fn an_order_that_failed_for_a_machine() {
    insta::assert_snapshot!(json(&report_of(&failing())).unwrap());
}

#[test]
fn no_health_data_is_shown() {
    let report = report();
    for shown in [deploy_report(&report, Width::UNBOUNDED), json(&report).unwrap()] {
        assert!(!shown.contains("메트포르민") && !shown.contains("140"), "{shown}");
    }
}

#[test]
fn what_others_wrote_commands_no_terminal() {
    assert!(!deploy_report(&report(), Width::UNBOUNDED).contains('\u{202e}'));
}

#[test]
fn nothing_priced_is_said() {
    let mut platform = succeeding();
    let mut plan = fixture::plan();
    plan.pricing.optimal = None;
    plan.pricing.total_krw = 0;
    platform.execution.output = Some(serde_json::to_value(plan).unwrap());
    let text = bare(&order_report(&report_of(&platform), Width::UNBOUNDED));
    assert!(text.contains("basket  0 KRW\n  nothing is priced\n"), "{text}");
}

#[test]
fn a_timeout_has_no_error_and_says_so() {
    let mut platform = failing();
    platform.execution.status = ExecutionStatus::TimedOut;
    platform.execution.error = None;
    platform.execution.cause = None;
    let text = bare(&order_report(&report_of(&platform), Width::UNBOUNDED));
    assert!(text.starts_with("order timed out: it took longer than its machine allows\n"), "{text}");
}

#[test]
fn a_long_cause_is_cut() {
    assert_eq!(summary(&"가".repeat(401)), format!("{}…", "가".repeat(400)));
    assert_eq!(summary("{\"errorMessage\":\"short\"}"), "short");
}

fn check_bar(start_ms: u64, end_ms: u64, total_ms: u64, expect: &str) {
    let span = Span { state: String::new(), start_ms, end_ms, attempts: 1, ended: true };
    let bar = bar(&span, total_ms, 40);
    assert_eq!(bar.chars().count(), 40);
    assert_eq!(bar.trim_end(), expect);
}

#[test]
fn a_bar_lies_where_its_time_lies() {
    check_bar(0, 1_000, 1_000, &"━".repeat(40));
    check_bar(500, 1_000, 1_000, &format!("{}{}", " ".repeat(20), "━".repeat(20)));
    check_bar(1_000, 1_000, 1_000, &format!("{}━", " ".repeat(39)));
    check_bar(0, 0, 0, "━");
    check_bar(u64::MAX, u64::MAX, u64::MAX, &format!("{}━", " ".repeat(39)));
}

#[test]
fn numbers_are_read_in_groups() {
    for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
        assert_eq!(thousands(number), text);
    }
}
