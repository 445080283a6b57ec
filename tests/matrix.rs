//! Input that a person or a provider may get wrong, as data, one line a case, through the real programs. The crate `cases` reads
//! the lines; what a parser alone answers is tested beside the parser.

mod commands;
mod executions;
mod orders;
mod program;
mod public_bugs;
mod replies;
mod reply;
