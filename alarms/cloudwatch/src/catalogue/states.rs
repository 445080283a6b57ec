//! Step Functions.
//!
//! Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>

use super::{
    Completeness, MetricSpec, Namespace,
    Precondition::{
        ActivityTask, ExpressWorkflow, LambdaArnTask, ServiceIntegrationTask, StartedByAlias,
        StartedByVersion, Uses,
    },
    Presence, Sensible, Sets, Stamp,
};
use crate::Unit;

const NAME: &str = "AWS/States";
/// Not published ("best-effort", a point "might be delayed"); assumed.
const STATES_DELAY_S: u32 = 180;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[
        (&["StateMachineArn", "Version"], StartedByVersion),
        (&["Alias", "StateMachineArn"], StartedByAlias),
    ],
    completeness: Completeness::Complete,
};

const MACHINE: Sets =
    &[&["StateMachineArn"], &["StateMachineArn", "Version"], &["Alias", "StateMachineArn"], &[]];
const EXPRESS: Sets = &[&["StateMachineArn"], &[]];
const ACTIVITY: Sets = &[&["ActivityArn"], &[]];
const FUNCTION: Sets = &[&["LambdaFunctionArn"]];
const INTEGRATION: Sets = &[&["ServiceIntegrationResourceArn"]];
const RESOURCE: Sets = &[&["ResourceArn"]];
const ACCOUNT: Sets = &[&[]];
/// `ServiceMetric` has the value `StateTransition`. The page lists the machine's ARN beside it and not together with it:
/// both readings are in.
const TRANSITIONS_AND_API: Sets =
    &[&["APIName"], &["ServiceMetric"], &["ServiceMetric", "StateMachineArn"], &["StateMachineArn"]];

const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, sets, STATES_DELAY_S)
}

const fn time(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Milliseconds, sets, STATES_DELAY_S).statistics(Sensible::DURATION)
}

const fn size(name: &'static str, sets: Sets) -> MetricSpec {
    // The page names no unit.
    MetricSpec::new(NAME, name, Unit::None, sets, STATES_DELAY_S)
        .statistics(Sensible::AMOUNT)
        .needs(ExpressWorkflow)
}

const REDRIVE: &str = "an execution is redriven";
const MAP_RUN: &str = "a Map state is distributed";

const METRICS: &[MetricSpec] = &[
    // SampleCount counts two for each start: the page says so.
    count("ExecutionsStarted", MACHINE).stamped(Stamp::Start),
    count("ExecutionsSucceeded", MACHINE),
    count("ExecutionsFailed", MACHINE),
    count("ExecutionsTimedOut", MACHINE),
    count("ExecutionsAborted", MACHINE),
    count("ExecutionThrottled", MACHINE).on_errors(),
    // Published when the execution closes: an execution that hangs has no point.
    time("ExecutionTime", MACHINE),
    MetricSpec::new(NAME, "ExpressExecutionBilledDuration", Unit::Milliseconds, EXPRESS, STATES_DELAY_S)
        .statistics(Sensible::AMOUNT)
        .needs(ExpressWorkflow),
    size("ExpressExecutionBilledMemory", EXPRESS),
    size("ExpressExecutionMemory", EXPRESS),
    count("ExecutionsRedriven", MACHINE).needs(Uses(REDRIVE)),
    count("RedrivenExecutionsAborted", MACHINE).needs(Uses(REDRIVE)),
    count("RedrivenExecutionsTimedOut", MACHINE).needs(Uses(REDRIVE)),
    count("RedrivenExecutionsSucceeded", MACHINE).needs(Uses(REDRIVE)),
    count("RedrivenExecutionsFailed", MACHINE).needs(Uses(REDRIVE)),
    // Shows 0 below about 10,000 open executions.
    count("OpenExecutionCount", ACCOUNT).gauge().present(Presence::Always),
    count("OpenExecutionLimit", ACCOUNT).gauge().present(Presence::Always),
    count("ApproximateOpenMapRunCount", ACCOUNT).gauge().needs(Uses(MAP_RUN)),
    count("OpenMapRunLimit", ACCOUNT).gauge().needs(Uses(MAP_RUN)),
    count("ApproximateMapRunBacklogSize", ACCOUNT).gauge().needs(Uses(MAP_RUN)),
    count("AliasCount", RESOURCE).gauge(),
    count("VersionCount", RESOURCE).gauge(),
    count("ActivitiesFailed", ACTIVITY).needs(ActivityTask),
    count("ActivitiesHeartbeatTimedOut", ACTIVITY).needs(ActivityTask),
    count("ActivitiesScheduled", ACTIVITY).stamped(Stamp::Start).needs(ActivityTask),
    count("ActivitiesStarted", ACTIVITY).stamped(Stamp::Start).needs(ActivityTask),
    count("ActivitiesSucceeded", ACTIVITY).needs(ActivityTask),
    count("ActivitiesTimedOut", ACTIVITY).needs(ActivityTask),
    time("ActivityRunTime", ACTIVITY).needs(ActivityTask),
    time("ActivityScheduleTime", ACTIVITY).needs(ActivityTask),
    time("ActivityTime", ACTIVITY).needs(ActivityTask),
    count("LambdaFunctionsFailed", FUNCTION).needs(LambdaArnTask),
    count("LambdaFunctionsScheduled", FUNCTION).stamped(Stamp::Start).needs(LambdaArnTask),
    count("LambdaFunctionsStarted", FUNCTION).stamped(Stamp::Start).needs(LambdaArnTask),
    count("LambdaFunctionsSucceeded", FUNCTION).needs(LambdaArnTask),
    // The task's own TimeoutSeconds. A function that Lambda ended at its timeout is a failed task.
    count("LambdaFunctionsTimedOut", FUNCTION).needs(LambdaArnTask),
    time("LambdaFunctionRunTime", FUNCTION).needs(LambdaArnTask),
    time("LambdaFunctionScheduleTime", FUNCTION).needs(LambdaArnTask),
    time("LambdaFunctionTime", FUNCTION).needs(LambdaArnTask),
    count("ServiceIntegrationsFailed", INTEGRATION).needs(ServiceIntegrationTask),
    count("ServiceIntegrationsScheduled", INTEGRATION).stamped(Stamp::Start).needs(ServiceIntegrationTask),
    count("ServiceIntegrationsStarted", INTEGRATION).stamped(Stamp::Start).needs(ServiceIntegrationTask),
    count("ServiceIntegrationsSucceeded", INTEGRATION).needs(ServiceIntegrationTask),
    count("ServiceIntegrationsTimedOut", INTEGRATION).needs(ServiceIntegrationTask),
    time("ServiceIntegrationRunTime", INTEGRATION).needs(ServiceIntegrationTask),
    time("ServiceIntegrationScheduleTime", INTEGRATION).needs(ServiceIntegrationTask),
    time("ServiceIntegrationTime", INTEGRATION).needs(ServiceIntegrationTask),
    count("ThrottledEvents", TRANSITIONS_AND_API),
    count("ProvisionedBucketSize", TRANSITIONS_AND_API).gauge(),
    count("ProvisionedRefillRate", TRANSITIONS_AND_API).gauge(),
    count("ConsumedCapacity", TRANSITIONS_AND_API).statistics(Sensible::GAUGE.and(Sensible::SUM)),
];
