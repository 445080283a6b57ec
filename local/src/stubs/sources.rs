//! The stand-ins of the price sources that an environment asks: one server a source, one key a provider, and where each
//! answers. What a source says is its own.

use std::io;

use axum::Router;
use contract::{PriceSource, price_source::SourceSettings};

use super::{Behaviour, Stub, chamgagyeok, elevenst, kamis, naver, wire::Socket};
use crate::{clock, serve::Server};

/// The stand-ins of all sources. Only those that the environment asks have a server, so the others are never called.
#[derive(Debug)]
pub struct Sources {
    naver: Source,
    elevenst: Source,
    chamgagyeok: Source,
    kamis: Source,
}

#[derive(Debug)]
struct Source {
    stub: Stub,
    served: Option<Served>,
}

#[derive(Debug)]
struct Served {
    base_url: String,
    _server: Server,
}

/// The keys that the stand-ins take: new ones for every environment, that nothing else takes.
pub(crate) struct Keys {
    naver: naver::Keys,
    elevenst: String,
    /// One key opens all services of the portal.
    data_go_kr: String,
}

impl Keys {
    pub(crate) fn new() -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Self {
            naver: naver::Keys { client_id: random(), client_secret: random() },
            elevenst: random(),
            // As the portal's own: with characters that must be encoded, and only once.
            data_go_kr: format!("{}+{}/{}==", random(), random(), random()),
        }
    }

    /// Those of a source, in the order of its facts.
    fn of(&self, source: PriceSource) -> Vec<&str> {
        match source {
            PriceSource::Naver => vec![&self.naver.client_id, &self.naver.client_secret],
            PriceSource::Elevenst => vec![&self.elevenst],
            PriceSource::Chamgagyeok | PriceSource::Kamis => vec![&self.data_go_kr],
        }
    }

    /// What the parameters hold that these settings name.
    pub(crate) fn parameters<'a>(
        &'a self,
        settings: &'a [SourceSettings],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        settings.iter().flat_map(|settings| {
            let names = settings.key_parameters.iter().map(String::as_str);
            names.zip(self.of(settings.source))
        })
    }
}

impl Sources {
    /// Makes all of them and starts those that are asked.
    pub(crate) async fn start(
        asked: &[PriceSource],
        keys: &Keys,
        behaviour: impl Fn(PriceSource) -> Behaviour,
    ) -> io::Result<Self> {
        let source = async |source| {
            let path = path(source);
            let (stub, router) = stub(source, path, keys, behaviour(source));
            let served = if asked.contains(&source) {
                let server = Server::start_with::<Socket>(router, None).await?;
                Some(Served { base_url: format!("{}{path}", server.url()), _server: server })
            } else {
                None
            };
            io::Result::Ok(Source { stub, served })
        };
        Ok(Self {
            naver: source(PriceSource::Naver).await?,
            elevenst: source(PriceSource::Elevenst).await?,
            chamgagyeok: source(PriceSource::Chamgagyeok).await?,
            kamis: source(PriceSource::Kamis).await?,
        })
    }

    const fn source(&self, source: PriceSource) -> &Source {
        match source {
            PriceSource::Naver => &self.naver,
            PriceSource::Elevenst => &self.elevenst,
            PriceSource::Chamgagyeok => &self.chamgagyeok,
            PriceSource::Kamis => &self.kamis,
        }
    }

    pub const fn get(&self, source: PriceSource) -> &Stub {
        &self.source(source).stub
    }

    /// Where a source answers, with the path that its provider has; nothing for one that the environment does not ask.
    pub fn base_url(&self, source: PriceSource) -> Option<&str> {
        let served = self.source(source).served.as_ref()?;
        Some(&served.base_url)
    }
}

fn stub(source: PriceSource, path: &str, keys: &Keys, behaviour: Behaviour) -> (Stub, Router) {
    let portal = keys.data_go_kr.clone();
    match source {
        PriceSource::Naver => naver::stub(keys.naver.clone(), behaviour),
        PriceSource::Elevenst => elevenst::stub(keys.elevenst.clone(), behaviour),
        PriceSource::Chamgagyeok => chamgagyeok::stub(path, portal, clock::now, behaviour),
        PriceSource::Kamis => kamis::stub(path, portal, clock::now, behaviour),
    }
}

/// The path below which a provider has its service: what follows the host of its address.
fn path(source: PriceSource) -> &'static str {
    let address = source.facts().base_url;
    let host = address.split_once("://").map_or(address, |(_, behind)| behind);
    host.find('/').and_then(|at| host.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
