//! The process that feeds one parser: input after input until its time or its number is up.
//!
//! Before each input its number goes into a file, so that whoever watches knows which one was the last. What was found
//! goes to stdout, a line of JSON each.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::FileExt as _,
    panic,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{Finding, Kind, Parser, corpus::Corpus, finding::escaped, shrink::shrink};

/// The longest that one input may take.
const MAX_INPUT_TIME: Duration = Duration::from_secs(1);
/// How often a slow input is tried again, so that a busy machine is not taken for a slow parser.
const SLOW_TRIES: usize = 3;
/// The most memory that the process may have held, in bytes: what a parser takes for a bounded input is bounded.
const MAX_RESIDENT_BYTES: u64 = 536_870_912;
/// Inputs that are tried to make one shorter.
const SHRINK_TRIES: u32 = 2_000;
/// How long that may take: whoever watches takes a long silence for a parser that hangs.
const SHRINK_TIME: Duration = Duration::from_secs(3);
/// Findings after which there is enough to repair.
const MAX_FINDINGS: usize = 8;

/// How long a campaign goes on.
#[derive(Debug, Clone, Copy)]
pub struct Campaign {
    /// Which inputs.
    pub seed: u64,
    /// The first input's number.
    pub first: u64,
    /// How many inputs at most.
    pub inputs: u64,
    /// How long at most.
    pub time: Duration,
}

/// A line of the child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Said {
    /// Something was found.
    Found(Finding),
    /// The end, with figures.
    Ended(Figures),
}

/// What a campaign did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// How many inputs were fed.
    pub inputs: u64,
    /// The longest that one took, in microseconds.
    pub slowest_us: u64,
    /// The most memory that the process held.
    pub peak_bytes: u64,
}

/// The last panic's message and place. The hook writes it, because a panic that was caught no longer knows its place.
static LAST_PANIC: Mutex<Option<(String, Option<String>)>> = Mutex::new(None);

/// Keeps panics to itself, from now on and for the whole process.
pub fn catch_panics() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let place = info.location().map(ToString::to_string);
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some((message, place));
    }));
}

/// Feeds a parser once.
///
/// # Errors
/// It panicked: message and place.
pub fn feed(parser: &Parser, input: &[u8]) -> Result<(), (String, Option<String>)> {
    panic::catch_unwind(|| (parser.feed)(input)).map_err(|_| {
        let mut last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        last.take().unwrap_or_default()
    })
}

/// Runs a campaign in this process.
///
/// # Errors
/// The file for the input's number, or stdout, cannot be written.
pub fn run(
    parser: &Parser,
    campaign: Campaign,
    number: &Path,
    folder: &Path,
    mut out: impl Write,
) -> io::Result<()> {
    let corpus = Corpus::new(parser, campaign.seed);
    let number = File::create(number)?;
    let mut figures = Figures::default();
    let mut found: Vec<Finding> = Vec::new();
    let began = Instant::now();
    let last = campaign.first.saturating_add(campaign.inputs);
    for at in campaign.first..last {
        let start = Instant::now();
        if start.duration_since(began) >= campaign.time || found.len() >= MAX_FINDINGS {
            break;
        }
        let input = corpus.input(at);
        number.write_all_at(&at.to_le_bytes(), 0)?;
        let start = Instant::now();
        let fed = feed(parser, &input);
        let took = start.elapsed();
        figures.inputs += 1;
        figures.slowest_us = figures.slowest_us.max(microseconds(took));
        let finding = match fed {
            Err((message, place)) => Some((Kind::Panic, message, place)),
            Ok(()) if took > MAX_INPUT_TIME => slow(parser, &input).map(|took| {
                let message = format!("took {} ms", took.as_millis());
                (Kind::Slow, message, None)
            }),
            Ok(()) => None,
        };
        let Some((kind, message, place)) = finding else {
            continue;
        };
        if found
            .iter()
            .any(|known| known.kind == kind && known.place == place)
        {
            continue;
        }
        let began_to_shrink = Instant::now();
        let shortest = match kind {
            Kind::Panic => shrink(&input, SHRINK_TRIES, |input| {
                began_to_shrink.elapsed() < SHRINK_TIME
                    && feed(parser, input).is_err_and(|(_, again)| again == place)
            }),
            _ => input,
        };
        let file = folder.join(format!("{}-{at}.input", parser.name));
        std::fs::write(&file, &shortest)?;
        let finding = Finding {
            parser: parser.name.to_owned(),
            kind,
            message,
            place,
            seed: campaign.seed,
            input: at,
            shortest: escaped(&shortest),
            file: Some(file),
        };
        say(&mut out, &Said::Found(finding.clone()))?;
        found.push(finding);
    }
    figures.peak_bytes = peak_bytes();
    if figures.peak_bytes > MAX_RESIDENT_BYTES {
        say(&mut out, &Said::Found(too_large(parser, campaign, figures)))?;
    }
    say(&mut out, &Said::Ended(figures))
}

