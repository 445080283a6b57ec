//! One loopback listener with a router behind it. What is served is not known here.

mod capped;

use std::{io, net::SocketAddr};

use axum::{
    Router,
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use capped::Capped;

/// A listener whose connections send without waiting for more.
#[derive(Debug)]
pub struct Prompt(TcpListener);

impl Listener for Prompt {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Head and body of an answer are two writes: without this the second waits for the client's acknowledgement.
        let _slower_then = stream.set_nodelay(true);
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

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
        let (address, listener) = listen().await?;
        Ok(Self::serve(listener, address, router))
    }

    /// The same, with at most so many connections at a time. The next one is accepted when one of them is closed.
    ///
    /// # Errors
    /// No port can be opened.
    pub async fn capped(router: Router, most: usize) -> io::Result<Self> {
        let (address, listener) = listen().await?;
        Ok(Self::serve(Capped::new(listener, most), address, router))
    }

    fn serve<L>(listener: L, address: SocketAddr, router: Router) -> Self
    where
        L: Listener<Addr = SocketAddr>,
    {
        let task = tokio::spawn(async move {
            // axum's accept loop handles its own errors and ends with the task.
            let _never = axum::serve(listener, router).await;
        });
        Self { address, task }
    }

    /// As [`Server::start`], for handlers that want to know of the connection: they take a `ConnectInfo` of this type.
    ///
    /// # Errors
    /// No port can be opened.
    pub async fn start_with<C>(router: Router) -> io::Result<Self>
    where
        C: for<'a> Connected<IncomingStream<'a, Prompt>>,
    {
        let (address, listener) = listen().await?;
        let task = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<C>();
            let _never = axum::serve(listener, service).await;
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

async fn listen() -> io::Result<(SocketAddr, Prompt)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    Ok((listener.local_addr()?, Prompt(listener)))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
