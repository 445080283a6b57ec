//! A checked template: nothing else can be packaged, deployed or run.

use asl::StateMachine;
use cfn::Template;
use jiff::civil::Date;

use crate::{app::App, check::check, environment::Environment, report::Report, timing::Timing};

/// A template without errors. There is no other way to get one than [`checked`].
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedTemplate {
    app: App,
    template: Template,
    report: Report,
}

/// Checks an app.
///
/// # Errors
/// The report, if a finding is an error.
pub fn checked(app: App, today: Date) -> Result<CheckedTemplate, Report> {
    let report = check(&app, today);
    if report.has_errors() {
        return Err(report);
    }
    let template = app.lower();
    Ok(CheckedTemplate { app, template, report })
}

impl CheckedTemplate {
    /// The template.
    pub const fn template(&self) -> &Template {
        &self.template
    }

    /// The environment it is for.
    pub const fn environment(&self) -> &Environment {
        self.app.environment()
    }

    /// The workflow.
    pub const fn machine(&self) -> &StateMachine {
        self.app.machine()
    }

    /// The machine that closes sessions from outside.
    pub const fn closer(&self) -> &StateMachine {
        self.app.closer()
    }

    /// The workflow's worst case, its timeout, and the session's deadline.
    pub const fn timing(&self) -> Timing {
        self.app.timing()
    }

    /// What the check said: no errors, perhaps warnings.
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The app itself.
    pub const fn app(&self) -> &App {
        &self.app
    }
}
