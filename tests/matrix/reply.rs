//! How a line describes what a provider sends: an HTTP answer with something wrong, or bytes that are none.

use std::time::Duration;

use cases::Source;
use local::stubs::{Script, Step, Then};
use serde::Deserialize;

/// What a provider sends. The head says `connection: close` and the body's true length unless the line says otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    #[serde(default = "ok")]
    status: String,
    /// Lines of the head in the place of [`JSON`].
    #[serde(default = "json")]
    headers: Vec<String>,
    /// May hold `{survey-day}`.
    body: Option<Source>,
    /// What the head says of the body's length.
    #[serde(default)]
    length: Length,
    /// How much of head and body is sent before the connection ends.
    cut: Option<Cut>,
    /// The pause before every byte of the body.
    drip_ms: Option<u64>,
    /// The body is repeated until it has so many bytes.
    flood_bytes: Option<u64>,
    /// These bytes in the place of head and body.
    raw: Option<Source>,
    /// The connection stays open at the end.
    #[serde(default)]
    hold: bool,
}

/// What a line cannot know and writes in braces.
#[derive(Debug)]
pub(super) struct Words<'a> {
    /// The address of another server.
    pub(super) elsewhere: &'a str,
    /// The provider's own.
    pub(super) itself: &'a str,
    /// The latest survey day of 참가격, as it writes it.
    pub(super) survey_day: &'a str,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Length {
    #[default]
    True,
    /// The end of the connection ends the body.
    Unsaid,
    Chunked,
    Bytes(u64),
}

/// Where a reply is cut.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Cut {
    /// Behind so many bytes of the head.
    Head(usize),
    /// Behind so many bytes of the body.
    Body(usize),
}

/// What a head says of its body, unless a line says otherwise.
const JSON: &str = "content-type: application/json; charset=UTF-8";

fn json() -> Vec<String> {
    vec![JSON.to_owned()]
}

fn ok() -> String {
    "200 OK".to_owned()
}

impl Reply {
    /// The bytes on the wire, with what the line could not know.
    pub(super) fn script(&self, words: &Words<'_>) -> Script {
        let then = if self.hold { Then::Hold } else { Then::Close };
        if let Some(raw) = &self.raw {
            let steps = vec![Step::Bytes(raw.bytes())];
            return Script { steps, then };
        }
        let body = self.body.as_ref().map(Source::bytes).unwrap_or_default();
        let body = replaced(&body, b"{survey-day}", words.survey_day.as_bytes());
        let head = self.head(&body).replace("{elsewhere}", words.elsewhere).replace("{itself}", words.itself);
        let steps = match self.cut {
            Some(Cut::Head(at)) => vec![Step::Bytes(head.as_bytes()[..at].to_vec())],
            Some(Cut::Body(at)) => vec![Step::Bytes(head.into_bytes()), Step::Bytes(body[..at].to_vec())],
            None => vec![Step::Bytes(head.into_bytes()), self.sent(body)],
        };
        Script { steps, then }
    }

    fn head(&self, body: &[u8]) -> String {
        let whole = self.flood_bytes.unwrap_or(u64::try_from(body.len()).unwrap());
        let length = match self.length {
            Length::True => format!("content-length: {whole}"),
            Length::Bytes(bytes) => format!("content-length: {bytes}"),
            Length::Chunked => "transfer-encoding: chunked".to_owned(),
            Length::Unsaid => "x-length: unsaid".to_owned(),
        };
        let mut lines = vec![format!("HTTP/1.1 {}", self.status)];
        lines.extend(self.headers.iter().cloned());
        lines.extend([length, "connection: close".to_owned(), String::new(), String::new()]);
        lines.join("\r\n")
    }

    fn sent(&self, body: Vec<u8>) -> Step {
        let chunked = self.length == Length::Chunked;
        let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        match (self.flood_bytes, self.drip_ms) {
            (Some(total_bytes), None) => {
                Step::Flood { bytes: if chunked { chunk(&body) } else { body }, total_bytes }
            }
            (None, Some(ms)) => Step::Drip { bytes: body, pause: Duration::from_millis(ms) },
            (None, None) if chunked => Step::Bytes([chunk(&body), chunk(b"")].concat()),
            (None, None) => Step::Bytes(body),
            (Some(_), Some(_)) => panic!("a flood does not drip"),
        }
    }
}

/// These bytes with one part replaced wherever it stands.
fn replaced(bytes: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut whole = Vec::with_capacity(bytes.len());
    while let Some((first, behind)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(part) {
            whole.extend_from_slice(by);
            rest = behind;
        } else {
            whole.push(*first);
            rest = behind;
        }
    }
    whole
}

#[test]
fn a_reply_is_sent_as_it_is_described() {
    let script = |reply: &str| {
        serde_json::from_str::<Reply>(reply).unwrap().script(&Words {
            elsewhere: "http://else",
            itself: "http://itself",
            survey_day: "20261113",
        })
    };
    let bytes = |text: &str| Step::Bytes(text.as_bytes().to_vec());
    let head =
        |length: &str| bytes(&format!("HTTP/1.1 200 OK\r\n{JSON}\r\n{length}\r\nconnection: close\r\n\r\n"));
    let body = r#""body":{"text":"abcd"}"#;
    let check = |extra: &str, steps: Vec<Step>, then: Then| {
        assert_eq!(script(&format!("{{{body}{extra}}}")), Script { steps, then }, "{extra}");
    };
    check("", vec![head("content-length: 4"), bytes("abcd")], Then::Close);
    check(r#","hold":true"#, vec![head("content-length: 4"), bytes("abcd")], Then::Hold);
    check(r#","cut":{"body":2}"#, vec![head("content-length: 4"), bytes("ab")], Then::Close);
    check(r#","cut":{"head":3}"#, vec![bytes("HTT")], Then::Close);
    check(r#","length":{"bytes":9}"#, vec![head("content-length: 9"), bytes("abcd")], Then::Close);
    check(
        r#","length":"chunked""#,
        vec![head("transfer-encoding: chunked"), bytes("4\r\nabcd\r\n0\r\n\r\n")],
        Then::Close,
    );
    let flood = Step::Flood { bytes: b"abcd".to_vec(), total_bytes: 6 };
    check(r#","flood_bytes":6"#, vec![head("content-length: 6"), flood], Then::Close);
    let drip = Step::Drip { bytes: b"abcd".to_vec(), pause: Duration::from_millis(7) };
    check(r#","drip_ms":7"#, vec![head("content-length: 4"), drip], Then::Close);
    let surveyed = script(r#"{"body":{"text":"a{survey-day}b{survey-day"}}"#);
    assert_eq!(surveyed.steps[1], bytes("a20261113b{survey-day"));
    let moved = script(r#"{"status":"302 Found","headers":["location: {elsewhere}/a"]}"#);
    assert!(
        matches!(&moved.steps[0], Step::Bytes(head) if head.starts_with(b"HTTP/1.1 302 Found\r\nlocation: http://else/a\r\n"))
    );
}
