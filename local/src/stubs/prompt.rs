//! What the seed's prompts say, read back: the stand-in for a model has to understand what it is asked.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Keto,
    Baby,
    Diabetes,
    Fridge,
    General,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptRequest {
    pub(super) kind: Kind,
    pub(super) servings: u64,
    pub(super) available: Vec<String>,
    pub(super) avoid: Vec<String>,
}

/// Words of the seed's prompts, most specific first.
const KINDS: [(&str, Kind); 9] = [
    ("케톤", Kind::Keto),
    ("키토", Kind::Keto),
    ("이유식", Kind::Baby),
    ("월령", Kind::Baby),
    ("당뇨", Kind::Diabetes),
    ("혈당", Kind::Diabetes),
    ("냉장고", Kind::Fridge),
    ("가정식", Kind::General),
    ("일반", Kind::General),
];

/// Most names that are read from a list: a prompt may be long, a recipe is not.
const MAX_NAMES: usize = 12;

pub(super) fn read(prompt: &str) -> PromptRequest {
    let kind = KINDS
        .iter()
        .filter_map(|(word, kind)| Some((prompt.find(word)?, *kind)))
        .min_by_key(|(position, _)| *position)
        .map_or(Kind::General, |(_, kind)| kind);
    let servings = after(prompt, "인분:")
        .and_then(|rest| {
            let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .unwrap_or(1)
        .clamp(1, 100);
    PromptRequest {
        kind,
        servings,
        available: if kind == Kind::Fridge { names(prompt, "재료:") } else { Vec::new() },
        avoid: names(prompt, "알레르기:"),
    }
}

fn after<'a>(prompt: &'a str, label: &str) -> Option<&'a str> {
    prompt.split_once(label).map(|(_, rest)| rest)
}

/// The names of a list `label a, b, c`: up to the end of the line or the next `label:`.
fn names(prompt: &str, label: &str) -> Vec<String> {
    let line = after(prompt, label).and_then(|rest| rest.lines().next()).unwrap_or_default();
    line.split(',')
        .map(str::trim)
        .take_while(|name| !name.contains(':'))
        .map(|name| name.trim_matches(|c: char| "[]\"'.".contains(c)))
        .filter(|name| !name.is_empty() && !matches!(*name, "없음" | "none"))
        .take(MAX_NAMES)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_of_the_seed() {
        let kind = |prompt: &str| read(prompt).kind;
        assert_eq!(kind("케톤 다이어트용 레시피를 생성해주세요."), Kind::Keto);
        assert_eq!(kind("이유식 레시피를 생성해주세요."), Kind::Baby);
        assert_eq!(kind("당뇨 관리용 레시피를 생성해주세요."), Kind::Diabetes);
        assert_eq!(kind("냉장고 재료로 만드는 레시피를 생성해주세요."), Kind::Fridge);
        assert_eq!(kind("일반 가정식 레시피를 생성해주세요."), Kind::General);
        assert_eq!(kind("something else"), Kind::General);
    }

    #[test]
    fn lists_and_servings() {
        let wish = read(
            "냉장고 재료로 만드는 레시피.\n 재료: 두부, 김치, 시간: 30\n예산: 1000, 인분: 4\n\"재료명\"",
        );
        assert_eq!(wish.available, ["두부", "김치"]);
        assert_eq!(wish.servings, 4);
        let wish = read("이유식 레시피.\n월령: 9, 알레르기: 우유, 계란\n예산: 1, 인분: 0");
        assert_eq!(wish.avoid, ["우유", "계란"]);
        assert_eq!(wish.servings, 1);
        assert!(read("이유식, 알레르기: \n예산: 3").avoid.is_empty());
    }
}
