//! cargo xtask prices

use std::{ffi::OsString, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use clap::{Args, Subcommand, ValueEnum};
use platform::{color::Color, launch::Output, progress::Progress};

use crate::{
    cargo::{self, Profile},
    failure::Failure,
};

/// The program that knows the sources.
const PRICES: &str = "prices";

/// Shows how the price of an ingredient is found.
///
/// `match` shows which goods of the price survey a name means; `probe` asks one source with a key of yours. Both go the way
/// of the price function.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask prices match 버터 \"다진 마늘\"                       the matching rule at work
  cargo xtask prices probe --source elevenst --ingredient 대파     one live search")]
pub(crate) struct PricesArgs {
    #[command(subcommand)]
    command: PricesCommand,
}

#[derive(Subcommand)]
enum PricesCommand {
    Match(MatchArgs),
    Probe(ProbeArgs),
}

/// Shows which goods of the price survey a name means, and why.
///
/// What was done to the name, the goods that it means, best first, and why the others fell out.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask prices match 버터 새우 아보카도                   among the goods of the rule's table
  cargo xtask prices match 파 --goods goods.xml               among those of an answer of the service
  cargo xtask prices match \"무염 버터\" --output json          for a program")]
struct MatchArgs {
    /// Names of ingredients.
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// The goods to choose from [default: those of the rule's table].
    ///
    /// An answer of getProductInfoSvc (XML), or lines of number, name, class and detail with tabs between them.
    #[arg(long, value_name = "FILE")]
    goods: Option<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Makes one live search and shows what was asked, what came back and what was made of it.
///
/// The key comes from a pipe or is asked for, and is shown nowhere; naver takes two, an id and a secret, a line each. No call
/// is tried again. Exits with 0 when the source answered, with 1 when it did not.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask prices probe --source chamgagyeok --ingredient 버터          asks for the key
  cat key | cargo xtask prices probe --source kamis --ingredient 양파      takes it from a pipe
  cargo xtask prices probe --source naver --ingredient 두부 --base-url http://127.0.0.1:4566/naver")]
struct ProbeArgs {
    /// Which source to ask.
    #[arg(long, value_enum)]
    source: Source,
    /// What to search for.
    #[arg(long, value_name = "NAME")]
    ingredient: String,
    /// Where the source answers [default: its own address].
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Longest time of the search, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=120))]
    seconds: u64,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// The sources of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Source {
    /// Naver's shopping search
    Naver,
    /// 11번가's product search
    Elevenst,
    /// The price survey of 한국소비자원
    Chamgagyeok,
    /// The price survey of fresh food, a reference
    Kamis,
}

impl Source {
    const fn name(self) -> &'static str {
        match self {
            Self::Naver => contract::PriceSource::Naver.name(),
            Self::Elevenst => contract::PriceSource::Elevenst.name(),
            Self::Chamgagyeok => contract::PriceSource::Chamgagyeok.name(),
            Self::Kamis => contract::PriceSource::Kamis.name(),
        }
    }
}

impl PricesArgs {
    fn to_args(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        let mut option = |name: &str, value: OsString| {
            let mut pair = OsString::from(name);
            pair.push("=");
            pair.push(value);
            args.push(pair);
        };
        match &self.command {
            PricesCommand::Match(asked) => {
                option("--output", asked.output.name().into());
                if let Some(goods) = &asked.goods {
                    option("--goods", goods.into());
                }
                args.insert(0, "match".into());
                args.push("--".into());
                args.extend(asked.names.iter().map(Into::into));
            }
            PricesCommand::Probe(asked) => {
                option("--output", asked.output.name().into());
                option("--source", asked.source.name().into());
                option("--ingredient", (&asked.ingredient).into());
                option("--seconds", asked.seconds.to_string().into());
                if let Some(base_url) = &asked.base_url {
                    option("--base-url", base_url.into());
                }
                args.insert(0, "probe".into());
            }
        }
        args
    }
}

/// Becomes the program that knows the sources: the key goes to it alone.
pub(crate) fn run(args: &PricesArgs, progress: &mut Progress) -> Result<u8, Failure> {
    let mut command = Command::new(cargo::build_tool(PRICES, Profile::Dev)?);
    command.args(Color::applied().to_args()).args(args.to_args());
    progress.pause();
    Err(Failure::Start { program: PRICES.to_owned(), source: command.exec() })
}

#[cfg(test)]
mod tests {
    use contract::PriceSource;

    use super::*;

    #[test]
    fn every_source_of_the_catalogue_can_be_asked() {
        let words = Source::value_variants().iter().map(|source| source.name());
        assert!(words.eq(PriceSource::ALL.map(PriceSource::name)));
        for source in Source::value_variants() {
            assert_eq!(source.to_possible_value().unwrap().get_name(), source.name());
        }
    }

    #[test]
    fn a_name_like_an_option_stays_a_name() {
        let asked = PricesArgs {
            command: PricesCommand::Match(MatchArgs {
                names: vec!["--goods".to_owned(), "파".to_owned()],
                goods: Some("a b.xml".into()),
                output: Output::Json,
            }),
        };
        assert_eq!(asked.to_args(), ["match", "--output=json", "--goods=a b.xml", "--", "--goods", "파"]);
    }
}
