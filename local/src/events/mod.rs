//! EventBridge as far as the pipeline needs it: changes of an execution's status go to the template's rules, and from
//! there to state machines. Who writes the rules is not known here.

mod bus;
pub mod pattern;
mod status_change;
pub mod transformer;

pub(crate) use bus::Bus;
pub(crate) use status_change::Place;
