//! `prices probe`: one live search with a source's adapter, and its calls, without retries, which would hide errors.

use std::{fmt::Write as _, num::NonZeroU16, sync::Arc, time::Duration};

use contract::PriceSource;
use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::{exit_code, plain::plain_lines, prices::ProbeArgs, progress::Progress};
use price::{
    http::{
        base_url::BaseUrl,
        client::{Access, RetryPolicy},
        observer::{CallLog, ObservedCall, ObservedReply},
    },
    quota::{Quota, rate_limiter::RateLimiter},
    search::{
        CallContext, ProductSearch as _,
        offer::{Answer, Offer},
    },
    sources::Source,
    store::documents::DocumentStore,
};
use runtime::{Recorder, Secret, SecretError, SecretSource, Secrets};
use serde::Serialize;
use tokio::time::Instant;

use crate::{cli::print, failure::Failure, keys};

/// Most offers in the text, beside the cheapest.
const OFFERS_SHOWN: usize = 10;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    source: PriceSource,
    ingredient: &'a str,
    base_url: String,
    calls: Vec<ObservedCall>,
    /// The adapter's answer.
    found: Option<Answer>,
    error: Option<SearchFailure>,
}

#[derive(Serialize)]
struct SearchFailure {
    message: String,
    hint: Option<String>,
}

pub(crate) fn run(args: &ProbeArgs, now: fn() -> Timestamp) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::Runtime)?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = probe(args, now) => ended,
            // The prompt handles Ctrl-C itself: it restores the terminal first.
            () = interrupted_after_the_prompt() => Err(Failure::Interrupted),
        }
    });
    // A prompt may still wait for a line.
    runtime.shutdown_background();
    ended
}

/// Ends a moment after Ctrl-C, so that the prompt handles it first.
async fn interrupted_after_the_prompt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn probe(args: &ProbeArgs, now: fn() -> Timestamp) -> Result<u8, Failure> {
    let asked = PriceSource::from(args.source);
    let facts = asked.facts();
    let text = args.base_url.as_deref().unwrap_or(facts.base_url);
    let base: BaseUrl = text.parse().map_err(|source| Failure::BaseUrl { text: text.to_owned(), source })?;
    if let (None, Some((year, month, day))) = (&args.base_url, facts.last_day) {
        let warning = format!("{} ended for everybody: {year}-{month:02}-{day:02}", facts.title);
        Progress::stderr().warning(&warning);
    }
    let given = keys::read(facts.keys).await?;
    let log = Arc::new(CallLog::default());
    let time = Duration::from_secs(args.seconds);
    let source = source(asked, &base, given, time, Arc::clone(&log), now).await?;
    let context = CallContext::new(Instant::now() + time, Recorder::default());
    let answer = source.search(&args.ingredient, &context).await;
    let answered = answer.is_ok();
    let (found, error) = match answer {
        Ok(answer) => (Some(answer), None),
        Err(error) => {
            let message = runtime::chain(&error);
            let hint = error.hint.map(String::from);
            (None, Some(SearchFailure { message, hint }))
        }
    };
    let report = Report {
        source: asked,
        ingredient: &args.ingredient,
        base_url: base.join("").to_string(),
        calls: log.calls(),
        found,
        error,
    };
    print(args.output, &report, &page(&report))?;
    Ok(if answered { exit_code::OK } else { exit_code::FINDINGS })
}

/// The keys from the person, under the names in the source's facts.
struct EnteredKeys(Vec<(String, Secret)>);

impl SecretSource for EnteredKeys {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        let known = self.0.iter().find(|(known, _)| known == name);
        let found = known.map(|(_, key)| key.clone());
        Box::pin(async move { found.ok_or_else(|| SecretError::NotFound(name.to_owned())) })
    }
}

