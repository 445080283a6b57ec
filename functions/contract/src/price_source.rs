//! The facts of all price sources (decision D15): quota, last day, licence, name in the metrics, parameters of the keys.
//!
//! Adapters are in `price`, the sources of an environment in `stack`. Every figure has its source, or a note that it could not be
//! verified.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{limits::NAVER_LAST_DAY, metric::Provider, pricing::Basis};

/// Who knows prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum PriceSource {
    /// Naver's shopping search, the seed's.
    Naver,
    /// 11번가's product search: the closest one that lives.
    Elevenst,
    /// 참가격, the price survey of 한국소비자원: licensed and public.
    Chamgagyeok,
    /// KAMIS, the price survey of fresh food: a reference, never a vendor.
    Kamis,
}

/// What is known of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFacts {
    /// The word in files, on the wire and on command lines.
    pub name: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// The dimension of its metrics.
    pub provider: Provider,
    /// What its prices are of.
    pub basis: Basis,
    /// Whether it names vendors. One that does not gives reference prices.
    pub has_vendors: bool,
    /// The default address.
    pub base_url: &'static str,
    /// The last day on which that address answers: year, month, day.
    pub last_day: Option<(i16, i8, i8)>,
    /// The provider's limits. `None`: no figure is published.
    pub quota: Quota,
    /// Our default limits: below the quota, so that we stop before the provider does.
    pub budget: Budget,
    /// Concurrent calls of one function.
    pub concurrency: u16,
    /// How long an answer is fresh, in seconds.
    pub fresh_s: u32,
    /// The keys that a call carries.
    pub keys: &'static [Key],
    /// Under which terms its prices are used.
    pub licence: &'static str,
    /// The required attribution beside its prices.
    pub attribution: Option<&'static str>,
}

/// Calls that a provider lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// In a second.
    pub per_second: Option<u16>,
    /// In a day of Korea.
    pub per_day: Option<u32>,
}

/// Calls that we let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// In any second, of one function.
    pub per_second: u16,
    /// In a day of Korea, of all functions together.
    pub per_day: u32,
}

/// A key of a source. Its value is in a parameter (decision D10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key of an environment's file that names the parameter.
    pub setting: &'static str,
    /// The parameter's name in `prod`.
    pub parameter: &'static str,
    /// What it is.
    pub what: &'static str,
}

/// The key of the public data portal opens every service of it that its owner applied for.
const DATA_GO_KR: &[Key] = &[Key {
    setting: "key_parameter",
    parameter: "data-go-kr-key",
    what: "service key of data.go.kr, decoded",
}];

impl PriceSource {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Naver, Self::Elevenst, Self::Chamgagyeok, Self::Kamis];

    /// The source of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.facts().name == name)
    }

    /// The word in files, on the wire and on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// What is known of it.
    #[must_use]
    pub const fn facts(self) -> &'static SourceFacts {
        match self {
            Self::Naver => &NAVER,
            Self::Elevenst => &ELEVENST,
            Self::Chamgagyeok => &CHAMGAGYEOK,
            Self::Kamis => &KAMIS,
        }
    }
}

impl std::fmt::Display for PriceSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Source of the quota: Naver Developers' guide (25,000 a day); ten a second is reported by callers, not published (decision D8).
const NAVER: SourceFacts = SourceFacts {
    name: "naver",
    title: "Naver shopping search",
    provider: Provider::Naver,
    basis: Basis::Package,
    has_vendors: true,
    base_url: "https://openapi.naver.com",
    last_day: Some(NAVER_LAST_DAY),
    quota: Quota { per_second: Some(10), per_day: Some(25_000) },
    budget: Budget { per_second: 10, per_day: 24_000 },
    concurrency: 10,
    fresh_s: 3_600,
    keys: &[
        Key { setting: "client_id_parameter", parameter: "naver-client-id", what: "client id" },
        Key { setting: "client_secret_parameter", parameter: "naver-client-secret", what: "client secret" },
    ],
    licence: "terms of the Naver search API; ended for everybody on 2026-07-31",
    attribution: None,
};

