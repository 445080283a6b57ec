//! Running tests in the copy: unbroken once for all guards of a test program, then once for each broken guard.

use std::{
    io::{BufRead as _, BufReader, Read},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::{
    table::Guard,
    tree::{HUB, Tree},
    verdict::{Judgement, Killed},
};
use crate::failure::Failure;

/// The package whose tests start the functions and the environment as cargo built them.
const END_TO_END: &str = "it";
/// Those programs.
const PROGRAMS: [&str; 7] = [
    "recipe",
    "price",
    "combine",
    "local",
    "stays",
    "misbehave",
    "xtask",
];
/// Lines of the compiler that tell why a break does not build.
const SAID_LINES: usize = 3;

/// One test program.
pub(super) struct Suite<'t> {
    tree: &'t Tree,
    package: String,
    target: String,
    limit: Duration,
}

/// What the tests say as long as nothing is broken.
pub(super) enum Unbroken {
    /// They cannot be built or they fail: no guard can be judged by them.
    Wrong(String),
    /// The names of the tests.
    Green(Vec<String>),
}

impl Unbroken {
    /// Why a guard cannot be judged.
    pub(super) fn defect(&self, guard: &Guard) -> Option<String> {
        match self {
            Self::Wrong(why) => Some(why.clone()),
            Self::Green(names) if names.iter().any(|name| name.contains(&guard.test)) => None,
            Self::Green(_) => Some(format!("no test has this in its name: {}", guard.test)),
        }
    }
}

/// How a test program ended.
enum Ran {
    Ended(ExitStatus, Counts),
    TimedOut,
}

/// What the test runner counted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    ran: u64,
    /// It came to its end and said that tests failed.
    failed: bool,
}

impl<'t> Suite<'t> {
    /// The test program of a guard.
    pub(super) fn new(tree: &'t Tree, guard: &Guard, limit_s: u32) -> Self {
        Self {
            tree,
            package: guard.package.clone(),
            target: guard.target.clone(),
            limit: Duration::from_secs(limit_s.into()),
        }
    }

    /// Runs every test that a guard of the group names.
    pub(super) fn unbroken(&self, group: &[Guard]) -> Result<Unbroken, Failure> {
        if let Some(said) = self.build()? {
            return Ok(Unbroken::Wrong(format!("the tests do not build: {said}")));
        }
        let mut list = self.test();
        let output = list.args(["--", "--list"]).output();
        let output = output.map_err(not_started)?;
        let names = String::from_utf8_lossy(&output.stdout);
        let names: Vec<String> = names
            .lines()
            .filter_map(|line| line.strip_suffix(": test").map(str::to_owned))
            .collect();
        let filters: Vec<&str> = group.iter().map(|guard| guard.test.as_str()).collect();
        Ok(match self.run(&filters)? {
            Ran::Ended(status, _) if status.success() => Unbroken::Green(names),
            Ran::Ended(..) => Unbroken::Wrong("the tests fail while nothing is broken".to_owned()),
            Ran::TimedOut => Unbroken::Wrong("the tests take too long while nothing is broken".to_owned()),
        })
    }

    /// Asks the tests about a guard that is broken now.
    pub(super) fn broken(&self, guard: &Guard) -> Result<Judgement, Failure> {
        if let Some(said) = self.build()? {
            return Ok(Judgement::Defect(format!("the break does not build: {said}")));
        }
        Ok(judgement(self.run(&[&guard.test])?))
    }

    /// Builds the test program, and what it starts. Gives what the compiler said when that fails.
    fn build(&self) -> Result<Option<String>, Failure> {
        if self.package == END_TO_END {
            let mut build = self.tree.cargo();
            build.arg("build");
            for program in PROGRAMS {
                build.args(["--bin", program]);
            }
            if let Some(said) = compile(build)? {
                return Ok(Some(said));
            }
        }
        let mut build = self.test();
        build.arg("--no-run");
        compile(build)
    }

    fn test(&self) -> Command {
        let mut test = self.tree.cargo();
        // With its version, because other people's crates may have the same name.
        let package = format!("{}@{}", self.package, env!("CARGO_PKG_VERSION"));
        test.args(["test", "--quiet", "--package", &package, "--package", HUB]);
        match self.target.as_str() {
            "lib" => test.arg("--lib"),
            "bin" => test.args(["--bin", &self.package]),
            target => test.args(["--test", target]),
        };
        test.stdin(Stdio::null());
        test
    }

