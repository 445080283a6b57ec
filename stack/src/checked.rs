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

pub fn checked(app: App, today: Date) -> Result<CheckedTemplate, Report> {
    let report = check(&app, today);
    if report.has_errors() {
        return Err(report);
    }
    let template = app.lower();
    Ok(CheckedTemplate { app, template, report })
}

impl CheckedTemplate {
    pub const fn template(&self) -> &Template {
        &self.template
    }

    pub const fn environment(&self) -> &Environment {
        self.app.environment()
    }

    pub const fn machine(&self) -> &StateMachine {
        self.app.machine()
    }

    pub const fn closer(&self) -> &StateMachine {
        self.app.closer()
    }

    pub const fn timing(&self) -> Timing {
        self.app.timing()
    }

    pub const fn report(&self) -> &Report {
        &self.report
    }

    pub const fn app(&self) -> &App {
        &self.app
    }
}
