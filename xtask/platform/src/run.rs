//! The body of `run`, and the second half of `deploy`: one order, followed to its end.

use std::collections::BTreeSet;

use contract::{MealPlan, Order};
use serde::Deserialize as _;

use crate::{
    error_report::ErrorReport,
    execution::{Event, Execution, ExecutionStatus, without_execution_data},
    platform::Platform,
    progress::{Progress, duration},
    report::{ExecutionReport, OrderReport},
    trace::is_failure,
};

/// Gives the order to an environment that is up, tells what happens, and says what became of it.
///
/// # Errors
/// The order is refused, or the environment does not answer. An order that failed is no error here: it is the result.
pub async fn run_order<T: Platform>(
    target: &T,
    order: &Order,
    progress: &mut Progress,
) -> Result<OrderReport, ErrorReport> {
    let started = target.start(order).await.map_err(|error| ErrorReport::order(&error))?;
    if started.fresh {
        progress.done("Started", &format!("order {}", started.session));
    } else {
        progress.note("Known", &format!("order {}: the same execution as before", started.session));
    }

    let mut live = Live::default();
    let follow = target.follow(&started.execution, &mut |event| live.see(event, progress)).await;
    let execution = follow.map_err(|error| ErrorReport::order(&error))?;
    let took = execution.duration_ms().map(duration).unwrap_or_default();
    match execution.status {
        ExecutionStatus::Succeeded => {
            progress.done("Cooked", &format!("order {} in {took}", started.session));
        }
        status => progress.warning(&format!(
            "order {} ended {}, time spent: {took}",
            started.session,
            status.name()
        )),
    }

    let history = target.history(&started.execution).await.map_err(|error| ErrorReport::order(&error))?;
    let session = target.session(&started.session).await.map_err(|error| ErrorReport::order(&error))?;
    Ok(OrderReport {
        environment: target.environment().to_owned(),
        budget_krw: order.profile.budget_krw.get().into(),
        execution: cooking(execution, history)?,
        session,
        links: target.links(),
    })
}

fn cooking(execution: Execution, history: Vec<Event>) -> Result<ExecutionReport, ErrorReport> {
    let plan = match (execution.status, &execution.output) {
        (ExecutionStatus::Succeeded, Some(output)) => {
            let plan = MealPlan::deserialize(output).map_err(|error| {
                ErrorReport::bug("the execution's output is not a meal plan").caused_by(&error)
            })?;
            Some(plan)
        }
        _ => None,
    };
    let history = history.into_iter().map(without_execution_data).collect();
    Ok(ExecutionReport { execution, plan, history })
}

/// The states that are under way, told as they come and go.
#[derive(Default)]
struct Live {
    running: Vec<String>,
    /// The ids of the events that told of a failure.
    failures: BTreeSet<u64>,
}

impl Live {
    /// How a state was left: behind a failure, the execution goes on without its result.
    fn how_left(&self, exited: &Event) -> &'static str {
        let previous = exited.get("previousEventId").and_then(Event::as_u64);
        if previous.is_some_and(|previous| self.failures.contains(&previous)) { "Without" } else { "Done" }
    }

    fn see(&mut self, event: &Event, progress: &mut Progress) {
        let kind = event.get("type").and_then(Event::as_str).unwrap_or_default();
        let name = |details: &str| event.get(details)?.get("name")?.as_str();
        match kind {
            "TaskStateEntered" => {
                if let Some(state) = name("stateEnteredEventDetails") {
                    self.running.push(state.to_owned());
                }
            }
            "TaskStateExited" => {
                if let Some(state) = name("stateExitedEventDetails") {
                    self.running.retain(|running| running != state);
                    progress.note(self.how_left(event), state);
                }
            }
            failure if is_failure(failure) => {
                self.failures.extend(event.get("id").and_then(Event::as_u64));
                let mut details = event.as_object().into_iter().flatten();
                let error = details.find_map(|(field, details)| {
                    field.ends_with("EventDetails").then(|| details.get("error")?.as_str())?
                });
                progress.warning(&format!("a task failed: {}", error.unwrap_or("no error's name")));
            }
            _ => return,
        }
        progress.doing(&format!("cooking {}", self.running.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        exit_code,
        fixture::{FakePlatform, failing, now, order, succeeding},
    };

    fn report_of(platform: &FakePlatform) -> Result<OrderReport, ErrorReport> {
        now(run_order(platform, &order(), &mut Progress::silent()))
    }

    #[test]
    fn an_order_that_failed_is_a_result_with_a_code_of_its_own() {
        assert_eq!(report_of(&succeeding()).unwrap().exit_code(), exit_code::OK);
        assert_eq!(report_of(&failing()).unwrap().exit_code(), exit_code::ORDER_FAILED);
    }

    #[test]
    fn an_output_that_is_no_meal_plan_is_our_mistake() {
        let mut platform = succeeding();
        platform.execution.output = Some(json!({ "recipe": 1 }));
        let failure = report_of(&platform).unwrap_err();
        assert_eq!(failure.message, "the execution's output is not a meal plan");
        assert_eq!(failure.exit_code, exit_code::BUG);
    }

    #[test]
    fn branches_are_seen_while_they_run() {
        let mut live = Live::default();
        let history = succeeding().history;
        let mut progress = Progress::silent();
        history.iter().take(7).for_each(|event| live.see(event, &mut progress));
        assert_eq!(live.running, ["GenerateRecipe", "FetchPrices"]);
        history.iter().skip(7).for_each(|event| live.see(event, &mut progress));
        assert!(live.running.is_empty());
    }

    #[test]
    fn a_state_that_failed_is_not_done() {
        let mut live = Live::default();
        let event = |id, previous, kind: &str| json!({ "id": id, "previousEventId": previous, "type": kind });
        live.see(&event(5, 4, "LambdaFunctionFailed"), &mut Progress::silent());
        assert_eq!(live.how_left(&event(6, 5, "TaskStateExited")), "Without");
        // Tried again, with a result.
        live.see(&event(7, 5, "LambdaFunctionSucceeded"), &mut Progress::silent());
        assert_eq!(live.how_left(&event(8, 7, "TaskStateExited")), "Done");
    }
}
