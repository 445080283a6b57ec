//! 참가격, the price survey of 한국소비자원: goods of named stores, priced on survey days (most Fridays). How calls are made lives
//! in `calls`, what its answers say in `reply`, what is kept between searches in `document`, the latest survey day in `day`,
//! and which goods a name means in `matching`.
//!
//! A search asks for the prices of the goods that the name means, at most [`MOST_GOODS`] of them, on the latest survey day.
//! The two lists and that day are kept, in this process and on the shelf. A store that the list does not have is a vendor
//! that nobody can find: its prices are left out, unless all of a good's prices are of such stores (then the list is the one
//! that is behind, and the store is named by its number).

mod day;
mod document;
#[doc(hidden)]
pub mod fuzz;
mod offers;
#[cfg(test)]
mod payloads;
mod reply;
#[cfg(test)]
mod tests;
mod unit;

use std::{fmt, sync::Arc};

use contract::PriceSource;
use futures::future::{try_join, try_join_all};
use jiff::{Timestamp, civil::Date};
use reqwest::Url;
use shell::Secrets;

use self::{
    document::Document,
    reply::{Listed, PriceRow, Store},
};
use crate::{
    Answer, Budget, Patience, ProductSearch, Scope, Shelf, Unanswered,
    base_url::BaseUrl,
    calls::Caller,
    gateway::{self, MAX_BODY_BYTES},
    korea,
    matching::{Good, matches},
    private::Private,
    search::Why,
    xml::Element,
};

/// Most goods of one name that are priced: each is a call.
const MOST_GOODS: usize = 3;
/// How long the two lists are kept, in seconds: they change a few times a year.
const LISTS_FRESH_S: u32 = 86_400;

/// What an answer would need and no Friday has.
const NO_SURVEY_DAY: &str = "a survey day in the last eight weeks";

/// The adapter to 참가격.
pub struct Chamgagyeok<S> {
    base: BaseUrl,
    caller: Caller,
    shelf: S,
    now: fn() -> Timestamp,
    goods: Document<Vec<Listed>>,
    stores: Document<Vec<Store>>,
    day: Document<Option<String>>,
}

impl<S> fmt::Debug for Chamgagyeok<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chamgagyeok")
            .field("base", &self.base)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

impl<S: Shelf> Chamgagyeok<S> {
    /// Asks the service at that address, with the key that was read under that name, and keeps its lists on that shelf. `now`
    /// is the clock.
    ///
    /// # Errors
    /// No client can be built: the system has no trusted certificates.
    pub fn new(
        base: &BaseUrl,
        secrets: impl Into<Arc<Secrets>>,
        key_name: String,
        budget: Budget,
        patience: Patience,
        shelf: S,
        now: fn() -> Timestamp,
    ) -> Result<Self, reqwest::Error> {
        let calls = (budget, patience);
        let url = base.join("");
        let caller = Caller::new(
            PriceSource::Chamgagyeok,
            &url,
            secrets,
            vec![key_name],
            calls,
            MAX_BODY_BYTES,
        )?;
        Ok(Self {
            base: base.clone(),
            caller,
            shelf,
            now,
            goods: Document::new(
                "goods",
                |_| LISTS_FRESH_S,
                |goods, _| reply::believes_goods(goods),
            ),
            stores: Document::new(
                "stores",
                |_| LISTS_FRESH_S,
                |stores, _| reply::believes_stores(stores),
            ),
            day: Document::new(
                "survey-day",
                |day| match day {
                    Some(_) => day::FRESH_S,
                    None => day::NONE_FRESH_S,
                },
                |day, now| day::believed(day.as_deref(), korea::day(now)).is_some(),
            ),
        })
    }

    async fn goods(&self, scope: &Scope) -> Result<Arc<Vec<Listed>>, Unanswered> {
        let load = async {
            let rows = self.ask("getProductInfoSvc.do", "ServiceKey", &[], scope).await?;
            reply::goods(&rows).map_err(|why| self.caller.unanswered(why))
        };
        self.goods.read(&self.shelf, (self.now)(), scope, load).await
    }

    async fn stores(&self, scope: &Scope) -> Result<Arc<Vec<Store>>, Unanswered> {
        let load = async {
            let rows = self.ask("getStoreInfoSvc.do", "ServiceKey", &[], scope).await?;
            reply::stores(&rows).map_err(|why| self.caller.unanswered(why))
        };
        self.stores.read(&self.shelf, (self.now)(), scope, load).await
    }

    /// The latest survey day, found by up to three goods a Friday, asked side by side: the one that is searched for, and two
    /// that many stores sell. Where no Friday has one, there is no answer (what a day without prices says of a good is not
    /// known), and this process looks again after an hour.
    async fn day(&self, good: &str, goods: &[Listed], scope: &Scope) -> Result<Date, Unanswered> {
        let today = korea::day((self.now)());
        let probes = day::probes(good, goods);
        let find = async {
            for friday in day::fridays(today) {
                let asked = probes.iter().map(|good| self.prices(good, friday, scope));
                if try_join_all(asked).await?.iter().any(|rows| !rows.is_empty()) {
                    return Ok(Some(korea::compact(friday)));
                }
            }
            tracing::warn!(source = %PriceSource::Chamgagyeok, "no survey day in the last eight weeks");
            Ok(None)
        };
        let found = self.day.read(&self.shelf, (self.now)(), scope, find).await?;
        day::believed(found.as_deref(), today)
            .ok_or_else(|| self.caller.unanswered(Why::Shape(NO_SURVEY_DAY)))
    }

    /// The prices of a good on a day.
    async fn prices(&self, good: &str, day: Date, scope: &Scope) -> Result<Vec<PriceRow>, Unanswered> {
        let day_text = korea::compact(day);
        let query = [("goodInspectDay", day_text.as_str()), ("goodId", good)];
        let rows = self
            .ask("getProductPriceInfoSvc", "serviceKey", &query, scope)
            .await?;
        Ok(reply::prices(&rows, good, &day_text))
    }

    /// One call: the elements of its result. The key's parameter is written as each of the services is seen to take it.
    async fn ask(
        &self,
        service: &str,
        key_parameter: &str,
        query: &[(&str, &str)],
        scope: &Scope,
    ) -> Result<Vec<Element>, Unanswered> {
        let url: Url = self.base.join(service);
        self.caller
            .ask(
                scope,
                |client, keys| {
                    let key = gateway::key(PriceSource::Chamgagyeok, keys)?;
                    Ok(client
                        .get(url.clone())
                        .query(&[(key_parameter, key)])
                        .query(query))
                },
                // The ingredient's name stays here: no call carries it.
                |reply, keys| reply::rows(reply, Private { keys, name: "" }),
            )
            .await
    }
}

impl<S: Shelf> ProductSearch for Chamgagyeok<S> {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        let goods = self.goods(scope).await?;
        let list: Vec<Good> = goods.iter().map(Listed::good).collect();
        let meant: Vec<&Listed> = matches(name, &list)
            .into_iter()
            .filter_map(|at| goods.get(at))
            .take(MOST_GOODS)
            .collect();
        let Some(best) = meant.first() else {
            return Ok(Answer::default());
        };
        let (stores, day) = try_join(self.stores(scope), self.day(&best.id, &goods, scope)).await?;
        let prices = meant.iter().map(|good| self.prices(&good.id, day, scope));
        let prices = try_join_all(prices).await?;
        Ok(offers::answer(meant.into_iter().zip(prices), &stores, day))
    }
}
