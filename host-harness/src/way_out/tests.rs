//! A proxy and a service on this machine, which speaks TLS with certificates made for the test.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::cloud::Cloud;
use crate::credential::{Application, Credential, Secret, TokenSource};
use crate::listener_tls::ListenerTls;
use crate::metrics::Meter;

type Issuer = CertifiedIssuer<'static, KeyPair>;
type Heads = Arc<Mutex<Vec<String>>>;

const NAMES: [&str; 3] = ["graph.test", "login.test", "localhost"];
const ANSWER: &str = r#"{"access_token": "issued", "token_type": "Bearer", "expires_in": 3600}"#;

fn issuer() -> Issuer {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

async fn head(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// A service with a certificate for [`NAMES`], and the proxy before it; both note what they were sent.
struct Ground {
    authority: Issuer,
    service: SocketAddr,
    proxy: SocketAddr,
    at_service: Heads,
    at_proxy: Heads,
}

impl Ground {
    async fn new() -> Self {
        let authority = issuer();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(NAMES.map(ToOwned::to_owned)).unwrap().signed_by(&key, &authority).unwrap();
        let tls = ListenerTls::new(certificate.pem().as_bytes(), key.serialize_pem().as_bytes(), None).unwrap();
        let (services, proxies) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (service, proxy) = (services.local_addr().unwrap(), proxies.local_addr().unwrap());
        let (at_service, at_proxy) = (Heads::default(), Heads::default());
        let heads = Arc::clone(&at_service);
        tokio::spawn(async move {
            while let Ok((stream, _)) = services.accept().await {
                let Ok(mut stream) = tls.acceptor().accept(stream).await else { continue };
                let seen = head(&mut stream).await;
                heads.lock().unwrap().push(seen);
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{ANSWER}", ANSWER.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
                let _ = stream.shutdown().await;
            }
        });
        let heads = Arc::clone(&at_proxy);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = proxies.accept().await {
                let seen = head(&mut stream).await;
                heads.lock().unwrap().push(seen);
                let mut onwards = TcpStream::connect(service).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut stream, &mut onwards).await });
            }
        });
        Self { authority, service, proxy, at_service, at_proxy }
    }

    fn way(&self, except: Option<&str>) -> WayOut {
        let trusting = WayOut::default().with_authorities(self.authority.pem().as_bytes()).unwrap();
        trusting.with_proxy(&format!("http://user:w%C3%B6rd@{}", self.proxy), except).unwrap()
    }

    /// Asks the service by a name, which without a proxy is this machine's.
    async fn get(&self, way: &WayOut, url: &str) -> reqwest::Result<String> {
        let builder = crate::outbound::client_builder(way).resolve("graph.test", self.service).timeout(Duration::from_secs(20));
        builder.build()?.get(url).bearer_auth("host-token").send().await?.text().await
    }

    fn through_proxy(&self) -> Vec<String> {
        std::mem::take(&mut self.at_proxy.lock().unwrap())
    }
}

#[tokio::test]
async fn https_to_other_machines_goes_through_the_proxy_in_a_tunnel() {
    let ground = Ground::new().await;
    assert_eq!(ground.get(&ground.way(None), "https://graph.test/v1.0/users").await.unwrap(), ANSWER);
    let seen = ground.through_proxy();
    assert!(seen.len() == 1 && seen[0].starts_with("CONNECT graph.test:443 HTTP/1.1\r\n"), "{seen:?}");
    // user:wörd
    assert!(
        seen[0].to_lowercase().contains("proxy-authorization: basic dxnlcjp3w7zyza==") || seen[0].contains("dXNlcjp3w7ZyZA=="),
        "{seen:?}"
    );
    assert!(!seen[0].contains("host-token") && !seen[0].contains("/v1.0"), "{seen:?}");
    let asked = ground.at_service.lock().unwrap().clone();
    assert!(
        asked[0].contains("authorization: Bearer host-token") && !asked[0].to_lowercase().contains("proxy-auth"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn what_the_operator_excepts_goes_straight() {
    let ground = Ground::new().await;
    let url = format!("https://graph.test:{}/", ground.service.port());
    for except in ["graph.test", ".test", "other.example, graph.test", "*"] {
        assert_eq!(ground.get(&ground.way(Some(except)), &url).await.unwrap(), ANSWER, "{except}");
        assert_eq!(ground.through_proxy(), [""; 0], "{except}");
    }
    assert_eq!(ground.get(&ground.way(Some("raph.test,10.0.0.0/8")), &url).await.unwrap(), ANSWER);
    assert_eq!(ground.through_proxy().len(), 1);
}

#[tokio::test]
async fn nothing_to_this_machine_goes_through_the_proxy() {
    let ground = Ground::new().await;
    let port = ground.service.port();
    assert_eq!(ground.get(&ground.way(None), &format!("https://localhost:{port}/")).await.unwrap(), ANSWER);
    // Plain HTTP, and names that the certificate does not have: they get no answer, but not by the proxy.
    for url in
        [format!("http://127.0.0.1:{port}/"), format!("https://127.0.0.2:{port}/"), format!("https://[::ffff:127.0.0.1]:{port}/")]
    {
        let _ = ground.get(&ground.way(None), &url).await;
    }
    assert_eq!(ground.through_proxy(), [""; 0]);
}

#[tokio::test]
async fn an_authority_is_trusted_where_the_operator_says_so() {
    let ground = Ground::new().await;
    let url = format!("https://localhost:{}/", ground.service.port());
    assert!(ground.get(&WayOut::default(), &url).await.is_err());
    let others = WayOut::default().with_authorities(issuer().pem().as_bytes()).unwrap();
    assert!(ground.get(&others, &url).await.is_err());
    let bundle = [issuer().pem(), ground.authority.pem()].concat();
    let way = WayOut::default().with_authorities(bundle.as_bytes()).unwrap();
    assert_eq!(ground.get(&way, &url).await.unwrap(), ANSWER);
}

#[tokio::test]
async fn tokens_are_asked_for_on_the_same_way() {
    let ground = Ground::new().await;
    let application = Application {
        tenant: "contoso.example".to_owned(),
        client_id: "app".to_owned(),
        login: "https://login.test".parse().unwrap(),
    };
    let source = TokenSource::ClientSecret(application, Secret::new("s3cret"));
    let credential =
        Credential::issued_over(source, Cloud::Global, crate::outbound::client(&ground.way(None)).unwrap(), Meter::default());
    assert_eq!(credential.authorization().await.unwrap().unwrap(), "Bearer issued");
    assert!(ground.through_proxy()[0].starts_with("CONNECT login.test:443 "));
}

#[test]
fn a_wrong_setting_is_refused_and_shows_no_password() {
    for address in
        ["", "ftp://proxy:3128", "http://user:hunter2@proxy/path", "http://user:hunter2@", "http://[proxy", "http://proxy/?a"]
    {
        let error = WayOut::default().with_proxy(address, None).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2") && error.to_string().contains("http://proxy.example:3128"));
    }
    for address in ["proxy:3128", "proxy.example", "http://user:hunter2@10.1.1.1:3128/", "https://proxy"] {
        let way = WayOut::default().with_proxy(address, None).unwrap();
        assert!(way.has_proxy() && !format!("{way:?}").contains("hunter2"), "{address}");
    }
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let way = WayOut::default().with_authorities(pem.as_bytes());
        // A broken one is found here, or when a client is made with it.
        assert!(way.is_err() || way.unwrap().applied(reqwest::Client::builder()).build().is_err(), "{pem}");
    }
}
