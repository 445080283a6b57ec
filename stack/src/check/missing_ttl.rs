//! `missing-ttl`: a table whose items never go.
//!
//! **Why.** Sessions and results hold health data and are kept for a day. Without a time to live, or with one that
//! reads another attribute than the one that is written, every order stays for ever, and no error says so.
//!
//! **What it wants.** Every table has a time to live, on the attribute that `start` and the combine function write:
//! `contract::session::attribute::TTL`, a number of seconds since 1970.
//!
//! **What to do.** Give the table its `TimeToLiveSpecification`; `resources::tables` does.
//!
//! Source: DynamoDB Developer Guide, "Using time to live (TTL)": the attribute is a Number in epoch seconds, items without
//! it never expire; an expired item goes within days, so readers filter.

use cfn::resource::Table;
use contract::session::attribute;

use super::{Subject, in_template};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "missing-ttl";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (id, table) in subject.template.resources_of::<Table>() {
        let message = match &table.time_to_live {
            None => format!("the table's items never expire: {id}"),
            Some(ttl) if ttl.attribute.as_str() != attribute::TTL => {
                format!("items of {id} expire by an attribute that nobody writes: {}", ttl.attribute)
            }
            Some(_) => continue,
        };
        let path = in_template(&format!("/Resources/{id}/Properties/TimeToLiveSpecification"));
        let hint = format!("the attribute that is written is `{}`", attribute::TTL);
        report.findings.push(Finding::error(RULE, path, message).hint(hint));
    }
}

#[cfg(test)]
mod tests {
    use cfn::{checked, name::AttributeName, resource::TimeToLive};

    use super::*;
    use crate::{
        check::tests::{behind, found, resource},
        tests::local,
    };

    #[track_caller]
    fn check(ttl: Option<AttributeName>, expect: &[&str]) {
        let found = found(super::check, &local(), |template| {
            let table = resource::<Table>(template, "SessionsTable");
            table.time_to_live = ttl.map(|attribute| TimeToLive { attribute });
        });
        let at = "error template.json#/Resources/SessionsTable/Properties/TimeToLiveSpecification: ";
        assert_eq!(found, behind(at, expect));
    }

    #[test]
    fn none_or_another() {
        check(None, &["the table's items never expire: SessionsTable"]);
        // As the attribute is called nowhere: DynamoDB's names know upper and lower case.
        check(
            Some(checked!(AttributeName, "ttl")),
            &["items of SessionsTable expire by an attribute that nobody writes: ttl"],
        );
    }
}
