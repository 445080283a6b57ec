//! The memory of this environment's processes, from `/proc`.

use std::{fs, path::Path};

use crate::process::tree;

/// The proportional set size of the whole environment in bytes: the supervisor, this process and every function, each
/// page that they share counted once. `None` when the kernel does not report it.
pub(super) fn environment_bytes() -> Option<f64> {
    let own = std::process::id();
    let supervisor = rustix::process::getppid().and_then(|pid| u32::try_from(pid.as_raw_pid()).ok());
    let all = supervisor.into_iter().chain([own]).chain(tree::descendants(own));
    // A process that ends meanwhile weighs nothing; this one is there.
    let weighed: Vec<_> = all.filter_map(proportional_bytes).collect();
    (!weighed.is_empty()).then(|| weighed.iter().sum())
}

/// The highest resident set so far of every process below this one that runs a program.
pub(super) fn high_water_bytes(program: &Path) -> Vec<f64> {
    let program = fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
    tree::descendants(std::process::id())
        .into_iter()
        .filter(|pid| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|of| of == program))
        .filter_map(|pid| kibibytes(&format!("/proc/{pid}/status"), "VmHWM:"))
        .collect()
}

fn proportional_bytes(pid: u32) -> Option<f64> {
    kibibytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:")
}

/// A line of the form `Pss:   123 kB`, in bytes.
fn kibibytes(file: &str, name: &str) -> Option<f64> {
    read_kibibytes(&fs::read_to_string(file).ok()?, name)
}

fn read_kibibytes(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(f64::from(kibibytes) * 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<f64>) {
        assert_eq!(read_kibibytes(text, "Pss:"), expected, "{text}");
    }

    #[test]
    fn the_line_of_a_name() {
        check("Rss:  9 kB\nPss:   12 kB\nPss_Dirty: 3 kB\n", Some(12_288.0));
        check("Rss:  9 kB\n", None);
        check("Pss:  twelve kB\n", None);
        check("Pss:  12 MB\n", None);
    }

    #[test]
    fn this_process_weighs_something() {
        assert!(environment_bytes().unwrap() > 1_000_000.0);
        assert!(high_water_bytes(Path::new("/no/such/program")).is_empty());
    }
}
