//! One loopback listener with a router behind it. What is served is not known here.

pub mod access;
mod capped;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

pub use access::AccessKey;

use capped::CappedListener;

/// A listener whose connections send without waiting for more.
#[derive(Debug)]
pub struct NoDelayListener(TcpListener);

impl Listener for NoDelayListener {
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

#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Set once a handler has found that this connection belongs to the process that it serves.
    pub(crate) admitted: Arc<OnceLock<()>>,
}

impl Peer {
    fn of(address: SocketAddr) -> Self {
        Self { address, admitted: Arc::default() }
    }
}

impl Connected<IncomingStream<'_, NoDelayListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, NoDelayListener>) -> Self {
        Self::of(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, CappedListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, CappedListener>) -> Self {
        Self::of(*stream.remote_addr())
    }
}

/// A server on a port that the kernel chose. Dropping it closes the port.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves until dropped. With a key, only requests that bear it are answered.
    pub async fn start(router: Router, key: Option<&AccessKey>) -> io::Result<Self> {
        Self::start_with::<Peer>(router, key).await
    }

    /// The same, with at most so many connections at a time. The next one is accepted when one of them is closed.
    /// Handlers may take a `ConnectInfo` of a [`Peer`].
    pub async fn capped(router: Router, most: usize) -> io::Result<Self> {
        Self::serve::<_, Peer>(CappedListener::new(listen().await?, most), router, None)
    }

    /// As [`Server::start`], for handlers that want to know of the connection: they take a `ConnectInfo` of this type.
    pub async fn start_with<C>(router: Router, key: Option<&AccessKey>) -> io::Result<Self>
    where
        C: for<'a> Connected<IncomingStream<'a, NoDelayListener>>,
    {
        Self::serve::<_, C>(listen().await?, router, key)
    }

    /// The one way to serve: no router is served without its guard.
    fn serve<L, C>(listener: L, router: Router, key: Option<&AccessKey>) -> io::Result<Self>
    where
        L: Listener<Addr = SocketAddr>,
        C: for<'a> Connected<IncomingStream<'a, L>>,
    {
        let address = listener.local_addr()?;
        let router = access::guarded(router, address, key);
        let task = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<C>();
            // axum's accept loop handles its own errors and ends with the task.
            let _never = axum::serve(listener, service).await;
        });
        Ok(Self { address, task })
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn listen() -> io::Result<NoDelayListener> {
    TcpListener::bind(("127.0.0.1", 0)).await.map(NoDelayListener)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
