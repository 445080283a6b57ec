//! What SNS posts to an HTTP subscriber: JSON, with headers that say what it is. Nothing is signed here.
//!
//! Source: SNS's developer guide, "HTTP/HTTPS notification JSON format" and its headers.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock;

/// What is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Post {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// A subscription as its messages name it.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) topic_arn: String,
    pub(super) subscription_arn: String,
    /// What a subscriber confirms with.
    pub(super) token: String,
    /// The address of this SNS.
    pub(super) base_url: String,
}

/// What is published to a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub subject: String,
    /// What HTTP subscribers get.
    pub json: String,
    /// What mail says.
    pub mail: String,
}

/// A message that was published.
#[derive(Debug, Clone)]
pub(super) struct Notification {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) message: Message,
}

impl Identity {
    /// Asks the subscriber to confirm.
    pub(super) fn confirmation(&self, id: &str, at: Timestamp) -> Post {
        let message = format!(
            "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
            self.topic_arn
        );
        let url = self.url("ConfirmSubscription", &[("TopicArn", &self.topic_arn), ("Token", &self.token)]);
        let body = json!({
            "Type": "SubscriptionConfirmation",
            "MessageId": id,
            "Token": self.token,
            "TopicArn": self.topic_arn,
            "Message": message,
            "SubscribeURL": url,
            "Timestamp": clock::wire(at),
            "SignatureVersion": "1",
        });
        self.post("SubscriptionConfirmation", id, &body)
    }

    pub(super) fn notification(&self, notification: &Notification) -> Post {
        let body = json!({
            "Type": "Notification",
            "MessageId": notification.id,
            "TopicArn": self.topic_arn,
            "Subject": notification.message.subject,
            "Message": notification.message.json,
            "Timestamp": clock::wire(notification.at),
            "SignatureVersion": "1",
            "UnsubscribeURL": self.url("Unsubscribe", &[("SubscriptionArn", &self.subscription_arn)]),
        });
        let mut post = self.post("Notification", &notification.id, &body);
        post.headers.push(("x-amz-sns-subscription-arn", self.subscription_arn.clone()));
        post
    }

    fn post(&self, kind: &str, id: &str, body: &Value) -> Post {
        let headers = vec![
            ("content-type", "text/plain; charset=UTF-8".to_owned()),
            ("user-agent", "Amazon Simple Notification Service Agent".to_owned()),
            ("x-amz-sns-message-type", kind.to_owned()),
            ("x-amz-sns-message-id", id.to_owned()),
            ("x-amz-sns-topic-arn", self.topic_arn.clone()),
        ];
        Post { headers, body: body.to_string() }
    }

    /// An ARN and a token have no character that a query would need otherwise.
    fn url(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let parameters = parameters.iter().map(|(name, value)| format!("&{name}={value}"));
        format!("{}/?Action={action}{}", self.base_url, parameters.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            topic_arn: "arn:aws:sns:r:1:t".to_owned(),
            subscription_arn: "arn:aws:sns:r:1:t:s".to_owned(),
            token: "abc".to_owned(),
            base_url: "http://127.0.0.1:1".to_owned(),
        }
    }

    #[test]
    fn a_notification_and_its_headers() {
        let notification = Notification {
            id: "m-1".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            message: Message { subject: "s".to_owned(), json: "{\"a\":1}".to_owned(), mail: "a".to_owned() },
        };
        let post = identity().notification(&notification);
        assert_eq!(
            serde_json::from_str::<Value>(&post.body).unwrap(),
            json!({
                "Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:r:1:t", "Subject": "s",
                "Message": "{\"a\":1}", "Timestamp": "1970-01-01T00:00:00.000Z", "SignatureVersion": "1",
                "UnsubscribeURL": "http://127.0.0.1:1/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:r:1:t:s",
            })
        );
        let header = |name: &str| post.headers.iter().find(|(known, _)| *known == name).unwrap().1.as_str();
        assert_eq!(header("x-amz-sns-message-type"), "Notification");
        assert_eq!(header("x-amz-sns-message-id"), "m-1");
        assert_eq!(header("x-amz-sns-topic-arn"), "arn:aws:sns:r:1:t");
        assert_eq!(header("x-amz-sns-subscription-arn"), "arn:aws:sns:r:1:t:s");
        assert!(header("content-type").starts_with("text/plain"));
    }

    #[test]
    fn a_confirmation_has_the_address_to_visit() {
        let post = identity().confirmation("m-2", Timestamp::UNIX_EPOCH);
        let body: Value = serde_json::from_str(&post.body).unwrap();
        assert_eq!(body["Token"], "abc");
        assert_eq!(
            body["SubscribeURL"],
            "http://127.0.0.1:1/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:r:1:t&Token=abc"
        );
        assert!(!post.headers.iter().any(|(name, _)| *name == "x-amz-sns-subscription-arn"));
    }
}