/// No quota is published, so the budget is our own caution. Its owner changed in 2025: no promise of continuity is known.
const ELEVENST: SourceFacts = SourceFacts {
    name: "elevenst",
    title: "11번가 product search",
    provider: Provider::Elevenst,
    basis: Basis::Package,
    has_vendors: true,
    base_url: "https://openapi.11st.co.kr",
    last_day: None,
    quota: Quota { per_second: None, per_day: None },
    budget: Budget { per_second: 2, per_day: 10_000 },
    concurrency: 4,
    fresh_s: 10_800,
    keys: &[Key { setting: "key_parameter", parameter: "elevenst-key", what: "Open API key" }],
    licence: "11번가 Open API terms (their full text was not read)",
    attribution: None,
};

/// Source of the quota: data.go.kr, data set 3043385 (2,000 a day for development); a limit by the second exists (reason
/// 23), its figure is not published.
const CHAMGAGYEOK: SourceFacts = SourceFacts {
    name: "chamgagyeok",
    title: "참가격 price survey",
    provider: Provider::Chamgagyeok,
    basis: Basis::Unit,
    has_vendors: true,
    base_url: "https://apis.data.go.kr/B551919/ProductPriceInfoService",
    last_day: None,
    quota: Quota { per_second: None, per_day: Some(2_000) },
    budget: Budget { per_second: 10, per_day: 1_900 },
    concurrency: 4,
    fresh_s: 86_400,
    keys: DATA_GO_KR,
    licence: "KOGL type 1: attribution, commercial use allowed (data set 15158701)",
    attribution: Some("출처: 한국소비자원 참가격"),
};

/// Source of the quota: data.go.kr, data set 15156057 (10,000 a day). Its licence was not verified.
const KAMIS: SourceFacts = SourceFacts {
    name: "kamis",
    title: "KAMIS price survey",
    provider: Provider::Kamis,
    basis: Basis::Unit,
    has_vendors: false,
    base_url: "https://apis.data.go.kr/B552845/perDay",
    last_day: None,
    quota: Quota { per_second: None, per_day: Some(10_000) },
    budget: Budget { per_second: 10, per_day: 9_500 },
    concurrency: 4,
    fresh_s: 86_400,
    keys: DATA_GO_KR,
    licence: "public data of KAMIS (the licence of data set 15156057 was not verified)",
    attribution: Some("출처: 한국농수산식품유통공사 KAMIS"),
};

/// How an environment asks one source: what the price function reads from its environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceSettings {
    /// Which source.
    pub source: PriceSource,
    /// Where it answers.
    pub base_url: String,
    /// The *names* of the parameters with its keys, in the order of [`SourceFacts::keys`].
    pub key_parameters: Vec<String>,
    /// Concurrent calls of one function.
    pub concurrency: u16,
    /// Calls in any second, of one function.
    pub per_second: u16,
    /// Calls in a day of Korea, of all functions together.
    pub per_day: u32,
    /// How long an answer is fresh, in seconds.
    pub fresh_s: u32,
}

/// The attributes of the prices table that its template names.
pub mod attribute {
    /// The partition key: what a row is about.
    pub const KEY: &str = "key";
    /// When the table may forget a row, in epoch seconds.
    pub const TTL: &str = "TTL";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_source_is_in_the_catalogue_under_its_own_words() {
        let names: BTreeSet<_> = PriceSource::ALL.map(PriceSource::name).into();
        let providers: BTreeSet<_> = PriceSource::ALL.map(|source| source.facts().provider).into();
        assert_eq!((names.len(), providers.len()), (4, 4));
        for source in PriceSource::ALL {
            let facts = source.facts();
            assert_eq!(serde_json::to_value(source).unwrap(), facts.name);
            assert_eq!(PriceSource::named(facts.name), Some(source));
            assert_eq!(facts.provider.as_str(), facts.name);
            assert!(!facts.keys.is_empty() && !facts.licence.is_empty());
        }
        assert_eq!(PriceSource::named("Naver"), None);
    }

    #[test]
    fn we_stop_before_the_provider_does() {
        for source in PriceSource::ALL {
            let SourceFacts { quota, budget, .. } = source.facts();
            assert!(quota.per_second.is_none_or(|quota| budget.per_second <= quota), "{source}");
            assert!(quota.per_day.is_none_or(|quota| budget.per_day < quota), "{source}");
        }
    }
}
