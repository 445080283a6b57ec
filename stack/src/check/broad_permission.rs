//! `broad-permission`: a role or a policy allows more than it names.
//!
//! **Why.** Three functions share an account with everything else in it. What a statement does not name, a mistake or
//! an intruder can reach.
//!
//! **What it wants.** No wildcard in an action; no wildcard in a resource but a last `:*` behind a named one (a
//! function's versions, a log group's streams). Actions without resource-level permissions may stand on `*` if they are
//! in `resources::permissions::UNSCOPED`, each with its reason. A service calls a function on behalf of one named
//! source. Who may be meant at all is for `public-exposure`, what a role needs for `role-wider-than-function`.
//!
//! **What to do.** Name each action and each resource. An action that takes no resource goes into `UNSCOPED`, with its
//! reason.
//!
//! Source: Service Authorization Reference (which actions take a resource); IAM User Guide, "Grant least privilege".

use cfn::{
    Grant, Intrinsic, Value,
    name::Action,
    policy::{Effect, Statement},
    resource::Permission,
};

use super::{Subject, in_template};
use crate::{
    report::{Finding, Report},
    resources::permissions::UNSCOPED,
};

pub(super) const RULE: &str = "broad-permission";

/// What is wrong, and what to do.
type Broad = (String, &'static str);

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for granted in subject.template.grants() {
        let broad = match granted.grant {
            Grant::Role(statement) => of_statement(statement),
            Grant::Trust(_) => continue,
            Grant::Resource(granted) => of_statement(&granted.statement),
            Grant::Call(permission) => of_call(permission),
        };
        let findings = broad
            .into_iter()
            .map(|(message, hint)| Finding::error(RULE, in_template(&granted.path), message).hint(hint));
        report.findings.extend(findings);
    }
}

fn of_statement(statement: &Statement) -> Vec<Broad> {
    if statement.effect == Effect::Deny {
        return Vec::new();
    }
    let mut broad: Vec<Broad> = statement.actions.iter().filter_map(wildcard).collect();
    for text in statement.resources.iter().filter_map(text) {
        if text == "*" {
            let hint = "name its resources, or list it with a reason in `resources::permissions::UNSCOPED`";
            let unlisted = statement.actions.iter().filter(|action| !is_unscoped(action.as_str()));
            broad.extend(unlisted.map(|action| (format!("an action on every resource: {action}"), hint)));
        } else if !is_named(text) {
            broad.push((format!("a resource with a wildcard: {text}"), "name the resource"));
        }
    }
    broad
}

fn of_call(permission: &Permission) -> Vec<Broad> {
    let hint = "name in `SourceArn` on behalf of what it is called";
    let source = match &permission.source_arn {
        None => {
            let service = &permission.principal;
            Some((format!("a call on behalf of whatever: {service}"), hint))
        }
        Some(source) => text(source)
            .filter(|text| !is_named(text))
            .map(|text| (format!("a source with a wildcard: {text}"), hint)),
    };
    wildcard(&permission.action).into_iter().chain(source).collect()
}

fn wildcard(action: &Action) -> Option<Broad> {
    action.is_wildcard().then(|| (format!("wildcard in an action: {action}"), "name each action"))
}

fn is_unscoped(action: &str) -> bool {
    UNSCOPED.iter().any(|unscoped| unscoped.action == action)
}

/// The text of a value in which a wildcard could stand.
pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Literal(text) => Some(text),
        Value::Intrinsic(Intrinsic::Sub(sub)) => Some(sub.text()),
        Value::Intrinsic(Intrinsic::Join(join)) => {
            join.values.iter().find_map(|part| text(part).filter(|t| t.contains('*')))
        }
        Value::Intrinsic(Intrinsic::Ref(_) | Intrinsic::GetAtt(_)) => None,
    }
}

/// Whether a resource has no wildcard but a last `:*` behind something with a name.
fn is_named(text: &str) -> bool {
    let Some(owner) = text.strip_suffix(":*") else {
        return !text.contains(['*', '?']);
    };
    // `arn:partition:service:region:account:name`; a placeholder may stand for all of it.
    let name = without_placeholders(owner);
    let named = owner.starts_with("${") || name.splitn(6, ':').nth(5).is_some_and(|name| !name.is_empty());
    named && !owner.contains(['*', '?'])
}

