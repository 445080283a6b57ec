//! The adapters of all sources behind one type.

pub mod chamgagyeok;
mod data_go_kr;
pub mod elevenst;
pub mod kamis;
mod limit_words;
pub mod naver;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use contract::PriceSource;

use self::{chamgagyeok::Chamgagyeok, elevenst::Elevenst, kamis::Kamis, naver::Naver};
use crate::{
    clock::Clock,
    http::{base_url::BaseUrl, client::Access},
    search::{CallContext, ProductSearch, SearchError, offer::Answer},
    store::documents::DocumentStore,
};

#[derive(Debug)]
pub enum Source {
    Naver(Naver),
    Elevenst(Elevenst),
    Chamgagyeok(Box<Chamgagyeok>),
    Kamis(Kamis),
}

/// Why an adapter cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("expected {expected} key parameters, got {got}")]
    Keys { expected: usize, got: usize },
    #[error("no client can be built")]
    Client(#[from] reqwest::Error),
}

impl Source {
    /// # Errors
    /// The access has another number of keys than the source, or no client can be built.
    pub fn new(
        source: PriceSource,
        base: &BaseUrl,
        access: Access,
        documents: DocumentStore,
        now: Clock,
    ) -> Result<Self, SourceError> {
        let (expected, got) = (source.facts().keys.len(), access.key_names.len());
        if expected != got {
            return Err(SourceError::Keys { expected, got });
        }
        Ok(match source {
            PriceSource::Naver => Self::Naver(Naver::new(base, access)?),
            PriceSource::Elevenst => Self::Elevenst(Elevenst::new(base, access)?),
            PriceSource::Chamgagyeok => {
                Self::Chamgagyeok(Box::new(Chamgagyeok::new(base, access, documents, now)?))
            }
            PriceSource::Kamis => Self::Kamis(Kamis::new(base, access, now)?),
        })
    }
}

impl ProductSearch for Source {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        match self {
            Self::Naver(source) => source.search(name, context).await,
            Self::Elevenst(source) => source.search(name, context).await,
            Self::Chamgagyeok(source) => source.search(name, context).await,
            Self::Kamis(source) => source.search(name, context).await,
        }
    }
}
