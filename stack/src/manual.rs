//! `RULES.md`: the manual of the rules, put together from the comments with which their files begin.
//!
//! Nothing here knows a rule: the pages stand in `check`, in `asl` and in `cloudwatch::lint`. Who writes the file is the command line.

use std::fmt::Write;

use serde::Serialize;

use crate::check::{RULES, Rule};

/// Where the manual lies in the repository.
pub const PATH: &str = "RULES.md";

const HEAD: &str = "\
<!-- Written by `cargo xtask rules --write` from the comments of the rules' files: change it there. -->

# Rules

What `cargo xtask check` looks for in an environment, its template, its state machines and its alarms. Nothing with an error is
packaged, deployed or run. The rules for alarms judge anyone's template. A rule is a file: its manual page is the file's comment. Its
tests stand below or in a file of cases.
";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub rule: &'static str,
    pub finds: String,
    pub file: String,
}

struct Page {
    name: &'static str,
    /// What it finds, as a sentence's end.
    finds: String,
    body: String,
    file: String,
}

pub fn manual() -> String {
    let (own, asl, alarms) = (own_pages(), language_pages(), alarm_pages());
    let mut text = HEAD.to_owned();
    text.push_str("\n| rule | finds |\n| --- | --- |\n");
    for Page { name, finds, .. } in own.iter().chain(&asl).chain(&alarms) {
        let _ = writeln!(text, "| [`{name}`](#{name}) | {} |", on_one_line(finds));
    }
    text.push_str("\n## The template and its environment\n");
    for page in &own {
        page.write(&mut text);
    }
    text.push_str("\n## The state machines\n");
    for page in &asl {
        page.write(&mut text);
    }
    text.push_str("\n## Alarms\n");
    for page in &alarms {
        page.write(&mut text);
    }
    text
}

/// Every rule in a line, in the manual's order.
pub fn summaries() -> Vec<Summary> {
    let summary = |page: Page| Summary { rule: page.name, finds: on_one_line(&page.finds), file: page.file };
    own_pages().into_iter().chain(language_pages()).chain(alarm_pages()).map(summary).collect()
}

fn own_pages() -> Vec<Page> {
    let rules = RULES.iter().map(|Rule { name, source, .. }| (*name, *source));
    pages(rules, "stack/src/check")
}

fn language_pages() -> Vec<Page> {
    let rules = asl::check::RULES;
    pages(rules.iter().map(|rule| (rule.name, rule.source)), "stack/asl/src/check")
}

fn alarm_pages() -> Vec<Page> {
    let rules = cloudwatch::lint::RULES;
    pages(rules.iter().map(|rule| (rule.name, rule.source)), "alarms/cloudwatch/src/lint")
}

/// The pages of rules by name, each with the file's path.
fn pages(rules: impl Iterator<Item = (&'static str, &'static str)>, folder: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = rules.map(|(name, source)| Page::of(name, source, folder)).collect();
    pages.sort_by_key(|page| page.name);
    pages
}

impl Page {
    fn of(name: &'static str, source: &str, folder: &str) -> Self {
        let comment = comment(source);
        let (first, body) = comment.split_once("\n\n").unwrap_or((&comment, ""));
        let finds = first.strip_prefix(&format!("`{name}`: ")).unwrap_or(first);
        Self {
            name,
            finds: finds.to_owned(),
            body: body.to_owned(),
            file: format!("{folder}/{}.rs", name.replace('-', "_")),
        }
    }

    fn write(&self, text: &mut String) {
        let Self { name, finds, body, file } = self;
        let mut letters = finds.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        let finds: String = first.into_iter().chain(letters).collect();
        let _ = writeln!(text, "\n### {name}\n\n{finds}\n\n{}\n\n[{file}]({file})", body.trim_end());
    }
}

fn on_one_line(text: &str) -> String {
    text.trim_end_matches('.').replace('\n', " ")
}

/// The comment with which a file begins.
fn comment(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn sources() -> Vec<(&'static str, &'static str)> {
        let own = RULES.iter().map(|rule| (rule.name, rule.source));
        let asl = asl::check::RULES;
        let alarms = cloudwatch::lint::RULES.iter().map(|rule| (rule.name, rule.source));
        own.chain(asl.iter().map(|rule| (rule.name, rule.source))).chain(alarms).collect()
    }

    #[test]
    fn no_two_rules_have_one_name() {
        let names: BTreeSet<_> = sources().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), sources().len());
    }

    /// Whoever has a finding finds out why it is one, what is wanted and what to do, and from where we know.
    #[test]
    fn every_page_has_all_of_its_parts_in_order() {
        for (name, source) in sources() {
            let page = comment(source);
            assert!(page.starts_with(&format!("`{name}`: ")), "{name}");
            let mut rest = page.as_str();
            for part in ["\n\n**Why.** ", "\n\n**What it wants.** ", "\n\n**What to do.** ", "\n\nSource: "] {
                let (_, behind) = rest.split_once(part).unwrap_or_else(|| panic!("{name}:{part}"));
                rest = behind;
            }
        }
    }
}
