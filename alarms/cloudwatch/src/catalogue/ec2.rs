//! EC2 instances.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html>

use super::{Completeness, MetricSpec, Namespace, Presence, Sensible, Sets, Stamp};
use crate::Unit;

const NAME: &str = "AWS/EC2";
/// Basic monitoring sends every five minutes; two minutes on top are assumed.
const EC2_DELAY_S: u32 = 420;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[],
    // AWS's table has combinations of the listed names.
    completeness: Completeness::FurtherSets(&[]),
};

const INSTANCE: Sets = &[&["InstanceId"], &["AutoScalingGroupName"], &["ImageId"], &["InstanceType"], &[]];
const ONE_INSTANCE: Sets = &[&["InstanceId"]];

const fn metric(name: &'static str, unit: Unit, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, unit, sets, EC2_DELAY_S).stamped(Stamp::Sampled).present(Presence::Always)
}

const fn amount(name: &'static str, unit: Unit) -> MetricSpec {
    metric(name, unit, INSTANCE).statistics(Sensible::GAUGE.and(Sensible::COUNT))
}

const fn level(name: &'static str, unit: Unit) -> MetricSpec {
    metric(name, unit, INSTANCE).gauge()
}

const fn check(name: &'static str) -> MetricSpec {
    metric(name, Unit::Count, INSTANCE).statistics(Sensible::GAUGE.and(Sensible::SUM))
}

const BURSTABLE: &str = "the instance type is burstable";
const STORE: &str = "the instance has instance store volumes";
const NITRO: &str = "the instance is built on the Nitro System";

const METRICS: &[MetricSpec] = &[
    level("CPUUtilization", Unit::Percent).statistics(Sensible::DURATION),
    amount("DiskReadBytes", Unit::Bytes).uses(STORE),
    amount("DiskReadOps", Unit::Count).uses(STORE),
    amount("DiskWriteBytes", Unit::Bytes).uses(STORE),
    amount("DiskWriteOps", Unit::Count).uses(STORE),
    amount("NetworkIn", Unit::Bytes),
    amount("NetworkOut", Unit::Bytes),
    amount("NetworkPacketsIn", Unit::Count),
    amount("NetworkPacketsOut", Unit::Count),
    amount("MetadataNoToken", Unit::Count),
    amount("MetadataNoTokenRejected", Unit::Count),
    level("CPUCreditBalance", Unit::Count).uses(BURSTABLE),
    amount("CPUCreditUsage", Unit::Count).uses(BURSTABLE),
    level("CPUSurplusCreditBalance", Unit::Count).uses(BURSTABLE),
    amount("CPUSurplusCreditsCharged", Unit::Count).uses(BURSTABLE),
    amount("EBSReadBytes", Unit::Bytes).uses(NITRO),
    amount("EBSReadOps", Unit::Count).uses(NITRO),
    amount("EBSWriteBytes", Unit::Bytes).uses(NITRO),
    amount("EBSWriteOps", Unit::Count).uses(NITRO),
    metric("EBSByteBalance%", Unit::Percent, ONE_INSTANCE).gauge().uses(NITRO),
    metric("EBSIOBalance%", Unit::Percent, ONE_INSTANCE).gauge().uses(NITRO),
    check("StatusCheckFailed"),
    check("StatusCheckFailed_Instance"),
    check("StatusCheckFailed_System"),
    check("StatusCheckFailed_AttachedEBS").uses(NITRO),
];
