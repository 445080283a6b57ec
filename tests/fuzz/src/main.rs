//! The program `fuzz`: `cargo xtask fuzz` builds it and becomes it.

use std::{
    collections::VecDeque,
    env, fs, io,
    path::PathBuf,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use clap::{Args, CommandFactory as _, Parser as _, Subcommand};
use fuzz::{
    Parser,
    child::{self, Campaign},
    parsers,
    report::{self, Fuzzed, Report},
    watch::{self, Program},
};
use target::{
    color::ColorArgs, exit_code, handover::Output, progress::Progress, report::json, show, told::Told, usage,
};

/// Feeds every parser bytes until its time is up.
#[derive(clap::Parser)]
#[command(name = "fuzz")]
struct Cli {
    #[command(flatten)]
    color: ColorArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fuzzes.
    Run(Run),
    /// Tells every parser and what it reads.
    List {
        /// What stdout is to hold.
        #[arg(long, value_enum, default_value_t)]
        output: Output,
    },
    /// Feeds a parser one file.
    Feed {
        /// Which parser.
        #[arg(value_parser = known)]
        parser: &'static Parser,
        /// The input.
        file: PathBuf,
    },
    /// Runs a campaign in this process. `run` starts it.
    #[command(hide = true)]
    Child(Child),
}

#[derive(Args)]
struct Run {
    /// Which parsers; all of them if there is none.
    #[arg(value_parser = known)]
    parsers: Vec<&'static Parser>,
    /// How long each of them is fed, in seconds.
    #[arg(long)]
    seconds: u64,
    /// Which inputs they get.
    #[arg(long)]
    seed: u64,
    /// How many parsers are fed at a time.
    #[arg(long)]
    jobs: usize,
    /// Where inputs are left that found something.
    #[arg(long)]
    folder: PathBuf,
    /// What stdout is to hold.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Args)]
struct Child {
    #[arg(value_parser = known)]
    parser: &'static Parser,
    #[arg(long)]
    seed: u64,
    #[arg(long)]
    first: u64,
    #[arg(long)]
    inputs: u64,
    #[arg(long)]
    time_ms: u64,
    #[arg(long)]
    number: PathBuf,
    #[arg(long)]
    folder: PathBuf,
}

/// How long one input may keep a process on a busy machine.
const HANGS_AFTER: Duration = Duration::from_secs(20);

fn known(name: &str) -> Result<&'static Parser, String> {
    Parser::named(name).ok_or_else(|| "no such parser, `cargo xtask fuzz --list` has them all".to_owned())
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(said) => {
            let arguments = arguments.get(1..).unwrap_or_default();
            return ExitCode::from(usage::end(&said, &Cli::command(), arguments));
        }
    };
    cli.color.color.apply();
    let ended = match cli.command {
        Command::Run(run) => fuzz_all(&run),
        Command::List { output } => list(output).map(|()| exit_code::OK),
        Command::Feed { parser, file } => fs::read(file).map(|bytes| {
            (parser.feed)(&bytes);
            exit_code::OK
        }),
        Command::Child(child) => in_this_process(&child).map(|()| exit_code::OK),
    };
    ExitCode::from(ended.unwrap_or_else(|error| {
        let told = Told::new(&error, None, exit_code::BUG);
        told.tell(&mut Progress::stderr());
        told.exit_code
    }))
}

fn list(output: Output) -> io::Result<()> {
    match output {
        Output::Text => show::print(&report::list(parsers::all())),
        Output::Json => show::print(&json(&report::Listed::all(parsers::all()))?),
    }
}

fn in_this_process(child: &Child) -> io::Result<()> {
    // Whoever watches may be killed: nobody would end a parser that hangs.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    child::catch_panics();
    let campaign = Campaign {
        seed: child.seed,
        first: child.first,
        inputs: child.inputs,
        time: Duration::from_millis(child.time_ms),
    };
    child::run(
        child.parser,
        campaign,
        &child.number,
        &child.folder,
        io::stdout().lock(),
    )
}

fn fuzz_all(run: &Run) -> io::Result<u8> {
    fs::create_dir_all(&run.folder)?;
    let program = Program {
        path: env::current_exe()?,
        folder: run.folder.canonicalize()?,
        hangs_after: HANGS_AFTER,
    };
    let parsers: Vec<&'static Parser> = if run.parsers.is_empty() {
        parsers::all().collect()
    } else {
        run.parsers.clone()
    };
    let campaign = Campaign {
        seed: run.seed,
        first: 0,
        inputs: u64::MAX,
        time: Duration::from_secs(run.seconds),
    };
    let waiting: Mutex<VecDeque<_>> = Mutex::new(parsers.iter().copied().enumerate().collect());
    let fuzzed = Mutex::new(Vec::new());
    let progress = Mutex::new(Progress::stderr());
    let work = || -> io::Result<()> {
        loop {
            let next = lock(&waiting).pop_front();
            let Some((at, parser)) = next else {
                return Ok(());
            };
            let (figures, findings) = watch::watch(&program, parser, campaign)?;
            let sentence = format!("{} with {} inputs", parser.name, figures.inputs);
            match findings.len() {
                0 => lock(&progress).done("Fuzzed", &sentence),
                many => lock(&progress).error(&format!("{many} findings: {sentence}")),
            }
            let parser = parser.name;
            lock(&fuzzed).push((
                at,
                Fuzzed {
                    parser,
                    figures,
                    findings,
                },
            ));
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..run.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| {
            let broken = |_| Err(io::Error::other("a worker of the fuzzer panicked"));
            worker.join().unwrap_or_else(broken)
        });
        // All of them, also after one that failed.
        ended.collect::<Vec<_>>().into_iter().collect::<io::Result<()>>()
    })?;
    let mut fuzzed = fuzzed.into_inner().unwrap_or_else(PoisonError::into_inner);
    fuzzed.sort_by_key(|(at, _)| *at);
    let fuzzed = fuzzed.into_iter().map(|(_, fuzzed)| fuzzed).collect();
    let report = Report::new(run.seed, run.seconds, fuzzed);
    match run.output {
        Output::Text => show::print(&report.text())?,
        Output::Json => show::print(&json(&report)?)?,
    }
    Ok(if report.findings == 0 {
        exit_code::OK
    } else {
        exit_code::FINDINGS
    })
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
