//! What alarms watch for and whom they notify: `tokens_per_hour`, `runbook_language`, `[slo]` and `[[subscribers]]`.

use alarms::{Burn, Language, Objective, Severity, Slo};
use cfn::resource::Protocol;
use contract::bounded::Whole;
use toml::de::DeValue;

use super::reader::{EnvironmentError, Table};

/// Tokens of prompts and replies in an hour.
pub(super) type TokensPerHour = Whole<1_000, 1_000_000_000>;
/// Orders that are expected in a day.
pub(super) type OrdersPerDay = Whole<1, 10_000_000>;

/// Some 100 orders of 2,000 tokens.
const DEFAULT_TOKENS_PER_HOUR: u32 = 200_000;

/// Longest endpoint of a subscriber in characters: more than any address, URL or ARN that is used.
const MAX_ENDPOINT_CHARS: usize = 512;

const SLO_KEYS: &[&str] = &["objective", "orders_per_day", "burns"];
const SUBSCRIBER_KEYS: [&str; 3] = ["topic", "protocol", "endpoint"];

/// What alarms watch for, and whom they notify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitoring {
    /// Tokens that an hour may take.
    pub tokens_per_hour: TokensPerHour,
    /// The language of a notification when both do not fit.
    pub runbook_language: Language,
    /// The objective for the success of executions.
    pub slo: Option<Slo>,
    /// Who gets notifications.
    pub subscribers: Vec<Subscriber>,
}

/// Who gets the notifications of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Of which topic.
    pub topic: Severity,
    /// How.
    pub protocol: Protocol,
    /// Where.
    pub endpoint: String,
}

impl Monitoring {
    pub(super) fn read(root: &Table<'_>) -> Result<Self, EnvironmentError> {
        let languages = [("english", Language::English), ("korean", Language::Korean)];
        Ok(Self {
            tokens_per_hour: root.whole("tokens_per_hour", DEFAULT_TOKENS_PER_HOUR)?,
            runbook_language: root.word("runbook_language", &languages)?.unwrap_or(Language::Korean),
            slo: slo(root)?,
            subscribers: subscribers(root)?,
        })
    }
}

fn slo(root: &Table<'_>) -> Result<Option<Slo>, EnvironmentError> {
    if root.get("slo").is_none() {
        return Ok(None);
    }
    let table = root.table("slo", SLO_KEYS)?;
    let objective = table.required("objective", Objective::EXPECTED, |value| {
        let text = value.as_float().map(toml::de::DeFloat::as_str);
        let text = text.or_else(|| value.as_integer().map(toml::de::DeInteger::as_str))?;
        Objective::new(text.parse().ok()?)
    })?;
    let orders: OrdersPerDay =
        table.required("orders_per_day", "a whole number from 1 to 10000000", |value| {
            OrdersPerDay::new(super::whole(value)?)
        })?;
    let words: Vec<_> = Burn::ALL.iter().map(|burn| burn.as_str()).collect();
    let expected = format!("a list of {}, each once", words.join(", "));
    let burns = table.optional("burns", &expected, |value| {
        let words = value.as_array()?.iter().map(|word| {
            let word = word.get_ref().as_str()?;
            Burn::ALL.into_iter().find(|burn| burn.as_str() == word)
        });
        let mut burns = words.collect::<Option<Vec<_>>>()?;
        burns.sort_unstable();
        (!burns.is_empty() && burns.is_sorted_by(|one, other| one < other)).then_some(burns)
    })?;
    Ok(Some(Slo {
        objective,
        orders_per_day: orders.get(),
        burns: burns.unwrap_or_else(|| Burn::ALL.to_vec()),
    }))
}

fn subscribers(root: &Table<'_>) -> Result<Vec<Subscriber>, EnvironmentError> {
    const KEY: &str = "subscribers";
    let expected = "a list of tables, each with `topic` (page or ticket), `protocol` (email, https, sqs, lambda or sms) and an \
         `endpoint` of that protocol";
    let subscribers = root.optional(KEY, expected, |value| {
        value.as_array()?.iter().map(|table| subscriber(table.get_ref())).collect::<Option<Vec<_>>>()
    })?;
    let subscribers = subscribers.unwrap_or_default();
    let twice = subscribers
        .iter()
        .enumerate()
        .find(|(at, subscriber)| subscribers.iter().skip(at + 1).any(|other| other == *subscriber));
    match twice {
        Some((_, subscriber)) => {
            Err(root.error_at(KEY, format!("`{KEY}`: a subscriber stands twice: {}", subscriber.endpoint)))
        }
        None => Ok(subscribers),
    }
}

