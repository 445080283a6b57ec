//! Who descends from whom, from `/proc`, and ending all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, kill_process_group, wait, waitpid};
use tokio::time::Instant;

/// How long [`end_descendants`] tries. Far more than a killed process needs on a busy machine; one in an uninterruptible
/// sleep may outlast it.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Every living descendant of a process, zombies left out, parents before their children.
pub fn descendants(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (pid, parent) in processes() {
        children.entry(parent).or_default().push(pid);
    }
    let mut found: Vec<u32> = Vec::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        let below = children.remove(&parent).unwrap_or_default();
        found.extend(&below);
        open.extend(below);
    }
    found
}

/// The processes that this user can see, zombies left out, each with its parent.
fn processes() -> impl Iterator<Item = (u32, u32)> {
    all_processes().filter(|(_, state, _)| !matches!(state, 'Z' | 'X')).map(|(pid, _, parent)| (pid, parent))
}

/// The id, state and parent of every process that this user can see.
fn all_processes() -> impl Iterator<Item = (u32, char, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (state, parent) = state_and_parent(&stat)?;
        Some((pid, state, parent))
    })
}

/// State and parent of a line of `/proc/PID/stat`. The name before them may hold spaces and parentheses.
fn state_and_parent(stat: &str) -> Option<(char, u32)> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}

/// Memory of a process and of everything below it in bytes; nothing when it is gone. Cheap for a process alone, which is
/// the rule: it is asked many times a second.
pub fn memory_bytes(root: u32) -> Option<u64> {
    let below = below(root);
    if below.is_empty() {
        return resident_bytes(root);
    }
    // A page that a fork shares with its parent counts once, as in a control group: proportional, not resident.
    let shares = below.into_iter().filter_map(proportional_bytes);
    Some(proportional_bytes(root)? + shares.sum::<u64>())
}

/// Resident memory of a process in bytes; nothing when it is gone.
fn resident_bytes(pid: u32) -> Option<u64> {
    proc_bytes(pid, "status", "VmRSS:")
}

/// Its proportional share of the pages that it uses, in bytes; nothing when it is gone.
fn proportional_bytes(pid: u32) -> Option<u64> {
    // Without the permission to read the details, the resident memory is still readable.
    proc_bytes(pid, "smaps_rollup", "Pss:").or_else(|| resident_bytes(pid))
}

/// A line of the form `Pss:   123 kB` of a file of `/proc/PID`, in bytes.
pub(crate) fn proc_bytes(pid: u32, file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1_024)
}

/// The living descendants of a process without a look at every process of the machine. It may miss one that is being
/// born: good enough for what is asked again soon, not for a kill.
pub(super) fn below(root: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        let Some(children) = children(parent) else {
            // A kernel without that file.
            return descendants(root);
        };
        found.extend(&children);
        open.extend(children);
    }
    found
}

/// The children of a process; none when it is gone, `None` when `/proc` does not list them.
fn children(pid: u32) -> Option<Vec<u32>> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Some(Vec::new());
    };
    let mut found = Vec::new();
    for thread in threads.filter_map(Result::ok) {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(children) => {
                found.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            }
            // The thread has ended meanwhile.
            Err(_) if !thread.path().exists() => {}
            Err(_) => return None,
        }
    }
    Some(found)
}

/// Kills a program that leads its own process group, with everything that descends from it.
pub fn kill_tree(leader: u32) {
    let Some(group) = pid(leader) else { return };
    // Stopped first, so that no child is started between the listing and the kill. An error means that it is gone already.
    let _gone = kill_process_group(group, Signal::STOP);
    let below = descendants(leader);
    let _gone = kill_process_group(group, Signal::KILL);
    below.into_iter().for_each(kill);
}

fn kill(process: u32) {
    if let Some(process) = pid(process) {
        let _gone = kill_process(process, Signal::KILL);
    }
}

fn pid(raw: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(raw).ok()?)
}

/// Kills and reaps every descendant of this process until none is left. For a subreaper that is about to end: other
/// code cannot wait for these children afterwards.
///
/// Returns how many were still there at the timeout.
pub async fn end_descendants() -> usize {
    let own = u32::try_from(getpid().as_raw_pid()).unwrap_or_default();
    let until = Instant::now() + TIMEOUT;
    loop {
        // Every orphan below a subreaper becomes its child, so without children no descendant is left.
        if !reap_children() {
            return 0;
        }
        let alive = descendants(own);
        if Instant::now() >= until {
            return alive.len();
        }
        alive.into_iter().for_each(kill);
        // No signal or wait reports the end of a process that is not our child.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Reaps every child that has ended. Returns whether there are children left.
fn reap_children() -> bool {
    loop {
        // Not `waitpid(None)`: that is for children of our own process group alone.
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Kills and reaps the children of this process that are not `ours`: orphans of functions that came up to us. Returns
/// how many have not ended yet.
pub(super) fn end_strays(ours: &BTreeSet<u32>) -> usize {
    let own = u32::try_from(getpid().as_raw_pid()).unwrap_or_default();
    let children = all_processes().filter(|(_, _, parent)| *parent == own).map(|(pid, ..)| pid);
    let strays = children.filter(|child| !ours.contains(child)).filter_map(pid);
    strays
        .filter(|&stray| {
            let _ended_already = kill_process(stray, Signal::KILL);
            matches!(waitpid(Some(stray), WaitOptions::NOHANG), Ok(None))
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_confuse() {
        assert_eq!(state_and_parent("12 (a) S b) R 7 12 12 0"), Some(('R', 7)));
        assert_eq!(state_and_parent("12 (sh) Z 1 12"), Some(('Z', 1)));
        assert_eq!(state_and_parent(""), None);
        assert_eq!(state_and_parent("12 (sh) S x"), None);
    }

    #[test]
    fn our_own_memory_is_known() {
        let own = std::process::id();
        assert!(resident_bytes(own).unwrap() > 100_000);
        assert!(proportional_bytes(own).unwrap() > 100_000);
        assert_eq!((resident_bytes(0), memory_bytes(0)), (None, None));
    }

    #[test]
    fn both_ways_down_the_tree_agree() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let own = std::process::id();
        let (quick, thorough) = (below(own), descendants(own));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(quick.contains(&child.id()) && thorough.contains(&child.id()));
    }
}
