//! States, one reader a kind.

use super::{
    choice,
    fields::{Fields, Log, MAX_TIMEOUT_S},
    node::Node,
    payload::{placement, selection, template},
    query_language, recovery,
    words::nearest,
};
use crate::model::{
    Branch, Choice, Fail, FailText, Parallel, Pass, Resource, State, States, Succeed, Task, TaskTimeout,
    Timestamp, Transition, Wait, WaitFor,
};

/// The kinds that are run here.
const KINDS: [&str; 7] = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel"];

/// `States` of a machine or branch.
pub(super) fn states(fields: &mut Fields, log: &mut Log) -> Option<States> {
    fields.require("States", log);
    let at = fields.at("States");
    let mut entries = Fields::open(fields.take("States")?, at.clone(), log)?;
    let mut states = States::new();
    for (name, node) in entries.take_rest() {
        let place = entries.at(&name);
        states.extend(state(node, place, log).map(|state| (name, state)));
    }
    Some(states)
}

fn state(node: Node, at: String, log: &mut Log) -> Option<State> {
    let mut fields = Fields::open(node, at, log)?;
    let kind = fields.required_text("Type", log)?;
    // Said on a state it changes nothing, and the model says it once for the machine.
    let _ = query_language(&mut fields, log);
    let comment = fields.text("Comment", log);
    let owner = format!("a {kind} state");
    let state = match kind.as_str() {
        "Task" => task(&mut fields, comment, log).map(State::Task),
        "Pass" => pass(&mut fields, comment, log).map(State::Pass),
        "Choice" => choice_state(&mut fields, comment, log).map(State::Choice),
        "Wait" => wait(&mut fields, comment, log).map(State::Wait),
        "Succeed" => Some(State::Succeed(Succeed {
            comment,
            input_path: selection(&mut fields, "InputPath", log),
            output_path: selection(&mut fields, "OutputPath", log),
        })),
        "Fail" => Some(State::Fail(fail(&mut fields, comment, log))),
        "Parallel" => parallel(&mut fields, comment, log).map(State::Parallel),
        "Map" => {
            log.refuse(
                fields.at("Type"),
                "state type is not supported: Map".to_owned(),
                None,
            );
            return None;
        }
        other => {
            log.refuse(
                fields.at("Type"),
                format!("unknown state type: {other}"),
                nearest(other, KINDS),
            );
            return None;
        }
    };
    fields.close(&owner, log);
    state
}

fn task(fields: &mut Fields, comment: Option<String>, log: &mut Log) -> Option<Task> {
    let resource = fields.required_text("Resource", log).and_then(|text| {
        Resource::parse(&text)
            .map_err(|error| log.refuse(fields.at("Resource"), error.to_string(), None))
            .ok()
    });
    let task = Task {
        comment,
        input_path: selection(fields, "InputPath", log),
        parameters: template(fields, "Parameters", log),
        result_selector: template(fields, "ResultSelector", log),
        result_path: placement(fields, log),
        output_path: selection(fields, "OutputPath", log),
        timeout: timeout(fields, log),
        retry: recovery::retry(fields, log),
        catch: recovery::catch(fields, log),
        transition: transition(fields, log)?,
        resource: resource?,
    };
    Some(task)
}

fn pass(fields: &mut Fields, comment: Option<String>, log: &mut Log) -> Option<Pass> {
    Some(Pass {
        comment,
        input_path: selection(fields, "InputPath", log),
        parameters: template(fields, "Parameters", log),
        result: fields.take("Result").map(Node::into_value),
        result_path: placement(fields, log),
        output_path: selection(fields, "OutputPath", log),
        transition: transition(fields, log)?,
    })
}

fn choice_state(fields: &mut Fields, comment: Option<String>, log: &mut Log) -> Option<Choice> {
    Some(Choice {
        comment,
        input_path: selection(fields, "InputPath", log),
        output_path: selection(fields, "OutputPath", log),
        default: fields.text("Default", log),
        choices: choice::rules(fields, log)?,
    })
}

