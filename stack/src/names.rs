//! Physical names: the seed's own in `prod`, with `-<environment>` behind them elsewhere.
//!
//! Physical names are spelled here alone. Logical ids are in `resources::ids`.

use contract::task::TaskKind;

use crate::environment::EnvironmentName;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    suffix: String,
}

impl Names {
    pub(crate) fn of(name: &EnvironmentName) -> Self {
        let suffix = if name.is_prod() { String::new() } else { format!("-{name}") };
        Self { suffix }
    }

    /// A seed's name as it is in this environment.
    pub fn physical(&self, seed: &str) -> String {
        format!("{seed}{}", self.suffix)
    }

    pub fn function(&self, task: TaskKind) -> String {
        self.physical(task.name())
    }

    pub fn results_table(&self) -> String {
        self.physical("ai-chef-results")
    }

    pub fn sessions_table(&self) -> String {
        self.physical("ai-chef-sessions")
    }

    pub fn prices_table(&self) -> String {
        self.physical("ai-chef-prices")
    }

    /// The state machine. The seed names only its title.
    pub fn machine(&self) -> String {
        self.physical("ai-chef-recipe-generation")
    }

    pub fn closer(&self) -> String {
        self.physical("ai-chef-session-closer")
    }

    /// The log group of the function of a task: Lambda's default.
    pub fn function_logs(&self, task: TaskKind) -> String {
        format!("/aws/lambda/{}", self.function(task))
    }

    /// The log group of a state machine. `vendedlogs` keeps the account's log resource policy short.
    pub fn machine_logs(&self, machine: &str) -> String {
        format!("/aws/vendedlogs/states/{machine}")
    }
}
