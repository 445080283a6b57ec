//! Running a program to its end: how long it took, or how much memory it held. Not both at once: whoever looks at the
//! memory all the time takes time.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// How often the memory is looked at. It never shrinks in what is read, so only the last moment can be missed.
const LOOK: Duration = Duration::from_micros(100);

/// How often it is looked for processes that the program started.
const LOOK_FOR_CHILDREN: Duration = Duration::from_millis(20);

/// From its start to its end, in milliseconds.
pub(super) fn wall_ms(program: &'static str, command: &mut Command) -> Result<f64, Failure> {
    let start = Instant::now();
    let status = quiet(command).status();
    let status = status.map_err(|source| not_started(program, source))?;
    let ms = start.elapsed().as_secs_f64() * 1_000.0;
    status
        .success()
        .then_some(ms)
        .ok_or(Failure::NoSamples { program })
}

/// The highest resident set of its largest process, in bytes, as the kernel keeps it (`VmHWM`).
pub(super) fn peak_bytes(program: &'static str, command: &mut Command) -> Result<f64, Failure> {
    let mut child = quiet(command)
        .spawn()
        .map_err(|source| not_started(program, source))?;
    let pid = child.id();
    let (ended, end) = channel();
    let mut peak = 0.0_f64;
    let status = thread::scope(|scope| {
        scope.spawn(move || ended.send(child.wait()));
        let mut below = BTreeSet::new();
        let mut looked = Instant::now();
        loop {
            if looked.elapsed() >= LOOK_FOR_CHILDREN {
                below = descendants(pid);
                looked = Instant::now();
            }
            for process in below.iter().chain([&pid]) {
                peak = peak.max(high_water_bytes(*process).unwrap_or_default());
            }
            match end.recv_timeout(LOOK) {
                Ok(status) => return Some(status),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    });
    let status = status.and_then(Result::ok);
    (status.is_some_and(|status| status.success()) && peak > 0.0)
        .then_some(peak)
        .ok_or(Failure::NoSamples { program })
}

/// Only its errors are read, by the person.
fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null())
}

fn not_started(program: &'static str, source: std::io::Error) -> Failure {
    Failure::Start {
        program: program.to_owned(),
        source,
    }
}

fn high_water_bytes(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(f64::from(kibibytes) * 1_024.0)
}

/// Every process that descends from this one.
fn descendants(root: u32) -> BTreeSet<u32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten();
    let parents: Vec<_> = numbers
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| Some((pid, parent(pid)?)))
        .collect();
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(of) = open.pop() {
        let children = parents.iter().filter(|(_, parent)| *parent == of);
        open.extend(children.map(|(pid, _)| *pid).filter(|pid| found.insert(*pid)));
    }
    found
}

/// The name before it in the line may hold spaces and parentheses.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        command
    }

    #[test]
    fn a_program_that_fails_is_no_sample() {
        assert!(wall_ms("sh", &mut shell("exit 0")).unwrap() > 0.0);
        for line in ["exit 1", "kill -9 $$"] {
            assert!(wall_ms("sh", &mut shell(line)).is_err(), "{line}");
            assert!(peak_bytes("sh", &mut shell(line)).is_err(), "{line}");
        }
        assert!(wall_ms("nothing", &mut Command::new("/no/such/program")).is_err());
    }

    /// The shell holds 1 or 2 MB; `tail` holds the end of what it gets until it knows that this was the end.
    #[test]
    fn the_largest_process_counts_also_below_the_program() {
        let small = peak_bytes("sh", &mut shell("sleep 0.2")).unwrap();
        let large = "(head -c 40000000 /dev/zero; sleep 0.5) | tail -c 40000000 > /dev/null";
        let large = peak_bytes("sh", &mut shell(large)).unwrap();
        assert!(small < 20e6, "{small}");
        assert!(large > 40e6, "{large}");
    }
}