fn wait(fields: &mut Fields, comment: Option<String>, log: &mut Log) -> Option<Wait> {
    const WAYS: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
    let said = WAYS.iter().filter(|name| fields.has(name)).count();
    if said != 1 {
        let message = format!("a Wait state takes one of {}, found {said}", WAYS.join(", "));
        log.refuse(fields.path().to_owned(), message, None);
    }
    let seconds = fields
        .whole("Seconds", 0, MAX_TIMEOUT_S, log)
        .map(WaitFor::Seconds);
    let seconds_path = fields.json_path("SecondsPath", log).map(WaitFor::SecondsPath);
    let timestamp = fields.text("Timestamp", log).and_then(|text| {
        Timestamp::parse(&text)
            .map_err(|error| log.refuse(fields.at("Timestamp"), error.to_string(), None))
            .ok()
    });
    let timestamp_path = fields.json_path("TimestampPath", log).map(WaitFor::TimestampPath);
    let wait_for = seconds
        .or(seconds_path)
        .or(timestamp.map(WaitFor::Timestamp))
        .or(timestamp_path);
    Some(Wait {
        comment,
        input_path: selection(fields, "InputPath", log),
        output_path: selection(fields, "OutputPath", log),
        transition: transition(fields, log)?,
        wait_for: wait_for?,
    })
}

fn fail(fields: &mut Fields, comment: Option<String>, log: &mut Log) -> Fail {
    let mut one_of = |plain: &'static str, by_path: &'static str| {
        if fields.has(plain) && fields.has(by_path) {
            log.refuse(
                fields.at(by_path),
                format!("stands beside {plain}: {by_path}"),
                None,
            );
        }
        let literal = fields.text(plain, log).map(FailText::Literal);
        let path = fields.json_path(by_path, log).map(FailText::Path);
        literal.or(path)
    };
    let error = one_of("Error", "ErrorPath");
    let cause = one_of("Cause", "CausePath");
    Fail {
        comment,
        error,
        cause,
    }
}

fn parallel(fields: &mut Fields, comment: Option<String>, log: &mut Log) -> Option<Parallel> {
    fields.require("Branches", log);
    let at = fields.at("Branches");
    let items = fields.list("Branches", log);
    let read = |(i, node)| branch(Fields::open(node, format!("{at}/{i}"), log)?, log);
    let branches = items.map(|items| items.into_iter().enumerate().filter_map(read).collect());
    Some(Parallel {
        comment,
        input_path: selection(fields, "InputPath", log),
        parameters: template(fields, "Parameters", log),
        result_selector: template(fields, "ResultSelector", log),
        result_path: placement(fields, log),
        output_path: selection(fields, "OutputPath", log),
        retry: recovery::retry(fields, log),
        catch: recovery::catch(fields, log),
        transition: transition(fields, log)?,
        branches: branches?,
    })
}

fn branch(mut fields: Fields, log: &mut Log) -> Option<Branch> {
    let comment = fields.text("Comment", log);
    let start_at = fields.required_text("StartAt", log);
    let states = states(&mut fields, log);
    fields.close("a branch", log);
    Some(Branch {
        comment,
        start_at: start_at?,
        states: states?,
    })
}

fn timeout(fields: &mut Fields, log: &mut Log) -> Option<TaskTimeout> {
    if fields.has("TimeoutSeconds") && fields.has("TimeoutSecondsPath") {
        log.refuse(
            fields.at("TimeoutSecondsPath"),
            "stands beside TimeoutSeconds".to_owned(),
            None,
        );
    }
    let seconds = fields
        .whole("TimeoutSeconds", 1, MAX_TIMEOUT_S, log)
        .map(TaskTimeout::Seconds);
    let path = fields
        .reference_path("TimeoutSecondsPath", log)
        .map(TaskTimeout::Path);
    seconds.or(path)
}

/// `Next`, or `End` as true: one of them, and only one.
fn transition(fields: &mut Fields, log: &mut Log) -> Option<Transition> {
    let has_end = fields.has("End");
    let has_next = fields.has("Next");
    let next = fields.text("Next", log);
    let end = fields.boolean("End", log);
    match (next, end) {
        (Some(_), Some(true)) => {
            log.refuse(fields.at("End"), "stands beside Next".to_owned(), None);
            None
        }
        (Some(next), None) if !has_end => Some(Transition::Next(next)),
        (None, Some(true)) if !has_next => Some(Transition::End),
        (_, Some(false)) => {
            log.refuse(fields.at("End"), "expected true, found false".to_owned(), None);
            None
        }
        (None, None) if !has_end && !has_next => {
            log.refuse(
                fields.path().to_owned(),
                "missing field: Next or End".to_owned(),
                None,
            );
            None
        }
        // A field of the wrong form is refused already.
        _ => None,
    }
}
