//! Parses paths. They are evaluated in `eval`.

use super::{Path, PathError, Root, Step};

/// The most steps of a path. A place that deep cannot be in data that the interpreter takes.
const MAX_STEPS: usize = 100;

/// The first names below `$$` that a state of this interpreter has.
/// Source: Developer Guide, "Accessing execution data from the Context object".
const CONTEXT_FIELDS: [&str; 3] = ["Execution", "StateMachine", "State"];

/// Appends `name` to the text of a path, in dots where it can be, else in brackets.
pub(super) fn push_field(text: &mut String, name: &str) {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if plain {
        text.push('.');
        text.push_str(name);
    } else {
        let quote = if name.contains('\'') { '"' } else { '\'' };
        text.extend(['[', quote]);
        text.push_str(name);
        text.extend([quote, ']']);
    }
}

pub(super) fn parse(text: &str) -> Result<Path, PathError> {
    let whole = || text.to_owned();
    if text.starts_with("States.") {
        return Err(PathError::Intrinsic(whole()));
    }
    let Some(rest) = text.strip_prefix('$') else {
        return Err(PathError::Start(whole()));
    };
    let (root, rest) = match rest.strip_prefix('$') {
        Some(rest) => (Root::Context, rest),
        None => (Root::State, rest),
    };
    if rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return Err(PathError::Variable(whole()));
    }
    let steps = Cursor { text, rest }.steps()?;
    if steps.len() > MAX_STEPS {
        return Err(PathError::Long(steps.len()));
    }
    if !stays_small(&steps) {
        return Err(PathError::Repeats(whole()));
    }
    if root == Root::Context {
        match steps.first() {
            None => {}
            Some(Step::Field(name)) if CONTEXT_FIELDS.contains(&name.as_str()) => {}
            Some(_) => return Err(PathError::Context(whole())),
        }
    }
    Ok(Path { text: whole(), root, steps })
}

/// Whether every step matches each place at most once, so that a result is never larger than the data.
fn stays_small(steps: &[Step]) -> bool {
    fn distinct<T: Ord + Clone>(list: &[T]) -> bool {
        let mut sorted = list.to_vec();
        sorted.sort();
        sorted.dedup();
        sorted.len() == list.len()
    }
    steps.iter().filter(|step| matches!(step, Step::Descend)).count() <= 1
        && steps.iter().all(|step| match step {
            Step::Fields(names) => distinct(names),
            Step::Indexes(indexes) => distinct(indexes) && indexes.iter().all(|index| *index >= 0),
            Step::Field(_) | Step::Index(_) | Step::Wildcard | Step::Slice { .. } | Step::Descend => true,
        })
}

struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Cursor<'_> {
    fn steps(mut self) -> Result<Vec<Step>, PathError> {
        let mut steps = Vec::new();
        while !self.rest.is_empty() {
            if self.eat("..") {
                steps.push(Step::Descend);
                if !self.rest.starts_with('[') {
                    steps.push(self.name()?);
                }
            } else if self.eat(".") {
                steps.push(self.name()?);
            } else if self.eat("[") {
                steps.push(self.bracket()?);
            } else {
                return Err(self.syntax());
            }
        }
        Ok(steps)
    }

    fn name(&mut self) -> Result<Step, PathError> {
        if self.eat("*") {
            return Ok(Step::Wildcard);
        }
        let end = self.rest.find(['.', '[']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.contains('(') {
            return Err(PathError::Function(self.text.to_owned()));
        }
        let odd = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, ']' | ')' | '\'' | '"' | '@' | '?' | ',' | '*')
        };
        if name.is_empty() || name.contains(odd) {
            return Err(self.syntax());
        }
        self.rest = rest;
        Ok(Step::Field(name.to_owned()))
    }

    /// What stands between `[` and `]`.
    fn bracket(&mut self) -> Result<Step, PathError> {
        self.blank();
        if self.rest.starts_with('?') {
            return Err(PathError::Filter(self.text.to_owned()));
        }
        if self.rest.starts_with('(') {
            return Err(PathError::Function(self.text.to_owned()));
        }
        if self.eat("*") {
            self.close()?;
            return Ok(Step::Wildcard);
        }
        if self.rest.starts_with(['\'', '"']) {
            return self.quoted_names();
        }
        let end = self.rest.find(']').ok_or_else(|| self.syntax())?;
        let (inner, rest) = self.rest.split_at(end);
        let step = self.numbers(inner)?;
        self.rest = rest;
        self.close()?;
        Ok(step)
    }

    fn quoted_names(&mut self) -> Result<Step, PathError> {
        let mut names = vec![self.quoted()?];
        self.blank();
        while self.eat(",") {
            self.blank();
            names.push(self.quoted()?);
            self.blank();
        }
        self.close()?;
        Ok(match names.pop() {
            Some(only) if names.is_empty() => Step::Field(only),
            last => Step::Fields(names.into_iter().chain(last).collect()),
        })
    }

    /// A quoted name. A backslash keeps the quote after it from ending the name and stays part of it, as in Jayway's.
    fn quoted(&mut self) -> Result<String, PathError> {
        let mut chars = self.rest.char_indices();
        let Some((_, quote @ ('\'' | '"'))) = chars.next() else {
            return Err(self.syntax());
        };
        let mut escaped = false;
        for (at, c) in chars {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                let name = self.rest.get(1..at).unwrap_or_default().to_owned();
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(name);
            }
        }
        Err(self.syntax())
    }

    fn numbers(&self, inner: &str) -> Result<Step, PathError> {
        let number = |text: &str| text.trim().parse::<i64>().map_err(|_| self.syntax());
        let bound = |text: &str| {
            if text.trim().is_empty() { Ok(None) } else { number(text).map(Some) }
        };
        if let Some((start, end)) = inner.split_once(':') {
            return Ok(Step::Slice { start: bound(start)?, end: bound(end)? });
        }
        let mut indexes = inner.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
        Ok(match indexes.as_slice() {
            [only] => Step::Index(*only),
            _ => Step::Indexes(std::mem::take(&mut indexes)),
        })
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    fn close(&mut self) -> Result<(), PathError> {
        self.blank();
        if self.eat("]") { Ok(()) } else { Err(self.syntax()) }
    }

    fn syntax(&self) -> PathError {
        PathError::Syntax(self.text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, steps: &[Step]) {
        let path = parse(text).unwrap();
        assert_eq!(path.steps, steps, "{text}");
        assert_eq!(path.as_str(), text);
    }

    fn refused(text: &str, message: &str) {
        assert_eq!(parse(text).unwrap_err().to_string(), format!("{message}: {text}"));
    }

    fn field(name: &str) -> Step {
        Step::Field(name.to_owned())
    }

    #[test]
    fn names_in_dots_and_in_brackets() {
        check("$", &[]);
        check("$.a.b-c", &[field("a"), field("b-c")]);
        check("$['a b'][\"c.d\"]", &[field("a b"), field("c.d")]);
        check("$.재료[0]", &[field("재료"), Step::Index(0)]);
        check("$['a','b']", &[Step::Fields(vec!["a".to_owned(), "b".to_owned()])]);
    }

    #[test]
    fn a_backslash_stays_in_the_name() {
        check(r#"$['x\""y"']"#, &[field(r#"x\""y""#)]);
        check(r"$['it\'s']", &[field(r"it\'s")]);
    }

    #[test]
    fn indexes_slices_and_wildcards() {
        check("$[-1]", &[Step::Index(-1)]);
        check("$[0, 2]", &[Step::Indexes(vec![0, 2])]);
        check("$.a[1:]", &[field("a"), Step::Slice { start: Some(1), end: None }]);
        check("$.a[:-2]", &[field("a"), Step::Slice { start: None, end: Some(-2) }]);
        check("$[*].*", &[Step::Wildcard, Step::Wildcard]);
        check("$..price", &[Step::Descend, field("price")]);
        check("$..[0]", &[Step::Descend, Step::Index(0)]);
    }

    #[test]
    fn what_is_not_evaluated_is_refused_by_name() {
        refused("States.Format('{}', $.a)", "intrinsic function is not supported");
        refused("$$.Task.Token", "context object has no such field here");
        refused("$$.Map.Item.Index", "context object has no such field here");
    }

    #[test]
    fn a_path_that_could_multiply_its_matches_is_refused() {
        for text in ["$..a..b", "$[0,0]", "$[0,-1]", "$['a','a']"] {
            refused(text, "path that may match a place twice is not supported");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["$.", "$.a.", "$[]", "$['a'", "$[a]", "$.a b", "$ .a", "$[1:2:3]", "$.a]", "$.\u{7f}"] {
            refused(text, "not a JSONPath");
        }
    }

    #[test]
    fn a_built_path_is_spelled_as_it_parses() {
        let built = [
            Path::root().field("a").index(2).field("b c").field("it's"),
            Path::context().field("Execution").field("Id"),
        ];
        for path in built {
            assert_eq!(parse(path.as_str()).unwrap(), path);
        }
    }
}