/// The text with `x` for each placeholder: `${AWS::Region}` has colons of its own.
fn without_placeholders(text: &str) -> String {
    let mut parts = text.split("${");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('x');
        plain.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use cfn::{LogicalId, Prop, Sub, checked, name::ServicePrincipal, resource::Role};

    use super::*;
    use crate::{
        check::tests::{behind, found, resource},
        resources::ids,
        tests::local,
    };

    /// Changes the first statement of the combine function's role.
    #[track_caller]
    fn check(change: impl FnOnce(&mut Statement), expect: &[&str]) {
        let found = found(super::check, &local(), |template| {
            let role = resource::<Role>(template, "ResultCombinerRole");
            change(&mut role.policies[0].document.statements[0]);
        });
        let at = "error template.json#/Resources/ResultCombinerRole/Properties/Policies/0/PolicyDocument/Statement/0: ";
        assert_eq!(found, behind(at, expect));
    }

    fn sub(text: &str) -> Value {
        Sub::parse(text).unwrap().into()
    }

    #[test]
    fn wildcards_in_actions() {
        check(
            |statement| {
                statement.actions = vec![Action::new("dynamodb:*").unwrap(), Action::new("s3:Get*").unwrap()];
            },
            &["wildcard in an action: dynamodb:*", "wildcard in an action: s3:Get*"],
        );
    }

    #[test]
    fn every_resource_only_for_listed_actions() {
        check(
            |statement| statement.resources = vec!["*".into()],
            &[
                "an action on every resource: logs:CreateLogStream",
                "an action on every resource: logs:PutLogEvents",
            ],
        );
        check(
            |statement| {
                statement.resources = vec!["*".into()];
                statement.actions = UNSCOPED.map(|unscoped| Action::new(unscoped.action).unwrap()).to_vec();
            },
            &[],
        );
    }

    #[test]
    fn wildcards_in_resources() {
        let arn = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*";
        check(
            |statement| statement.resources = vec![sub(arn)],
            &[&format!("a resource with a wildcard: {arn}")],
        );
        check(
            |statement| statement.resources = vec!["arn:aws:s3:::*".into()],
            &["a resource with a wildcard: arn:aws:s3:::*"],
        );
        check(
            |statement| {
                statement.resources = vec![Prop::join("", [Prop::arn_of(ids::RESULTS_TABLE), "/*".into()])];
            },
            &["a resource with a wildcard: /*"],
        );
        check(|statement| statement.resources = vec![sub("${RecipeGenerator.Arn}:*")], &[]);
        check(
            |statement| statement.resources = vec![sub("arn:aws:logs:${AWS::Region}:1:log-group:a:*")],
            &[],
        );
    }

    #[track_caller]
    fn check_call(action: &str, source_arn: Option<Value>, expect: &[&str]) {
        let permission = Permission {
            function_name: Prop::reference(ids::function(contract::task::TaskKind::ResultCombiner)),
            action: Action::new(action).unwrap(),
            principal: checked!(ServicePrincipal, "events.amazonaws.com"),
            source_arn,
            source_account: None,
        };
        let found = found(super::check, &local(), |template| {
            template.add(checked!(LogicalId, "Call"), permission).unwrap();
        });
        let expect: Vec<String> = expect
            .iter()
            .map(|message| format!("error template.json#/Resources/Call/Properties: {message}"))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_call_names_on_behalf_of_what() {
        let invoke = "lambda:InvokeFunction";
        let rule = "arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/";
        check_call(invoke, None, &["a call on behalf of whatever: events.amazonaws.com"]);
        check_call(invoke, Some("*".into()), &["a source with a wildcard: *"]);
        check_call(invoke, Some(sub(&format!("{rule}*"))), &[&format!("a source with a wildcard: {rule}*")]);
        check_call("lambda:*", Some(sub(&format!("{rule}mine"))), &["wildcard in an action: lambda:*"]);
        check_call(invoke, Some(sub(&format!("{rule}mine"))), &[]);
        check_call(invoke, Some(Prop::arn_of(ids::CLOSER)), &[]);
    }

    #[test]
    fn each_exception_has_a_reason_and_is_used() {
        let template = local().lower();
        let used: Vec<&str> = template
            .grants()
            .filter_map(|granted| granted.grant.statement())
            .flat_map(|statement| &statement.actions)
            .map(Action::as_str)
            .collect();
        for unscoped in UNSCOPED {
            assert!(!unscoped.reason.is_empty());
            assert!(used.contains(&unscoped.action), "{}", unscoped.action);
        }
    }
}
