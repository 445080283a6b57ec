//! Stand-ins for Bedrock and the price sources: they speak the real protocols, answer plausibly for any ingredient and
//! target, and fail on request.

pub mod bedrock;
pub mod behaviour;
pub mod chamgagyeok;
pub mod elevenst;
pub mod gateway;
pub mod kamis;
pub mod naver;
mod offers;
mod prompt;
pub(crate) mod query;
pub mod quota;
mod recipe;
mod seeded;
pub mod sources;
pub mod stub;
mod tsv;
pub mod wire;
mod xml;

pub use behaviour::{Answer, Behaviour, Fault, Reaction, Rendezvous, When};
pub use quota::Quota;
pub use sources::Sources;
pub use stub::{Call, Stub};
pub use wire::{Script, Step, Then};
