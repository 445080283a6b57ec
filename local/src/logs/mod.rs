//! What functions write: kept per function in bounded memory, in files when a folder is given, and searched for
//! metrics, which go elsewhere. Where the lines come from is not known here.

pub mod capture;
pub mod emf;
pub mod level;
pub mod store;

pub use level::MinLevels;
pub use store::{FunctionLog, Line, Logs};
