//! The variables that a function sees: those that Lambda sets, then those of the template, and nothing of ours.

use std::path::Path;

use super::settings::FunctionSettings;

/// What is the same for every function. Source: Lambda's "defined runtime environment variables".
const FIXED: [(&str, &str); 6] = [
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("LANG", "en_US.UTF-8"),
    ("LD_LIBRARY_PATH", "/lib64:/usr/lib64"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
    ("TZ", ":UTC"),
];

/// The whole environment of one sandbox. `runtime_api` is host and port.
pub(super) fn of(settings: &FunctionSettings, runtime_api: &str, log_stream: &str) -> Vec<(String, String)> {
    let task_root = settings.binary.parent().unwrap_or(Path::new("/"));
    let named = [
        ("AWS_LAMBDA_FUNCTION_NAME", settings.name.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory_mb.to_string()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", settings.log_group.clone()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", log_stream.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()),
        ("AWS_REGION", settings.region.clone()),
        ("AWS_DEFAULT_REGION", settings.region.clone()),
        ("LAMBDA_TASK_ROOT", task_root.display().to_string()),
        ("_HANDLER", settings.handler.clone()),
    ];
    // Text has no levels.
    let logs = match &settings.min_levels {
        Some(least) => {
            vec![("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", least.application_name())]
        }
        None => vec![("AWS_LAMBDA_LOG_FORMAT", "Text")],
    };
    let fixed = FIXED.into_iter().chain(logs);
    fixed
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain(named.map(|(name, value)| (name.to_owned(), value)))
        .chain(settings.environment.clone())
        .collect()
}
