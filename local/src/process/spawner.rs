//! Starting programs through the launch step, all from one thread, and holding what runs.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, OnceLock, mpsc},
    thread,
    time::Duration,
};

use tokio::{
    process::{Child, ChildStderr, ChildStdout, Command},
    runtime::Handle,
    sync::oneshot,
};

use super::{
    launch::{self, DeathSignal},
    tree,
};
use crate::lock::lock;

#[derive(Debug, Clone)]
pub struct Launcher {
    binary: PathBuf,
}

/// A program to start, with nothing inherited: no variable, no input, its own process group.
#[derive(Debug, Clone)]
pub struct Program {
    pub path: PathBuf,
    pub arguments: Vec<OsString>,
    pub environment: Vec<(String, String)>,
    pub folder: PathBuf,
}

/// A program that runs. Dropping it kills it and everything that descends from it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    pid: u32,
}

/// How often adopted orphans are looked for until they are reaped, and how often at most: one that does not end on
/// SIGKILL sleeps in the kernel, and is left to the end of this process.
const STRAY_PERIOD: Duration = Duration::from_millis(1);
const STRAY_LOOKS: usize = 1_000;

struct Request {
    command: Command,
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// The children that were started here and not waited for yet. Locked while one is being started, so that
/// it is not reaped as a stray before it is listed.
static CHILDREN: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn children() -> MutexGuard<'static, BTreeSet<u32>> {
    lock(&CHILDREN)
}

/// The thread that starts all children of this process. It lives as long as the process, because the parent-death
/// signal is sent when the starting *thread* ends.
fn starter() -> &'static mpsc::Sender<Request> {
    static STARTER: OnceLock<mpsc::Sender<Request>> = OnceLock::new();
    STARTER.get_or_init(|| {
        let (requests, queue) = mpsc::channel::<Request>();
        // Without the thread every request fails with its channel closed, which is reported.
        let _detached = thread::Builder::new().name("starter".to_owned()).spawn(move || {
            for mut request in queue {
                let _runtime = request.runtime.enter();
                let mut ours = children();
                let child = request.command.spawn();
                ours.extend(child.as_ref().ok().and_then(Child::id));
                drop(ours);
                let _nobody_waits = request.reply.send(child);
            }
        });
        requests
    })
}

impl Launcher {
    /// With the `local` binary at this path as launch step.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        Self { binary: binary.into() }
    }

    /// With this very process' own binary, which must be `local`. It is found even after a rebuild replaced the file.
    #[must_use]
    pub fn this_binary() -> Self {
        Self::new("/proc/self/exe")
    }

    /// Starts a program whose standard output and error are read by us. It dies with this process.
    pub async fn start(&self, program: &Program) -> io::Result<Running> {
        let mut command = Command::new(&self.binary);
        command
            .args(launch::arguments(std::process::id(), DeathSignal::Kill, program.path.as_os_str()))
            .args(&program.arguments)
            .env_clear()
            .envs(program.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&program.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let (reply, child) = oneshot::channel();
        let request = Request { command, runtime: Handle::current(), reply };
        let gone = || io::Error::other("the thread that starts programs is gone");
        starter().send(request).map_err(|_| gone())?;
        let child = child.await.map_err(|_| gone())??;
        let pid = child.id().ok_or_else(|| io::Error::other("a child without an id"))?;
        Ok(Running { child, pid })
    }
}

impl Running {
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// What it writes, once.
    pub fn take_output(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for its end, then ends what it left behind.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await;
        tree::kill_tree(self.pid);
        self.forget().await;
        status
    }

    /// Kills it and everything that descends from it.
    pub fn kill(&self) {
        if self.child.id().is_some() {
            tree::kill_tree(self.pid);
        }
    }

    /// What descended from it and left its group has been adopted by us if we are a subreaper.
    async fn forget(&self) {
        children().remove(&self.pid);
        if !is_subreaper() {
            return;
        }
        for _ in 0..STRAY_LOOKS {
            if tree::end_strays(&children()) == 0 {
                return;
            }
            tokio::time::sleep(STRAY_PERIOD).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // `child.id()` is nothing once it was waited for: its number may be somebody else's by now.
        self.kill();
        children().remove(&self.pid);
    }
}

static SUBREAPER: OnceLock<()> = OnceLock::new();

fn is_subreaper() -> bool {
    SUBREAPER.get().is_some()
}

/// Makes this process adopt the orphans below it. From then on every child that was not started through a
/// [`Launcher`] counts as such an orphan and is killed: for a process that starts children in no other way.
pub fn become_subreaper() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let _already = SUBREAPER.set(());
    Ok(())
}
