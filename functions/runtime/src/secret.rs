//! The type of a secret. It is not in `contract`, so that no type on the wire can have one.

use std::{fmt, sync::Arc};

/// The value of a secret. It cannot be displayed or serialised, and its debug output hides it.
///
/// ```
/// assert_eq!(format!("{:?}", runtime::Secret::new("value")), "Secret(..)");
/// assert_eq!(serde_json::to_string(runtime::Secret::new("value").expose())?, "\"value\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
/// The same without `:?` and without `expose` is refused, for want of `Display` and of `Serialize` (E0277):
/// ```compile_fail,E0277
/// format!("{}", runtime::Secret::new("value"));
/// ```
/// ```compile_fail,E0277
/// serde_json::to_string(&runtime::Secret::new("value"))?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    value: Arc<str>,
    /// Counts the readings of the same name, so that a late failure does not cause another reading.
    pub(crate) reading: u64,
}

impl Secret {
    /// A secret with that value.
    #[must_use]
    pub fn new(value: impl Into<Arc<str>>) -> Self {
        Self { value: value.into(), reading: 0 }
    }

    /// The value itself: for the request that needs it, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "Secret(..) Some(\n    Secret(..),\n)");
        assert_eq!(secret.expose(), "hunter2");
    }
}
