//! A page for a person: lines that fit its width, in cells of the terminal. A Hangul syllable takes two, an escape none.
//! What stands in the lines is not known here.

use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm, core::display_width};

use crate::width::Width;

#[derive(Debug)]
pub(super) struct Page {
    text: String,
    width: Width,
}

impl Page {
    pub(super) const fn new(width: Width) -> Self {
        Self { text: String::new(), width }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn cells(&self) -> Option<usize> {
        self.width.cells()
    }

    /// A line; what does not fit goes on below, indented as the line is.
    pub(super) fn line(&mut self, line: &str) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        self.hanging(line, indent);
    }

    /// A line; what does not fit goes on below, indented by so many cells. A word is never broken, so that a path can be
    /// copied: the terminal breaks what is longer than itself.
    pub(super) fn hanging(&mut self, line: &str, indent: usize) {
        match self.cells() {
            Some(cells) if display_width(line) > cells => self.wrapped(line, indent, cells),
            _ => self.push(line),
        }
    }

    fn wrapped(&mut self, line: &str, indent: usize, cells: usize) {
        let words = line.trim_start_matches(' ');
        // An indentation is to be seen, not to take the room of what it indents.
        let most = cells / 3;
        let first = " ".repeat((line.len() - words.len()).min(most));
        let next = " ".repeat(indent.min(most));
        let options = textwrap::Options::new(cells)
            .initial_indent(&first)
            .subsequent_indent(&next)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        for line in textwrap::wrap(words, options) {
            self.push(line.trim_end());
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

pub(super) fn widest(names: &[String]) -> usize {
    names.iter().map(|name| display_width(name)).max().unwrap_or(0)
}

pub(super) fn padded(name: &str, width: usize) -> String {
    format!("{name}{}", " ".repeat(width.saturating_sub(display_width(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: u16, indent: usize, line: &str, expect: &[&str]) {
        let mut page = Page::new(Width::new(cells));
        page.hanging(line, indent);
        let text = page.into_text();
        assert_eq!(text.lines().collect::<Vec<_>>(), expect);
    }

    #[test]
    fn what_fits_stays_and_the_rest_goes_on_below() {
        check(0, 4, "logs   a b", &["logs   a b"]);
        check(10, 4, "logs   a b", &["logs   a b"]);
        check(9, 2, "logs   a b", &["logs   a", "  b"]);
        check(3, 2, "logs   a b", &["logs", " a", " b"]);
    }

    #[test]
    fn a_syllable_takes_two_cells_and_an_escape_none() {
        check(8, 0, "\u{1b}[1m두부 김치\u{1b}[0m", &["\u{1b}[1m두부", "김치\u{1b}[0m"]);
        check(9, 0, "\u{1b}[1m두부 김치\u{1b}[0m", &["\u{1b}[1m두부 김치\u{1b}[0m"]);
        assert_eq!(padded("두부", 6), "두부  ");
        assert_eq!(widest(&["두부".to_owned(), "abc".to_owned()]), 4);
    }

    #[test]
    fn a_path_is_not_broken() {
        check(4, 0, "  at /a/long/path", &[" at", "/a/long/path"]);
    }
}
