//! The environment variables of the functions, spelled once: `stack` sets them, the functions read them.

/// A variable that a function reads. The SDKs' own (`AWS_REGION`, `AWS_ENDPOINT_URL_..`) are not ours and not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvVar {
    /// The environment's name: the metrics' dimension.
    Environment,
    /// The region of the Bedrock endpoint.
    BedrockRegion,
    /// The model or inference profile that is asked (decision D9).
    BedrockModelId,
    /// The most tokens a recipe may take (decision D23).
    BedrockMaxTokens,
    /// The last day of the model in days since 1970-01-01 (decision D9); set only where the day is known.
    ModelLastDay,
    /// Which price sources are asked, in their order, and how: a JSON list of
    /// [`SourceSettings`](crate::price_source::SourceSettings).
    PriceSources,
    /// The table of cached prices and daily quotas.
    PricesTable,
    /// The table of results.
    ResultsTable,
    /// The table of sessions.
    SessionsTable,
}

impl EnvVar {
    /// Every variable.
    pub const ALL: [Self; 9] = [
        Self::Environment,
        Self::BedrockRegion,
        Self::BedrockModelId,
        Self::BedrockMaxTokens,
        Self::ModelLastDay,
        Self::PriceSources,
        Self::PricesTable,
        Self::ResultsTable,
        Self::SessionsTable,
    ];

    /// The variable's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "AI_CHEF_ENVIRONMENT",
            Self::BedrockRegion => "BEDROCK_REGION",
            Self::BedrockModelId => "BEDROCK_MODEL_ID",
            Self::BedrockMaxTokens => "BEDROCK_MAX_TOKENS",
            Self::ModelLastDay => "MODEL_LAST_DAY",
            Self::PriceSources => "PRICE_SOURCES",
            Self::PricesTable => "PRICES_TABLE",
            Self::ResultsTable => "RESULTS_TABLE",
            Self::SessionsTable => "SESSIONS_TABLE",
        }
    }
}

impl std::fmt::Display for EnvVar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
