//! Words of the States Language that are not supported: their error says so and does not take them for misspellings.

/// Fields by name, with what they belong to.
/// Source: Developer Guide, "Using Amazon States Language to define Step Functions workflows".
const UNSUPPORTED: [(&str, &str); 30] = [
    ("Arguments", "JSONata"),
    ("Assign", "variables"),
    ("Condition", "JSONata"),
    ("Credentials", "task credentials"),
    ("HeartbeatSeconds", "heartbeats"),
    ("HeartbeatSecondsPath", "heartbeats"),
    ("ItemBatcher", "Map"),
    ("ItemProcessor", "Map"),
    ("ItemReader", "Map"),
    ("ItemSelector", "Map"),
    ("Items", "Map"),
    ("ItemsPath", "Map"),
    ("Iterator", "Map"),
    ("Label", "Map"),
    ("MaxConcurrency", "Map"),
    ("MaxConcurrencyPath", "Map"),
    ("MaxItems", "Map"),
    ("MaxItemsPath", "Map"),
    ("Output", "JSONata"),
    ("ProcessorConfig", "Map"),
    ("ReaderConfig", "Map"),
    ("ResultWriter", "Map"),
    ("ToleratedFailureCount", "Map"),
    ("ToleratedFailureCountPath", "Map"),
    ("ToleratedFailurePercentage", "Map"),
    ("ToleratedFailurePercentagePath", "Map"),
    ("MaxInputBytesPerBatch", "Map"),
    ("MaxInputBytesPerBatchPath", "Map"),
    ("MaxItemsPerBatch", "Map"),
    ("MaxItemsPerBatchPath", "Map"),
];

/// Fields that some state has: one of them in the wrong state is misplaced, not unknown.
const SUPPORTED: [&str; 26] = [
    "Branches",
    "Catch",
    "Cause",
    "CausePath",
    "Choices",
    "Default",
    "End",
    "Error",
    "ErrorPath",
    "InputPath",
    "Next",
    "OutputPath",
    "Parameters",
    "Resource",
    "Result",
    "ResultPath",
    "ResultSelector",
    "Retry",
    "Seconds",
    "SecondsPath",
    "StartAt",
    "States",
    "TimeoutSeconds",
    "TimeoutSecondsPath",
    "Timestamp",
    "TimestampPath",
];

/// What a field of the language belongs to, if it is not supported.
pub(super) fn unsupported(name: &str) -> Option<&'static str> {
    UNSUPPORTED.iter().find(|(word, _)| *word == name).map(|(_, subject)| *subject)
}

/// Whether some other state has this field.
pub(super) fn is_supported(name: &str) -> bool {
    SUPPORTED.contains(&name)
}

/// The nearest of `words`, if it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    words
        .into_iter()
        // A name far longer than the word is never near, and comparing it takes its time.
        .filter(|word| name.len() <= word.len() * 8)
        .map(|word| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), &word.to_lowercase()),
                word,
            )
        })
        .filter(|(distance, word)| *distance * 3 <= word.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_a_near_word_is_meant() {
        assert_eq!(nearest("Nxet", ["Next", "End"]).as_deref(), Some("Next"));
        assert_eq!(nearest("resultpath", ["ResultPath", "Result"]).as_deref(), Some("ResultPath"));
        assert_eq!(nearest("Colour", ["Next", "End"]), None);
    }
}
