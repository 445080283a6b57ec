//! The environments of this repository: the files of its folder `environments/`.

use std::path::PathBuf;

use platform::{
    environments::{self, LookupError},
    launch::EnvironmentArgs,
};
use stack::Environment;

use crate::repository;

pub(crate) fn folder() -> PathBuf {
    repository::root().join("environments")
}

pub(crate) fn names() -> Vec<String> {
    environments::names(&folder())
}

pub(crate) fn named(name: &str) -> Result<Environment, LookupError> {
    environments::named(&folder(), name)
}

pub(crate) fn named_local(args: &EnvironmentArgs, command: &'static str) -> Result<Environment, LookupError> {
    environments::named_local(&folder(), &args.env, command)
}
