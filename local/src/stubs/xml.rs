//! XML as the Korean services write it. What it says is theirs.

/// An element with a text, its special characters escaped; what XML may not hold is a blank.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// An element with a text in CDATA: what is HTML in it stays as it is.
pub(super) fn cdata(name: &str, html: &str) -> String {
    let html = allowed(html).replace("]]>", "]]&gt;");
    format!("<{name}><![CDATA[{html}]]></{name}>")
}

/// A text in which `&`, `<` and `>` mean nothing.
pub(super) fn escaped(text: &str) -> String {
    allowed(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// XML 1.0 has no control characters but tab and line ends, and no two last code points of a plane.
fn allowed(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped() {
        assert_eq!(element("a", "1 < 2 & \u{0}]]>"), "<a>1 &lt; 2 &amp;  ]]&gt;</a>");
        assert_eq!(cdata("a", "<b>두부</b>]]>"), "<a><![CDATA[<b>두부</b>]]&gt;]]></a>");
    }
}
