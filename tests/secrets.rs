//! Which secrets an environment lacks is known before an order needs one: asked in this process, and from another one.

use std::sync::Arc;

use local::control::{Control, Live};
use platform::Platform as _;
use stack::{Environment, environment::ParameterName};

use crate::harness::Harness;

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_says_which_secrets_it_lacks() {
    let harness = Harness::open().await;
    let environment = Arc::new(harness.environment);
    let own: Vec<ParameterName> = Environment::local().unwrap().secrets().into_iter().cloned().collect();
    let absent = ["elevenst-key-local", "/a/path"].map(|name| ParameterName::new(name).unwrap());
    let asked = [own.as_slice(), &absent].concat();
    assert_eq!(own.len(), 2);
    assert_eq!(environment.missing_secrets(&own).await.unwrap(), []);
    assert_eq!(environment.missing_secrets(&asked).await.unwrap(), absent);

    let control = Control::start(Arc::clone(&environment)).await.unwrap();
    let live = Live::connect(control.found(&environment, 0)).await.unwrap();
    assert_eq!(live.missing_secrets(&own).await.unwrap(), []);
    assert_eq!(live.missing_secrets(&asked).await.unwrap(), absent);
    environment.close().await.unwrap();
}
