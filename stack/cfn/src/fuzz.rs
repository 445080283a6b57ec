//! The reader of rendered intrinsic functions, for whoever feeds it JSON: the byte fuzzer. It is not a part of the interface;
//! the reader itself lives in `value::parse`.

use serde_json::Value as Json;

use crate::Intrinsic;

/// The intrinsic function that a node is, or a sentence why it is none; nothing where it does not look like one.
#[must_use]
pub fn intrinsic(node: &Json) -> Option<Result<Intrinsic, String>> {
    Intrinsic::from_json(node).map(|read| read.map_err(|error| error.to_string()))
}
