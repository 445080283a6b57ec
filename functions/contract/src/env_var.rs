//! The environment variables of the functions, spelled once: `stack` sets them, the functions read them.

/// A variable that a function reads. The SDKs' own (`AWS_REGION`, `AWS_ENDPOINT_URL_..`) are not ours and not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvVar {
    /// The environment's name: the metrics' dimension.
    Environment,
    /// The region of the Bedrock endpoint (S7).
    BedrockRegion,
    /// The model or inference profile that is asked (D9).
    BedrockModelId,
    /// The most tokens a recipe may take (D23).
    BedrockMaxTokens,
    /// Where the Naver shopping search answers, `https://openapi.naver.com` or somebody's own (D15).
    NaverBaseUrl,
    /// The *name* of the parameter with the Naver client id (D10).
    NaverClientIdParameter,
    /// The *name* of the parameter with the Naver client secret (D10).
    NaverClientSecretParameter,
    /// Searches under way at once (D8).
    PriceConcurrency,
    /// Searches started a second (D8).
    PricePerSecond,
    /// The table of results.
    ResultsTable,
    /// The table of sessions.
    SessionsTable,
}

impl EnvVar {
    /// Every variable.
    pub const ALL: [Self; 11] = [
        Self::Environment,
        Self::BedrockRegion,
        Self::BedrockModelId,
        Self::BedrockMaxTokens,
        Self::NaverBaseUrl,
        Self::NaverClientIdParameter,
        Self::NaverClientSecretParameter,
        Self::PriceConcurrency,
        Self::PricePerSecond,
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
            Self::NaverBaseUrl => "NAVER_BASE_URL",
            Self::NaverClientIdParameter => "NAVER_CLIENT_ID_PARAMETER",
            Self::NaverClientSecretParameter => "NAVER_CLIENT_SECRET_PARAMETER",
            Self::PriceConcurrency => "PRICE_CONCURRENCY",
            Self::PricePerSecond => "PRICE_PER_SECOND",
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
