//! The three tables: results and sessions (S6), and kept prices; and what the functions may do with them.

use cfn::{
    Prop, Resource, Template, checked,
    name::{Action, AttributeName, Sid, TableName},
    policy::Statement,
    resource::{PrimaryKey, RemovalPolicy, Sse, Table, Tags, TimeToLive},
};
use contract::{price_source, session};

use super::{add, ids, permissions};
use crate::{constant::constant, environment::Environment};

pub(super) fn add_tables(template: &mut Template, environment: &Environment) {
    let names = environment.names();
    add(
        template,
        ids::RESULTS_TABLE,
        table(names.results_table(), environment),
    );
    add(
        template,
        ids::SESSIONS_TABLE,
        table(names.sessions_table(), environment),
    );
    add(template, ids::PRICES_TABLE, prices_table(names.prices_table()));
}

/// A cache: what is lost is asked for again. So there is nothing to restore and nothing to protect, in `prod` neither.
fn prices_table(name: String) -> Resource {
    let table = Table {
        table_name: Some(constant(TableName::new(name)).into()),
        key: PrimaryKey::text(checked!(AttributeName, price_source::attribute::KEY)),
        time_to_live: Some(TimeToLive {
            attribute: checked!(AttributeName, price_source::attribute::TTL),
        }),
        point_in_time_recovery: false,
        sse: Some(Sse {
            kms_key: Prop::reference(ids::KEY_ARN),
        }),
        deletion_protection: false,
        tags: Tags::default(),
    };
    Resource::new(table).on_removal(RemovalPolicy::Delete)
}

fn table(name: String, environment: &Environment) -> Resource {
    let table = Table {
        table_name: Some(constant(TableName::new(name)).into()),
        key: PrimaryKey::text(checked!(AttributeName, session::attribute::SESSION_ID)),
        time_to_live: Some(TimeToLive {
            attribute: checked!(AttributeName, session::attribute::TTL),
        }),
        point_in_time_recovery: true,
        sse: Some(Sse {
            kms_key: Prop::reference(ids::KEY_ARN),
        }),
        deletion_protection: environment.deletion_protection,
        tags: Tags::default(),
    };
    let removal = if environment.deletion_protection {
        RemovalPolicy::Retain
    } else {
        RemovalPolicy::Delete
    };
    Resource::new(table).on_removal(removal)
}

/// Every cached price of an order is read at once and written when it is there; leases and the counters of a day are updated
/// on conditions.
pub(super) fn price_statements() -> Vec<Statement> {
    vec![
        Statement::allow(
            checked!(Sid, "KeepPrices"),
            [
                checked!(Action, "dynamodb:BatchGetItem"),
                checked!(Action, "dynamodb:GetItem"),
                checked!(Action, "dynamodb:PutItem"),
                checked!(Action, "dynamodb:UpdateItem"),
            ],
            [Prop::arn_of(ids::PRICES_TABLE)],
        ),
        permissions::use_table_key(),
    ]
}

/// A transaction needs the permission of each of its writes on each of its tables, and nothing named after itself. Who
/// was first is read from the session alone.
pub(super) fn combine_statements() -> Vec<Statement> {
    vec![
        Statement::allow(
            checked!(Sid, "StoreResult"),
            [checked!(Action, "dynamodb:PutItem")],
            [Prop::arn_of(ids::RESULTS_TABLE)],
        ),
        Statement::allow(
            checked!(Sid, "CompleteSession"),
            [
                checked!(Action, "dynamodb:UpdateItem"),
                checked!(Action, "dynamodb:GetItem"),
            ],
            [Prop::arn_of(ids::SESSIONS_TABLE)],
        ),
        permissions::use_table_key(),
    ]
}
