//! The adapter to Claude on Amazon Bedrock: one `InvokeModel` a call. The SDK's retries are off: `generate` retries and counts
//! every call.

use std::error::Error;

use aws_sdk_bedrockruntime::{
    Client,
    config::{Builder, Region, http::HttpResponse, retry::RetryConfig},
    error::{ProvideErrorMetadata, SdkError},
    operation::invoke_model::InvokeModelError,
    primitives::Blob,
    types::error::ModelErrorException,
};
use runtime::aws::SdkConfig;

use crate::{
    body_limit::{self, BodyLimit, MAX_BODY_BYTES},
    model::{Model, ModelError, Said},
};

const JSON: &str = "application/json";

/// A model on Bedrock.
#[derive(Debug, Clone)]
pub struct Bedrock {
    client: Client,
    model_id: String,
}

impl Bedrock {
    /// The model or inference profile of that id in that region, which is not the function's.
    ///
    /// `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` goes before the region's endpoint.
    #[must_use]
    pub fn new(aws: &SdkConfig, region: String, model_id: String) -> Self {
        let config = Builder::from(aws)
            .region(Region::new(region))
            .retry_config(RetryConfig::disabled())
            .interceptor(BodyLimit)
            .build();
        Self { client: Client::from_conf(config), model_id }
    }
}

impl Model for Bedrock {
    async fn ask(&self, request: &[u8]) -> Result<Vec<u8>, ModelError> {
        let call = self.client.invoke_model().model_id(&self.model_id).content_type(JSON).accept(JSON);
        // Boxed: the SDK's futures nest too deep for rustc to lay out a `main` around them.
        match Box::pin(call.body(Blob::new(request)).send()).await {
            Ok(reply) => Ok(reply.body.into_inner()),
            Err(error) => Err(failure(&error)),
        }
    }
}

fn failure(error: &SdkError<InvokeModelError, HttpResponse>) -> ModelError {
    if body_limit::is_exceeded(error) {
        return ModelError::TooLarge { limit_bytes: MAX_BODY_BYTES };
    }
    match error {
        SdkError::ServiceError(answer) => answered(answer.err(), answer.raw().status().as_u16()),
        // The answer could not be read to its end.
        SdkError::ResponseError(_) | SdkError::TimeoutError(_) => ModelError::Unreachable(chain(error)),
        // `other` with a kind of its own: the connection closed before the answer was complete.
        SdkError::DispatchFailure(lost) if lost.is_io() || lost.is_timeout() || lost.as_other().is_some() => {
            ModelError::Unreachable(chain(error))
        }
        // Construction, credentials, and new kinds of the SDK: not transient.
        _ => ModelError::Unsent(chain(error)),
    }
}

/// Source: the errors of `InvokeModel` and their statuses in the Bedrock API reference, which recommends retries after throttled,
/// unavailable, and every 5xx.
fn answered(error: &InvokeModelError, status: u16) -> ModelError {
    use InvokeModelError as E;
    let said = Said::new(error.code().unwrap_or_default(), error.message().unwrap_or_default());
    match error {
        E::ThrottlingException(_) => throttled(said),
        E::ServiceQuotaExceededException(_) if said.is_about_a_day() => ModelError::DayQuota(said),
        E::ModelNotReadyException(_)
        | E::ModelTimeoutException(_)
        | E::ServiceUnavailableException(_)
        | E::InternalServerException(_) => ModelError::Unavailable(said),
        E::ModelErrorException(inner) => by_status(said, original_status(inner)),
        E::AccessDeniedException(_)
        | E::ResourceNotFoundException(_)
        | E::ServiceQuotaExceededException(_)
        | E::ValidationException(_) => rejected(said, error),
        // Not one of Bedrock's errors: of a proxy, a new one, or a refused signature.
        _ => by_status(said, status),
    }
}

fn by_status(said: Said, status: u16) -> ModelError {
    match status {
        429 => throttled(said),
        408 | 500.. => ModelError::Unavailable(said),
        _ => ModelError::Rejected { said, hint: None },
    }
}

/// Bedrock has one name for daily quotas and those of a minute: the message distinguishes them. A daily quota is not retried in
/// this invocation. The next one calls again: the quota may be raised, and a refusal is free.
fn throttled(said: Said) -> ModelError {
    if said.is_about_a_day() { ModelError::DayQuota(said) } else { ModelError::Throttled(said) }
}

/// The model's own status. Bedrock answers 424 for it, whether or not a second call may succeed.
fn original_status(error: &ModelErrorException) -> u16 {
    error.original_status_code().and_then(|status| u16::try_from(status).ok()).unwrap_or(500)
}

fn rejected(said: Said, error: &InvokeModelError) -> ModelError {
    let message = error.message().unwrap_or_default();
    let hint = match error {
        InvokeModelError::AccessDeniedException(_) => {
            "the role needs bedrock:InvokeModel on the inference profile and its models, the account access to them"
        }
        InvokeModelError::ResourceNotFoundException(_) => {
            "the model is not there for this account and region, or has reached its end of life: choose another"
        }
        InvokeModelError::ServiceQuotaExceededException(_) => "ask AWS for a higher quota of this model",
        InvokeModelError::ValidationException(_) if message.contains("on-demand throughput") => {
            "the model answers only through an inference profile: take its id with a prefix as `global.` or `us.`"
        }
        InvokeModelError::ValidationException(_) if message.contains("model identifier") => {
            "the environment's model id is not one that Bedrock knows"
        }
        _ => return ModelError::Rejected { said, hint: None },
    };
    ModelError::Rejected { said, hint: Some(hint) }
}

/// The causes of an error that is not the service's, of connections and credentials; none quotes a request's body.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
pub(crate) mod tests;
