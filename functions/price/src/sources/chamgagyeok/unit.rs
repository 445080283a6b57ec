//! The unit of a price of the survey: `100g`, `1망`.

use crate::text::plain_text;

/// Codes of units. Source: names of products beside their codes, and a caller's notes of the service's own list (October
/// 2026), which has 29 and was not seen.
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

/// The unit from a product's count, the code of its unit and its name. Without a count, or with an unknown code, it is what the
/// name has in brackets (`양파(껍질 있는 망포장, 1.5kg)`), and else what is known of both.
pub(super) fn per(count: &str, code: &str, name: &str) -> String {
    let count = decimal(count);
    let known = CODES.iter().find(|(known, _)| *known == code).map(|(_, unit)| *unit);
    let per = match (&count, known) {
        (Some(count), Some(unit)) => format!("{count}{unit}"),
        _ => bracket(name).unwrap_or_else(|| match known {
            Some(unit) => format!("1{unit}"),
            None if code.is_empty() => String::new(),
            None => count.unwrap_or_default() + code,
        }),
    };
    plain_text::unit(&per)
}

/// A positive number without zeros at its ends: `100.0` is `100`.
fn decimal(text: &str) -> Option<String> {
    const MAX_BYTES: usize = 15;
    let number: f64 = text.parse().ok()?;
    let is_decimal = text.len() <= MAX_BYTES && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (is_decimal && number > 0.0).then(|| number.to_string())
}

/// What is in the last brackets of a name.
fn bracket(name: &str) -> Option<String> {
    let (_, inside) = name.rsplit_once('(')?;
    let inside = inside.split(')').next()?.trim();
    (!inside.is_empty()).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_made_of_count_code_and_name() {
        for (count, code, name, expect) in [
            ("100", "G", "당근(흙당근, 100g)", "100g"),
            ("1", "MA", "양파(껍질 있는 망포장, 1.5kg)", "1망"),
            ("1.50", "KG", "쌀", "1.5kg"),
            ("900.0", "ML", "식용유", "900ml"),
            ("0.5", "L", "", "0.5L"),
            ("10", "EA", "달걀", "10개"),
            // The code or the count is unknown.
            ("1", "XX", "배추(1포기, 2kg)", "1포기, 2kg"),
            ("1", "XX", "배추", "1XX"),
            ("", "XX", "배추", "XX"),
            ("", "G", "두부(300g)", "300g"),
            ("0", "EA", "무", "1개"),
            ("1e3", "G", "무", "1g"),
            ("", "", "버터(400g)", "400g"),
            ("", "", "버터", "단위 미표시"),
            ("-5", "G", "버터()", "1g"),
            ("", "", &format!("버터({})", "가".repeat(99)), &"가".repeat(30)),
        ] {
            assert_eq!(per(count, code, name), expect, "{count} {code} {name}");
        }
    }
}
