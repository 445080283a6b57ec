//! The event "Step Functions Execution Status Change" in the shape in which EventBridge delivers it.

use serde_json::{Value, json};

use crate::{clock, states::Snapshot};

#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) region: String,
    pub(crate) account_id: String,
}

pub(super) fn event(execution: &Snapshot, place: &Place) -> Value {
    let ended = execution.ended.as_ref();
    let output = ended.and_then(|ended| ended.output.as_deref());
    json!({
        "version": "0",
        "id": uuid::Uuid::new_v4().to_string(),
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": place.account_id,
        "time": clock::wire(ended.map_or(execution.started_at, |ended| ended.at)),
        "region": place.region,
        "resources": [execution.arn],
        "detail": {
            "executionArn": execution.arn,
            "stateMachineArn": execution.machine_arn,
            "name": execution.name,
            "status": execution.status().name(),
            "startDate": execution.started_at.as_millisecond(),
            "stopDate": ended.map(|ended| ended.at.as_millisecond()),
            "input": execution.input,
            "inputDetails": { "included": true },
            "output": output,
            "outputDetails": output.map(|_| json!({ "included": true })),
            "error": ended.and_then(|ended| ended.error.as_deref()),
            "cause": ended.and_then(|ended| ended.cause.as_deref()),
        },
    })
}
