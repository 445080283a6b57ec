//! Log groups: created before the functions and machines that write to them, with a retention and the environment's key.

use cfn::{
    Prop, Resource,
    name::LogGroupName,
    resource::{LogGroup, RemovalPolicy, Tags},
};

use super::ids;
use crate::{environment::Environment, expect_valid::expect_valid};

pub(super) fn log_group(name: String, environment: &Environment) -> Resource {
    let group = LogGroup {
        log_group_name: Some(expect_valid(LogGroupName::new(name)).into()),
        retention: Some(environment.log_retention),
        kms_key_id: Some(Prop::reference(ids::KEY_ARN)),
        tags: Tags::default(),
    };
    // A log group that outlives its stack makes the next stack of the same name fail.
    Resource::new(group).on_removal(RemovalPolicy::Delete)
}
