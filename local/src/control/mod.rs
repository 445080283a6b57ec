//! How one process uses an environment that another one keeps up: a small API on loopback, found through a file under
//! the target folder. What the environment does is not known here.

mod live;
mod server;
mod state_file;
mod wire;

pub use live::Live;
pub use server::Control;
pub use state_file::{Found, StateFile};
#[cfg(test)]
pub(crate) use wire::read_each;
