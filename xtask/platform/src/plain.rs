//! What others wrote, without what a terminal would obey: names in answers, file names, arguments, messages of programs.

use contract::text::is_hidden;

/// In one line.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if is_obeyed(c) { ' ' } else { c }).collect()
}

/// In as many lines as it has, each but the first indented: none of them can be taken for a line of ours.
pub fn plain_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(plain).collect();
    lines.join("\n    ")
}

fn is_obeyed(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_commands_no_terminal() {
        assert_eq!(plain("Fresh\u{1b}[31m \u{202e}마켓\n"), "Fresh [31m  마켓 ");
    }

    #[test]
    fn a_line_of_others_is_not_a_line_of_ours() {
        assert_eq!(plain_lines("no file: a\nhint: run\rthis\n"), "no file: a\n    hint: run this");
    }
}
