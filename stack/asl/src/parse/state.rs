//! States, one reader a kind.

use super::{
    choice,
    fields::{ErrorList, Fields, MAX_TIMEOUT_S},
    node::Node,
    payload::{placement, selection, template},
    query_language, recovery,
    words::nearest,
};
use crate::model::{
    Branch, Choice, Fail, FailText, Parallel, Pass, Resource, State, States, Succeed, Task, TaskTimeout,
    Timestamp, Transition, Wait, WaitFor,
};

/// The supported state types.
const KINDS: [&str; 7] = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel"];

/// `States` of a machine or branch.
pub(super) fn states(fields: &mut Fields, errors: &mut ErrorList) -> Option<States> {
    fields.require("States", errors);
    let at = fields.at("States");
    let mut entries = Fields::open(fields.take("States")?, at.clone(), errors)?;
    let mut states = States::new();
    for (name, node) in entries.take_rest() {
        let place = entries.at(&name);
        states.extend(state(node, place, errors).map(|state| (name, state)));
    }
    Some(states)
}

fn state(node: Node, at: String, errors: &mut ErrorList) -> Option<State> {
    let mut fields = Fields::open(node, at, errors)?;
    let kind = fields.required_text("Type", errors)?;
    // On a state it changes nothing: only one language is supported.
    let _ = query_language(&mut fields, errors);
    let comment = fields.text("Comment", errors);
    let owner = format!("a {kind} state");
    let state = match kind.as_str() {
        "Task" => task(&mut fields, comment, errors).map(State::Task),
        "Pass" => pass(&mut fields, comment, errors).map(State::Pass),
        "Choice" => choice_state(&mut fields, comment, errors).map(State::Choice),
        "Wait" => wait(&mut fields, comment, errors).map(State::Wait),
        "Succeed" => Some(State::Succeed(Succeed {
            comment,
            input_path: selection(&mut fields, "InputPath", errors),
            output_path: selection(&mut fields, "OutputPath", errors),
        })),
        "Fail" => Some(State::Fail(fail(&mut fields, comment, errors))),
        "Parallel" => parallel(&mut fields, comment, errors).map(State::Parallel),
        "Map" => {
            errors.add(fields.at("Type"), "state type is not supported: Map".to_owned(), None);
            return None;
        }
        other => {
            errors.add(fields.at("Type"), format!("unknown state type: {other}"), nearest(other, KINDS));
            return None;
        }
    };
    fields.close(&owner, errors);
    state
}

fn task(fields: &mut Fields, comment: Option<String>, errors: &mut ErrorList) -> Option<Task> {
    let resource = fields.required_text("Resource", errors).and_then(|text| {
        Resource::parse(&text)
            .map_err(|error| errors.add(fields.at("Resource"), error.to_string(), None))
            .ok()
    });
    let task = Task {
        comment,
        input_path: selection(fields, "InputPath", errors),
        parameters: template(fields, "Parameters", errors),
        result_selector: template(fields, "ResultSelector", errors),
        result_path: placement(fields, errors),
        output_path: selection(fields, "OutputPath", errors),
        timeout: timeout(fields, errors),
        retry: recovery::retry(fields, errors),
        catch: recovery::catch(fields, errors),
        transition: transition(fields, errors)?,
        resource: resource?,
    };
    Some(task)
}

fn pass(fields: &mut Fields, comment: Option<String>, errors: &mut ErrorList) -> Option<Pass> {
    Some(Pass {
        comment,
        input_path: selection(fields, "InputPath", errors),
        parameters: template(fields, "Parameters", errors),
        result: fields.take("Result").map(Node::into_value),
        result_path: placement(fields, errors),
        output_path: selection(fields, "OutputPath", errors),
        transition: transition(fields, errors)?,
    })
}

fn choice_state(fields: &mut Fields, comment: Option<String>, errors: &mut ErrorList) -> Option<Choice> {
    Some(Choice {
        comment,
        input_path: selection(fields, "InputPath", errors),
        output_path: selection(fields, "OutputPath", errors),
        default: fields.text("Default", errors),
        choices: choice::rules(fields, errors)?,
    })
}

