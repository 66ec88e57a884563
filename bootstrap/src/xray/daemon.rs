//! The one door to X-Ray's daemon, which takes one document a datagram and says nothing.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::Arc,
};

use serde::Serialize;

/// What the daemon knows a document by.
const HEADER: &[u8] = b"{\"format\": \"json\", \"version\": 1}\n";

#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    #[error("AWS_XRAY_DAEMON_ADDRESS is not set: Lambda sets it where it runs X-Ray's daemon")]
    NotSet,
    #[error("AWS_XRAY_DAEMON_ADDRESS is `{0}`; it must be `host:port` or `tcp:host:port udp:host:port`")]
    Malformed(String),
    #[error("no datagrams can be sent to `{address}` (AWS_XRAY_DAEMON_ADDRESS): {source}")]
    Unreachable { address: String, source: io::Error },
}

#[derive(Debug, Clone)]
pub struct Daemon {
    socket: Arc<UdpSocket>,
    address: SocketAddr,
}

impl Daemon {
    /// `address` as in `AWS_XRAY_DAEMON_ADDRESS`. A host's name is looked up here, and never again.
    pub async fn at(address: Option<&str>) -> Result<Self, DaemonError> {
        let address = address.ok_or(DaemonError::NotSet)?;
        let target = udp_target(address).ok_or_else(|| DaemonError::Malformed(address.to_owned()))?;
        let unreachable = |source| DaemonError::Unreachable { address: target.to_owned(), source };
        // The daemon listens for IPv4, and `localhost` is mostly both.
        let found = tokio::net::lookup_host(target).await.map_err(unreachable)?.min_by_key(SocketAddr::is_ipv6);
        let address = found.ok_or_else(|| unreachable(io::ErrorKind::AddrNotAvailable.into()))?;
        let socket = socket_for(address).map_err(unreachable)?;
        Ok(Self { socket: Arc::new(socket), address })
    }

    /// What cannot be sent at once is lost, and so is what no datagram holds: those end below the 64 KB that X-Ray takes.
    pub fn send(&self, document: &impl Serialize) {
        let mut datagram = HEADER.to_vec();
        let sent = serde_json::to_writer(&mut datagram, document)
            .map_err(io::Error::from)
            .and_then(|()| self.socket.send_to(&datagram, self.address));
        if let Err(error) = sent {
            tracing::debug!("a subsegment was not sent to X-Ray's daemon: {error}");
        }
    }
}

/// Not connected: a daemon that was not there yet would otherwise make the next send fail, too.
fn socket_for(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Host and port for datagrams.
fn udp_target(address: &str) -> Option<&str> {
    let parts: Vec<&str> = address.split_whitespace().collect();
    let target = match parts.as_slice() {
        [one] if !one.starts_with("tcp:") => one.strip_prefix("udp:").unwrap_or(one),
        [_, _] => parts.iter().find_map(|part| part.strip_prefix("udp:"))?,
        _ => return None,
    };
    let (host, port) = target.rsplit_once(':')?;
    let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
    (is_port && !host.is_empty()).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_both_forms_of_the_address() {
        for (address, expected) in [
            ("169.254.79.129:2000", Some("169.254.79.129:2000")),
            ("tcp:127.0.0.1:2000 udp:127.0.0.2:2001", Some("127.0.0.2:2001")),
            ("udp:daemon:2001  tcp:daemon:2000", Some("daemon:2001")),
            ("[::1]:2000", Some("[::1]:2000")),
            ("tcp:127.0.0.1:2000", None),
            ("tcp:127.0.0.1:2000 127.0.0.1:2001", None),
            ("127.0.0.1", None),
            ("127.0.0.1:", None),
            ("127.0.0.1:0", None),
            ("127.0.0.1:65536", None),
            (":2000", None),
            ("", None),
            ("a:1 b:2 udp:c:3", None),
        ] {
            assert_eq!(udp_target(address), expected, "{address}");
        }
    }

    #[tokio::test]
    async fn what_does_not_fit_is_lost() {
        let listener = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let daemon = Daemon::at(Some(&listener.local_addr().unwrap().to_string())).await.unwrap();
        for _ in 0..1000 {
            daemon.send(&"x".repeat(1000));
        }
        daemon.send(&"x".repeat(65_536));
        let mut datagram = vec![0; 2000];
        let bytes = listener.recv(&mut datagram).unwrap();
        assert_eq!(&datagram[..HEADER.len()], HEADER);
        assert_eq!(bytes, HEADER.len() + 1000 + "\"\"".len());
    }

    #[tokio::test]
    async fn nobody_needs_to_listen() {
        let gone = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let listener = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let daemon = Daemon::at(Some(&listener.local_addr().unwrap().to_string())).await.unwrap();
        Daemon { address: gone, ..daemon.clone() }.send(&"nobody hears this");
        daemon.send(&"this is heard");
        let mut datagram = [0; 100];
        let bytes = listener.recv(&mut datagram).unwrap();
        assert_eq!(&datagram[HEADER.len()..bytes], b"\"this is heard\"");
    }
}
