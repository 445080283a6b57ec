//! Topics and their subscribers: HTTP with the handshake that SNS has, mail into a folder. Nothing leaves this machine: other
//! subscribers are named as not notified.

mod delivery;
mod inbox;
mod server;
mod wire;

use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc};

use cfn::{
    Literal,
    resolve::Resolved,
    resource::{Protocol, Subscription, Topic},
};
use stack::environment::BaseUrl;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

pub use delivery::Confirmation;
pub use inbox::Mail;
pub use wire::Message;

use delivery::Subscriber;
use inbox::Inbox;
use server::Tokens;
use wire::{Identity, Notification};

use crate::{clock, loopback, metrics::Metrics, news::News, serve::Server};

/// Most messages that wait for one subscriber. Further ones are given up.
const MAX_WAITING: usize = 100;

/// The topics of an environment. Dropping them ends the deliveries.
#[derive(Debug)]
pub struct Topics {
    /// Names by ARN.
    names: BTreeMap<String, String>,
    hooks: Vec<Hook>,
    /// Addresses with their topics' ARNs.
    mailboxes: Vec<(String, String)>,
    not_notified: Vec<String>,
    inbox: Inbox,
    mails: News<Mail>,
    metrics: Metrics,
    _deliveries: JoinSet<()>,
    _server: Option<Server>,
}

/// An HTTP subscriber.
#[derive(Debug)]
struct Hook {
    topic_arn: String,
    url: String,
    state: Arc<watch::Sender<Confirmation>>,
    queue: mpsc::Sender<Arc<Notification>>,
}

impl Topics {
    /// The topics and subscriptions of a template. `folder` is where mail is left.
    pub async fn start(resolved: &Resolved, metrics: Metrics, folder: Option<&PathBuf>) -> io::Result<Self> {
        let topics = resolved.of::<Topic<Literal>>();
        let names: BTreeMap<_, _> =
            topics.map(|topic| (topic.arn.to_owned(), topic.name.to_owned())).collect();
        let (mut urls, mut mailboxes, mut not_notified) = (Vec::new(), Vec::new(), Vec::new());
        for own in resolved.of::<Subscription<Literal>>() {
            let (topic_arn, endpoint) = (&*own.properties.topic_arn, &*own.properties.endpoint);
            match own.properties.protocol {
                Protocol::Email => mailboxes.push((topic_arn.clone(), endpoint.clone())),
                Protocol::Https if is_loopback(endpoint) => urls.push((topic_arn.clone(), endpoint.clone())),
                protocol => {
                    let topic = names.get(topic_arn).map_or(topic_arn.as_str(), String::as_str);
                    not_notified.push(format!("{} {endpoint} of {topic}", word(protocol)));
                }
            }
        }
        let tokens = Arc::new(Tokens::default());
        let server = if urls.is_empty() { None } else { Some(server::serve(Arc::clone(&tokens)).await?) };
        let base_url = server.as_ref().map(Server::url).unwrap_or_default();
        let (mut hooks, mut deliveries) = (Vec::new(), JoinSet::new());
        for (topic_arn, url) in urls {
            let topic = names.get(&topic_arn).cloned().unwrap_or_default();
            let (hook, subscriber) = subscribe(topic_arn, url.clone(), &tokens, &base_url);
            let (client, metrics) = (loopback::client().map_err(io::Error::other)?, metrics.clone());
            deliveries.spawn(async move {
                let post = |message| delivery::post(client.clone(), url.clone(), message);
                subscriber.deliver(post, |_| metrics.notification_failed(&topic, clock::now())).await;
            });
            hooks.push(hook);
        }
        Ok(Self {
            names,
            hooks,
            mailboxes,
            not_notified,
            inbox: Inbox::new(folder),
            mails: News::default(),
            metrics,
            _deliveries: deliveries,
            _server: server,
        })
    }

    /// Sends a message to all who subscribed to a topic. Nobody is waited for.
    pub fn publish(&self, topic_arn: &str, message: Message) {
        let id = uuid::Uuid::new_v4().to_string();
        let notification = Arc::new(Notification { id, at: clock::now(), message });
        let name = self.names.get(topic_arn).map_or("", String::as_str);
        for hook in self.hooks.iter().filter(|hook| hook.topic_arn == topic_arn) {
            let is_confirmed = *hook.state.borrow() == Confirmation::Confirmed;
            if is_confirmed && hook.queue.try_send(Arc::clone(&notification)).is_err() {
                self.metrics.notification_failed(name, notification.at);
            }
        }
        let mailboxes = self.mailboxes.iter().filter(|(topic, _)| topic == topic_arn);
        let mails = mailboxes.map(|(_, to)| self.inbox.deliver(to, name, &notification));
        self.mails.extend(mails.collect());
    }

    /// Subscribers that are not notified here, by name.
    #[must_use]
    pub fn not_notified(&self) -> &[String] {
        &self.not_notified
    }

    /// HTTP subscribers by URL, and what became of each.
    pub fn confirmations(&self) -> impl Iterator<Item = (&str, Confirmation)> {
        self.hooks.iter().map(|hook| (hook.url.as_str(), *hook.state.borrow()))
    }

    /// Waits until every HTTP subscriber has confirmed or left.
    pub async fn confirmed(&self) {
        for hook in &self.hooks {
            let mut state = hook.state.subscribe();
            // The sender lives in `self`.
            let _there = state.wait_for(|state| *state != Confirmation::Pending).await;
        }
    }

    /// The mails after the first `seen`, and the number to ask with next.
    #[must_use]
    pub fn mails(&self, seen: usize) -> (Vec<Mail>, usize) {
        self.mails.after(seen)
    }

    /// Waits for mails after the first `seen`.
    pub async fn next_mails(&self, seen: usize) -> (Vec<Mail>, usize) {
        self.mails.next(seen).await
    }
}

/// A subscriber that has to confirm, and the end of its queue.
fn subscribe(topic_arn: String, url: String, tokens: &Tokens, base_url: &str) -> (Hook, Subscriber) {
    let state = Arc::new(watch::Sender::new(Confirmation::Pending));
    let identity = Identity {
        subscription_arn: format!("{topic_arn}:{}", uuid::Uuid::new_v4()),
        topic_arn: topic_arn.clone(),
        token: uuid::Uuid::new_v4().simple().to_string(),
        base_url: base_url.to_owned(),
    };
    tokens.add(identity.subscription_arn.clone(), identity.token.clone(), Arc::clone(&state));
    let (queue, receiver) = mpsc::channel(MAX_WAITING);
    let subscriber = Subscriber { identity, state: Arc::clone(&state), queue: receiver };
    (Hook { topic_arn, url, state, queue }, subscriber)
}

fn is_loopback(endpoint: &str) -> bool {
    BaseUrl::new(endpoint).is_some_and(|url| url.is_this_machine() && url.as_str().starts_with("http://"))
}

const fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Email => "email",
        Protocol::Https => "https",
        Protocol::Sqs => "sqs",
        Protocol::Lambda => "lambda",
        Protocol::Sms => "sms",
    }
}

#[cfg(test)]
mod tests;
