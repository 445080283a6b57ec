//! expects: E0451: CheckedTemplate
//!
//! A checked template comes out of a check and from nowhere else.

use stack::{App, CheckedTemplate, Report};

fn main() {
    let _ = |app: App| CheckedTemplate { template: app.lower(), app, report: Report::default() };
}
