//! Certificates and proxies.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const BEGUN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no";

/// A certificate of `localhost` that only who is told to trusts.
fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(include_bytes!("localhost.cert.pem")).unwrap()
}

/// A client that trusts it.
fn trusting(proxies: &Proxies<'_>) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).unwrap();
    let tls = ClientConfig::builder().with_root_certificates(roots);
    Client::with(tls.with_no_client_auth(), Duration::from_secs(5), proxies)
}

/// A server with that certificate, which says `ok` in two breaths; its port.
async fn server() -> u16 {
    let breath = Arc::new(Semaphore::new(2));
    server_with(breath).await
}

/// The same; it takes a permit for each second breath.
async fn server_with(breath: Arc<Semaphore>) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("localhost.key.pem")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate()], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let (acceptor, breath) = (acceptor.clone(), breath.clone());
            tokio::spawn(async move {
                if let Ok(mut socket) = acceptor.accept(socket).await {
                    assert_eq!(socket.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
                    for _ in 0..2 {
                        serve(&mut socket, &[BEGUN], &Mutex::default()).await;
                        breath.acquire().await.unwrap().forget();
                        let _ = socket.write_all(b"k").await;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn only_certificates_that_are_trusted_are() {
    let port = server().await;
    let own: Url = format!("https://localhost:{port}/").parse().unwrap();
    let trusted = place_with(trusting(&Proxies::None), &own);
    for _ in 0..2 {
        assert_eq!(said(&trusted).await, "ok");
    }
    let error = ask(&place(&own)).await.unwrap_err();
    assert!(error.contains("certificate"), "{error}");

    let other: Url = format!("https://127.0.0.2:{port}/").parse().unwrap();
    let error = ask(&place_with(trusting(&Proxies::None), &other)).await;
    assert!(error.is_err(), "a certificate of another name");
}

#[tokio::test]
async fn an_answer_over_tls_is_read_on_where_its_runtime_has_ended() {
    let breath = Arc::new(Semaphore::new(0));
    let port = server_with(breath.clone()).await;
    let url: Url = format!("https://localhost:{port}/").parse().unwrap();
    let place = place_with(trusting(&Proxies::None), &url);
    let elsewhere = elsewhere();
    let begun = elsewhere.spawn(async move {
        let mut answer = place.ask(Bytes::from_static(b"body")).await.unwrap();
        let mut body = BytesMut::new();
        assert_eq!(answer.body.read(&mut body).await.unwrap(), 1);
        (answer, body)
    });
    let (mut answer, mut body) = begun.await.unwrap();
    elsewhere.shutdown_background();
    breath.add_permits(1);
    assert_eq!(answer.body.read(&mut body).await.unwrap(), 1);
    assert_eq!(body, "ok");
}

#[tokio::test]
async fn a_proxy_is_asked_for_plain_addresses_with_all_of_them() {
    let proxy = Server::start(&[&[OK]]).await;
    let address = SecretString::from(format!("http://me:secret@{}", authority(&proxy.url)));
    let url = "http://provider.invalid:8080/v1?a=b".parse().unwrap();
    let place = place_with(client(&Proxies::All(&address)), &url);
    assert_eq!(said(&place).await, "ok");
    let request = proxy.requests().remove(0);
    assert!(request.starts_with("POST http://provider.invalid:8080/v1?a=b HTTP/1.1\r\n"));
    assert!(request.contains("host: provider.invalid:8080\r\n"));
    assert!(request.contains("proxy-authorization: Basic bWU6c2VjcmV0\r\n"));
    assert!(!format!("{place:?}").contains("secret"));
}

#[tokio::test]
async fn a_proxy_connects_to_addresses_with_tls() {
    let port = server().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = tokio::spawn(async move {
        let (mut inner, _) = listener.accept().await.unwrap();
        let asked = Mutex::default();
        serve(&mut inner, &["HTTP/1.1 200 OK\r\n\r\n"], &asked).await;
        let mut outer = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap();
        let _ = tokio::io::copy_bidirectional(&mut inner, &mut outer).await;
        asked.into_inner().unwrap()
    });
    let proxied = SecretString::from(format!("http://me:secret@{address}"));
    let url = format!("https://localhost:{port}/").parse().unwrap();
    let place = place_with(trusting(&Proxies::All(&proxied)), &url);
    assert_eq!(said(&place).await, "ok");
    drop(place);
    let asked = tokio::time::timeout(Duration::from_secs(20), proxy).await;
    let asked = asked.unwrap().unwrap().remove(0);
    assert!(asked.starts_with(&format!("CONNECT localhost:{port} HTTP/1.1\r\n")));
    assert!(
        asked
            .to_lowercase()
            .contains("proxy-authorization: basic bwu6c2vjcmv0\r\n")
    );
}
