//! An execution failed, and no known cause explains it ({environment}).
//!
//! **Means:** an order ended FAILED, TIMED_OUT or ABORTED, and no alarm on a root cause fired. **Users see:** the order failed.
//!
//! 1. `aws stepfunctions list-executions --state-machine-arn {machine} --status-filter FAILED --max-items 5`
//! 2. `aws stepfunctions describe-execution --query '[error,cause]' --execution-arn` of one of them
//! 3. `aws stepfunctions get-execution-history --reverse-order --max-items 10 --execution-arn` of it: the state that failed.
//!
//! **Mend:** by its error; an order that was refused (bad input) needs nothing. States.Runtime: a defect of the machine, go back to the
//! release before.
//!
//! ---
//! **뜻:** 실행이 실패했고, 알려진 원인 알람은 울리지 않았습니다. **사용자:** 주문이 실패했습니다.
//!
//! 1. 위 명령으로 실패한 실행을 찾습니다.
//! 2. 그 error와 cause를 봅니다.
//! 3. 기록에서 실패한 상태를 봅니다.
//!
//! **조치:** 오류에 따라 처리하고, States.Runtime이면 이전 릴리스로 되돌립니다.

use super::{outcomes, symptom};
use crate::{
    Alarm, Inputs, Runbook,
    alarm::{at_least, math},
};

const RAW: &str = "ai-chef-execution-failed-raw";

/// The alarm on each failure, which is a ticket, and the page where no root cause explains it.
pub(super) fn alarms(inputs: &Inputs, root_causes: &symptom::RootCauses) -> [Alarm; 2] {
    let runbook = Runbook::of(
        include_str!("execution_failed.rs"),
        &[("environment", &inputs.environment), ("machine", &inputs.machine_arn)],
    );
    let watched = math(outcomes::failures(inputs).to_vec(), outcomes::FAILURES);
    // Five minutes: a failure is published up to three minutes after it. One failure is a ticket; the page waits longer than that, so
    // it is for failures that go on, one in five minutes at least.
    let definition = at_least(inputs.name(RAW), watched, 1.0, 60, 1, 5);
    let raw = symptom::raw("ExecutionFailedRaw", definition, runbook.clone());
    let page =
        symptom::page(inputs, "ExecutionFailed", "ai-chef-execution-failed", &[&raw], root_causes, runbook);
    [raw, page]
}
