//! The body of a kept answer: how it is written, and what of it is believed when it is read.
//!
//! A row may be of another version of this program, or of nobody. So everything in it is checked as if a provider had sent
//! it: what does not fit is a miss. The same check stands before writing: nothing is kept that would not be read.

use std::num::NonZeroU32;

use contract::{
    AsOf, PriceSource,
    pricing::{Basis, Reference},
    text::is_hidden,
    visible::is_ignorable,
};
use jiff::{Timestamp, civil::Date};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Offer, korea,
    offer::MAX_PRICE_KRW,
    plain_text::{MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
};

/// Which form of the row this is. A row of another one is a miss.
const SCHEMA: u8 = 1;
/// Most offers that are kept: the cheapest ones.
const MAX_OFFERS: usize = 10;
/// Longest body that is read. Ten offers with the longest texts take less.
const MAX_BODY_BYTES: usize = 65_536;
/// Longest address that is kept.
const MAX_LINK_BYTES: usize = crate::web_address::MAX_LINK_BYTES;
/// Most characters of a stated unit.
const MAX_PER_CHARS: usize = 40;
/// How far ahead the clock of whoever wrote it may be. An answer from further ahead would be fresh for ever.
const CLOCKS_APART_MS: i64 = 300_000;

/// An answer and when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What the source answered.
    pub answer: Answer,
    /// When it was asked.
    pub asked_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    schema: u8,
    asked_at_ms: i64,
    offers: Vec<OfferBody>,
    without_price: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OfferBody {
    #[serde(rename = "price")]
    price_krw: NonZeroU32,
    vendor: String,
    product_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    surveyed_on: Option<AsOf>,
}

/// The body of a row with that answer. Nothing: the answer holds something that would not be read.
pub(super) fn write(source: PriceSource, kept: &Kept) -> Option<String> {
    let offers = kept.answer.offers().iter().take(MAX_OFFERS);
    let body = Body {
        schema: SCHEMA,
        asked_at_ms: kept.asked_at.as_millisecond(),
        offers: offers
            .map(|offer| OfferBody {
                price_krw: offer.price_krw,
                vendor: offer.vendor.clone(),
                product_name: offer.product_name.clone(),
                link: offer.link.clone(),
                per: offer.per.clone(),
                surveyed_on: offer.surveyed_on.clone(),
            })
            .collect(),
        without_price: u32::try_from(kept.answer.without_price()).unwrap_or(u32::MAX),
        reference: kept.answer.reference().cloned(),
    };
    let body = serde_json::to_string(&body).ok()?;
    read(source, &body, kept.asked_at).is_some().then_some(body)
}

/// What a row of that source says. Nothing: no row that we wrote, or none that is believed.
#[must_use]
pub(super) fn read(source: PriceSource, body: &str, now: Timestamp) -> Option<Kept> {
    if body.len() > MAX_BODY_BYTES {
        return None;
    }
    let body: Body = serde_json::from_str(body).ok()?;
    let asked_at = Timestamp::from_millisecond(body.asked_at_ms).ok()?;
    let is_from_the_future = body.asked_at_ms > now.as_millisecond().saturating_add(CLOCKS_APART_MS);
    if body.schema != SCHEMA || is_from_the_future || body.offers.len() > MAX_OFFERS {
        return None;
    }
    // Nobody can have told of a day that was still to come when the source was asked.
    let today = korea::day(asked_at);
    let answer = if let Some(reference) = body.reference {
        let fits = !source.facts().has_vendors
            && is_price(reference.price_krw)
            && reference.source == source
            && is_text(&reference.per, MAX_PER_CHARS)
            && is_text(&reference.product_name, MAX_PRODUCT_NAME_CHARS)
            && is_day(&reference.as_of, today)
            && body.offers.is_empty();
        fits.then(|| Answer::referring(Some(reference)))?
    } else {
        // A source without vendors has no offers, whoever wrote that it has.
        let sells = !body.offers.is_empty() || body.without_price > 0;
        if sells && !source.facts().has_vendors {
            return None;
        }
        let without_price = usize::try_from(body.without_price).ok()?;
        let offers = body
            .offers
            .into_iter()
            .map(|offer| offer_of(source, offer, today));
        Answer::new(offers.collect::<Option<_>>()?, without_price)
    };
    Some(Kept { answer, asked_at })
}

fn offer_of(source: PriceSource, body: OfferBody, today: Date) -> Option<Offer> {
    let is_of_a_package = body.per.is_none() && body.surveyed_on.is_none();
    let fits = is_price(body.price_krw.get().into())
        && (source.facts().basis == Basis::Unit || is_of_a_package)
        && is_text(&body.vendor, MAX_VENDOR_CHARS)
        // A product without a name is an offer all the same.
        && (body.product_name.is_empty() || is_text(&body.product_name, MAX_PRODUCT_NAME_CHARS))
        && body.link.as_deref().is_none_or(is_link)
        && body.per.as_deref().is_none_or(|per| is_text(per, MAX_PER_CHARS))
        && body.surveyed_on.as_ref().is_none_or(|day| is_day(day, today));
    fits.then_some(Offer {
        price_krw: body.price_krw,
        vendor: body.vendor,
        product_name: body.product_name,
        link: body.link,
        per: body.per,
        surveyed_on: body.surveyed_on,
    })
}

fn is_price(price_krw: u64) -> bool {
    (1..=u64::from(MAX_PRICE_KRW)).contains(&price_krw)
}

fn is_text(text: &str, max_chars: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= max_chars
        && !text.chars().any(|c| is_hidden(c) || is_ignorable(c))
}

fn is_link(link: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    link.len() <= MAX_LINK_BYTES && !link.chars().any(is_hidden) && Url::parse(link).is_ok_and(is_web)
}

/// A day that has begun in Korea, as we write it.
fn is_day(day: &AsOf, today: Date) -> bool {
    day.0
        .parse::<Date>()
        .is_ok_and(|date| date <= today && date.to_string() == day.0)
}

#[cfg(test)]
mod tests;
