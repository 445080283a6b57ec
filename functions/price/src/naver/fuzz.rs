//! The readers of what Naver sends, for whoever feeds them bytes: the byte fuzzer and the benchmarks. They are not a part of
//! the interface; the readers themselves live in `reply` and `refusal`.

use super::{refusal, reply, unanswered};
use crate::{
    Answer, Unanswered,
    private::{Keys, Private},
};

/// Reads the body of a status 200.
///
/// # Errors
/// The search was not answered.
pub fn answer(body: &[u8]) -> Result<Answer, Unanswered> {
    reply::parse(body).map_err(unanswered)
}

/// Reads the body of any other status, sent to whoever searched for `name`.
#[must_use]
pub fn refusal(status: u16, body: &[u8], name: &str) -> Unanswered {
    let keys = Keys::of(["a-client-id", "a-client-secret"]);
    refusal::unanswered(status, body, Private { keys: &keys, name })
}
