//! A resolved template for tests.

use cfn::resolve::{Account, Resolved, resolve};
use stack::{Environment, resources::ids};

/// What an environment's template means in an account of this machine.
pub(crate) fn resolved(environment: &Environment) -> Resolved {
    let template = stack::app(environment).lower();
    let open = template.parameters.iter().filter(|(_, parameter)| parameter.default.is_none());
    let parameters = open.map(|(id, _)| {
        let is_key = *id == ids::KEY_ARN;
        let value = if is_key { "arn:aws:kms:ap-northeast-2:000000000000:key/x" } else { "embedded" };
        (id.to_string(), value.to_owned())
    });
    let account = Account {
        region: "ap-northeast-2".to_owned(),
        account_id: "0".repeat(12),
        stack_name: "s".to_owned(),
        parameters: parameters.collect(),
    };
    resolve(&template, &account).unwrap()
}
