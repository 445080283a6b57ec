//! Figures that both the functions and the stack around them go by, spelled once.
//!
//! The bounds of single fields do not live here: they stand with the fields.

/// The most tokens a recipe may take where an environment does not say (decision D23). Source: the seed.
pub const DEFAULT_MAX_TOKENS: u32 = 2_000;

/// The last day on which Naver's own server answered the shopping search (decision D15): year, month, day. Afterwards it
/// answers 404 SE05.
///
/// Source: Naver's terms of 2026-07-31, supplementary article 2 (3): ends at 24:00 of that day, for existing
/// users too.
pub const NAVER_LAST_DAY: (i16, i8, i8) = (2026, 7, 31);
