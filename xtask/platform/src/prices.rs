//! The arguments of `cargo xtask prices`. They are declared here once: `xtask` reads them from a person, and passes them on to the
//! program `prices`, which reads them again.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use contract::PriceSource;

use crate::launch::{Output, option};

/// What to show.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum PricesCommand {
    Match(MatchArgs),
    Probe(ProbeArgs),
}

/// Shows which goods of the price survey a name means, and why.
///
/// What was done to the name, the goods that it means, best first, and why the others fell out.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  cargo xtask prices match 버터 새우 아보카도                   among the goods of the rule's table
  cargo xtask prices match 파 --goods goods.xml               among those of an answer of the service
  cargo xtask prices match \"무염 버터\" --output json          for a program")]
pub struct MatchArgs {
    /// Names of ingredients.
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
    /// The goods to choose from [default: those of the rule's table].
    ///
    /// An answer of getProductInfoSvc (XML), or lines of number, name, class and detail with tabs between them.
    #[arg(long, value_name = "FILE")]
    pub goods: Option<PathBuf>,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
}

/// Makes one live search and shows what was asked, what came back and what was made of it.
///
/// The key comes from a pipe or is asked for, and is shown nowhere; naver takes two, an id and a secret, a line each. No call
/// is tried again. Exits with 0 when the source answered, with 1 when it did not.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  cargo xtask prices probe --source chamgagyeok --ingredient 버터          asks for the key
  cat key | cargo xtask prices probe --source kamis --ingredient 양파      takes it from a pipe
  cargo xtask prices probe --source naver --ingredient 두부 --base-url http://127.0.0.1:4566/naver")]
pub struct ProbeArgs {
    /// Which source to ask.
    #[arg(long, value_enum)]
    pub source: Source,
    /// What to search for.
    #[arg(long, value_name = "NAME")]
    pub ingredient: String,
    /// Where the source answers [default: its own address].
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Longest time of the search, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub seconds: u64,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
}

/// The sources of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// Naver's shopping search
    Naver,
    /// 11번가's product search
    Elevenst,
    /// The price survey of 한국소비자원
    Chamgagyeok,
    /// The price survey of fresh food, a reference
    Kamis,
}

impl From<Source> for PriceSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Naver => Self::Naver,
            Source::Elevenst => Self::Elevenst,
            Source::Chamgagyeok => Self::Chamgagyeok,
            Source::Kamis => Self::Kamis,
        }
    }
}

impl PricesCommand {
    /// The arguments that the program `prices` reads as this value.
    pub fn to_args(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        match self {
            Self::Match(asked) => {
                args.push("match".into());
                args.extend(option("--output", asked.output.name()));
                args.extend(asked.goods.iter().flat_map(|goods| option("--goods", goods)));
                args.push("--".into());
                args.extend(asked.names.iter().map(Into::into));
            }
            Self::Probe(asked) => {
                args.push("probe".into());
                args.extend(option("--output", asked.output.name()));
                args.extend(option("--source", PriceSource::from(asked.source).name()));
                args.extend(option("--ingredient", &asked.ingredient));
                args.extend(option("--seconds", asked.seconds.to_string()));
                args.extend(asked.base_url.iter().flat_map(|url| option("--base-url", url)));
            }
        }
        args
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(subcommand)]
        command: PricesCommand,
    }

    #[track_caller]
    fn check(command: &PricesCommand) {
        let args = [OsString::from("prices")].into_iter().chain(command.to_args());
        assert_eq!(Cli::try_parse_from(args).unwrap().command, *command);
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for (output, is_set) in [(Output::Text, false), (Output::Json, true)] {
            check(&PricesCommand::Match(MatchArgs {
                names: vec!["--goods".to_owned(), "파".to_owned()],
                goods: is_set.then(|| "-a b.xml".into()),
                output,
            }));
            check(&PricesCommand::Probe(ProbeArgs {
                source: Source::Kamis,
                ingredient: "-양파".to_owned(),
                base_url: is_set.then(|| "http://127.0.0.1:1/x".to_owned()),
                seconds: 3,
                output,
            }));
        }
    }

    #[test]
    fn every_source_of_the_catalogue_can_be_asked() {
        let sources: Vec<_> =
            Source::value_variants().iter().map(|source| PriceSource::from(*source)).collect();
        assert_eq!(sources, PriceSource::ALL);
        for source in Source::value_variants() {
            let word = source.to_possible_value().unwrap();
            assert_eq!(word.get_name(), PriceSource::from(*source).name());
        }
    }
}
