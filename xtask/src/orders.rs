//! Reading an order before anything is built for it.

use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
};

use contract::{Order, SessionId, order_file::MAX_ORDER_BYTES};
use platform::{bounded_file, error_report::ErrorReport, exit_code};

use crate::repository;

/// The order that `deploy` cooks when it is given none.
pub(crate) fn sample() -> PathBuf {
    repository::root().join("orders").join("keto.json")
}

/// Refuses an invalid order and returns the absolute path of its file. `local` reads the file again.
pub(crate) fn validate(path: &Path) -> Result<PathBuf, ErrorReport> {
    let refused = |what: &str, cause: &(dyn Error + 'static)| {
        let message = format!("{what}: {}", path.display());
        let report = ErrorReport::message(exit_code::USAGE, message).caused_by(cause);
        report.with_hint("orders/ has a sample for every target")
    };
    let unreadable = |error: io::Error| refused("cannot read the order", &error);
    let bytes = bounded_file::read(path, MAX_ORDER_BYTES).map_err(unreadable)?;
    // `local` names the session.
    let unnamed = SessionId::new("unnamed").map_err(|error| ErrorReport::bug(error.to_string()))?;
    Order::parse(&bytes, || unnamed).map_err(|error| refused("the order is refused", &error))?;
    path.canonicalize().map_err(unreadable)
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
}
