//! Every source that can be asked, behind one type: which adapter stands for which name.

use std::sync::Arc;

use contract::{PriceSource, price_source::SourceSettings};
use shell::Secrets;

use crate::{
    Answer, Budget, Patience, ProductSearch, Scope, TableShelf, Unanswered,
    base_url::BaseUrl,
    chamgagyeok::Chamgagyeok,
    clock::Clock,
    elevenst::Elevenst,
    kamis::Kamis,
    naver::{KeyNames, Naver},
};

/// An adapter.
#[derive(Debug)]
pub enum Source {
    /// Naver's shopping search.
    Naver(Naver),
    /// 11번가's product search.
    Elevenst(Elevenst),
    /// The price survey 참가격.
    Chamgagyeok(Box<Chamgagyeok<Arc<TableShelf>>>),
    /// The price survey KAMIS.
    Kamis(Kamis),
}

/// What adapters are made of beside their settings.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The source's keys, and maybe those of others.
    pub secrets: Arc<Secrets>,
    /// Where documents are kept.
    pub shelf: Arc<TableShelf>,
    /// What time it is.
    pub now: Clock,
}

/// A source that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The settings name another number of parameters than the source has keys.
    #[error("expected {expected} key parameters, got {got}")]
    Keys {
        /// Keys that it has.
        expected: usize,
        /// Parameters that are named.
        got: usize,
    },
    /// No client can be built.
    #[error("no client can be built")]
    Client(#[from] reqwest::Error),
}

impl Source {
    /// The adapter to the source of these settings, whose address was read from them.
    ///
    /// # Errors
    /// The settings name another number of parameters than the source has keys, or no client can be built.
    pub fn new(
        settings: &SourceSettings,
        base: &BaseUrl,
        budget: Budget,
        parts: &Parts,
    ) -> Result<Self, SourceError> {
        let secrets = Arc::clone(&parts.secrets);
        let names = settings.key_parameters.as_slice();
        let patience = Patience::default();
        Ok(match settings.source {
            PriceSource::Naver => {
                let [client_id, client_secret] = keys(settings.source, names)?;
                let names = KeyNames {
                    client_id,
                    client_secret,
                };
                Self::Naver(Naver::new(base, secrets, names, budget, patience)?)
            }
            PriceSource::Elevenst => {
                let [key] = keys(settings.source, names)?;
                Self::Elevenst(Elevenst::new(base, secrets, key, budget, patience)?)
            }
            PriceSource::Chamgagyeok => {
                let [key] = keys(settings.source, names)?;
                let shelf = Arc::clone(&parts.shelf);
                let source = Chamgagyeok::new(base, secrets, key, budget, patience, shelf, parts.now)?;
                Self::Chamgagyeok(Box::new(source))
            }
            PriceSource::Kamis => {
                let [key] = keys(settings.source, names)?;
                Self::Kamis(Kamis::new(base, secrets, key, budget, patience, parts.now)?)
            }
        })
    }
}

impl ProductSearch for Source {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        match self {
            Self::Naver(source) => source.search(name, scope).await,
            Self::Elevenst(source) => source.search(name, scope).await,
            Self::Chamgagyeok(source) => source.search(name, scope).await,
            Self::Kamis(source) => source.search(name, scope).await,
        }
    }
}

/// The names of a source's parameters, if they are as many as it has keys.
fn keys<const N: usize>(source: PriceSource, names: &[String]) -> Result<[String; N], SourceError> {
    names
        .to_vec()
        .try_into()
        .map_err(|names: Vec<String>| SourceError::Keys {
            expected: source.facts().keys.len(),
            got: names.len(),
        })
}
