//! Reading an order before anything is built for it.

use std::path::{Path, PathBuf};

use contract::{Order, SessionId, order_file::MAX_ORDER_BYTES};
use platform::bounded_file;

use crate::{failure::Failure, repository};

/// The order that `deploy` cooks when it is given none.
pub(crate) fn sample() -> PathBuf {
    repository::root().join("orders").join("keto.json")
}

/// Refuses an order that nobody could cook, and gives the file itself: whoever cooks it reads it again, and has another
/// standard input than we.
pub(crate) fn validate(path: &Path) -> Result<PathBuf, Failure> {
    let bytes = bounded_file::read(path, MAX_ORDER_BYTES)
        .map_err(|source| Failure::OrderFile { path: path.to_path_buf(), source })?;
    // Whoever cooks the order names its session.
    let unnamed =
        SessionId::new("unnamed").map_err(|_| Failure::Ours { what: "`unnamed` is no session id" })?;
    let order = Order::parse(&bytes, || unnamed);
    order.map_err(|source| Failure::Order { path: path.to_path_buf(), source })?;
    path.canonicalize().map_err(|source| Failure::OrderFile { path: path.to_path_buf(), source })
}

#[cfg(test)]
mod tests {
    use contract::profile::Target;

    use super::*;

    #[test]
    fn every_target_has_a_sample() {
        for target in Target::ALL {
            let path = repository::root().join("orders").join(format!("{}.json", target.name()));
            let bytes = bounded_file::read(&path, MAX_ORDER_BYTES).unwrap();
            let order = Order::parse(&bytes, || SessionId::new("s").unwrap()).unwrap();
            assert_eq!(order.profile.target(), target);
            assert!(!order.ingredients.is_empty(), "{}", target.name());
        }
    }

    #[test]
    fn what_is_no_file_is_refused_unread() {
        for path in ["/dev/zero", "."] {
            let error = validate(Path::new(path)).unwrap_err();
            assert!(matches!(error, Failure::OrderFile { .. }), "{path}: {error}");
        }
    }
}
