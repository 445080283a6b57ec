//! The metrics that our functions emit, each with its unit, its dimensions and what it tells.

use crate::task::TaskKind;

/// The namespace of all of them.
pub const NAMESPACE: &str = "AiChef";

/// CloudWatch's word for what a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A time in milliseconds.
    Milliseconds,
    /// How many.
    Count,
}

impl Unit {
    /// The word that CloudWatch takes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Milliseconds => "Milliseconds",
            Self::Count => "Count",
        }
    }
}

/// What a metric is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The environment's name: environments may share an account.
    Environment,
    /// [`Provider`].
    Provider,
}

impl Dimension {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "Environment",
            Self::Provider => "Provider",
        }
    }
}

/// Whom a function asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Claude on Amazon Bedrock.
    Bedrock,
    /// Naver's shopping search.
    Naver,
    /// 11번가's product search.
    Elevenst,
    /// 참가격, a price survey.
    Chamgagyeok,
    /// KAMIS, a price survey of fresh food.
    Kamis,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 5] = [Self::Bedrock, Self::Naver, Self::Elevenst, Self::Chamgagyeok, Self::Kamis];

    /// The value of [`Dimension::Provider`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::Naver => "naver",
            Self::Elevenst => "elevenst",
            Self::Chamgagyeok => "chamgagyeok",
            Self::Kamis => "kamis",
        }
    }
}

/// A metric that a function emits. Functions can record these and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Emitted {
    /// Time of one call to a provider, answered or not.
    ProviderLatency,
    /// Calls to a provider: the denominator of its failure rate (decision D12).
    ProviderCalls,
    /// Calls that a provider did not answer as asked (decision D12). Written as 0 for a good call, so that the rate has points.
    ProviderFailures,
    /// Tokens of prompts.
    InputTokens,
    /// Tokens of replies.
    OutputTokens,
    /// Replies of the model: the denominator of those that cannot be read.
    Replies,
    /// Replies that are no recipe: cut off, prose, or of a wrong shape (decision D13). Written as 0 for a good reply, so that the
    /// rate has points.
    UnreadableReplies,
    /// Replies cut at the token limit (decision D23).
    TruncatedReplies,
    /// Days until the last one of the model, where it is known (decision D9).
    ModelDaysLeft,
    /// Ingredients with a price.
    IngredientsPriced,
    /// Ingredients without one (decision D6).
    IngredientsUnpriced,
    /// Fresh cached answers of a price source.
    CacheHits,
    /// Searches of a price source without a fresh cached answer.
    CacheMisses,
    /// Answers of a price source that were no longer fresh and served because it gave no other.
    CacheStale,
    /// Calls that a price source's budget of the day has left.
    BudgetLeft,
    /// Calls that a price source's budget did not let through.
    BudgetRefusals,
}

impl Emitted {
    /// Every metric.
    pub const ALL: [Self; 16] = [
        Self::ProviderLatency,
        Self::ProviderCalls,
        Self::ProviderFailures,
        Self::InputTokens,
        Self::OutputTokens,
        Self::Replies,
        Self::UnreadableReplies,
        Self::TruncatedReplies,
        Self::ModelDaysLeft,
        Self::IngredientsPriced,
        Self::IngredientsUnpriced,
        Self::CacheHits,
        Self::CacheMisses,
        Self::CacheStale,
        Self::BudgetLeft,
        Self::BudgetRefusals,
    ];

    /// The metric's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProviderLatency => "ProviderLatency",
            Self::ProviderCalls => "ProviderCalls",
            Self::ProviderFailures => "ProviderFailures",
            Self::InputTokens => "InputTokens",
            Self::OutputTokens => "OutputTokens",
            Self::Replies => "Replies",
            Self::UnreadableReplies => "UnreadableReplies",
            Self::TruncatedReplies => "TruncatedReplies",
            Self::ModelDaysLeft => "ModelDaysLeft",
            Self::IngredientsPriced => "IngredientsPriced",
            Self::IngredientsUnpriced => "IngredientsUnpriced",
            Self::CacheHits => "CacheHits",
            Self::CacheMisses => "CacheMisses",
            Self::CacheStale => "CacheStale",
            Self::BudgetLeft => "BudgetLeft",
            Self::BudgetRefusals => "BudgetRefusals",
        }
    }

    /// What its numbers count.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::ProviderLatency => Unit::Milliseconds,
            Self::ProviderCalls
            | Self::ProviderFailures
            | Self::InputTokens
            | Self::OutputTokens
            | Self::Replies
            | Self::UnreadableReplies
            | Self::TruncatedReplies
            | Self::ModelDaysLeft
            | Self::IngredientsPriced
            | Self::IngredientsUnpriced
            | Self::CacheHits
            | Self::CacheMisses
            | Self::CacheStale
            | Self::BudgetLeft
            | Self::BudgetRefusals => Unit::Count,
        }
    }

    /// The tasks whose functions emit it.
    #[must_use]
    pub const fn emitted_by(self) -> &'static [TaskKind] {
        match self {
            Self::ProviderLatency | Self::ProviderCalls | Self::ProviderFailures => {
                &[TaskKind::RecipeGenerator, TaskKind::PriceFetcher]
            }
            Self::InputTokens
            | Self::OutputTokens
            | Self::Replies
            | Self::UnreadableReplies
            | Self::TruncatedReplies
            | Self::ModelDaysLeft => &[TaskKind::RecipeGenerator],
            Self::IngredientsPriced
            | Self::IngredientsUnpriced
            | Self::CacheHits
            | Self::CacheMisses
            | Self::CacheStale
            | Self::BudgetLeft
            | Self::BudgetRefusals => &[TaskKind::PriceFetcher],
        }
    }

    /// The one set of dimensions it is published with.
    #[must_use]
    pub const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::ProviderLatency
            | Self::ProviderCalls
            | Self::ProviderFailures
            | Self::CacheHits
            | Self::CacheMisses
            | Self::CacheStale
            | Self::BudgetLeft
            | Self::BudgetRefusals => &[Dimension::Environment, Dimension::Provider],
            Self::InputTokens
            | Self::OutputTokens
            | Self::Replies
            | Self::UnreadableReplies
            | Self::TruncatedReplies
            | Self::ModelDaysLeft
            | Self::IngredientsPriced
            | Self::IngredientsUnpriced => &[Dimension::Environment],
        }
    }
}