fn too_large(parser: &Parser, campaign: Campaign, figures: Figures) -> Finding {
    Finding {
        parser: parser.name.to_owned(),
        kind: Kind::Memory,
        message: format!("held {} bytes", figures.peak_bytes),
        place: None,
        seed: campaign.seed,
        input: campaign.first + figures.inputs,
        shortest: String::new(),
        file: None,
    }
}

fn say(out: &mut impl Write, said: &Said) -> io::Result<()> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

/// How long this thread has had a processor, where the kernel tells: on a busy machine the clock tells of others, too.
fn worked() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = told.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// The shortest of some more tries, if even that takes too long.
fn slow(parser: &Parser, input: &[u8]) -> Option<Duration> {
    let again = |_| {
        let (start, before) = (Instant::now(), worked());
        // What it does besides being slow was seen already.
        let _same = feed(parser, input);
        match before.zip(worked()) {
            Some((before, after)) => after.saturating_sub(before),
            None => start.elapsed(),
        }
    };
    (0..SLOW_TRIES)
        .map(again)
        .min()
        .filter(|shortest| *shortest > MAX_INPUT_TIME)
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The most memory that this process ever held; 0 where nobody counts it.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARSER: Parser = Parser {
        name: "breaks",
        reads: "",
        feed: |bytes| assert!(!bytes.contains(&b'!'), "no exclamation"),
        seeds: || vec![b"calm".to_vec()],
        words: &["wow!!"],
    };

    fn said(parser: &Parser, inputs: u64) -> (Vec<Finding>, Figures) {
        catch_panics();
        let folder = tempfile::tempdir().unwrap();
        let campaign = Campaign {
            seed: 1,
            first: 0,
            inputs,
            time: Duration::from_mins(1),
        };
        let mut out = Vec::new();
        run(
            parser,
            campaign,
            &folder.path().join("number"),
            folder.path(),
            &mut out,
        )
        .unwrap();
        let mut found = Vec::new();
        for line in out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line).unwrap() {
                Said::Found(finding) => {
                    let file = finding.file.as_ref().unwrap();
                    assert_eq!(escaped(&std::fs::read(file).unwrap()), finding.shortest);
                    found.push(finding);
                }
                Said::Ended(figures) => return (found, figures),
            }
        }
        panic!("it did not end");
    }

    #[test]
    fn a_panic_is_found_once_and_shortened() {
        let (found, figures) = said(&PARSER, 500);
        let [finding] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(finding.kind, Kind::Panic);
        assert_eq!(finding.message, "no exclamation");
        assert_eq!(finding.shortest, "!");
        assert!(finding.place.as_ref().unwrap().contains("child.rs:"));
        assert_eq!(figures.inputs, 500);
        // The same seed and number meet it again.
        let again = Corpus::new(&PARSER, finding.seed).input(finding.input);
        assert!(feed(&PARSER, &again).is_err());
    }

    #[test]
    fn only_what_is_slow_by_itself_is_slow() {
        let parser = |feed| Parser { feed, ..PARSER };
        assert_eq!(slow(&parser(|_| {}), b""), None);
        // It takes its time until this thread has worked for longer than an input may.
        let busy = parser(|_| {
            let until = worked().map(|worked| worked + MAX_INPUT_TIME + Duration::from_millis(100));
            let began = Instant::now();
            while until.is_some_and(|until| worked() < Some(until)) || began.elapsed() <= MAX_INPUT_TIME {
                std::hint::spin_loop();
            }
        });
        assert!(slow(&busy, b"").is_some());
    }

    #[test]
    fn a_good_parser_has_figures_alone() {
        let good = Parser {
            feed: |_| {},
            ..PARSER
        };
        let (found, figures) = said(&good, 100);
        assert_eq!(found, []);
        assert_eq!(figures.inputs, 100);
        assert!(figures.peak_bytes > 0);
    }
}
