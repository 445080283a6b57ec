//! How many executions a second are accepted when each is on disk before it is acknowledged. The state machine ends at
//! once: what is measured is the storage, not the functions.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use asl::model::{State, StateMachine, Succeed};
use platform::{bench::Samples, error_report::ErrorReport};
use reqwest::{Client, Response, header::AUTHORIZATION};
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use super::{TestBed, broken, ingredients, order, shut_down};
use crate::{embedded::Embedded, loopback};

/// Starts under way at any time.
const SIDE_BY_SIDE: u32 = 64;

/// How long each kind of start is measured.
const PERIOD: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
enum Kind {
    /// `StartExecution` over HTTP.
    Call,
    /// What `start` does for an order: the session in the embedded `DynamoDB`, then the execution.
    Order,
}

/// A data folder of its own, removed when the measurement ends, also when it fails.
struct ScratchFolder(PathBuf);

impl ScratchFolder {
    fn new(parent: &Path) -> Self {
        Self(parent.join(format!("bench-{}", uuid::Uuid::new_v4())))
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        // The folder is absent if the environment did not come up.
        let _absent = fs::remove_dir_all(&self.0);
    }
}

/// With a call of Step Functions alone, and with the session of an order before it.
pub(super) async fn starts(bed: &TestBed<'_>) -> Result<Samples, ErrorReport> {
    Ok(Samples::from([
        ("starts".to_owned(), vec![rate(bed, Kind::Call).await?]),
        ("starts-of-orders".to_owned(), vec![rate(bed, Kind::Order).await?]),
    ]))
}

/// Starts a second in a new environment with a data folder of its own.
async fn rate(bed: &TestBed<'_>, kind: Kind) -> Result<f64, ErrorReport> {
    let data = ScratchFolder::new(&bed.built.folder);
    let (target, _) = bed.deploy_in(&bed.usual, false, Some(data.0.clone())).await?;
    let target = Arc::new(target);
    let state = State::Succeed(Succeed::default());
    let definition = StateMachine::new("Done", [("Done".to_owned(), state)].into()).to_json_string();
    let updated = target.engine().update(target.machine_arn(), definition);
    updated.map_err(broken)?;
    let client = loopback::client().map_err(broken)?;

    let begin = Instant::now();
    let mut callers = JoinSet::new();
    for caller in 0..SIDE_BY_SIDE {
        let (target, client) = (Arc::clone(&target), client.clone());
        callers.spawn(async move {
            let mut started: u32 = 0;
            while begin.elapsed() < PERIOD {
                let name = format!("start-{caller}-{started}");
                match kind {
                    Kind::Call => call(&target, &client, &name).await?,
                    Kind::Order => take(&target, name).await?,
                }
                started += 1;
            }
            Ok::<_, ErrorReport>(started)
        });
    }
    let mut total = 0;
    while let Some(started) = callers.join_next().await {
        total += started.map_err(broken)??;
    }
    let rate = f64::from(total) / begin.elapsed().as_secs_f64();
    let target = Arc::into_inner(target).ok_or_else(|| broken("a caller did not end"))?;
    shut_down(target).await?;
    Ok(rate)
}

async fn call(target: &Embedded, client: &Client, name: &str) -> Result<(), ErrorReport> {
    let request = json!({ "stateMachineArn": target.machine_arn(), "name": name, "input": "{}" });
    let request = client
        .post(&target.urls().states)
        .header(AUTHORIZATION, target.access_key().bearer())
        .header("x-amz-target", "AWSStepFunctions.StartExecution")
        .body(request.to_string());
    let answered = request.send().await.and_then(Response::error_for_status);
    answered.map(drop).map_err(broken)
}

async fn take(target: &Embedded, name: String) -> Result<(), ErrorReport> {
    let order = order(name, &ingredients(0, 1))?;
    let taken = target.start_order(&order).await;
    taken.map(drop).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_that_fails_leaves_no_folder() {
        let parent = tempfile::tempdir().unwrap();
        let fail = || -> Result<(), ErrorReport> {
            let data = ScratchFolder::new(parent.path());
            fs::create_dir(&data.0).unwrap();
            fs::write(data.0.join("executions.sqlite"), "rows").unwrap();
            Err(broken("the disk is full"))
        };
        assert!(fail().is_err());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
