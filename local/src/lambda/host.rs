//! All functions of one environment.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::body::Bytes;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    failure::{FailedInvocation, Failure},
    function::Function,
    settings::FunctionSettings,
};
use crate::{logs::Logs, process::Launcher};

pub struct Host {
    functions: BTreeMap<String, Arc<Function>>,
    tasks: TaskTracker,
    ending: CancellationToken,
}

impl Host {
    /// With these functions; no process is started yet.
    pub fn new(functions: Vec<FunctionSettings>, launcher: &Launcher, logs: &Logs) -> io::Result<Self> {
        let tasks = TaskTracker::new();
        let ending = CancellationToken::new();
        let functions = functions
            .into_iter()
            .map(|settings| {
                let log = logs.open(&settings.name)?;
                let name = settings.name.clone();
                let function = Function::new(settings, launcher.clone(), log, tasks.clone(), ending.clone());
                Ok((name, Arc::new(function)))
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { functions, tasks, ending })
    }

    /// Invokes a function by its ARN or its name.
    pub async fn invoke(
        &self,
        function: &str,
        payload: Bytes,
        trace_id: &str,
    ) -> Result<Bytes, FailedInvocation> {
        let found = self.functions.values().find(|known| {
            let settings = known.settings();
            settings.arn == function || settings.name == function
        });
        let Some(found) = found.map(Arc::clone) else {
            return Err(FailedInvocation {
                request_id: uuid::Uuid::new_v4().to_string(),
                failure: Failure::NotFound { function: function.to_owned() },
            });
        };
        // On a task of its own: who gave up waiting does not stop a function, as on AWS.
        let trace_id = trace_id.to_owned();
        let invocation = self.tasks.spawn(async move { found.invoke(payload, &trace_id).await });
        invocation.await.unwrap_or_else(|_| {
            Err(FailedInvocation {
                request_id: uuid::Uuid::new_v4().to_string(),
                failure: Failure::ShuttingDown,
            })
        })
    }

    pub fn warm(&self) {
        for function in self.functions.values().map(Arc::clone) {
            self.tasks.spawn(async move { function.warm().await });
        }
    }

    /// Kills every process and waits until all are gone.
    pub async fn shutdown(&self) {
        self.ending.cancel();
        for function in self.functions.values() {
            function.drop_idle();
        }
        self.tasks.close();
        self.tasks.wait().await;
    }
}
