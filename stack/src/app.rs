//! The application in one environment: the input of `synth`, `check` and `checked`.

use asl::StateMachine;
use cfn::Template;

use crate::{
    closer::closer, environment::Environment, expect_valid::expect_valid, resources, timing::Timing,
    workflow::workflow,
};

#[derive(Debug, Clone, PartialEq)]
pub struct App {
    pub(crate) environment: Environment,
    pub(crate) machine: StateMachine,
    pub(crate) closer: StateMachine,
    pub(crate) timing: Timing,
}

pub fn app(environment: &Environment) -> App {
    let (machine, timing) = timed(workflow(environment.prices_policy));
    let (closer, _) = timed(closer());
    App { environment: environment.clone(), machine, closer, timing }
}

/// A machine with the timeout that follows from its states.
fn timed(machine: StateMachine) -> (StateMachine, Timing) {
    let timing = expect_valid(Timing::of(&machine));
    let machine = StateMachine { timeout_seconds: Some(timing.machine_timeout_s), ..machine };
    (machine, timing)
}

impl App {
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The workflow, with `${LogicalId.Arn}` for what the template makes.
    pub const fn machine(&self) -> &StateMachine {
        &self.machine
    }

    pub const fn closer(&self) -> &StateMachine {
        &self.closer
    }

    pub const fn timing(&self) -> Timing {
        self.timing
    }

    pub fn lower(&self) -> Template {
        resources::lower(self)
    }
}
