//! KAMIS, the price survey of fresh food by 한국농수산식품유통공사: what something usually costs, never a vendor (its retailers are
//! anonymous). How calls are made lives in `calls`, which item a name means in `items`, how its answers are read in `reply`
//! and `legacy`, which of its rows is the usual price in `reference`.
//!
//! A search asks for the retail rows of two weeks, and where there is none for the wholesale ones, whose price then says so.
//! A page has a thousand rows, the oldest first, so where there are more the last page is asked for too.

#[doc(hidden)]
pub mod fuzz;
mod items;
mod legacy;
#[cfg(test)]
mod payloads;
mod reference;
mod reply;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use contract::PriceSource;
use jiff::{Timestamp, ToSpan as _, civil::Date};
use reqwest::Url;
use shell::Secrets;

use self::{items::Item, reply::Page};
use crate::{
    Answer, Budget, Patience, ProductSearch, Scope, Unanswered,
    base_url::BaseUrl,
    calls::Caller,
    gateway::{self, MAX_BODY_BYTES},
    korea,
    private::Private,
};

/// The path below the service's base.
const PATH: &str = "price";
/// Most rows of a page: the service gives no more.
const ROWS: u64 = 1_000;
/// How many days are asked for: items are surveyed up to nine days late.
const DAYS: i64 = 14;

/// The adapter to KAMIS.
#[derive(Debug)]
pub struct Kamis {
    url: Url,
    caller: Caller,
    now: fn() -> Timestamp,
}

/// The code of what households pay.
const RETAIL: &str = "01";
/// The code of what traders pay.
const WHOLESALE: &str = "02";

impl Kamis {
    /// Asks the service at that address, with the key that was read under that name. `now` is the clock.
    ///
    /// # Errors
    /// No client can be built: the system has no trusted certificates.
    pub fn new(
        base: &BaseUrl,
        secrets: impl Into<Arc<Secrets>>,
        key_name: String,
        budget: Budget,
        patience: Patience,
        now: fn() -> Timestamp,
    ) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let calls = (budget, patience);
        let caller = Caller::new(
            PriceSource::Kamis,
            &url,
            secrets,
            vec![key_name],
            calls,
            MAX_BODY_BYTES,
        )?;
        Ok(Self { url, caller, now })
    }

    /// The newest rows of two weeks.
    async fn rows(
        &self,
        item: &Item,
        trade: &str,
        today: Date,
        scope: &Scope,
    ) -> Result<Vec<reference::Row>, Unanswered> {
        let first = self.page(item, trade, today, 1, scope).await?;
        let last = first.total.div_ceil(ROWS);
        if last <= 1 {
            return Ok(first.rows);
        }
        let last = self.page(item, trade, today, last, scope).await?;
        Ok(last.rows)
    }

    async fn page(
        &self,
        item: &Item,
        trade: &str,
        today: Date,
        number: u64,
        scope: &Scope,
    ) -> Result<Page, Unanswered> {
        let from = today.checked_sub(DAYS.days()).unwrap_or(today);
        let (page, rows) = (number.to_string(), ROWS.to_string());
        let (from, to) = (korea::compact(from), korea::compact(today));
        let query = [
            ("returnType", "json"),
            ("pageNo", page.as_str()),
            ("numOfRows", rows.as_str()),
            ("cond[exmn_ymd::GTE]", from.as_str()),
            ("cond[exmn_ymd::LTE]", to.as_str()),
            ("cond[se_cd::EQ]", trade),
            ("cond[ctgry_cd::EQ]", item.category),
            ("cond[item_cd::EQ]", item.code),
        ];
        self.caller
            .ask(
                scope,
                |client, keys| {
                    let key = gateway::key(PriceSource::Kamis, keys)?;
                    let request = client.get(self.url.clone()).query(&[("serviceKey", key)]);
                    Ok(request.query(&query))
                },
                // The ingredient's name stays here: the call carries codes.
                |reply, keys| reply::read(reply, Private { keys, name: "" }),
            )
            .await
    }
}

impl ProductSearch for Kamis {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        let Some(item) = items::named(name) else {
            return Ok(Answer::referring(None));
        };
        let today = korea::day((self.now)());
        for trade in [RETAIL, WHOLESALE] {
            let rows = self.rows(&item, trade, today, scope).await?;
            let found = reference::usual(&rows, &item, today);
            if found.is_some() {
                return Ok(Answer::referring(found));
            }
        }
        Ok(Answer::referring(None))
    }
}
