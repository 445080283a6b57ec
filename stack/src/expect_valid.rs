//! Unwraps checked values that are made of this crate's own constants.

use std::fmt::Debug;

/// A value that is made of constants of this crate and of words whose types bound them (an environment's name has at
/// most 16 letters). Building the app makes all of them, so a wrong one fails every test.
#[track_caller]
pub(crate) fn expect_valid<T, E: Debug>(checked: Result<T, E>) -> T {
    #[expect(clippy::expect_used, reason = "depends on no input: only an edit of this crate can break it")]
    checked.expect("a constant of this crate fits its type")
}
