//! The two addresses that SNS's messages name: to confirm a subscription, and to end one.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};
use subtle::ConstantTimeEq as _;
use tokio::sync::watch;

use super::delivery::Confirmation;
use crate::{lock::lock, serve::Server};

/// Who may confirm what.
#[derive(Debug, Default)]
pub(super) struct Tokens(std::sync::Mutex<Vec<Known>>);

#[derive(Debug)]
struct Known {
    subscription_arn: String,
    token: String,
    state: Arc<watch::Sender<Confirmation>>,
}

impl Tokens {
    pub(super) fn add(
        &self,
        subscription_arn: String,
        token: String,
        state: Arc<watch::Sender<Confirmation>>,
    ) {
        lock(&self.0).push(Known { subscription_arn, token, state });
    }
}

pub(super) async fn serve(tokens: Arc<Tokens>) -> io::Result<Server> {
    Server::start(Router::new().route("/", get(visit)).with_state(tokens), None).await
}

/// A visit of a `SubscribeURL` or `UnsubscribeURL`.
async fn visit(
    State(tokens): State<Arc<Tokens>>,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Response {
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let known = lock(&tokens.0);
    let (found, action, to) = match parameter("Action") {
        action @ "ConfirmSubscription" => {
            let token = parameter("Token").as_bytes();
            let found = known.iter().find(|known| known.token.as_bytes().ct_eq(token).into());
            (found, action, Confirmation::Confirmed)
        }
        action @ "Unsubscribe" => {
            let arn = parameter("SubscriptionArn");
            let found = known.iter().find(|known| known.subscription_arn == arn);
            (found, action, Confirmation::Unsubscribed)
        }
        _ => {
            return answer(
                StatusCode::BAD_REQUEST,
                "<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>",
            );
        }
    };
    let Some(found) = found else {
        return answer(
            StatusCode::BAD_REQUEST,
            "<ErrorResponse><Error><Code>InvalidParameter</Code><Message>Invalid parameter: Token</Message></Error></ErrorResponse>",
        );
    };
    found.state.send_replace(to);
    let arn = &found.subscription_arn;
    answer(
        StatusCode::OK,
        &format!(
            "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{action}Result><SubscriptionArn>{arn}</SubscriptionArn></{action}Result></{action}Response>"
        ),
    )
}

fn answer(status: StatusCode, body: &str) -> Response {
    (status, [(CONTENT_TYPE, "text/xml")], body.to_owned()).into_response()
}
