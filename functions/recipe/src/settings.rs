//! From environment variables to a function that can ask a model. Runs once, at init.

use std::num::NonZeroU32;

use contract::{EnvVar, error_name::RecipeError};
use runtime::{Failure, SettingError, settings};

use crate::{Bedrock, Generator};

/// What parses as a `NonZeroU32`, in a person's words.
const COUNT: &str = "a whole number from 1 to 4294967295";

struct Settings {
    max_tokens: NonZeroU32,
    region: String,
    model_id: String,
}

/// The function that asks a model on Bedrock, as its environment variables say.
///
/// # Errors
/// A variable is missing or does not parse. None has a default here: one that the stack forgot is to be seen.
pub fn generator() -> Result<Generator<Bedrock>, Failure<RecipeError>> {
    let Settings { max_tokens, region, model_id } = read().map_err(|error| unset(&error))?;
    let aws = runtime::aws::sdk_config();
    Ok(Generator::new(Bedrock::new(&aws, region, model_id), max_tokens))
}

fn read() -> Result<Settings, SettingError> {
    Ok(Settings {
        max_tokens: settings::parsed(EnvVar::BedrockMaxTokens, COUNT)?,
        region: settings::required(EnvVar::BedrockRegion)?,
        model_id: settings::required(EnvVar::BedrockModelId)?,
    })
}

fn unset(error: &SettingError) -> Failure<RecipeError> {
    let failure = Failure::caused_by(RecipeError::RecipeGenerationFailed, error);
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit of tokens is read first: a default for it would let another variable be the missing one.
    #[test]
    fn without_its_variables_the_function_says_which_one_is_missing() {
        let failure = generator().unwrap_err();
        assert_eq!(failure.error, RecipeError::RecipeGenerationFailed);
        assert_eq!(failure.message, "environment variable is not set: BEDROCK_MAX_TOKENS");
        assert!(failure.hint.is_some());
    }
}
