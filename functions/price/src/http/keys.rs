//! The keys of a source.

use runtime::{Secret, SecretError, Secrets};

/// The keys of a source as they were read once, in the order of their names.
#[derive(Debug, Clone)]
pub struct Keys(Vec<Secret>);

impl Keys {
    pub(crate) fn cached(secrets: &Secrets, names: &[String]) -> Result<Self, SecretError> {
        let keys = names.iter().map(|name| secrets.get(name));
        keys.collect::<Result<_, _>>().map(Self)
    }

    /// Reads the keys again, which were refused. Searches that are refused together share one reading.
    pub(crate) async fn refreshed(&self, secrets: &Secrets, names: &[String]) -> Result<Self, SecretError> {
        let readings = names.iter().zip(&self.0);
        let readings = readings.map(|(name, stale)| secrets.refresh(name, stale));
        futures::future::try_join_all(readings).await.map(Self)
    }

    /// Without blanks around it: a parameter that is written from a file ends in a line break.
    pub(crate) fn at(&self, place: usize) -> &str {
        self.0.get(place).map_or("", |key| key.expose().trim())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.expose().trim())
    }

    #[cfg(test)]
    pub(crate) fn of<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.into_iter().map(Secret::new).collect())
    }
}
