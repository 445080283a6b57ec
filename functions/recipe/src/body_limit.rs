//! The limit of a model's answer in bytes. The SDK reads answers of any size, which could exceed the function's memory.

use std::error::Error;

use aws_sdk_bedrockruntime::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextMut,
    },
    error::BoxError,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{LengthLimitError, Limited};

/// Most bytes of a body that are read. The longest reply that an environment can ask for, 64,000 tokens, takes less than
/// a quarter of it.
pub(crate) const MAX_BODY_BYTES: usize = 2_097_152;

/// Ends the reading of every answer at [`MAX_BODY_BYTES`], refusals included.
#[derive(Debug)]
pub(crate) struct BodyLimit;

impl Intercept for BodyLimit {
    fn name(&self) -> &'static str {
        "BodyLimit"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let whole = response.take_body();
        *response.body_mut() = SdkBody::from_body_1_x(Limited::new(whole, MAX_BODY_BYTES));
        Ok(())
    }
}

/// Whether an answer was larger than [`MAX_BODY_BYTES`].
pub(crate) fn is_exceeded(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.any(<dyn Error>::is::<LengthLimitError>)
}
