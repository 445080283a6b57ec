//! `prices match`: the matching rule over some names, step by step.

use std::{fmt::Write as _, fs::File, io::Read as _, path::Path};

use platform::{exit_code, plain::plain};
use price::{
    matching::{Candidate, Explanation, Step, explain, product::SurveyProduct, score},
    text::xml,
};
use serde::Serialize;

use crate::{
    cli::{MatchArgs, print},
    failure::Failure,
};

/// Most bytes of a list of goods; the survey's has some 220 KB.
const MAX_BYTES: u64 = 5_242_880;
/// Goods that fell out which are shown to a person.
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
    chosen: Vec<Judged>,
    fell_out: Vec<Judged>,
}

#[derive(Serialize)]
struct Judged {
    id: String,
    name: String,
    class: String,
    why: String,
}

pub(crate) fn run(args: &MatchArgs) -> Result<u8, Failure> {
    let (from, goods) = match &args.goods {
        Some(path) => (path.display().to_string(), read(path)?),
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

fn read(path: &Path) -> Result<Vec<SurveyProduct>, Failure> {
    let failed = |source| Failure::GoodsFile { path: path.to_path_buf(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    let path = path.to_path_buf();
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(Failure::GoodsTooLarge { path });
    }
    let start = bytes.iter().position(u8::is_ascii_graphic);
    let goods = if start.and_then(|at| bytes.get(at)) == Some(&b'<') {
        match xml::parse(&bytes, None) {
            Ok(answer) => score::products_of_answer(&answer),
            Err(source) => return Err(Failure::GoodsXml { path, source }),
        }
    } else {
        match std::str::from_utf8(&bytes) {
            Ok(text) => score::parse_products(text),
            Err(_) => return Err(Failure::GoodsText { path }),
        }
    };
    if goods.is_empty() {
        return Err(Failure::NoGoods { path });
    }
    Ok(goods)
}

fn named<'a>(name: &'a str, goods: &[SurveyProduct]) -> Named<'a> {
    let Explanation { normalised, steps, meant, candidates } = explain(name, goods);
    let (chosen, fell_out): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| candidate.verdict.is_match());
    let judged = |candidates: Vec<Candidate>| {
        let judged = candidates.into_iter().filter_map(|candidate| {
            let good = goods.get(candidate.index)?;
            Some(Judged {
                id: good.id.clone(),
                name: good.name.clone(),
                class: good.class.clone(),
                why: candidate.verdict.to_string(),
            })
        });
        judged.collect()
    };
    Named { name, normalised, steps, looked_for: meant, chosen: judged(chosen), fell_out: judged(fell_out) }
}

fn text(report: &Report<'_>) -> String {
    let mut text = format!("{} goods: {}\n", report.goods.count, plain(&report.goods.from));
    for named in &report.names {
        // Writing into a string does not fail.
        let _ = writeln!(text, "\n{}", plain(named.name));
        let _ = writeln!(text, "  normalised  {}", plain(&named.normalised));
        for step in &named.steps {
            let _ = writeln!(text, "  {}: {}", step.rule, plain(&step.left));
        }
        if named.chosen.is_empty() {
            text.push_str("  none of the goods\n");
        }
        let rows = [("chosen", &named.chosen, usize::MAX), ("fell out", &named.fell_out, OUT_SHOWN)];
        for (what, judged, most) in rows {
            for Judged { id, name, class, why } in judged.iter().take(most) {
                let _ = writeln!(
                    text,
                    "  {what:<8}  {}  {}  {}: {}",
                    plain(id),
                    plain(class),
                    plain(name),
                    plain(why)
                );
            }
            let more = judged.len().saturating_sub(most);
            if more > 0 {
                let _ = writeln!(text, "  and {more} more that {what}");
            }
        }
    }
    text
}
