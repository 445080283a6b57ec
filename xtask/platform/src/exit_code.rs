//! How a command ends. The numbers are documented and never change their meaning.

pub const OK: u8 = 0;
/// A check found something that must be repaired, or a measured figure broke its threshold.
pub const FINDINGS: u8 = 1;
/// The arguments or the input are wrong, or the environment cannot do what was asked: nothing was started. Also when the
/// result has no place: a folder or stdout that cannot be written.
pub const USAGE: u8 = 2;
pub const BUILD_FAILED: u8 = 10;
pub const DEPLOY_FAILED: u8 = 11;
/// A generated file is not what its generator writes today.
pub const STALE: u8 = 12;
/// The environment is up, and the order was not cooked.
pub const ORDER_FAILED: u8 = 13;
pub const BUG: u8 = 70;
/// Whoever read stdout closed it, as `head` does: 128 + SIGPIPE, as shells tell it.
pub const READER_GONE: u8 = 141;
