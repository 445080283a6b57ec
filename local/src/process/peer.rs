//! Who is at the other end of a connection on this machine, from `/proc`.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::Path,
};

use super::tree;

/// Whether the connection from `peer` to `own` belongs to a process or to something that it started.
pub fn is_held_by(process: u32, peer: SocketAddr, own: SocketAddr) -> bool {
    let Some(inode) = inode(peer, own) else {
        return false;
    };
    let socket = format!("socket:[{inode}]");
    let holds = |process: u32| {
        let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten();
        let mut links = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        links.any(|link| link == Path::new(&socket))
    };
    holds(process) || tree::below(process).into_iter().any(holds)
}

/// The inode of the socket at one end of a connection.
fn inode(this: SocketAddr, other: SocketAddr) -> Option<String> {
    let (this, other) = (written(this)?, written(other)?);
    // A socket that speaks IPv6 as well stands in the other table, where the address has more in front of it.
    ["tcp", "tcp6"].iter().find_map(|table| {
        let text = fs::read_to_string(Path::new("/proc/self/net").join(table)).ok()?;
        text.lines().find_map(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let is_it = fields.next()?.ends_with(&this) && fields.next()?.ends_with(&other);
            is_it.then(|| fields.nth(6).map(str::to_owned))?
        })
    })
}

/// As proc(5) writes an address: its bytes as a number of this machine, the port as everybody writes it.
fn written(address: SocketAddr) -> Option<String> {
    let IpAddr::V4(ip) = address.ip() else {
        return None;
    };
    Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
}

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream},
        process::Command,
    };

    use super::*;

    #[test]
    fn a_connection_is_its_process() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap();
        let client = TcpStream::connect(own).unwrap();
        let peer = client.local_addr().unwrap();
        let mut other = Command::new("sleep").arg("1000").spawn().unwrap();
        let held = [std::process::id(), other.id()].map(|process| is_held_by(process, peer, own));
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(held, [true, false]);
        drop(client);
        assert!(!is_held_by(std::process::id(), peer, own));
    }
}
