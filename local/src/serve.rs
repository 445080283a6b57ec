//! One loopback listener with a router behind it. What is served is not known here.

use std::{io, net::SocketAddr};

use axum::{Router, serve::ListenerExt as _};
use tokio::{net::TcpListener, task::JoinHandle};

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
        // Head and body of an answer are two writes: without this the second waits for the client's acknowledgement.
        let listener = listener.tap_io(|stream| {
            let _slower_then = stream.set_nodelay(true);
        });
        let task = tokio::spawn(async move {
            // axum's accept loop handles its own errors and ends with the task.
            let _never = axum::serve(listener, router).await;
        });
        Ok(Self { address, task })
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

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
