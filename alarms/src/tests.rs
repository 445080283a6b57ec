//! Every alarm has cases that fire, recover and stay quiet; all of them hold; and they notice every mutant.

use std::{fs, path::Path};

use crate::{Alarm, Inputs, all, cases::Cases, mutate};

fn cases() -> Vec<Cases> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| Cases::parse(&fs::read_to_string(path).unwrap()).unwrap()).collect()
}

fn alarms() -> Vec<Alarm> {
    all(&Inputs::sample())
}

#[test]
fn every_case_holds() {
    let alarms = alarms();
    let mut failures = Vec::new();
    for cases in cases() {
        for alarm in &cases.alarms {
            for case in &cases.cases {
                if let Err(error) = case.check(&alarms, alarm) {
                    failures.push(format!("{alarm}: {}: {error}", case.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_alarm_has_cases_that_fire_recover_and_stay_quiet() {
    let cases = cases();
    for alarm in alarms() {
        let own: Vec<_> = cases
            .iter()
            .filter(|cases| cases.alarms.contains(&alarm.id))
            .flat_map(|cases| &cases.cases)
            .collect();
        let any = |state: &str| own.iter().any(|case| case.expect.iter().any(|line| line.ends_with(state)));
        assert!(any(" ALARM") && any(" OK"), "{}", alarm.id);
        let quiet = own.iter().copied().filter(|case| case.expect.is_empty());
        let (without_data, with_data): (Vec<_>, Vec<_>) = quiet.partition(|case| case.series.is_empty());
        assert!(!without_data.is_empty() && !with_data.is_empty(), "{}", alarm.id);
    }
}

#[test]
fn cases_notice_every_mutant() {
    let report = mutate::run(&alarms(), &cases());
    assert!(
        report.survivors.is_empty(),
        "{} of {}\n{}",
        report.killed,
        report.total,
        report.survivors.join("\n")
    );
    assert!(report.refuted.is_empty(), "{:?}", report.refuted);
    assert!(report.total >= 120 && report.equivalent * 20 <= report.total, "{report:?}");
}
