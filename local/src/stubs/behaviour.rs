//! How a stand-in behaves: how long it takes and when it does something else than answering.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{quota::Quota, wire::Script};

/// The behaviour of one stand-in, changeable at run time. The default answers everything at once.
#[derive(Debug, Clone, Default)]
pub struct Behaviour {
    pub latency: Duration,
    /// What goes wrong; the first that applies to a call decides.
    pub faults: Vec<Fault>,
    /// A barrier to wait for before answering.
    pub rendezvous: Option<Rendezvous>,
    /// How many calls are answered. A call over it is refused in the provider's own words, before any fault.
    pub quota: Quota,
}

/// Something that goes wrong for some calls.
#[derive(Debug, Clone)]
pub struct Fault {
    pub when: When,
    /// What happens instead of the answer.
    pub reaction: Reaction,
}

/// Which calls a fault applies to. Calls are counted from 1 since the behaviour was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    Always,
    First(u64),
    Call(u64),
    /// Calls whose subject (the query of a search, the text of a prompt) contains this text.
    About(String),
}

#[derive(Debug, Clone)]
pub enum Reaction {
    /// Exactly this answer.
    Answer(Answer),
    /// Nothing, for as long as the client waits.
    Hang,
    /// The connection ends in the middle of the answer.
    Close,
    /// Exactly these bytes on the socket, HTTP or not.
    Wire(Script),
}

/// An answer byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Headers, `content-type` among them.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// The answer with one more header.
    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Behaviour {
    #[must_use]
    pub fn with_latency(latency: Duration) -> Self {
        Self { latency, ..Self::default() }
    }

    #[must_use]
    pub fn with_fault(mut self, when: When, reaction: impl Into<Reaction>) -> Self {
        self.faults.push(Fault { when, reaction: reaction.into() });
        self
    }

    #[must_use]
    pub const fn with_quota(mut self, quota: Quota) -> Self {
        self.quota = quota;
        self
    }

    pub(super) fn reaction(&self, call: u64, subject: &str) -> Option<&Reaction> {
        self.faults.iter().find(|fault| fault.when.applies(call, subject)).map(|fault| &fault.reaction)
    }
}

impl From<Answer> for Reaction {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Script> for Reaction {
    fn from(script: Script) -> Self {
        Self::Wire(script)
    }
}

impl When {
    fn applies(&self, call: u64, subject: &str) -> bool {
        match self {
            Self::Always => true,
            Self::First(calls) => call <= *calls,
            Self::Call(number) => call == *number,
            Self::About(text) => subject.contains(text.as_str()),
        }
    }
}

/// A barrier of stand-ins: none answers until all were called. It proves that two calls are in flight at the same time.
#[derive(Debug, Clone)]
pub struct Rendezvous {
    parties: usize,
    asked: Arc<watch::Sender<BTreeSet<&'static str>>>,
}

impl Rendezvous {
    #[must_use]
    pub fn of(parties: usize) -> Self {
        Self { parties, asked: Arc::new(watch::Sender::new(BTreeSet::new())) }
    }

    /// Arrives and waits for the others.
    pub(super) async fn meet(&self, who: &'static str) {
        let mut asked = self.asked.subscribe();
        self.asked.send_modify(|asked| {
            asked.insert(who);
        });
        // The sender is held by `self`, so the wait ends only when all are there.
        let _all_here = asked.wait_for(|asked| asked.len() >= self.parties).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(when: &When, expected: [bool; 4]) {
        let calls = [(1, "두부"), (2, "새우"), (3, "두부 한모"), (4, "")];
        assert_eq!(calls.map(|(call, subject)| when.applies(call, subject)), expected, "{when:?}");
    }

    #[test]
    fn which_calls_a_fault_applies_to() {
        check(&When::Always, [true; 4]);
        check(&When::First(2), [true, true, false, false]);
        check(&When::Call(2), [false, true, false, false]);
        check(&When::About("두부".into()), [true, false, true, false]);
    }

    #[tokio::test]
    async fn a_rendezvous_waits_for_the_other_party() {
        let meeting = Rendezvous::of(2);
        let first = meeting.meet("a");
        tokio::pin!(first);
        assert!(futures::poll!(&mut first).is_pending());
        let again = meeting.meet("a");
        tokio::pin!(again);
        assert!(futures::poll!(&mut again).is_pending(), "the same party twice is still one");
        meeting.meet("b").await;
        first.await;
        again.await;
    }
}
