//! `model-needs-profile`: the model is named by its own id, to which it does not answer.
//!
//! **Why.** Claude 3.7 and everything newer answers only through an inference profile. A call of the bare id ends in
//! a `ValidationException` ("on-demand throughput isn't supported"), so every order fails.
//!
//! **What it wants.** An inference profile for every model that has no on-demand throughput of its own.
//!
//! **What to do.** Put the profile's prefix before the id: `global.`, or a geographic one with its
//! `model.destination_regions`.
//!
//! Source: Amazon Bedrock User Guide, "Supported foundation models" and "Supported Regions and models for inference
//! profiles".

use super::{Subject, in_environment};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "model-needs-profile";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let id = &subject.app.environment().model.id;
    if !id.lacks_profile() {
        return;
    }
    let path = in_environment(subject, "model.id");
    let message = format!("the model answers only through an inference profile: {id}");
    let hint = format!(
        "write `global.{id}`, or a geographic profile (`us.`, `eu.`, ..) with its `model.destination_regions`"
    );
    report.findings.push(Finding::error(RULE, path, message).hint(hint));
}

#[cfg(test)]
mod tests {
    use crate::{check::tests::found, environment::ModelId, tests::local};

    #[track_caller]
    fn check(id: &str, is_fine: bool) {
        let mut app = local();
        app.environment.model.id = ModelId::new(id).unwrap();
        let expect = if is_fine {
            vec![]
        } else {
            vec![format!(
                "error local (built in)#model.id: the model answers only through an inference profile: {id}"
            )]
        };
        assert_eq!(found(super::check, &app, |_| {}), expect, "{id}");
    }

    #[test]
    fn a_newer_model_by_its_own_id() {
        check("anthropic.claude-sonnet-4-5-20250929-v1:0", false);
        check("anthropic.claude-opus-4-1-20250805-v1:0", false);
        check("anthropic.claude-3-7-sonnet-20250219-v1:0", false);
    }

    #[test]
    fn a_newer_model_through_a_profile() {
        check(ModelId::DEFAULT, true);
        check("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true);
        check("apac.anthropic.claude-3-7-sonnet-20250219-v1:0", true);
    }

    #[test]
    fn the_models_that_answer_to_their_own_id() {
        // The seed's own.
        check("anthropic.claude-3-sonnet-20240229-v1:0", true);
        check("anthropic.claude-3-haiku-20240307-v1:0", true);
        check("anthropic.claude-3-5-sonnet-20241022-v2:0", true);
        check("anthropic.claude-v2:1", true);
        check("anthropic.claude-instant-v1", true);
    }
}
