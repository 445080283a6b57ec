//! The reader of what 11번가 sends, for whoever feeds it bytes: the byte fuzzer. It is not a part of the interface; the reader
//! itself lives in `reply`.

use super::reply;
use crate::{
    Answer, Unanswered,
    calls::Reply,
    private::{Keys, Private},
};

/// Reads the reply to whoever searched for `name`.
///
/// # Errors
/// The search was not answered.
pub fn reply(status: u16, content_type: Option<&str>, body: &[u8], name: &str) -> Result<Answer, Unanswered> {
    let reply = Reply {
        status,
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
    };
    let keys = Keys::of(["a-key-of-the-fuzzer"]);
    reply::read(&reply, Private { keys: &keys, name })
}
