//! What can be asked of any state: its kind, what may follow it, what is inside it.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    Branch, Catcher, Retrier, State, StateKind, Transition,
    state::{Fail, FailText, FailWire},
};

impl State {
    pub const fn kind(&self) -> StateKind {
        match self {
            Self::Task(_) => StateKind::Task,
            Self::Pass(_) => StateKind::Pass,
            Self::Choice(_) => StateKind::Choice,
            Self::Wait(_) => StateKind::Wait,
            Self::Succeed(_) => StateKind::Succeed,
            Self::Fail(_) => StateKind::Fail,
            Self::Parallel(_) => StateKind::Parallel,
        }
    }

    /// `Next` or `End`, of the kinds that have one.
    pub const fn transition(&self) -> Option<&Transition> {
        match self {
            Self::Task(state) => Some(&state.transition),
            Self::Pass(state) => Some(&state.transition),
            Self::Wait(state) => Some(&state.transition),
            Self::Parallel(state) => Some(&state.transition),
            Self::Choice(_) | Self::Succeed(_) | Self::Fail(_) => None,
        }
    }

    pub fn retry(&self) -> &[Retrier] {
        match self {
            Self::Task(state) => &state.retry,
            Self::Parallel(state) => &state.retry,
            Self::Pass(_) | Self::Choice(_) | Self::Wait(_) | Self::Succeed(_) | Self::Fail(_) => &[],
        }
    }

    pub fn catch(&self) -> &[Catcher] {
        match self {
            Self::Task(state) => &state.catch,
            Self::Parallel(state) => &state.catch,
            Self::Pass(_) | Self::Choice(_) | Self::Wait(_) | Self::Succeed(_) | Self::Fail(_) => &[],
        }
    }

    pub fn branches(&self) -> &[Branch] {
        match self {
            Self::Parallel(state) => &state.branches,
            Self::Task(_)
            | Self::Pass(_)
            | Self::Choice(_)
            | Self::Wait(_)
            | Self::Succeed(_)
            | Self::Fail(_) => &[],
        }
    }

    /// Whether the execution or branch may end with it.
    pub fn may_end(&self) -> bool {
        matches!(self, Self::Succeed(_) | Self::Fail(_)) || self.transition() == Some(&Transition::End)
    }

    /// Every state that may follow, with the field that says so: `Next`, `Default`, `Choices/0/Next`, `Catch/1/Next`.
    pub fn targets(&self) -> Vec<(String, &str)> {
        let mut targets = Vec::new();
        if let Some(Transition::Next(next)) = self.transition() {
            targets.push(("Next".to_owned(), next.as_str()));
        }
        if let Self::Choice(choice) = self {
            for (at, rule) in choice.choices.iter().enumerate() {
                targets.push((format!("Choices/{at}/Next"), rule.next.as_str()));
            }
            targets.extend(choice.default.as_deref().map(|name| ("Default".to_owned(), name)));
        }
        for (at, catcher) in self.catch().iter().enumerate() {
            targets.push((format!("Catch/{at}/Next"), catcher.next.as_str()));
        }
        targets
    }
}

impl Serialize for Transition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Next(name) => map.serialize_entry("Next", name)?,
            Self::End => map.serialize_entry("End", &true)?,
        }
        map.end()
    }
}

impl From<Fail> for FailWire {
    fn from(fail: Fail) -> Self {
        let split = |text| match text {
            Some(FailText::Literal(text)) => (Some(text), None),
            Some(FailText::Path(path)) => (None, Some(path)),
            None => (None, None),
        };
        let (error, error_path) = split(fail.error);
        let (cause, cause_path) = split(fail.cause);
        Self { comment: fail.comment, error, error_path, cause, cause_path }
    }
}
