//! Mail of topics, which goes to a folder here: one file a message. Nothing leaves this machine, and no address confirms.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::wire::Notification;
use crate::{clock, data_folder};

/// Most messages of one environment; further ones are told and not written.
const MAX_MESSAGES: usize = 1_000;

/// A message that an address got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    /// Where it lies, if the environment has a folder.
    pub file: Option<PathBuf>,
}

#[derive(Debug)]
pub(super) struct Inbox {
    folder: Option<PathBuf>,
    count: AtomicUsize,
}

impl Inbox {
    /// With the environment's folder.
    pub(super) fn new(folder: Option<&PathBuf>) -> Self {
        Self { folder: folder.map(|folder| folder.join("inbox")), count: AtomicUsize::new(0) }
    }

    /// Writes a message. Where the disk refuses it, the message is told all the same.
    pub(super) fn deliver(&self, to: &str, topic: &str, notification: &Notification) -> Mail {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.as_ref().filter(|_| number < MAX_MESSAGES);
        let file = folder.and_then(|folder| {
            let path = folder.join(format!("{:04}-{topic}.txt", number + 1));
            let text = format!(
                "To: {to}\nDate: {}\nSubject: {}\n\n{}\n",
                clock::wire(notification.at),
                notification.message.subject,
                notification.message.mail
            );
            data_folder::create(folder).ok()?;
            fs::write(&path, text).ok()?;
            Some(path)
        });
        Mail { to: to.to_owned(), subject: notification.message.subject.clone(), file }
    }
}
