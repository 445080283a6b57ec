//! `prices match`: the matching rule for some names, step by step.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _},
    path::Path,
    str::Utf8Error,
};

use platform::{exit_code, plain::plain, prices::MatchArgs};
use price::{
    matching::{Candidate, Explanation, Step, explain, product::SurveyProduct, score},
    text::xml::{self, XmlError},
};
use serde::Serialize;

use crate::{cli::print, failure::Failure};

/// Largest list of goods; the survey's has some 220 KB.
const MAX_BYTES: u64 = 5_242_880;
/// Most excluded goods in the text.
const OUT_SHOWN: usize = 12;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    goods: Goods,
    names: Vec<Named<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Goods {
    from: String,
    count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    name: &'a str,
    normalised: String,
    steps: Vec<Step>,
    looked_for: Vec<String>,
    chosen: Vec<Verdict>,
    fell_out: Vec<Verdict>,
}

#[derive(Serialize)]
struct Verdict {
    id: String,
    name: String,
    class: String,
    why: String,
}

pub(crate) fn run(args: &MatchArgs) -> Result<u8, Failure> {
    let (from, goods) = match &args.goods {
        Some(path) => {
            let failed = |source| Failure::Goods { path: path.clone(), source };
            (path.display().to_string(), read(path).map_err(failed)?)
        }
        None => (
            "the table that the rule is measured on; `--goods` takes another list".to_owned(),
            score::products(),
        ),
    };
    let report = Report {
        names: args.names.iter().map(|name| named(name, &goods)).collect(),
        goods: Goods { from, count: goods.len() },
    };
    print(args.output, &report, &text(&report))?;
    Ok(exit_code::OK)
}

/// Why a list of goods cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GoodsError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("invalid XML")]
    Xml(#[from] XmlError),
    #[error(transparent)]
    NotUtf8(#[from] Utf8Error),
    #[error("no goods in the file")]
    Empty,
}

fn read(path: &Path) -> Result<Vec<SurveyProduct>, GoodsError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(GoodsError::TooLarge);
    }
    let is_xml = bytes.iter().find(|byte| byte.is_ascii_graphic()) == Some(&b'<');
    let goods = if is_xml {
        score::products_of_answer(&xml::parse(&bytes, None)?)
    } else {
        score::parse_products(std::str::from_utf8(&bytes)?)
    };
    if goods.is_empty() { Err(GoodsError::Empty) } else { Ok(goods) }
}

fn named<'a>(name: &'a str, goods: &[SurveyProduct]) -> Named<'a> {
    let Explanation { normalised, steps, meant, candidates } = explain(name, goods);
    let (chosen, fell_out): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| candidate.verdict.is_match());
    let verdicts = |candidates: Vec<Candidate>| {
        let verdicts = candidates.into_iter().filter_map(|candidate| {
            let good = goods.get(candidate.index)?;
            Some(Verdict {
                id: good.id.clone(),
                name: good.name.clone(),
                class: good.class.clone(),
                why: candidate.verdict.to_string(),
            })
        });
        verdicts.collect()
    };
    Named {
        name,
        normalised,
        steps,
        looked_for: meant,
        chosen: verdicts(chosen),
        fell_out: verdicts(fell_out),
    }
}

fn text(report: &Report<'_>) -> String {
    let mut text = format!("{} goods: {}\n", report.goods.count, plain(&report.goods.from));
    for named in &report.names {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n{}", plain(named.name));
        let _ = writeln!(text, "  normalised  {}", plain(&named.normalised));
        for step in &named.steps {
            let _ = writeln!(text, "  {}: {}", step.rule, plain(&step.left));
        }
        if named.chosen.is_empty() {
            text.push_str("  none of the goods\n");
        }
        let rows = [("chosen", &named.chosen, usize::MAX), ("fell out", &named.fell_out, OUT_SHOWN)];
        for (what, verdicts, max) in rows {
            for Verdict { id, name, class, why } in verdicts.iter().take(max) {
                let _ = writeln!(
                    text,
                    "  {what:<8}  {}  {}  {}: {}",
                    plain(id),
                    plain(class),
                    plain(name),
                    plain(why)
                );
            }
            let more = verdicts.len().saturating_sub(max);
            if more > 0 {
                let _ = writeln!(text, "  and {more} more that {what}");
            }
        }
    }
    text
}
