//! A listener that accepts only so many connections at a time. Who is not accepted yet waits in the kernel's queue.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::NoDelayListener;

pub(super) struct CappedListener {
    listener: NoDelayListener,
    places: Arc<Semaphore>,
}

/// A connection with its place, which is free again when it is closed.
pub(super) struct CappedConnection {
    stream: TcpStream,
    /// Nothing if there were no places any more; they never go away.
    _place: Option<OwnedSemaphorePermit>,
}

impl CappedListener {
    pub(super) fn new(listener: NoDelayListener, most: usize) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(most)) }
    }
}

impl Listener for CappedListener {
    type Io = CappedConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CappedConnection, SocketAddr) {
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        // Errors of accept(2) are waited out there.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (CappedConnection { stream, _place: place }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl AsyncRead for CappedConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for CappedConnection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::serve::Server;

    /// The second is served when the first has hung up, and not before.
    #[tokio::test]
    async fn one_at_a_time() {
        let router = axum::Router::new().route("/", get(|| async { "served" }));
        let server = Server::capped(router, 1).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let first = TcpStream::connect(server.address()).await.unwrap();
        let mut second = TcpStream::connect(server.address()).await.unwrap();
        second.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        let mut waiting = Box::pin(second.read_to_end(&mut answer));
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
            assert!(futures::poll!(&mut waiting).is_pending());
        }
        drop(first);
        waiting.await.unwrap();
        assert!(answer.ends_with(b"served"));
    }
}
