//! XML of the Korean services, in the declared charset, parsed into a tree of bounded size. Document types are refused, so that
//! no entity can expand. It knows no provider.

use encoding_rs::{EUC_KR, Encoding, UTF_8};
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

/// Deepest nesting; the services' answers have five levels.
const MAX_DEPTH: usize = 32;

/// Most elements of a document. The largest answer, a list of 630 stores, has some 9,000. A tree of empty elements takes twenty
/// times the bytes of its text.
const MAX_ELEMENTS: usize = 60_000;

/// An element without its attributes, which no answer needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Without a namespace's prefix.
    pub name: String,
    /// Its own text, with CDATA and entities resolved, not trimmed.
    pub text: String,
    pub children: Vec<Element>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    #[error("not well-formed at byte: {at}")]
    Broken { at: u64 },
    #[error("bytes that are not of the declared charset: {charset}")]
    Charset { charset: &'static str },
    #[error("has a document type")]
    DocumentType,
    /// An entity that XML does not define itself.
    #[error("refers to an unknown entity")]
    Entity,
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    #[error("has more than {MAX_ELEMENTS} elements")]
    TooMany,
}

impl Element {
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The trimmed text of the first child of that name, or an empty text.
    pub fn field(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn of(start: &BytesStart<'_>) -> Self {
        Self { name: start.local_name().as_ref().to_owned(), ..Self::default() }
    }
}

/// Parses a document in its [`charset`].
///
/// # Errors
/// Invalid or refused XML.
pub fn parse(bytes: &[u8], content_type: Option<&str>) -> Result<Element, XmlError> {
    let text = decoded(bytes, content_type)?;
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Element> = Vec::new();
    let mut elements = 0_usize;
    let broken = |reader: &Reader<&[u8]>| XmlError::Broken { at: reader.buffer_position() };
    loop {
        let event = reader.read_event().map_err(|_| broken(&reader))?;
        elements += usize::from(matches!(event, Event::Start(_) | Event::Empty(_)));
        if elements > MAX_ELEMENTS {
            return Err(XmlError::TooMany);
        }
        match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(XmlError::TooDeep);
                }
                open.push(Element::of(&start));
            }
            Event::Empty(start) => match open.last_mut() {
                Some(parent) => parent.children.push(Element::of(&start)),
                None => return Ok(Element::of(&start)),
            },
            Event::End(_) => {
                let closed = open.pop().ok_or_else(|| broken(&reader))?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => return Ok(closed),
                }
            }
            Event::Text(text) => match open.last_mut() {
                Some(parent) => parent.text.push_str(&text),
                None if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {}
                None => return Err(broken(&reader)),
            },
            Event::CData(data) => {
                let parent = open.last_mut().ok_or_else(|| broken(&reader))?;
                parent.text.push_str(&data);
            }
            Event::GeneralRef(reference) => {
                let text = resolved(&reference)?;
                let parent = open.last_mut().ok_or_else(|| broken(&reader))?;
                parent.text.push_str(&text);
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return Err(broken(&reader)),
        }
    }
}

/// A character by its number, or one of the five entities of XML.
fn resolved(reference: &BytesRef<'_>) -> Result<String, XmlError> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| XmlError::Entity)? {
        return Ok(character.to_string());
    }
    quick_xml::escape::resolve_xml_entity(reference).map(str::to_owned).ok_or(XmlError::Entity)
}

/// The charset of the XML declaration, else that of the HTTP header, else UTF-8.
pub fn charset(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    let of_header = || {
        let (_, label) = content_type?.split_once("charset=")?;
        Encoding::for_label(label.trim_matches(['"', ' ', ';']).as_bytes())
    };
    declared(bytes).or_else(of_header).unwrap_or(UTF_8)
}

fn decoded(bytes: &[u8], content_type: Option<&str>) -> Result<String, XmlError> {
    let encoding = charset(bytes, content_type);
    // Korean text in UTF-8 may be valid EUC-KR too, as other text. Korean text in EUC-KR is never valid UTF-8.
    let is_utf8 = || std::str::from_utf8(bytes).is_ok_and(|text| text.contains(is_syllable));
    if encoding == EUC_KR && is_utf8() {
        return Err(XmlError::Charset { charset: encoding.name() });
    }
    let (text, encoding, malformed) = encoding.decode(bytes);
    if malformed {
        // A few characters that the charset cannot encode are accepted, a text in another charset is not.
        let lost = text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
        let korean = text.chars().filter(|&c| is_syllable(c)).count();
        if encoding != EUC_KR || lost > 1 + korean / 20 {
            return Err(XmlError::Charset { charset: encoding.name() });
        }
    }
    Ok(text.into_owned())
}

fn is_syllable(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

/// The charset of the declaration `<?xml version="1.0" encoding="EUC-KR"?>`, which is ASCII in all of them.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    const LONGEST: usize = 200;
    let head = bytes.get(..LONGEST.min(bytes.len()))?;
    let end = head.windows(2).position(|two| two == b"?>")?;
    let declaration = String::from_utf8_lossy(head.get(..end)?);
    let (_, behind) = declaration.split_once("encoding")?;
    let value = behind.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
    let label = value.get(1..)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<String, XmlError> {
        parse(xml.as_bytes(), None).map(|root| root.field("a").to_owned())
    }

    #[test]
    fn text_cdata_and_entities_are_one_text() {
        let xml = "<r><a> 두부 &amp; <![CDATA[<b>콩</b>]]>&#44;&#x1F95A; </a></r>";
        assert_eq!(texts(xml).unwrap(), "두부 & <b>콩</b>,\u{1F95A}");
    }

    #[test]
    fn the_declared_charset_is_read() {
        let (bytes, _, _) = EUC_KR.encode("<?xml version='1.0' encoding='euc-kr'?><r><a>순두부</a></r>");
        assert_eq!(parse(&bytes, None).unwrap().field("a"), "순두부");
        let (bytes, _, _) = EUC_KR.encode("<r><a>순두부</a></r>");
        let header = Some("text/xml;charset=EUC-KR");
        assert_eq!(parse(&bytes, header).unwrap().field("a"), "순두부");
        assert!(matches!(parse(&bytes, None), Err(XmlError::Charset { charset: "UTF-8" })));
        let wrong = "<?xml version='1.0' encoding='EUC-KR'?><r><a>순두부와 콩나물</a></r>";
        assert!(parse(wrong.as_bytes(), None).is_err());
        // Six bytes that are three syllables in EUC-KR.
        let wrong = "<?xml version='1.0' encoding='EUC-KR'?><r><a>두부</a></r>";
        assert_eq!(parse(wrong.as_bytes(), None), Err(XmlError::Charset { charset: "EUC-KR" }));
    }

    #[test]
    fn incomplete_deep_and_expanding_documents_are_refused() {
        let whole = "<r><a>두부</a><b><c/></b></r>";
        for at in 0..whole.len() {
            assert!(parse(&whole.as_bytes()[..at], None).is_err(), "{at}");
        }
        let deep = "<a>".repeat(40);
        assert_eq!(texts(&deep), Err(XmlError::TooDeep));
        let many = format!("<r>{}</r>", "<a/>".repeat(60_000));
        assert_eq!(texts(&many), Err(XmlError::TooMany));
        let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><r><a>&b;</a></r>";
        assert_eq!(texts(bomb), Err(XmlError::DocumentType));
        assert_eq!(texts("<r><a>&nbsp;</a></r>"), Err(XmlError::Entity));
        assert!(texts("두부").is_err() && texts("").is_err() && texts("<r></x>").is_err());
    }
}
