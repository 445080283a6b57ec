//! Reading an ingredient's name: steps 1 to 3 of the rule, from the words of a person or a model to the targets.

use serde::Serialize;

use super::{
    title::{is_adjective, split_brackets},
    words::{
        ALIASES, BRANDS, CUTS, DISTINCT_PRODUCTS, MEATS, PREPARATIONS, QUALIFIERS, SHORT_FOODS,
        STANDALONE_QUALIFIERS, SUFFIX_WORDS, SYNONYMS, TRAILING,
    },
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub rule: &'static str,
    /// The rest of the name.
    pub left: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) steps: Vec<Step>,
    /// The names of products to search for, without blanks; the ingredient's own first.
    pub(super) targets: Vec<String>,
    /// Words that matching products may have too.
    pub(super) qualifiers: Vec<String>,
}

/// Words between alternatives, of which the first is bought.
const ALTERNATIVE_WORDS: [&str; 3] = ["또는", "혹은", "or"];
/// Words behind the name of a preserved food.
const PRESERVED: [&str; 2] = ["통조림", "캔"];

impl Query {
    /// Reads a composed name.
    pub(super) fn of(name: &str) -> Self {
        let mut query = Self { steps: Vec::new(), targets: Vec::new(), qualifiers: Vec::new() };
        let lower = name.to_lowercase();
        query.note("composed, in lower case", &lower);
        let (outside, inside) = split_brackets(&lower);
        let inside = inside.split([' ', ',']).filter(|word| QUALIFIERS.contains(word));
        query.qualifiers.extend(inside.map(as_in_products));
        let outside = if outside.trim().is_empty() { lower } else { outside };
        query.note("brackets cut", outside.trim());

        let mut words: Vec<&str> = outside
            .split(|c: char| c.is_whitespace() || c == ',' || c == '·')
            .filter(|word| !word.is_empty())
            .collect();
        if let Some(at) = words.iter().position(|word| ALTERNATIVE_WORDS.contains(word)).filter(|&at| at > 0)
        {
            words.truncate(at);
            query.note("alternative cut", &words.join(" "));
        }
        let mut words = without_amounts(&words);
        query.note("amounts and units cut", &words.join(" "));
        cut_preparations(&mut words);
        query.note("preparation cut", &words.join(" "));
        query.take_qualifiers(&mut words);
        query.note("qualifiers set aside", &words.join(" "));
        query.look_for(&words.concat());
        query
    }

    /// The same without a first syllable that is usually a qualifier; `None` for a known name.
    pub(super) fn without_syllable_in_front(&self) -> Option<Self> {
        let own = self.targets.first()?;
        let (alone, rest) = STANDALONE_QUALIFIERS.iter().find_map(|alone| {
            let rest = own.strip_prefix(alone)?;
            let is_cut = !is_known(own) && rest.chars().count() >= 2;
            is_cut.then_some((alone, rest))
        })?;
        let mut shorter = self.clone();
        shorter.targets.clear();
        shorter.qualifiers.push((*alone).to_owned());
        shorter.note("first syllable set aside", rest);
        shorter.look_for(rest);
        Some(shorter)
    }

    /// Adds a step that changed something.
    fn note(&mut self, rule: &'static str, left: &str) {
        if self.steps.last().is_none_or(|step| step.left != left) {
            self.steps.push(Step { rule, left: left.to_owned() });
        }
    }

    /// Moves qualifiers from both ends of the name, as long as a name is left.
    fn take_qualifiers(&mut self, words: &mut Vec<String>) {
        while !is_known(&words.concat()) {
            let Some((first, rest)) = words.split_first() else {
                return;
            };
            let rest_is_a_name = is_name(&rest.concat());
            let whole = QUALIFIERS.contains(&first.as_str())
                || TRAILING.contains(&first.as_str())
                || BRANDS.contains(&first.as_str())
                || is_adjective(first)
                || (first.ends_with('용') && first.chars().count() > 2)
                || (CUTS.contains(&first.as_str()) && MEATS.contains(&rest.concat().as_str()));
            if whole && rest_is_a_name {
                self.qualifiers.push(as_in_products(first));
                words.remove(0);
                continue;
            }
            if let Some((last, front)) = words.split_last()
                && !front.is_empty()
                && (TRAILING.contains(&last.as_str()) || is_preserved(last))
            {
                self.qualifiers.push(as_in_products(last));
                words.pop();
                continue;
            }
            let attached = QUALIFIERS
                .iter()
                .chain(&*BRANDS)
                .filter(|word| !STANDALONE_QUALIFIERS.contains(word))
                .filter_map(|word| Some((word, first.strip_prefix(word)?)))
                .filter(|(_, left)| left.chars().count() >= 2)
                .max_by_key(|(word, _)| word.len());
            let Some((word, left)) = attached else {
                return;
            };
            self.qualifiers.push(as_in_products(word));
            let left = left.to_owned();
            if let Some(first) = words.first_mut() {
                *first = left;
            }
        }
    }

