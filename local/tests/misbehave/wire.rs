//! The Runtime API over a plain socket, so that it can also be spoken wrongly. What for is not known here.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

use serde_json::Value;

const VERSION: &str = "/2018-06-01/runtime/";

/// Where the API listens.
pub(crate) struct Api {
    address: String,
}

impl Api {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned() }
    }

    pub(crate) fn next(&self) -> io::Result<(String, Value)> {
        let answer = self.call("GET", "invocation/next", b"")?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let id = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("lambda-runtime-aws-request-id: ").map(str::to_owned)
        });
        let id = id.ok_or_else(|| io::Error::other("no invocation"))?;
        Ok((id, serde_json::from_str(body).unwrap_or_default()))
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> io::Result<String> {
        self.call("POST", path, body)
    }

    /// The status of an answer; nothing when there was none.
    pub(crate) fn status(&self, method: &str, path: &str, body: &[u8]) -> String {
        status(&self.call(method, path, body).unwrap_or_default())
    }

    pub(crate) fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(&self.address)
    }

    /// One request on its own connection. Returns the whole answer, head included.
    fn call(&self, method: &str, path: &str, body: &[u8]) -> io::Result<String> {
        let length = body.len();
        let host = &self.address;
        let head = format!(
            "{method} {VERSION}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        self.raw(&[head.as_bytes(), body].concat())
    }

    /// Whatever is sent, and what comes back.
    fn raw(&self, bytes: &[u8]) -> io::Result<String> {
        let mut stream = self.connect()?;
        // A refusal may come before all is sent.
        let _refused_early = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _reset_after_the_answer = stream.read_to_end(&mut answer);
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

fn status(answer: &str) -> String {
    answer.split(' ').nth(1).unwrap_or("none").to_owned()
}

/// Everything wrong at once. The statuses of the answers, in the order of the requests.
pub(crate) fn garbage(api: &Api, id: &str) -> Vec<String> {
    let raw = |text: String| status(&api.raw(text.as_bytes()).unwrap_or_default());
    let headers = "X: x\r\n".repeat(500);
    let response = format!("{VERSION}invocation/{id}/response");
    let mut statuses = vec![
        raw("\u{0}\u{1}\u{2} what\r\n\r\n".to_owned()),
        raw("GET next\r\n\r\n".to_owned()),
        raw(format!("GET {VERSION}invocation/next HTTP/1.1\r\n{headers}\r\n")),
        raw(format!("POST {response} HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n")),
        raw(format!(
            "POST {response} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"
        )),
        api.status("POST", "nothing/here", b"{}"),
        api.status("DELETE", "invocation/next", b""),
        api.status("POST", "invocation/not-mine/response", b"{}"),
        api.status("POST", "invocation/not-mine/error", b"{}"),
        api.status("POST", "init/error", b"{}"),
        api.status("GET", "invocation/next", b""),
    ];
    // A body that breaks off.
    if let Ok(mut stream) = half(api, &format!("invocation/{id}/response")) {
        let _closed = stream.shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _closed = stream.read_to_end(&mut rest);
        statuses.push(status(&String::from_utf8_lossy(&rest)));
    }
    // A second answer while the first is being read, and the environment says when it does that.
    if let Ok((stream, answer)) = half_expected(api, &format!("invocation/{id}/response")) {
        statuses.push(status(&answer));
        statuses.push(api.status("POST", &format!("invocation/{id}/response"), b"{}"));
        drop(stream);
    }
    // A header of a megabyte: refused before all of it is sent, so the refusal may get lost.
    let _refused = raw(format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)));
    statuses
}

/// Half of an answer, and the connection for the rest of it.
pub(crate) fn half(api: &Api, path: &str) -> io::Result<TcpStream> {
    let mut stream = api.connect()?;
    write!(
        stream,
        "POST {VERSION}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{\"half"
    )?;
    Ok(stream)
}

/// The same when the other side reads already: it has said that it goes on.
fn half_expected(api: &Api, path: &str) -> io::Result<(TcpStream, String)> {
    let mut stream = api.connect()?;
    write!(
        stream,
        "POST {VERSION}{path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"
    )?;
    let mut answer = [0; 25];
    stream.read_exact(&mut answer)?;
    Ok((stream, String::from_utf8_lossy(&answer).into_owned()))
}

/// An answer that trickles for ever.
pub(crate) fn endless(api: &Api, path: &str) -> ! {
    if let Ok(mut stream) = api.connect() {
        let _sent = write!(
            stream,
            "POST {VERSION}{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\"\r\n"
        );
        while stream.write_all(b"1\r\nx\r\n").is_ok() {
            std::thread::yield_now();
        }
    }
    loop {
        std::thread::park();
    }
}
