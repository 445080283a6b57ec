//! Delivering to one HTTP subscriber: the handshake first, then message after message with retries. It is a task of its own with
//! a bounded queue, so that a subscriber is never in anybody's way.

use std::{sync::Arc, time::Duration};

use reqwest::Client;
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

use super::wire::{Identity, Notification, Post};
use crate::clock;

/// How long a subscriber may take to answer. Source: SNS waits for 15 s.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// How often a message is tried before it is given up.
const MAX_TRIES: u32 = 8;
/// Tries that follow each other at once.
const FAST_TRIES: u32 = 3;
const FAST_PAUSE: Duration = Duration::from_millis(100);
/// The first longer pause; each one after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause. Source: SNS's default retry policy pauses for 20 s.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// What became of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    Pending,
    Confirmed,
    Unsubscribed,
}

/// What became of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Taken,
    /// Another try may help.
    NotNow,
    Refused,
}

/// One subscriber.
pub(super) struct Subscriber {
    pub(super) identity: Identity,
    pub(super) state: Arc<watch::Sender<Confirmation>>,
    pub(super) queue: mpsc::Receiver<Arc<Notification>>,
}

impl Subscriber {
    /// Delivers until nobody can publish any more. `failed` is called for each message that was given up.
    pub(super) async fn deliver<F: Future<Output = Answer>>(
        mut self,
        post: impl Fn(Post) -> F,
        failed: impl Fn(&Notification),
    ) {
        let mut state = self.state.subscribe();
        if *state.borrow() == Confirmation::Pending {
            self.confirm(&post, &mut state).await;
        }
        while let Some(notification) = self.queue.recv().await {
            if *state.borrow() == Confirmation::Confirmed
                && !tried(&post, &self.identity.notification(&notification)).await
            {
                failed(&notification);
            }
        }
    }

    /// Asks until the subscriber has taken the question, and waits for its visit.
    async fn confirm<F: Future<Output = Answer>>(
        &self,
        post: &impl Fn(Post) -> F,
        state: &mut watch::Receiver<Confirmation>,
    ) {
        let id = uuid::Uuid::new_v4().to_string();
        let mut tries = 0;
        let asked = async {
            while post(self.identity.confirmation(&id, clock::now())).await != Answer::Taken {
                tries += 1;
                sleep(pause_after(tries)).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = asked => {}
            _confirmed = state.wait_for(|state| *state != Confirmation::Pending) => {}
        }
    }
}

async fn tried<F: Future<Output = Answer>>(post: &impl Fn(Post) -> F, message: &Post) -> bool {
    for tries in 1..=MAX_TRIES {
        match post(message.clone()).await {
            Answer::Taken => return true,
            Answer::Refused => return false,
            Answer::NotNow if tries < MAX_TRIES => sleep(pause_after(tries)).await,
            Answer::NotNow => {}
        }
    }
    false
}

fn pause_after(tries: u32) -> Duration {
    match tries.checked_sub(FAST_TRIES) {
        None => FAST_PAUSE,
        Some(slow) => FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(slow)).min(MAX_PAUSE),
    }
}

/// Posts to a URL. Of the answer its status alone is read, however long it is.
pub(super) async fn post(client: Client, url: String, message: Post) -> Answer {
    let mut request = client.post(url).body(message.body);
    for (name, value) in message.headers {
        request = request.header(name, value);
    }
    match timeout(ANSWER_LIMIT, request.send()).await {
        Ok(Ok(answer)) if answer.status().is_success() => Answer::Taken,
        // Source: SNS tries again after 429 and 5xx, and not after another 4xx.
        Ok(Ok(answer)) if answer.status().is_client_error() && answer.status().as_u16() != 429 => {
            Answer::Refused
        }
        _ => Answer::NotNow,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use jiff::Timestamp;
    use tokio::time::Instant;

    use super::{super::wire::Message, *};
    use crate::lock::lock;

    /// When a message was tried, in milliseconds, and how often it was given up.
    async fn tries(answers: impl Fn(usize) -> Answer) -> (Vec<u128>, usize) {
        let (sender, queue) = mpsc::channel(1);
        let state = Arc::new(watch::Sender::new(Confirmation::Confirmed));
        let identity = Identity {
            topic_arn: String::new(),
            subscription_arn: String::new(),
            token: String::new(),
            base_url: String::new(),
        };
        let notification = Notification {
            id: String::new(),
            at: Timestamp::UNIX_EPOCH,
            message: Message { subject: String::new(), json: String::new(), mail: String::new() },
        };
        sender.send(Arc::new(notification)).await.unwrap();
        drop(sender);
        let start = Instant::now();
        let (tried, failed) = (Mutex::new(Vec::new()), Mutex::new(0));
        let post = |_| {
            let mut tried = lock(&tried);
            tried.push(start.elapsed().as_millis());
            std::future::ready(answers(tried.len()))
        };
        Subscriber { identity, state, queue }.deliver(post, |_| *lock(&failed) += 1).await;
        let (tried, failed) = (lock(&tried).clone(), *lock(&failed));
        (tried, failed)
    }

    #[tokio::test(start_paused = true)]
    async fn a_subscriber_that_is_down_is_tried_again_with_longer_pauses() {
        let (tried, failed) = tries(|_| Answer::NotNow).await;
        assert_eq!(tried, [0, 100, 200, 1_200, 3_200, 7_200, 15_200, 31_200]);
        assert_eq!(failed, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_comes_back_gets_the_message_and_a_refusal_ends_it() {
        let back = |tries| if tries < 4 { Answer::NotNow } else { Answer::Taken };
        assert_eq!(tries(back).await, (vec![0, 100, 200, 1_200], 0));
        assert_eq!(tries(|_| Answer::Refused).await, (vec![0], 1));
    }
}