    /// Adds the name to the targets, with its aliases and synonyms.
    fn look_for(&mut self, own: &str) {
        if own.is_empty() {
            return;
        }
        let aliases = ALIASES.iter().find(|(short, _)| *short == own);
        let aliases = aliases.map_or(&[][..], |(_, names)| names);
        let mut targets = vec![own.to_owned()];
        targets.extend(of_the_same_animal(own));
        targets.extend(aliases.iter().map(|name| (*name).to_owned()));
        for at in 0..targets.len() {
            let same =
                targets.get(at).and_then(|name| SYNONYMS.iter().find(|names| names.contains(&name.as_str())));
            targets.extend(same.into_iter().flat_map(|names| names.iter().map(|name| (*name).to_owned())));
        }
        let mut seen = std::collections::HashSet::new();
        targets.retain(|target| seen.insert(target.clone()));
        self.note("synonyms added", &targets.join(", "));
        self.targets = targets;
    }
}

/// A qualifier as products have it: `찌개용` is in `찌개두부`, `중력분` in `중력 밀가루`.
fn as_in_products(word: &str) -> String {
    let word = match word {
        "빨간" => "빨강",
        "노란" => "노랑",
        "주황색" => "주황",
        "중력분" => "중력",
        "박력분" => "박력",
        "강력분" => "강력",
        word => word.trim_end_matches('용'),
    };
    word.to_owned()
}

/// A cut with every name of its animal: `돼지 목살` is `돼지고기 목살`.
fn of_the_same_animal(name: &str) -> Vec<String> {
    const ANIMALS: [&[&str]; 4] = [
        &["쇠고기", "소고기", "한우", "소"],
        &["돼지고기", "한돈", "돼지"],
        &["닭고기", "닭"],
        &["오리고기", "오리"],
    ];
    for names in ANIMALS {
        let cut = names.iter().find_map(|animal| name.strip_prefix(animal));
        if let Some(cut) = cut.filter(|cut| CUTS.contains(cut)) {
            // `앞다리` is sold as `앞다리살` too.
            let short = cut.strip_suffix('살').filter(|short| CUTS.contains(short));
            let cuts = [Some(cut.to_owned()), Some(format!("{cut}살")), short.map(str::to_owned)];
            let named =
                |cut: &String| names.iter().map(|animal| format!("{animal}{cut}")).collect::<Vec<_>>();
            return cuts.iter().flatten().flat_map(named).collect();
        }
    }
    Vec::new()
}

/// Whether the lists have this name.
fn is_known(name: &str) -> bool {
    DISTINCT_PRODUCTS.contains(&name)
        || SYNONYMS.iter().any(|names| names.contains(&name))
        || ALIASES.iter().any(|(short, _)| *short == name)
}

pub(super) fn is_preserved(word: &str) -> bool {
    PRESERVED.contains(&word)
}

/// Whether a text may be a name: two syllables, or a food of one.
fn is_name(text: &str) -> bool {
    text.chars().count() >= 2 || SHORT_FOODS.contains(&text)
}

/// The words before the first amount, without amounts in front of the name and units behind it.
fn without_amounts(words: &[&str]) -> Vec<String> {
    let starts = |word: &str| word.starts_with(|c: char| c.is_numeric());
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if starts(word) {
            if kept.is_empty() {
                continue;
            }
            break;
        }
        // `양파1개`
        let end = word.find(|c: char| c.is_numeric());
        match end.and_then(|end| word.get(..end)) {
            Some(front) if !front.is_empty() => {
                kept.push(front.to_owned());
                break;
            }
            _ => kept.push((*word).to_owned()),
        }
    }
    if kept.is_empty() {
        kept = words.iter().map(|word| (*word).to_owned()).collect();
    }
    while kept.len() > 1 && kept.last().is_some_and(|last| SUFFIX_WORDS.contains(&last.as_str())) {
        kept.pop();
    }
    kept
}

/// Removes preparations: whole words, and prefixes of at least two other syllables.
fn cut_preparations(words: &mut Vec<String>) {
    loop {
        let Some((first, rest)) = words.split_first() else {
            return;
        };
        if PREPARATIONS.contains(&first.as_str()) && is_name(&rest.concat()) {
            words.remove(0);
            continue;
        }
        if is_known(first) {
            return;
        }
        let attached = PREPARATIONS
            .iter()
            .filter(|word| !STANDALONE_QUALIFIERS.contains(word))
            .filter_map(|word| first.strip_prefix(word))
            .filter(|left| left.chars().count() >= 2)
            .min_by_key(|left| left.len());
        let Some(left) = attached.map(str::to_owned) else {
            return;
        };
        if let Some(first) = words.first_mut() {
            *first = left;
        }
    }
}
