//! Of how much a price of the survey is: `100g`, `1망`.

use crate::text::plain_text;

/// Longest unit that is kept.
const MAX_CHARS: usize = 30;
/// What stands where nobody says of how much.
const UNSTATED: &str = "단위 미표시";
/// Codes of units with what they mean. Source: names of goods beside their codes, and a caller's notes of the service's own
/// list (October 2026), which has 29 and was not seen.
const CODES: [(&str, &str); 10] = [
    ("G", "g"),
    ("KG", "kg"),
    ("ML", "ml"),
    ("L", "L"),
    ("EA", "개"),
    ("MA", "망"),
    ("DA", "단"),
    ("PO", "포기"),
    ("BE", "병"),
    ("BO", "봉"),
];

/// The unit from a good's count, the code of its unit and its name. A code that is not known gives way to the bracket of the
/// name (`양파(껍질 있는 망포장, 1.5kg)`), and stands itself where there is none.
pub(super) fn per(count: &str, code: &str, name: &str) -> String {
    let count = count_of(count);
    let known = CODES.iter().find(|(known, _)| *known == code).map(|(_, unit)| *unit);
    let per = match (count, known) {
        (Some(count), Some(unit)) => format!("{count}{unit}"),
        (None, Some(unit)) => bracket(name).unwrap_or_else(|| format!("1{unit}")),
        (count, None) => bracket(name).unwrap_or_else(|| match (count, code) {
            (_, "") => String::new(),
            (Some(count), code) => format!("{count}{code}"),
            (None, code) => code.to_owned(),
        }),
    };
    let per = plain_text::clean(&per, MAX_CHARS);
    if per.is_empty() { UNSTATED.to_owned() } else { per }
}

/// `100`, `1.5`; `100.0` is `100`. Zero and words are no count.
fn count_of(text: &str) -> Option<String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = part.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    if !digits(whole) || !digits(part) || whole.is_empty() && part.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") })
}

/// What stands in the last bracket of a name.
fn bracket(name: &str) -> Option<String> {
    let (_, behind) = name.rsplit_once('(')?;
    let inside = behind.split(')').next()?.trim();
    (!inside.is_empty()).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: &str, code: &str, name: &str, expect: &str) {
        assert_eq!(per(count, code, name), expect, "{count} {code} {name}");
    }

    #[test]
    fn counts_and_codes_are_read() {
        check("100", "G", "당근(흙당근, 100g)", "100g");
        check("1", "MA", "양파(껍질 있는 망포장, 1.5kg)", "1망");
        check("1.50", "KG", "쌀", "1.5kg");
        check("900.0", "ML", "식용유", "900ml");
        check("0.5", "L", "", "0.5L");
        check("10", "EA", "달걀", "10개");
    }

    #[test]
    fn what_is_not_known_is_in_the_name_or_stays() {
        check("1", "XX", "배추(1포기, 2kg)", "1포기, 2kg");
        check("1", "XX", "배추", "1XX");
        check("", "XX", "배추", "XX");
        check("", "G", "두부(300g)", "300g");
        check("0", "EA", "무", "1개");
        check("", "", "버터(400g)", "400g");
        check("", "", "버터", "단위 미표시");
        check("-5", "G", "버터()", "1g");
        check("", "", &format!("버터({})", "가".repeat(99)), &"가".repeat(30));
    }
}
