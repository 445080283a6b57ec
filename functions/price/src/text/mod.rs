//! Readers of what providers write: plain text, links and XML. They know no provider.

pub mod plain_text;
pub mod web_address;
pub mod xml;
