//! When two names mean the same ingredient. Price decides by it what an order and a recipe have in common, combine what
//! nobody priced; both must agree, so it stands here.

/// What two names of the same ingredient have in common: neither white space around and between words nor case counts.
#[must_use]
pub fn key(name: &str) -> String {
    let words: Vec<_> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
