//! Runbooks: what an alarm means and how to mend it, in English and Korean.
//!
//! A runbook is the comment of the alarm's file, read at build time. Its parts are the title in the first line, English up to
//! a line `---`, and Korean after it.

/// A language of runbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Korean.
    Korean,
}

/// What an alarm means, what the user sees, where to look and how to mend it: Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    /// One line.
    pub title: String,
    /// In English.
    pub english: String,
    /// In Korean.
    pub korean: String,
}

/// Longest `AlarmDescription` in characters. Source: `PutMetricAlarm`.
const MAX_DESCRIPTION_CHARS: usize = 1_024;

impl Runbook {
    /// The runbook in the comment of a source file, with `{name}` for each of `names`.
    pub(crate) fn of(source: &str, names: &[(&str, &str)]) -> Self {
        let comment = source.lines().map_while(|line| line.strip_prefix("//!"));
        let mut text = unwrapped(comment.map(|line| line.strip_prefix(' ').unwrap_or(line)));
        for (name, value) in names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
        let (english, korean) = body.split_once("\n---\n").unwrap_or((body, ""));
        let [title, english, korean] = [title, english, korean].map(|part| part.trim().to_owned());
        Self { title, english, korean }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n\n{}\n\n{}", self.title, self.english, self.korean)
    }

    /// The `AlarmDescription`: both languages where they fit, else the preferred one.
    #[must_use]
    pub fn description(&self, preferred: Language) -> String {
        let both = self.text();
        if both.chars().count() <= MAX_DESCRIPTION_CHARS {
            return both;
        }
        let body = match preferred {
            Language::English => &self.english,
            Language::Korean => &self.korean,
        };
        let one = format!("{}\n\n{body}", self.title);
        one.chars().take(MAX_DESCRIPTION_CHARS).collect()
    }
}

/// Lines of one paragraph or list item as one line, so that no command is broken in two.
fn unwrapped<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut before = "";
    for (at, line) in lines.enumerate() {
        let begins = ["1. ", "2. ", "3. ", "---"].iter().any(|mark| line.starts_with(mark));
        if at > 0 {
            let joined = !begins && !line.is_empty() && !before.is_empty() && before != "---";
            text.push(if joined { ' ' } else { '\n' });
        }
        text.push_str(line);
        before = line;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runbook_is_the_comment_of_a_file() {
        let source =
            "//! {function} timed out.\n//!\n//! Means.\n//!\n//! ---\n//! 뜻.\n\nuse x;\n//! no part";
        let runbook = Runbook::of(source, &[("function", "F")]);
        assert_eq!(runbook.text(), "F timed out.\n\nMeans.\n\n뜻.");
    }

    #[test]
    fn a_description_holds_both_languages_or_the_preferred_one() {
        let runbook = |length: usize| Runbook {
            title: "t".to_owned(),
            english: "e".repeat(length),
            korean: "한".repeat(length),
        };
        assert_eq!(runbook(9).description(Language::Korean), runbook(9).text());
        let one = runbook(600).description(Language::Korean);
        assert!(one.contains('한') && !one.contains('e'));
        assert_eq!(runbook(2_000).description(Language::English).chars().count(), 1_024);
    }
}
