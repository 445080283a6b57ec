//! The embedded account, and the names in it that orders need.

use std::collections::BTreeMap;

use cfn::{
    Literal, LogicalId, Template,
    resolve::{Account, Resolved},
    resource::{StateMachine, Table},
};
use stack::{CheckedTemplate, resources::ids};

use super::config::UpError;

const PLACEHOLDER_ACCOUNT_ID: &str = "000000000000";

#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) machine_arn: String,
    pub(super) closer_arn: String,
    pub(super) sessions_table: String,
}

impl Names {
    pub(super) fn of(resolved: &Resolved) -> Result<Self, UpError> {
        let missing = |id: &LogicalId| UpError::MissingResource { logical_id: id.to_string() };
        let arn = |id: &LogicalId| {
            let mut machines = resolved.of::<StateMachine<Literal>>();
            let machine = machines.find(|machine| machine.logical_id == id);
            machine.map(|machine| machine.arn.to_owned()).ok_or_else(|| missing(id))
        };
        let mut tables = resolved.of::<Table<Literal>>();
        let sessions = tables.find(|table| *table.logical_id == ids::SESSIONS_TABLE);
        Ok(Self {
            machine_arn: arn(&ids::MACHINE)?,
            closer_arn: arn(&ids::CLOSER)?,
            sessions_table: sessions
                .map(|table| table.name.to_owned())
                .ok_or_else(|| missing(&ids::SESSIONS_TABLE))?,
        })
    }
}

/// Where the template is resolved: the environment's region, and names in the place of what only AWS has.
pub(super) fn account(template: &CheckedTemplate) -> Account {
    let environment = template.environment();
    let region = environment.region.as_str().to_owned();
    let account_id = environment
        .account
        .as_ref()
        .map_or_else(|| PLACEHOLDER_ACCOUNT_ID.to_owned(), |account| account.as_str().to_owned());
    Account {
        parameters: parameters(template.template(), &region, &account_id),
        stack_name: format!("ai-chef-{}", environment.name.as_str()),
        region,
        account_id,
    }
}

/// A value for every parameter without a default.
fn parameters(template: &Template, region: &str, account_id: &str) -> BTreeMap<String, String> {
    let open = template.parameters.iter().filter(|(_, parameter)| parameter.default.is_none());
    open.map(|(id, _)| {
        let value = if *id == ids::KEY_ARN {
            format!("arn:aws:kms:{region}:{account_id}:key/embedded")
        } else {
            "embedded".to_owned()
        };
        (id.to_string(), value)
    })
    .collect()
}