fn subscriber(table: &DeValue<'_>) -> Option<Subscriber> {
    let table = table.as_table()?;
    if table.iter().any(|(key, _)| !SUBSCRIBER_KEYS.contains(&key.get_ref().as_ref())) {
        return None;
    }
    let word = |key: &str| table.get(key)?.get_ref().as_str();
    let topic = Severity::ALL.into_iter().find(|severity| Some(severity.as_str()) == word("topic"))?;
    let (protocol, fits): (_, fn(&str) -> bool) = match word("protocol")? {
        "email" => (Protocol::Email, |endpoint| {
            endpoint
                .split_once('@')
                .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
        }),
        "https" => (Protocol::Https, |endpoint| {
            let (address, _query) = endpoint.split_once('?').unwrap_or((endpoint, ""));
            super::BaseUrl::new(address).is_some()
        }),
        "sqs" => (Protocol::Sqs, |endpoint| is_arn(endpoint, "sqs")),
        "lambda" => (Protocol::Lambda, |endpoint| is_arn(endpoint, "lambda")),
        "sms" => (Protocol::Sms, |endpoint| {
            let digits = endpoint.strip_prefix('+').unwrap_or_default();
            (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        }),
        _ => return None,
    };
    let endpoint = word("endpoint")?;
    // CloudFormation would fill in `${..}`.
    let printable = endpoint.chars().all(|char| char.is_ascii_graphic()) && !endpoint.contains("${");
    (printable && endpoint.len() <= MAX_ENDPOINT_CHARS && fits(endpoint)).then(|| Subscriber {
        topic,
        protocol,
        endpoint: endpoint.to_owned(),
    })
}

fn is_arn(text: &str, service: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, found, region, account, resource]
        if *found == service && ![region, account, resource].iter().any(|part| part.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::{Environment, tests::VALID};

    fn read(more: &str) -> Result<Monitoring, EnvironmentError> {
        // Keys of the root stand above the first table.
        let (root, tables): (Vec<_>, Vec<_>) = more.split("\n\n").partition(|part| !part.starts_with('['));
        let text = format!("{}\n{VALID}\n{}", root.join("\n"), tables.join("\n"));
        Environment::parse("dev.toml", &text).map(|environment| environment.monitoring)
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let monitoring = read("").unwrap();
        assert_eq!(monitoring.tokens_per_hour.get(), 200_000);
        assert_eq!((monitoring.slo, monitoring.subscribers), (None, Vec::new()));
    }

    #[test]
    fn an_objective_and_its_subscribers() {
        let monitoring = read(
            "runbook_language = \"english\"\n\n[slo]\nobjective = 99.5\norders_per_day = 500\nburns = [\"medium\", \"fast\"]\n\n\
             [[subscribers]]\ntopic = \"page\"\nprotocol = \"https\"\nendpoint = \"https://example.com/hook\"\n\n\
             [[subscribers]]\ntopic = \"ticket\"\nprotocol = \"sqs\"\nendpoint = \"arn:aws:sqs:ap-northeast-2:123456789012:q\"",
        )
        .unwrap();
        let slo = monitoring.slo.unwrap();
        assert_eq!((slo.objective.percent(), slo.orders_per_day), (99.5, 500));
        assert_eq!(slo.burns, [Burn::Fast, Burn::Medium]);
        assert_eq!(monitoring.runbook_language, Language::English);
        let subscribers: Vec<_> =
            monitoring.subscribers.iter().map(|one| (one.topic, one.protocol)).collect();
        assert_eq!(subscribers, [(Severity::Page, Protocol::Https), (Severity::Ticket, Protocol::Sqs)]);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let slo = |rest: &str| format!("[slo]\n{rest}");
        let subscriber = |protocol: &str, endpoint: &str| {
            format!("[[subscribers]]\ntopic = \"page\"\nprotocol = \"{protocol}\"\nendpoint = \"{endpoint}\"")
        };
        let twice = format!("{0}\n\n{0}", subscriber("email", "a@example.com"));
        for (more, words) in [
            ("tokens_per_hour = 1".to_owned(), "1000 to 1000000000"),
            ("runbook_language = \"german\"".to_owned(), "one of english, korean"),
            (slo("objective = 100\norders_per_day = 1"), "below 100"),
            (slo("objective = 99.999\norders_per_day = 1"), "two decimals"),
            (slo("objective = 99"), "missing key `slo.orders_per_day`"),
            (slo("objective = 99\norders_per_day = 1\nburns = []"), "each once"),
            (slo("objective = 99\norders_per_day = 1\nburns = [\"fast\", \"fast\"]"), "each once"),
            (slo("objective = 99\norders_per_day = 1\nburns = [\"slower\"]"), "each once"),
            (slo("goal = 1"), "unknown key: slo.goal"),
            (subscriber("email", "nobody"), "endpoint"),
            (subscriber("https", "http://example.com"), "endpoint"),
            (subscriber("sqs", "https://sqs"), "endpoint"),
            (subscriber("sms", "0101234567"), "endpoint"),
            (subscriber("fax", "1"), "protocol"),
            (format!("{}\nmore = 1", subscriber("email", "a@example.com")), "a list of tables"),
            (twice, "stands twice"),
        ] {
            let error = read(&more).unwrap_err().to_string();
            assert!(error.contains(words), "{more}: {error}");
        }
    }
}
