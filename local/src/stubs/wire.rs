//! Answers below HTTP: bytes that a stand-in writes to the socket by itself, in part, slowly, or without end. Nothing
//! here makes HTTP of them.

use std::{
    io,
    net::{Shutdown, TcpStream as StdTcpStream},
    os::fd::{AsFd as _, OwnedFd},
    sync::Arc,
    time::Duration,
};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::serve::NoDelayListener;

/// What stands on the wire in the place of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub steps: Vec<Step>,
    /// What becomes of the connection then.
    pub then: Then,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These bytes at once.
    Bytes(Vec<u8>),
    /// One byte after the other, each after this pause.
    Drip { bytes: Vec<u8>, pause: Duration },
    /// These bytes again and again, until at least so many are written.
    Flood {
        bytes: Vec<u8>,
        /// When it is enough.
        total_bytes: u64,
    },
}

/// What becomes of a connection when its script is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Close,
    /// It stays open without another byte, for as long as the client waits.
    Hold,
}

/// The socket that a call came through, beside the server that reads from it.
#[derive(Debug, Clone)]
pub(crate) struct Socket(Option<Arc<OwnedFd>>);

impl Connected<IncomingStream<'_, NoDelayListener>> for Socket {
    fn connect_info(stream: IncomingStream<'_, NoDelayListener>) -> Self {
        Self(stream.io().as_fd().try_clone_to_owned().ok().map(Arc::new))
    }
}

impl Socket {
    /// Plays a script and never comes back: the server ends the call when the connection does.
    pub(super) async fn play(&self, script: &Script) -> std::convert::Infallible {
        // A client that has read enough closes the connection: the write fails then.
        let _nobody_reads = self.write(script).await;
        std::future::pending().await
    }

    async fn write(&self, script: &Script) -> io::Result<()> {
        let socket = self.0.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let mut stream = TcpStream::from_std(StdTcpStream::from(socket.try_clone()?))?;
        let written = write_steps(&mut stream, &script.steps).await;
        if script.then == Then::Close || written.is_err() {
            // Both ways, so that the server sees the end, too.
            stream.into_std()?.shutdown(Shutdown::Both)?;
        }
        written
    }
}

async fn write_steps(stream: &mut TcpStream, steps: &[Step]) -> io::Result<()> {
    for step in steps {
        match step {
            Step::Bytes(bytes) => stream.write_all(bytes).await?,
            Step::Drip { bytes, pause } => {
                for byte in bytes {
                    sleep(*pause).await;
                    stream.write_all(&[*byte]).await?;
                }
            }
            Step::Flood { bytes, total_bytes } => {
                let mut left = if bytes.is_empty() { 0 } else { *total_bytes };
                while left > 0 {
                    stream.write_all(bytes).await?;
                    left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::{Router, extract::ConnectInfo, response::Response, routing::get};
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::serve::Server;

    /// Everything that a client reads of a script; a held connection is read up to `most` bytes.
    async fn read(script: Script, most: usize) -> Vec<u8> {
        let answer = async move |ConnectInfo(socket): ConnectInfo<Socket>| -> Response {
            match socket.play(&script).await {}
        };
        let router = Router::new().route("/", get(answer));
        let server = Server::start_with::<Socket>(router, None).await.unwrap();
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut read = Vec::new();
        let most = u64::try_from(most).unwrap();
        stream.take(most).read_to_end(&mut read).await.unwrap();
        read
    }

    #[tokio::test]
    async fn a_script_is_all_that_is_sent() {
        let script = Script {
            steps: vec![
                Step::Bytes(b"no http".to_vec()),
                Step::Drip { bytes: b"ab".to_vec(), pause: Duration::from_millis(1) },
                Step::Flood { bytes: b"xyz".to_vec(), total_bytes: 5 },
            ],
            then: Then::Close,
        };
        assert_eq!(read(script, 1_000).await, b"no httpabxyzxyz");
    }

    #[tokio::test]
    async fn nothing_at_all_and_then_the_end() {
        let script = Script { steps: Vec::new(), then: Then::Close };
        assert_eq!(read(script, 1_000).await, b"");
    }

    #[tokio::test]
    async fn a_held_connection_is_not_closed() {
        let script = Script {
            steps: vec![Step::Flood { bytes: vec![b'x'; 4_096], total_bytes: u64::MAX }],
            then: Then::Hold,
        };
        // More than the buffers between the two hold: a client that reads this much was really sent it.
        assert_eq!(read(script, 20_000_000).await.len(), 20_000_000);
    }
}
