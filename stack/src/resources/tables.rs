//! The three tables: results and sessions, and kept prices.

use cfn::{
    Prop, Resource, Template, checked,
    name::{AttributeName, TableName},
    resource::{BillingMode, PointInTimeRecovery, RemovalPolicy, Sse, Table, Tags, TextKey, TimeToLive},
};
use contract::{price_source, session};

use super::{add, ids};
use crate::{environment::Environment, expect_valid::expect_valid};

pub(super) fn add_tables(template: &mut Template, environment: &Environment) {
    let names = environment.names();
    add(template, ids::RESULTS_TABLE, table(names.results_table(), environment));
    add(template, ids::SESSIONS_TABLE, table(names.sessions_table(), environment));
    add(template, ids::PRICES_TABLE, prices_table(names.prices_table()));
}

/// A cache: lost rows are fetched again, so neither recovery nor deletion protection is needed, even in `prod`.
fn prices_table(name: String) -> Resource {
    let table = Table {
        table_name: Some(expect_valid(TableName::new(name)).into()),
        key: TextKey(checked!(AttributeName, price_source::attribute::KEY)),
        time_to_live: Some(TimeToLive { attribute: checked!(AttributeName, price_source::attribute::TTL) }),
        billing_mode: BillingMode::PayPerRequest,
        point_in_time_recovery: PointInTimeRecovery { enabled: false },
        sse: Some(Sse { kms_key: Prop::reference(ids::KEY_ARN) }),
        deletion_protection: false,
        tags: Tags::default(),
    };
    Resource::new(table).on_removal(RemovalPolicy::Delete)
}

fn table(name: String, environment: &Environment) -> Resource {
    let table = Table {
        table_name: Some(expect_valid(TableName::new(name)).into()),
        key: TextKey(checked!(AttributeName, session::attribute::SESSION_ID)),
        time_to_live: Some(TimeToLive { attribute: checked!(AttributeName, session::attribute::TTL) }),
        billing_mode: BillingMode::PayPerRequest,
        point_in_time_recovery: PointInTimeRecovery { enabled: true },
        sse: Some(Sse { kms_key: Prop::reference(ids::KEY_ARN) }),
        deletion_protection: environment.deletion_protection,
        tags: Tags::default(),
    };
    let removal = if environment.deletion_protection { RemovalPolicy::Retain } else { RemovalPolicy::Delete };
    Resource::new(table).on_removal(removal)
}