fn wait(fields: &mut Fields, comment: Option<String>, errors: &mut ErrorList) -> Option<Wait> {
    const WAYS: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
    let found = WAYS.iter().filter(|name| fields.has(name)).count();
    if found != 1 {
        let message = format!("a Wait state takes one of {}, found {found}", WAYS.join(", "));
        errors.add(fields.path().to_owned(), message, None);
    }
    let seconds = fields.whole("Seconds", 0, MAX_TIMEOUT_S, errors).map(WaitFor::Seconds);
    let seconds_path = fields.json_path("SecondsPath", errors).map(WaitFor::SecondsPath);
    let timestamp = fields.text("Timestamp", errors).and_then(|text| {
        Timestamp::parse(&text)
            .map_err(|error| errors.add(fields.at("Timestamp"), error.to_string(), None))
            .ok()
    });
    let timestamp_path = fields.json_path("TimestampPath", errors).map(WaitFor::TimestampPath);
    let wait_for = seconds.or(seconds_path).or(timestamp.map(WaitFor::Timestamp)).or(timestamp_path);
    Some(Wait {
        comment,
        input_path: selection(fields, "InputPath", errors),
        output_path: selection(fields, "OutputPath", errors),
        transition: transition(fields, errors)?,
        wait_for: wait_for?,
    })
}

fn fail(fields: &mut Fields, comment: Option<String>, errors: &mut ErrorList) -> Fail {
    let mut one_of = |plain: &'static str, by_path: &'static str| {
        if fields.has(plain) && fields.has(by_path) {
            errors.add(fields.at(by_path), format!("stands beside {plain}: {by_path}"), None);
        }
        let literal = fields.text(plain, errors).map(FailText::Literal);
        let path = fields.json_path(by_path, errors).map(FailText::Path);
        literal.or(path)
    };
    let error = one_of("Error", "ErrorPath");
    let cause = one_of("Cause", "CausePath");
    Fail { comment, error, cause }
}

fn parallel(fields: &mut Fields, comment: Option<String>, errors: &mut ErrorList) -> Option<Parallel> {
    fields.require("Branches", errors);
    let at = fields.at("Branches");
    let items = fields.list("Branches", errors);
    let read = |(i, node)| branch(Fields::open(node, format!("{at}/{i}"), errors)?, errors);
    let branches = items.map(|items| items.into_iter().enumerate().filter_map(read).collect());
    Some(Parallel {
        comment,
        input_path: selection(fields, "InputPath", errors),
        parameters: template(fields, "Parameters", errors),
        result_selector: template(fields, "ResultSelector", errors),
        result_path: placement(fields, errors),
        output_path: selection(fields, "OutputPath", errors),
        retry: recovery::retry(fields, errors),
        catch: recovery::catch(fields, errors),
        transition: transition(fields, errors)?,
        branches: branches?,
    })
}

fn branch(mut fields: Fields, errors: &mut ErrorList) -> Option<Branch> {
    let comment = fields.text("Comment", errors);
    let start_at = fields.required_text("StartAt", errors);
    let states = states(&mut fields, errors);
    fields.close("a branch", errors);
    Some(Branch { comment, start_at: start_at?, states: states? })
}

fn timeout(fields: &mut Fields, errors: &mut ErrorList) -> Option<TaskTimeout> {
    if fields.has("TimeoutSeconds") && fields.has("TimeoutSecondsPath") {
        errors.add(fields.at("TimeoutSecondsPath"), "stands beside TimeoutSeconds".to_owned(), None);
    }
    let seconds = fields.whole("TimeoutSeconds", 1, MAX_TIMEOUT_S, errors).map(TaskTimeout::Seconds);
    let path = fields.reference_path("TimeoutSecondsPath", errors).map(TaskTimeout::Path);
    seconds.or(path)
}

/// `Next`, or `End` as true: one of them, and only one.
fn transition(fields: &mut Fields, errors: &mut ErrorList) -> Option<Transition> {
    let has_end = fields.has("End");
    let has_next = fields.has("Next");
    let next = fields.text("Next", errors);
    let end = fields.boolean("End", errors);
    match (next, end) {
        (Some(_), Some(true)) => {
            errors.add(fields.at("End"), "stands beside Next".to_owned(), None);
            None
        }
        (Some(next), None) if !has_end => Some(Transition::Next(next)),
        (None, Some(true)) if !has_next => Some(Transition::End),
        (_, Some(false)) => {
            errors.add(fields.at("End"), "expected true, found false".to_owned(), None);
            None
        }
        (None, None) if !has_end && !has_next => {
            errors.add(fields.path().to_owned(), "missing field: Next or End".to_owned(), None);
            None
        }
        // A field of the wrong form has its error already.
        _ => None,
    }
}
