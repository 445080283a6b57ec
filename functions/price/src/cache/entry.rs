//! The content of a cached answer: how it is written, and which parts of it are believed when it is read.
//!
//! A row may be of another version of this program, or of nobody. So its content is checked as if a provider had sent it: an
//! invalid one is a miss. The same check stands before writing: nothing is cached that would not be read.

use contract::{AsOf, PriceSource, pricing::Basis, text::is_hidden, visible::is_ignorable};
use jiff::{Timestamp, civil::Date};
use reqwest::Url;

use crate::{
    korea,
    search::offer::{Answer, MAX_PRICE_KRW, Offer},
    store::stored::Stored,
    text::{
        plain_text::{MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
        web_address::MAX_LINK_BYTES,
    },
};

/// Most offers that are cached: the cheapest ones.
const MAX_OFFERS: usize = 10;
/// Most characters of a stated unit.
const MAX_PER_CHARS: usize = 40;

/// An answer and when its source was asked.
pub type CachedAnswer = Stored<Answer>;

/// The body of a row with that answer. Nothing: it would not be read.
pub(super) fn encode(source: PriceSource, cached: &CachedAnswer) -> Option<String> {
    let body = Stored { content: cached.content.cheapest_offers(MAX_OFFERS), at: cached.at };
    let body = body.encode()?;
    decode(source, &body, cached.at).map(|_| body)
}

/// The answer in a row of that source. Nothing: the row is none of ours, or invalid.
pub(super) fn decode(source: PriceSource, body: &str, now: Timestamp) -> Option<CachedAnswer> {
    let Stored { content, at } = CachedAnswer::decode(body, now)?;
    // No survey is later than the day on which the source was asked.
    let today = korea::day(at);
    let is_valid = if let Some(reference) = content.reference() {
        !source.facts().has_vendors
            && is_price(reference.price_krw)
            && reference.source == source
            && is_text(&reference.per, MAX_PER_CHARS)
            && is_text(&reference.product_name, MAX_PRODUCT_NAME_CHARS)
            && is_day(&reference.as_of, today)
            && content.offers().is_empty()
    } else {
        // A source without vendors has no offers, whatever a row says.
        let sells = !content.offers().is_empty() || content.without_price() > 0;
        content.offers().len() <= MAX_OFFERS
            && (source.facts().has_vendors || !sells)
            && content.offers().iter().all(|offer| is_offer(source, offer, today))
    };
    // The order of the offers in a row is not believed.
    let content = content.cheapest_offers(MAX_OFFERS);
    is_valid.then_some(Stored { content, at })
}

fn is_offer(source: PriceSource, offer: &Offer, today: Date) -> bool {
    let is_of_a_package = offer.per.is_none() && offer.surveyed_on.is_none();
    is_price(offer.price_krw.get().into())
        && (source.facts().basis == Basis::Unit || is_of_a_package)
        && is_text(&offer.vendor, MAX_VENDOR_CHARS)
        // A product without a name is an offer all the same.
        && (offer.product_name.is_empty() || is_text(&offer.product_name, MAX_PRODUCT_NAME_CHARS))
        && offer.link.as_deref().is_none_or(is_link)
        && offer.per.as_deref().is_none_or(|per| is_text(per, MAX_PER_CHARS))
        && offer.surveyed_on.as_ref().is_none_or(|day| is_day(day, today))
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
    day.0.parse::<Date>().is_ok_and(|date| date <= today && date.to_string() == day.0)
}

#[cfg(test)]
mod tests;
