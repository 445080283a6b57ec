//! Which goods of a survey an ingredient's name means: the part of a good's name before its bracket begins with it.

/// A good of the survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    /// Its number.
    pub id: String,
    /// Its name: `당근(흙당근, 100g)`.
    pub name: String,
    /// The code of its class: `030102008`.
    pub class: String,
    /// What is said beside its name.
    pub detail: String,
}

/// The places of the goods that the name means, the best first.
#[must_use]
pub fn matches(name: &str, goods: &[Good]) -> Vec<usize> {
    let bare = |name: &str| name.split('(').next().unwrap_or_default().replace(' ', "");
    let name = bare(name);
    goods
        .iter()
        .enumerate()
        .filter(|(_, good)| !name.is_empty() && bare(&good.name).starts_with(&name))
        .map(|(at, _)| at)
        .collect()
}
