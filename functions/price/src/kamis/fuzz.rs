//! The reader of what KAMIS sends, for whoever feeds it bytes: the byte fuzzer. It is not a part of the interface; the readers
//! themselves live in `reply`, `legacy` and `reference`.

use contract::pricing::Reference;

use super::{items, reference, reply};
use crate::{
    Unanswered,
    calls::Reply,
    private::{Keys, Private},
};

/// Reads the reply to whoever searched for `name` on 2026-10-01.
///
/// # Errors
/// The search was not answered.
pub fn reply(
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
    name: &str,
) -> Result<Option<Reference>, Unanswered> {
    let reply = Reply {
        status,
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
    };
    let keys = Keys::of(["a-key-of-the-fuzzer"]);
    let page = reply::read(
        &reply,
        Private {
            keys: &keys,
            name: "",
        },
    )?;
    let today = jiff::civil::date(2026, 10, 1);
    Ok(items::named(name).and_then(|item| reference::usual(&page.rows, &item, today)))
}
