//! The readers of what 참가격 sends, for whoever feeds them bytes: the byte fuzzer. They are not a part of the interface; the
//! readers themselves live in `reply` and `offers`.

use super::{offers, reply};
use crate::{
    Answer, Unanswered,
    calls::Reply,
    private::{Keys, Private},
};

/// Reads one reply as a list of goods, a list of stores, and the prices of a day, and makes an answer of all three.
///
/// # Errors
/// The call was not answered.
pub fn reply(status: u16, content_type: Option<&str>, body: &[u8]) -> Result<Answer, Unanswered> {
    let reply = Reply {
        status,
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
    };
    let keys = Keys::of(["a-key-of-the-fuzzer"]);
    let rows = reply::rows(
        &reply,
        Private {
            keys: &keys,
            name: "",
        },
    )?;
    let goods = reply::goods(&rows).unwrap_or_default();
    let stores = reply::stores(&rows).unwrap_or_default();
    let day = jiff::civil::date(2026, 9, 25);
    let priced = goods
        .iter()
        .map(|good| (good, reply::prices(&rows, &good.id, "20260925")));
    Ok(offers::answer(priced, &stores, day))
}
