//! The function `RecipeGenerator`: settings in, handler out. Everything else is in the library.

use std::num::NonZeroU32;

use contract::{EnvVar, error_name::RecipeError, task::RecipeGenerator};
use recipe::{Bedrock, Generator, request::DEFAULT_MAX_TOKENS};
use shell::{Failure, SettingError, settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    shell::run_with::<RecipeGenerator, _, _, _>(generator).await
}

async fn generator() -> Result<Generator<Bedrock>, Failure<RecipeError>> {
    let (region, model_id, max_tokens) = settings().map_err(|error| unset(&error))?;
    let aws = shell::aws::sdk_config().await;
    Ok(Generator::new(Bedrock::new(&aws, region, model_id), max_tokens))
}

fn settings() -> Result<(String, String, NonZeroU32), SettingError> {
    let max_tokens = match settings::parsed(EnvVar::BedrockMaxTokens) {
        Err(SettingError::Missing(_)) => DEFAULT_MAX_TOKENS,
        other => other?,
    };
    Ok((
        settings::required(EnvVar::BedrockRegion)?,
        settings::required(EnvVar::BedrockModelId)?,
        max_tokens,
    ))
}

fn unset(error: &SettingError) -> Failure<RecipeError> {
    let failure = Failure::caused_by(RecipeError::RecipeGenerationFailed, error);
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}
