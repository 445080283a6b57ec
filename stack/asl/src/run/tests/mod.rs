//! The interpreter, feature by feature, on fixtures of our own.

mod data;
mod events;
mod links;
mod parallel;
mod recovery;
mod states;
mod time;
