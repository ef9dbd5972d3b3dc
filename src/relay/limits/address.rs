//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: the peer's, or, where the peer is a proxy that is trusted, the right-most address in
/// `X-Forwarded-For` that is not itself such a proxy. What stands further left can be made up by the client.
pub fn client_ip(parts: &Parts, trusted: &[IpNet]) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let mut known = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    let headers: Vec<_> = parts.headers.get_all(FORWARDED_FOR).iter().collect();
    let hops = headers.iter().rev().flat_map(|value| {
        let text = value.to_str().unwrap_or_default();
        text.rsplit(',').map(address)
    });
    for hop in hops {
        if !trusted.iter().any(|net| net.contains(&known)) {
            break;
        }
        // Behind what cannot be read, nothing can be believed.
        let Some(hop) = hop else { break };
        known = hop;
    }
    known
}

/// An address, also with a port and in brackets, as some proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let ip = text.parse().ok();
    let ip = ip.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let ip = ip.or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    ip.map(|ip: IpAddr| ip.to_canonical())
}

/// What one client is taken to have of addresses: one of version 4; of version 6 the 64 bits that a
/// network gives to one line (RFC 6177).
pub fn network(ip: IpAddr) -> IpNet {
    let bits = if ip.is_ipv4() { 32 } else { 64 };
    IpNet::new(ip, bits).map_or(IpNet::from(ip), |net| net.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip_of(peer: &str, forwarded: &[&str]) -> String {
        let mut request = http::Request::builder();
        for value in forwarded {
            request = request.header(FORWARDED_FOR, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: SocketAddr = peer.parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        client_ip(&parts, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(ip_of("192.0.2.1:80", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(ip_of("10.1.1.1:80", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(ip_of("[::1]:80", &["198.51.100.7:4711"]), "198.51.100.7");
    }

    #[test]
    fn addresses_that_a_client_made_up_are_passed_over() {
        assert_eq!(ip_of("10.1.1.1:80", &["1.1.1.1, 198.51.100.7, 10.2.2.2"]), "198.51.100.7");
        assert_eq!(ip_of("10.1.1.1:80", &["1.1.1.1", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(ip_of("10.1.1.1:80", &["198.51.100.7, unknown"]), "10.1.1.1");
        assert_eq!(ip_of("10.1.1.1:80", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(ip_of("[::ffff:10.1.1.1]:80", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn one_line_is_one_network() {
        assert_eq!(network("2001:db8:1:2:3::4".parse().unwrap()).to_string(), "2001:db8:1:2::/64");
        assert_eq!(network("192.0.2.9".parse().unwrap()).to_string(), "192.0.2.9/32");
    }
}
