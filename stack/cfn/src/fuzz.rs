//! Entry for the byte fuzzer: the parser of rendered intrinsic functions in `value::parse`. Not a part of the interface.

use serde_json::Value as Json;

use crate::Intrinsic;

/// The intrinsic function that a node is, or why it is malformed; nothing if the node is another object.
#[must_use]
pub fn intrinsic(node: &Json) -> Option<Result<Intrinsic, String>> {
    Intrinsic::from_json(node).map(|read| read.map_err(|error| error.to_string()))
}
