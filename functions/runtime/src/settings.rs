//! A function's settings: environment variables by their names in `contract`, read at init. The only place of the
//! functions that reads the environment.

use std::str::FromStr;

use contract::EnvVar;

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The variable is not set, or empty.
    #[error("environment variable is not set: {0}")]
    Missing(&'static str),
    /// The variable does not parse.
    #[error("environment variable is not {expected}: {name}=`{text}`")]
    Invalid {
        /// The variable's name.
        name: &'static str,
        /// The valid values: `a whole number from 1 to 65535`.
        expected: &'static str,
        /// What it is set to. Settings are no secrets: those are read by name (decision D10).
        text: String,
    },
}

impl SettingError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some("the function's variables are set by its stack: deploy it again")
    }
}

/// The text of a variable.
///
/// # Errors
/// The variable is not set or empty.
pub fn required(variable: EnvVar) -> Result<String, SettingError> {
    read(variable.name(), environment)
}

/// The value of a variable. `expected` describes the valid values: `a whole number from 1 to 65535`.
///
/// # Errors
/// The variable is not set, empty or does not parse.
pub fn parsed<N: FromStr>(variable: EnvVar, expected: &'static str) -> Result<N, SettingError> {
    parse(variable.name(), expected, environment)
}

/// As [`parsed`], for a variable that may be left out.
///
/// # Errors
/// The variable is set and does not parse.
pub fn optional<N: FromStr>(variable: EnvVar, expected: &'static str) -> Result<Option<N>, SettingError> {
    match parsed(variable, expected) {
        Err(SettingError::Missing(_)) => Ok(None),
        other => other.map(Some),
    }
}

/// Checks the variables that Lambda sets and without which the runtime would panic.
///
/// # Errors
/// One of them is missing: the program was not started by Lambda.
pub(crate) fn started_by_lambda() -> Result<(), SettingError> {
    for name in ["AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"] {
        read(name, environment)?;
    }
    parse::<i32>("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "a whole number", environment).map(drop)
}

fn read(name: &'static str, lookup: impl Fn(&str) -> Option<String>) -> Result<String, SettingError> {
    lookup(name).filter(|text| !text.is_empty()).ok_or(SettingError::Missing(name))
}

fn parse<N: FromStr>(
    name: &'static str,
    expected: &'static str,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<N, SettingError> {
    let text = read(name, lookup)?;
    text.parse().map_err(|_| SettingError::Invalid { name, expected, text })
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    fn check(text: Option<&str>, expect: Result<u16, &str>) {
        let lookup = |name: &str| (name == "BEDROCK_MAX_TOKENS").then(|| text.map(str::to_owned)).flatten();
        let expected = "a whole number from 1 to 65535";
        let got = parse::<NonZeroU16>(EnvVar::BedrockMaxTokens.name(), expected, lookup);
        assert_eq!(
            got.map(NonZeroU16::get).map_err(|error| error.to_string()),
            expect.map_err(str::to_owned)
        );
    }

    #[test]
    fn a_missing_or_invalid_setting_is_an_error() {
        check(Some("10"), Ok(10));
        for unset in [None, Some("")] {
            check(unset, Err("environment variable is not set: BEDROCK_MAX_TOKENS"));
        }
    }

    #[test]
    fn an_error_describes_the_valid_values() {
        for text in ["ten", "0", "-1", "1.5", "65536"] {
            let expect = "environment variable is not a whole number from 1 to 65535: BEDROCK_MAX_TOKENS";
            check(Some(text), Err(&format!("{expect}=`{text}`")));
        }
    }

    #[test]
    fn settings_are_environment_variables() {
        assert_eq!(required(EnvVar::ResultsTable), Err(SettingError::Missing("RESULTS_TABLE")));
    }
}
