//! The function's start: from environment variables to its handler.

use std::num::NonZeroU32;

use contract::{EnvVar, error_name::RecipeError};
use runtime::{Failure, SettingError, settings};

use crate::{Bedrock, Generator, LastDay};

/// The valid values of a `NonZeroU32`.
const COUNT: &str = "a whole number from 1 to 4294967295";
/// What parses as an `i32`.
const DAY: &str = "a number of days since 1970-01-01";

struct Settings {
    max_tokens: NonZeroU32,
    region: String,
    model_id: String,
    last_day: Option<i32>,
}

/// The handler that the environment variables describe.
///
/// # Errors
/// A variable is missing or does not parse. None has a default, so that a missing one is an error.
pub fn generator() -> Result<Generator<Bedrock>, Failure<RecipeError>> {
    let Settings { max_tokens, region, model_id, last_day } = read().map_err(|error| unset(&error))?;
    let aws = runtime::aws::sdk_config();
    let last_day = last_day.map(|day| LastDay { day, today });
    Ok(Generator::new(Bedrock::new(&aws, region, model_id), max_tokens).until(last_day))
}

/// Days since 1970-01-01 in UTC.
#[expect(clippy::disallowed_methods, reason = "the function's edge: it hands the clock to the core")]
fn today() -> i32 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i32::try_from(since.as_secs() / 86_400).unwrap_or(i32::MAX)
}

fn read() -> Result<Settings, SettingError> {
    Ok(Settings {
        max_tokens: settings::parsed(EnvVar::BedrockMaxTokens, COUNT)?,
        region: settings::required(EnvVar::BedrockRegion)?,
        model_id: settings::required(EnvVar::BedrockModelId)?,
        last_day: settings::optional(EnvVar::ModelLastDay, DAY)?,
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
