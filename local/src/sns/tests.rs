//! Subscribers over HTTP: the handshake, and those that misbehave.

use std::time::Duration;

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::fixture;

/// A subscriber that answers this, and what it was sent.
async fn subscriber(
    answer: impl Fn() -> Vec<u8> + Clone + Send + Sync + 'static,
) -> (Server, UnboundedReceiver<(String, Value)>) {
    let (sender, received) = unbounded_channel();
    let route = post(async move |headers: HeaderMap, body: Bytes| {
        let kind = headers["x-amz-sns-message-type"].to_str().unwrap().to_owned();
        let _nobody_listens = sender.send((kind, serde_json::from_slice(&body).unwrap()));
        answer()
    });
    (Server::start(Router::new().route("/hook", route), None).await.unwrap(), received)
}

/// A topic with these subscribers.
async fn topics(subscribers: &[(&str, String)], folder: Option<&PathBuf>) -> (Topics, Metrics) {
    let list: Vec<_> = subscribers
        .iter()
        .map(|(protocol, endpoint)| {
            format!(
                "[[subscribers]]\ntopic = \"page\"\nprotocol = \"{protocol}\"\nendpoint = \"{endpoint}\"\n"
            )
        })
        .collect();
    let text = format!(
        "name = \"local-x\"\nregion = \"ap-northeast-2\"\nbedrock_region = \"us-east-1\"\nsources = [\"naver\"]\n\
         [model]\nend_of_life = \"unknown\"\n{}",
        list.concat()
    );
    let environment = stack::Environment::parse("local-x.toml", &text).unwrap();
    let resolved = fixture::resolved(&environment);
    let metrics = Metrics::default();
    (Topics::start(&resolved, metrics.clone(), folder).await.unwrap(), metrics)
}

fn publish(topics: &Topics, subject: &str, text: &str) {
    let (json, mail) = (text.to_owned(), text.to_owned());
    topics.publish(&page_arn(topics), Message { subject: subject.to_owned(), json, mail });
}

fn page_arn(topics: &Topics) -> String {
    let page = topics.names.keys().find(|arn| arn.contains("page")).unwrap();
    page.clone()
}

#[tokio::test]
async fn a_subscriber_gets_nothing_until_it_confirms() {
    let (server, mut received) = subscriber(Vec::new).await;
    let (topics, _) = topics(&[("https", format!("{}/hook", server.url()))], None).await;
    publish(&topics, "early", "1");
    let (kind, body) = received.recv().await.unwrap();
    assert_eq!(kind, "SubscriptionConfirmation");
    let client = loopback::client().unwrap();
    let url = body["SubscribeURL"].as_str().unwrap();
    let wrong = url.replace(body["Token"].as_str().unwrap(), "0");
    assert_eq!(client.get(wrong).send().await.unwrap().status(), 400);
    publish(&topics, "still early", "2");
    assert!(client.get(url).send().await.unwrap().status().is_success());
    topics.confirmed().await;

    publish(&topics, "ALARM", "{\"a\":1}");
    let (kind, body) = received.recv().await.unwrap();
    assert_eq!(
        (kind.as_str(), &body["Subject"], &body["Message"]),
        ("Notification", &"ALARM".into(), &"{\"a\":1}".into())
    );
    let leave = body["UnsubscribeURL"].as_str().unwrap();
    assert!(client.get(leave).send().await.unwrap().status().is_success());
    publish(&topics, "late", "");
    assert_eq!(topics.confirmations().next().unwrap().1, Confirmation::Unsubscribed);
    assert!(received.try_recv().is_err());
}

/// The next message comes although the answer to the one before is huge.
#[tokio::test]
async fn a_huge_answer_is_not_read() {
    let (server, mut received) = subscriber(|| vec![b'x'; 5 << 20]).await;
    let (topics, _) = topics(&[("https", format!("{}/hook", server.url()))], None).await;
    let (_, body) = received.recv().await.unwrap();
    loopback::client().unwrap().get(body["SubscribeURL"].as_str().unwrap()).send().await.unwrap();
    topics.confirmed().await;
    for number in 0..3 {
        publish(&topics, &number.to_string(), "");
        assert_eq!(received.recv().await.unwrap().1["Subject"], number.to_string());
    }
}

/// Publishing returns at once, and what does not fit into the queue is counted as failed.
#[tokio::test]
async fn a_subscriber_that_never_answers_holds_nobody_up() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (topics, metrics) = topics(&[("https", url)], None).await;
    topics.hooks[0].state.send_replace(Confirmation::Confirmed);
    let arn = page_arn(&topics);
    let count = 3 * MAX_WAITING;
    for number in 0..count {
        publish(&topics, &number.to_string(), &"x".repeat(1_000));
    }
    let metric = cloudwatch::Metric::new(
        "AWS/SNS",
        "NumberOfNotificationsFailed",
        [("TopicName", topics.names[&arn].clone())],
    );
    let now_s = metrics.clock().now_s();
    let failed = metrics.at(now_s + 300, |store| {
        cloudwatch::series::Store::series(store, &metric)?.statistic(
            cloudwatch::Statistic::Sum,
            now_s - 120,
            now_s + 120,
        )
    });
    let failed = failed.unwrap();
    assert!(failed >= 199.0, "{failed}");
}

#[tokio::test]
async fn mail_goes_to_a_folder_and_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let subscribers = [
        ("email", "cook@example.com".to_owned()),
        ("sqs", "arn:aws:sqs:r:1:q".to_owned()),
        ("sms", "+821012345678".to_owned()),
        ("https", "https://pager.example.com/hook".to_owned()),
    ];
    let (topics, _) = topics(&subscribers, Some(&path)).await;
    let named = topics.not_notified().join("\n");
    for endpoint in ["sqs arn:aws:sqs:r:1:q of ", "sms +821012345678", "https https://pager.example.com/hook"]
    {
        assert!(named.contains(endpoint), "{named}");
    }
    publish(&topics, "ALARM: x", "body");
    let (mails, _) = tokio::time::timeout(Duration::from_mins(1), topics.next_mails(0)).await.unwrap();
    let text = std::fs::read_to_string(mails[0].file.as_ref().unwrap()).unwrap();
    assert!(
        text.starts_with("To: cook@example.com\n") && text.contains("Subject: ALARM: x\n\nbody"),
        "{text}"
    );
}