    fn run(&self, filters: &[&str]) -> Result<Ran, Failure> {
        let mut test = self.test();
        let mut child = test
            .arg("--")
            .args(filters)
            // Of its own, so that all of it can be ended.
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(not_started)?;
        let (sender, counted) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                // Nobody listens any more when it took too long.
                let _late = sender.send(Counts::read(stdout));
            });
        }
        let began = Instant::now();
        let counts = counted.recv_timeout(self.limit);
        let left = self.limit.saturating_sub(began.elapsed());
        match (counts, ends_within(&mut child, left)?) {
            (Ok(counts), Some(status)) => Ok(Ran::Ended(status, counts)),
            (Err(_), Some(status)) => Ok(Ran::Ended(status, Counts::default())),
            (_, None) => {
                end(&mut child)?;
                Ok(Ran::TimedOut)
            }
        }
    }
}

fn judgement(ran: Ran) -> Judgement {
    match ran {
        Ran::TimedOut => Judgement::Killed(Killed::TimedOut),
        Ran::Ended(status, counts) if status.success() => {
            if counts.ran == 0 {
                Judgement::Defect("no test ran".to_owned())
            } else {
                Judgement::Survived
            }
        }
        Ran::Ended(_, counts) if counts.failed => Judgement::Killed(Killed::Failed),
        Ran::Ended(_, counts) if counts.ran > 0 => Judgement::Killed(Killed::Died),
        Ran::Ended(..) => Judgement::Defect("the tests did not start".to_owned()),
    }
}

/// Runs cargo and gives the compiler's first errors when it fails.
fn compile(mut cargo: Command) -> Result<Option<String>, Failure> {
    let output = cargo.stdin(Stdio::null()).output().map_err(not_started)?;
    if output.status.success() {
        return Ok(None);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let errors = said.lines().filter(|line| line.starts_with("error"));
    Ok(Some(errors.take(SAID_LINES).collect::<Vec<_>>().join(", ")))
}

/// How the child ended, if it does so in time. Its output is at its end by then, or its time is up.
fn ends_within(child: &mut Child, time: Duration) -> Result<Option<ExitStatus>, Failure> {
    if time.is_zero() {
        return child.try_wait().map_err(not_started);
    }
    child.wait().map(Some).map_err(not_started)
}

/// Ends a child and all that it started.
fn end(child: &mut Child) -> Result<(), Failure> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // It may have ended by itself meanwhile.
        let _gone = kill_process_group(group, Signal::KILL);
    }
    child.wait().map(drop).map_err(not_started)
}

fn not_started(source: std::io::Error) -> Failure {
    Failure::Start {
        program: "cargo".to_owned(),
        source,
    }
}

impl Counts {
    /// Reads what a test program says: `running 3 tests`, `test result: FAILED. ..`.
    fn read(output: impl Read) -> Self {
        let mut counts = Self::default();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(rest) = line.strip_prefix("running ")
                && let Some((number, _tests)) = rest.split_once(' ')
            {
                counts.ran += number.parse::<u64>().unwrap_or(0);
            }
            counts.failed |= line.starts_with("test result: FAILED");
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;
    use crate::command::guards::table::fixture::guard;

    #[test]
    fn the_runner_is_understood() {
        let said = "\nrunning 3 tests\n.F.\nfailures:\ntest result: FAILED. 2 passed; 1 failed;\n";
        let counts = Counts::read(said.as_bytes());
        assert_eq!(counts, Counts { ran: 3, failed: true });
        let said = "running 1 test\n.\ntest result: ok. 1 passed;\n";
        let counts = Counts::read(said.as_bytes());
        assert_eq!(
            counts,
            Counts {
                ran: 1,
                failed: false
            }
        );
    }

    fn check(code: i32, ran: u64, failed: bool, expect: &Judgement) {
        let status = ExitStatus::from_raw(code << 8);
        assert_eq!(&judgement(Ran::Ended(status, Counts { ran, failed })), expect);
    }

    #[test]
    fn red_is_killed_and_green_survived() {
        check(101, 3, true, &Judgement::Killed(Killed::Failed));
        check(101, 3, false, &Judgement::Killed(Killed::Died));
        check(0, 3, false, &Judgement::Survived);
        check(0, 0, false, &Judgement::Defect("no test ran".into()));
        check(
            101,
            0,
            false,
            &Judgement::Defect("the tests did not start".into()),
        );
        assert_eq!(judgement(Ran::TimedOut), Judgement::Killed(Killed::TimedOut));
    }

    #[test]
    fn a_filter_that_names_no_test_is_a_defect() {
        let green = Unbroken::Green(vec!["order_file::tests::too_large".into()]);
        let mut guard = guard("a");
        guard.test = "order_file".into();
        assert_eq!(green.defect(&guard), None);
        guard.test = "order_fill".into();
        assert_eq!(
            green.defect(&guard).as_deref(),
            Some("no test has this in its name: order_fill")
        );
    }
}
