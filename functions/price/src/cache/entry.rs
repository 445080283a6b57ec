//! The content of a cached answer: how it is written, and how it is validated when it is read.
//!
//! Another version of this program, or another program, may have written a row. So its content is validated like a provider's
//! reply: an invalid row is a miss. The same check comes before writing, so that every written row can be read.

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

/// An answer, and when its source was asked.
pub type CachedAnswer = Stored<Answer>;

/// The body of a row; `None` if it could not be read.
pub(super) fn encode(source: PriceSource, cached: &CachedAnswer) -> Option<String> {
    let body = Stored { content: cached.content.cheapest_offers(MAX_OFFERS), at: cached.at };
    let body = body.encode()?;
    decode(source, &body, cached.at).map(|_| body)
}

/// The answer in a row of that source; `None` for an invalid row.
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
        // A source without vendors has no products, whatever a row has.
        let sells = !content.offers().is_empty() || content.without_price() > 0;
        content.offers().len() <= MAX_OFFERS
            && (source.facts().has_vendors || !sells)
            && content.offers().iter().all(|offer| is_offer(source, offer, today))
    };
    // Offers in a row may have any order.
    let content = content.cheapest_offers(MAX_OFFERS);
    is_valid.then_some(Stored { content, at })
}

fn is_offer(source: PriceSource, offer: &Offer, today: Date) -> bool {
    let is_of_a_package = offer.per.is_none() && offer.surveyed_on.is_none();
    is_price(offer.price_krw.get().into())
        && (source.facts().basis == Basis::Unit || is_of_a_package)
        && is_text(&offer.vendor, MAX_VENDOR_CHARS)
        // A product's name may be empty.
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

/// A day in our format, not in the future.
fn is_day(day: &AsOf, today: Date) -> bool {
    day.0.parse::<Date>().is_ok_and(|date| date <= today && date.to_string() == day.0)
}

#[cfg(test)]
mod tests;
