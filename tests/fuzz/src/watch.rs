//! The process beside the one that feeds a parser: whatever becomes of that one, its last input is known and told.

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Finding, Kind, Parser,
    child::{Campaign, Figures, Said},
    corpus::Corpus,
    finding::escaped,
    shrink::shrink,
};

/// How often it is looked whether the process still takes inputs.
const LOOK: Duration = Duration::from_millis(250);
/// Deaths of the process after which there is enough to repair.
const MAX_DEATHS: usize = 4;
/// Processes that are started to make the input of a crash shorter.
const SHRINK_TRIES: u32 = 60;

/// The program that runs a campaign, and where it may leave files.
#[derive(Debug, Clone)]
pub struct Program {
    /// The program `fuzz`.
    pub path: PathBuf,
    /// A folder that is there.
    pub folder: PathBuf,
    /// How long one input may keep the process before it is ended. A child tells of anything shorter by itself.
    pub hangs_after: Duration,
}

/// How a process ended.
enum End {
    Said(Figures),
    Died(ExitStatus),
    Hung,
}

/// Runs a campaign in processes of their own until its time is up.
///
/// # Errors
/// The program cannot be started.
pub fn watch(program: &Program, parser: &Parser, campaign: Campaign) -> io::Result<(Figures, Vec<Finding>)> {
    let began = Instant::now();
    let mut left = campaign;
    let mut total = Figures::default();
    let mut found = Vec::new();
    let mut deaths = 0;
    loop {
        let mut running = Running::start(program, parser, left)?;
        let end = running.end(program.hangs_after, &mut found)?;
        let kind = match end {
            End::Said(figures) => {
                total.inputs += figures.inputs;
                total.slowest_us = total.slowest_us.max(figures.slowest_us);
                total.peak_bytes = total.peak_bytes.max(figures.peak_bytes);
                return Ok((total, found));
            }
            End::Died(status) => (Kind::Crash, status.to_string()),
            End::Hung => (
                Kind::Hang,
                format!("no answer within {} s", program.hangs_after.as_secs()),
            ),
        };
        // It died before its first input: the program is broken, not the parser.
        let last = running.last().ok_or_else(|| io::Error::other(kind.1.clone()))?;
        total.inputs += last - left.first + 1;
        found.push(died(program, parser, campaign.seed, last, kind));
        deaths += 1;
        left = Campaign {
            first: last + 1,
            inputs: left.inputs.saturating_sub(last - left.first + 1),
            time: campaign.time.saturating_sub(began.elapsed()),
            ..campaign
        };
        if deaths == MAX_DEATHS || left.inputs == 0 || left.time.is_zero() {
            return Ok((total, found));
        }
    }
}

fn died(
    program: &Program,
    parser: &Parser,
    seed: u64,
    input: u64,
    (kind, message): (Kind, String),
) -> Finding {
    let mut shortest = Corpus::new(parser, seed).input(input);
    let file = program.folder.join(format!("{}-{input}.input", parser.name));
    if kind == Kind::Crash {
        let tried = file.with_extension("shorter");
        shortest = shrink(&shortest, SHRINK_TRIES, |input| {
            fs::write(&tried, input).is_ok() && kills(program, parser, &tried)
        });
        // It may never have been written.
        let _gone = fs::remove_file(&tried);
    }
    let kept = fs::write(&file, &shortest).is_ok();
    Finding {
        parser: parser.name.to_owned(),
        kind,
        message,
        place: None,
        seed,
        input,
        shortest: escaped(&shortest),
        file: kept.then_some(file),
    }
}

/// Whether a process that feeds the parser this file is ended by a signal.
fn kills(program: &Program, parser: &Parser, file: &Path) -> bool {
    let mut command = Command::new(&program.path);
    command.arg("feed").arg(parser.name).arg(file);
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.code().is_none())
}

struct Running {
    child: Child,
    number: PathBuf,
    lines: Receiver<Said>,
}