/// The adapter, without retries.
async fn source(
    source: PriceSource,
    base: &BaseUrl,
    given: Vec<Secret>,
    call_timeout: Duration,
    log: Arc<CallLog>,
    now: fn() -> Timestamp,
) -> Result<Source, Failure> {
    let facts = source.facts();
    let key_names: Vec<String> = facts.keys.iter().map(|key| key.parameter.to_owned()).collect();
    let given = EnteredKeys(key_names.iter().cloned().zip(given).collect());
    let secrets = Secrets::read(given, key_names.clone()).await.map_err(Failure::Keys)?;
    let per_second = NonZeroU16::new(facts.budget.per_second).unwrap_or(NonZeroU16::MIN);
    let access = Access {
        secrets: Arc::new(secrets),
        key_names,
        quota: Quota::new(RateLimiter::per_second(per_second), None),
        retry_policy: RetryPolicy { call_timeout, backoff: RetryPolicy::default().backoff.with_max_times(0) },
        log: Some(log),
    };
    Source::new(source, base, access, DocumentStore::new(None, now), now).map_err(Failure::Source)
}

fn page(report: &Report<'_>) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    for (number, call) in (1..).zip(&report.calls) {
        let _ = writeln!(page, "call {number}  {} {}", call.method, plain_lines(&call.url));
        for (name, value) in &call.headers {
            let _ = writeln!(page, "  > {name}: {}", plain_lines(value));
        }
        if let Some(answer) = &call.reply {
            let ObservedReply { status, bytes, charset, .. } = answer;
            let _ =
                writeln!(page, "  status {status}, {bytes} bytes, {charset}, after {} ms", call.latency_ms);
            for (name, value) in &answer.headers {
                let _ = writeln!(page, "  < {name}: {}", plain_lines(value));
            }
            let _ = writeln!(page, "{}", plain_lines(&answer.body));
            if answer.cut {
                page.push_str("  (and more)\n");
            }
        }
        if let Some(error) = &call.error {
            let _ = writeln!(page, "  no answer: {}", plain_lines(error));
        }
        page.push('\n');
    }
    if report.calls.is_empty() {
        page.push_str("no call was made\n\n");
    }
    let _ = writeln!(page, "what the adapter of {} made of it", report.source);
    if let Some(found) = &report.found {
        offers(&mut page, found);
    }
    if let Some(error) = &report.error {
        let _ = writeln!(page, "  no answer: {}", plain_lines(&error.message));
        if let Some(hint) = &error.hint {
            let _ = writeln!(page, "  hint: {}", plain_lines(hint));
        }
    }
    if let Some(attribution) = report.source.facts().attribution {
        let _ = writeln!(page, "  {attribution}");
    }
    page
}

fn offers(page: &mut String, found: &Answer) {
    let line = |offer: &Offer| {
        let per = offer.per.as_ref().map(|per| format!(" per {per}")).unwrap_or_default();
        let day = offer.surveyed_on.as_ref().map(|day| format!(", surveyed {}", day.0)).unwrap_or_default();
        let link = offer.link.as_ref().map(|link| format!(", {link}")).unwrap_or_default();
        let Offer { price_krw, vendor, product_name, .. } = offer;
        plain_lines(&format!("{price_krw} KRW{per}, {vendor}, {product_name}{day}{link}"))
    };
    match found.offers().first() {
        Some(cheapest) => {
            let _ = writeln!(page, "  cheapest  {}", line(cheapest));
        }
        None => page.push_str("  no offer\n"),
    }
    for offer in found.offers().iter().skip(1).take(OFFERS_SHOWN) {
        let _ = writeln!(page, "  offer     {}", line(offer));
    }
    let more = found.offers().len().saturating_sub(1 + OFFERS_SHOWN);
    if more > 0 {
        let _ = writeln!(page, "  and {more} more offers");
    }
    if found.without_price() > 0 {
        let _ = writeln!(page, "  {} without a known price", found.without_price());
    }
    if let Some(reference) = found.reference() {
        let shown = serde_json::to_string(reference).unwrap_or_default();
        let _ = writeln!(page, "  reference {}", plain_lines(&shown));
    }
}
