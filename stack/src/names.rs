//! Physical names: the seed's own in `prod`, with `-<environment>` behind them elsewhere.
//!
//! Physical names are spelled here alone. Logical ids are in `resources::ids`.

use contract::task::TaskKind;

use crate::environment::EnvironmentName;

/// The names of one environment.
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

    /// The function of a task.
    pub fn function(&self, task: TaskKind) -> String {
        self.physical(task.name())
    }

    /// The table of results.
    pub fn results_table(&self) -> String {
        self.physical("ai-chef-results")
    }

    /// The table of sessions.
    pub fn sessions_table(&self) -> String {
        self.physical("ai-chef-sessions")
    }

    /// The table of cached prices and of the calls of a day.
    pub fn prices_table(&self) -> String {
        self.physical("ai-chef-prices")
    }

    /// The state machine. The seed names only its title.
    pub fn machine(&self) -> String {
        self.physical("ai-chef-recipe-generation")
    }

    /// The machine that closes sessions from outside, its rule and its dead letters.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prod_has_the_seeds_names_and_the_others_their_own() {
        let names = |name| Names::of(&EnvironmentName::new(name).unwrap());
        assert_eq!(names("prod").function(TaskKind::RecipeGenerator), "RecipeGenerator");
        assert_eq!(names("dev").function(TaskKind::RecipeGenerator), "RecipeGenerator-dev");
        assert_eq!(names("staging").results_table(), "ai-chef-results-staging");
        assert_eq!(names("prod").sessions_table(), "ai-chef-sessions");
        assert_eq!(names("prod").prices_table(), "ai-chef-prices");
        assert_eq!(names("local-living").prices_table(), "ai-chef-prices-local-living");
    }
}