impl Running {
    fn start(program: &Program, parser: &Parser, campaign: Campaign) -> io::Result<Self> {
        let number = program.folder.join(format!("{}.number", parser.name));
        // An older one is not ours.
        let _gone = fs::remove_file(&number);
        let mut child = Command::new(&program.path)
            .args(["child", parser.name])
            .args(["--seed", &campaign.seed.to_string()])
            .args(["--first", &campaign.first.to_string()])
            .args(["--inputs", &campaign.inputs.to_string()])
            .args(["--time-ms", &campaign.time.as_millis().to_string()])
            .arg("--number")
            .arg(&number)
            .arg("--folder")
            .arg(&program.folder)
            // What a parser writes to a temporary folder is gone with ours.
            .env("TMPDIR", &program.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || hear(stdout, &sender));
        }
        Ok(Self { child, number, lines })
    }

    /// Hears the process until it ends, by itself or because it hangs.
    fn end(&mut self, hangs_after: Duration, found: &mut Vec<Finding>) -> io::Result<End> {
        let mut last = (self.last(), Instant::now());
        let mut ended = None;
        loop {
            match self.lines.recv_timeout(LOOK) {
                Ok(Said::Found(finding)) => found.push(finding),
                Ok(Said::Ended(figures)) => ended = Some(figures),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait()?;
                    return Ok(match ended {
                        Some(figures) if status.success() => End::Said(figures),
                        _ => End::Died(status),
                    });
                }
                Err(RecvTimeoutError::Timeout) => {
                    let now = self.last();
                    if now != last.0 {
                        last = (now, Instant::now());
                    } else if last.1.elapsed() > hangs_after {
                        self.child.kill()?;
                        self.child.wait()?;
                        return Ok(End::Hung);
                    }
                }
            }
        }
    }

    /// The number of the last input that was fed.
    fn last(&self) -> Option<u64> {
        let bytes = fs::read(&self.number).ok()?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    }
}

/// Passes on what the process says, until it says no more.
fn hear(stdout: ChildStdout, sender: &mpsc::Sender<Said>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        // A line of a parser's own is none of ours.
        if let Ok(said) = serde_json::from_str(&line)
            && sender.send(said).is_err()
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const PARSER: Parser = Parser {
        name: "any",
        reads: "",
        feed: |_| {},
        seeds: || vec![b"a good input".to_vec()],
        words: &[],
    };

    /// Watches a program that does this when it is to begin with the first input, and ends well when it is to go on.
    fn watched(does: &str) -> (Figures, Vec<Finding>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        let ended = r#"{"ended":{"inputs":5,"slowestUs":7,"peakBytes":9}}"#;
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = feed ] && exit 0\nwhile [ $# -gt 0 ]; do\ncase $1 in --number) number=$2;; --first) first=$2;; \
             esac\nshift\ndone\nif [ $first = 0 ]; then\n{does}\nfi\necho '{ended}'\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let program = Program {
            path,
            folder: folder.path().to_owned(),
            hangs_after: Duration::from_secs(3),
        };
        let campaign = Campaign {
            seed: 1,
            first: 0,
            inputs: 1_000,
            time: Duration::from_mins(10),
        };
        watch(&program, &PARSER, campaign).unwrap()
    }

    /// Input number 2 was the last.
    const AT_2: &str = r"printf '\002\0\0\0\0\0\0\0' > $number";

    #[test]
    fn a_process_that_ends_well_has_figures() {
        let (figures, found) = watched("true");
        assert_eq!((figures.inputs, figures.slowest_us), (5, 7));
        assert_eq!(found, []);
    }

    #[test]
    fn a_process_that_dies_leaves_its_last_input_and_the_next_goes_on() {
        let (figures, found) = watched(&format!("{AT_2}; kill -SEGV $$"));
        let [finding] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!((finding.kind, finding.input), (Kind::Crash, 2));
        assert!(finding.message.contains("signal"), "{}", finding.message);
        let input = Corpus::new(&PARSER, 1).input(2);
        assert_eq!(finding.shortest, escaped(&input));
        assert_eq!(figures.inputs, 3 + 5);
    }

    #[test]
    fn a_process_that_hangs_is_ended() {
        let (figures, found) = watched(&format!("{AT_2}; exec sleep 1000"));
        let [finding] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!((finding.kind, finding.input), (Kind::Hang, 2));
        assert_eq!(figures.inputs, 3 + 5);
    }

    #[test]
    fn a_program_that_cannot_begin_is_not_the_parsers_fault() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program {
            path: "/bin/false".into(),
            folder: folder.path().to_owned(),
            hangs_after: Duration::from_secs(3),
        };
        let campaign = Campaign {
            seed: 1,
            first: 0,
            inputs: 1,
            time: Duration::from_secs(1),
        };
        assert!(watch(&program, &PARSER, campaign).is_err());
    }
}
