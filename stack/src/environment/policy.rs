//! Whether an order requires prices. [`workflow`](crate::workflow) implements both policies.

/// What happens to an order whose prices cannot be fetched after every retry. The seed throws away a recipe
/// that was paid for; `docs/decisions.md`, D16, says why an environment may keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PricesPolicy {
    /// The order fails, as in the seed: a recipe without prices is no answer.
    #[default]
    Required,
    /// The recipe is delivered, and its pricing says that there are no prices and why.
    BestEffort,
}

impl PricesPolicy {
    /// Every policy by its word in an environment's file.
    pub const WORDS: [(&str, Self); 2] = [("required", Self::Required), ("best-effort", Self::BestEffort)];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::BestEffort => "best-effort",
        }
    }
}
