//! What a command says of alarms: changes of state as they happen, mail, and who is not notified.

use platform::progress::Progress;

use crate::{alarms::line, embedded::Embedded, sns::Mail};

/// Most mails that are listed one by one.
const MAX_LISTED: usize = 3;

/// Where mails lie, if the environment has a folder.
fn folder(mails: &[Mail]) -> String {
    let folder = mails.iter().find_map(|mail| mail.file.as_ref()?.parent());
    folder.map_or_else(String::new, |folder| format!(" in {}", folder.display()))
}

/// What was told already.
#[derive(Debug, Default)]
pub(super) struct Told {
    changes: usize,
    mails: usize,
}

impl Told {
    /// Subscribers whom this machine does not reach.
    pub(super) fn not_notified(environment: &Embedded, progress: &mut Progress) {
        for subscriber in environment.topics().not_notified() {
            progress.warning(&format!(
                "not notified from this machine: {subscriber}; hint: email, or https with an http address of this machine"
            ));
        }
    }

    /// Tells what is new.
    pub(super) fn tell(&mut self, environment: &Embedded, progress: &mut Progress) {
        let (changes, seen) = environment.alarms().changes(self.changes);
        self.changes = seen;
        for change in &changes {
            if let Some(line) = line(change, environment.alarms().details(&change.alarm)) {
                progress.note("Alarm", &line);
            }
        }
        let (mails, seen) = environment.topics().mails(self.mails);
        self.mails = seen;
        // Alarms that are created become OK one after the other within a minute, and each is a message.
        if mails.len() > MAX_LISTED {
            progress.note("Mail", &format!("{} messages{}", mails.len(), folder(&mails)));
        } else {
            for mail in &mails {
                progress.note("Mail", &format!("to {}: {}{}", mail.to, mail.subject, folder(&mails)));
            }
        }
    }

    /// Waits until there is something new.
    pub(super) async fn changed(&self, environment: &Embedded) {
        tokio::select! {
            _new = environment.alarms().next_changes(self.changes) => {}
            _new = environment.topics().next_mails(self.mails) => {}
        }
    }

    /// What an environment that goes down did not find out.
    pub(super) fn not_evaluated(environment: &Embedded, progress: &mut Progress) {
        let (late, all) = (environment.alarms().not_evaluated().len(), environment.alarms().count());
        if late > 0 {
            progress.note(
                "Alarms",
                &format!("{late} of {all} had no time to evaluate; `deploy --stay` evaluates them"),
            );
        }
    }
}
