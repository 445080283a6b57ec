//! One loopback listener with a router behind it. What is served is not known here.

mod capped;

use std::{io, net::SocketAddr};

use axum::{
    Router,
    serve::{Listener, ListenerExt as _},
};
use tokio::{net::TcpListener, task::JoinHandle};

use capped::Capped;

/// A server on a port that the kernel chose. Dropping it closes the port.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves until dropped.
    ///
    /// # Errors
    /// No port can be opened.
    pub async fn start(router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self::serve(listener, address, router))
    }

    /// The same, with at most so many connections at a time. The next one is accepted when one of them is closed.
    ///
    /// # Errors
    /// No port can be opened.
    pub async fn capped(router: Router, most: usize) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self::serve(Capped::new(listener, most), address, router))
    }

    fn serve<L>(listener: L, address: SocketAddr, router: Router) -> Self
    where
        L: Listener<Addr = SocketAddr>,
        L::Io: NoDelay,
    {
        // Head and body of an answer are two writes: without this the second waits for the client's acknowledgement.
        let listener = listener.tap_io(|stream| {
            let _slower_then = stream.no_delay();
        });
        let task = tokio::spawn(async move {
            // axum's accept loop handles its own errors and ends with the task.
            let _never = axum::serve(listener, router).await;
        });
        Self { address, task }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// A connection that can send small pieces at once.
trait NoDelay {
    fn no_delay(&self) -> io::Result<()>;
}

impl NoDelay for tokio::net::TcpStream {
    fn no_delay(&self) -> io::Result<()> {
        self.set_nodelay(true)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
