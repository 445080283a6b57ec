//! What the tests of this crate share: the environments of the repository, their apps, and a day.

use jiff::civil::{Date, date};

use crate::{App, Environment, app, environment::PricesPolicy};

/// The names and texts of the repository's environments.
pub(crate) const EXAMPLES: [(&str, &str); 4] = [
    ("local-living", include_str!("../../environments/local-living.toml")),
    ("dev", include_str!("../../environments/dev.toml")),
    ("staging", include_str!("../../environments/staging.toml")),
    ("prod", include_str!("../../environments/prod.toml")),
];

/// A day after the end of Naver's shopping search.
pub(crate) const TODAY: Date = date(2026, 11, 22);

/// The embedded environment's app.
pub(crate) fn local() -> App {
    app(&Environment::local().unwrap())
}

/// The embedded environment's app with another policy of prices.
pub(crate) fn local_with(prices_policy: PricesPolicy) -> App {
    app(&Environment { prices_policy, ..Environment::local().unwrap() })
}

/// The app of an environment of the repository.
pub(crate) fn example(name: &str) -> App {
    let (_, text) = EXAMPLES.into_iter().find(|(example, _)| *example == name).unwrap();
    app(&Environment::parse(&format!("{name}.toml"), text).unwrap())
}

/// The app of an environment that asks the source of the seed: Naver, at its own address.
pub(crate) fn seed() -> App {
    let text = "name = \"seed\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = [\"naver\"]\n";
    app(&Environment::parse("seed.toml", text).unwrap())
}

/// Every app, the embedded environment's first.
pub(crate) fn apps() -> Vec<App> {
    std::iter::once(local()).chain(EXAMPLES.map(|(name, _)| example(name))).collect()
}
