//! A proxy, and a service with TLS, both on this machine.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::credentials::credential::Credential;
use crate::credentials::secret::Secret;
use crate::credentials::source::{Application, TokenSource};
use crate::http_client::client::{build_client, configure_client};
use crate::observability::metrics::meter::Meter;
use crate::tenants::listener_tls::ListenerTls;

type Issuer = CertifiedIssuer<'static, KeyPair>;
type Heads = Arc<Mutex<Vec<String>>>;

const NAMES: [&str; 3] = ["graph.test", "login.test", "localhost"];
const RESPONSE: &str = r#"{"access_token": "issued", "token_type": "Bearer", "expires_in": 3600}"#;

fn create_issuer() -> Issuer {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

async fn read_head(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// A service with a certificate for [`NAMES`], and a proxy to it. Both record what they receive.
struct Network {
    issuer: Issuer,
    service: SocketAddr,
    proxy: SocketAddr,
    at_service: Heads,
    at_proxy: Heads,
}

impl Network {
    async fn new() -> Self {
        let issuer = create_issuer();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(NAMES.map(ToOwned::to_owned)).unwrap().signed_by(&key, &issuer).unwrap();
        let tls = ListenerTls::new(certificate.pem().as_bytes(), key.serialize_pem().as_bytes(), None).unwrap();
        let (services, proxies) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (service, proxy) = (services.local_addr().unwrap(), proxies.local_addr().unwrap());
        let (at_service, at_proxy) = (Heads::default(), Heads::default());
        let heads = Arc::clone(&at_service);
        tokio::spawn(async move {
            while let Ok((stream, _)) = services.accept().await {
                let Ok(mut stream) = tls.acceptor().accept(stream).await else { continue };
                let seen = read_head(&mut stream).await;
                heads.lock().unwrap().push(seen);
                let response =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{RESPONSE}", RESPONSE.len());
                stream.write_all(response.as_bytes()).await.unwrap();
                let _ = stream.shutdown().await;
            }
        });
        let heads = Arc::clone(&at_proxy);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = proxies.accept().await {
                let seen = read_head(&mut stream).await;
                heads.lock().unwrap().push(seen);
                let mut onwards = TcpStream::connect(service).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut stream, &mut onwards).await });
            }
        });
        Self { issuer, service, proxy, at_service, at_proxy }
    }

    fn config(&self, bypass: Option<&str>) -> EgressConfig {
        let trusting = EgressConfig::default().with_ca_certificates(self.issuer.pem().as_bytes()).unwrap();
        trusting.with_proxy(&format!("http://user:w%C3%B6rd@{}", self.proxy), bypass).unwrap()
    }

    /// Sends a request to the service by name.
    async fn get(&self, config: &EgressConfig, url: &str) -> reqwest::Result<String> {
        let builder = configure_client(config).resolve("graph.test", self.service).timeout(Duration::from_secs(20));
        builder.build()?.get(url).bearer_auth("host-token").send().await?.text().await
    }

    fn take_proxied(&self) -> Vec<String> {
        std::mem::take(&mut self.at_proxy.lock().unwrap())
    }
}

#[tokio::test]
async fn https_to_other_machines_uses_proxy_tunnel() {
    let network = Network::new().await;
    assert_eq!(network.get(&network.config(None), "https://graph.test/v1.0/users").await.unwrap(), RESPONSE);
    let seen = network.take_proxied();
    assert!(seen.len() == 1 && seen[0].starts_with("CONNECT graph.test:443 HTTP/1.1\r\n"), "{seen:?}");
    // user:wörd
    assert!(
        seen[0].to_lowercase().contains("proxy-authorization: basic dxnlcjp3w7zyza==") || seen[0].contains("dXNlcjp3w7ZyZA=="),
        "{seen:?}"
    );
    assert!(!seen[0].contains("host-token") && !seen[0].contains("/v1.0"), "{seen:?}");
    let received = network.at_service.lock().unwrap().clone();
    assert!(
        received[0].contains("authorization: Bearer host-token") && !received[0].to_lowercase().contains("proxy-auth"),
        "{received:?}"
    );
}

#[tokio::test]
async fn bypassed_hosts_do_not_use_proxy() {
    let network = Network::new().await;
    let url = format!("https://graph.test:{}/", network.service.port());
    for bypass in ["graph.test", ".test", "other.example, graph.test", "*"] {
        assert_eq!(network.get(&network.config(Some(bypass)), &url).await.unwrap(), RESPONSE, "{bypass}");
        assert_eq!(network.take_proxied(), [""; 0], "{bypass}");
    }
    assert_eq!(network.get(&network.config(Some("raph.test,10.0.0.0/8")), &url).await.unwrap(), RESPONSE);
    assert_eq!(network.take_proxied().len(), 1);
}

#[tokio::test]
async fn requests_to_this_machine_do_not_use_proxy() {
    let network = Network::new().await;
    let port = network.service.port();
    assert_eq!(network.get(&network.config(None), &format!("https://localhost:{port}/")).await.unwrap(), RESPONSE);
    // Plain HTTP, and names that the certificate does not have: these requests fail, but not at the proxy.
    for url in
        [format!("http://127.0.0.1:{port}/"), format!("https://127.0.0.2:{port}/"), format!("https://[::ffff:127.0.0.1]:{port}/")]
    {
        let _ = network.get(&network.config(None), &url).await;
    }
    assert_eq!(network.take_proxied(), [""; 0]);
}

#[tokio::test]
async fn additional_ca_certificate_is_trusted() {
    let network = Network::new().await;
    let url = format!("https://localhost:{}/", network.service.port());
    assert!(network.get(&EgressConfig::default(), &url).await.is_err());
    let others = EgressConfig::default().with_ca_certificates(create_issuer().pem().as_bytes()).unwrap();
    assert!(network.get(&others, &url).await.is_err());
    let bundle = [create_issuer().pem(), network.issuer.pem()].concat();
    let config = EgressConfig::default().with_ca_certificates(bundle.as_bytes()).unwrap();
    assert_eq!(network.get(&config, &url).await.unwrap(), RESPONSE);
}

#[tokio::test]
async fn token_requests_use_proxy() {
    let network = Network::new().await;
    let application = Application {
        tenant: "contoso.example".to_owned(),
        client_id: "app".to_owned(),
        login: "https://login.test".parse().unwrap(),
    };
    let source = TokenSource::ClientSecret(application, Secret::new("s3cret"));
    let credential = Credential::from_source_with(
        source,
        "https://graph.microsoft.com".to_owned(),
        build_client(&network.config(None)).unwrap(),
        Meter::default(),
    );
    assert_eq!(credential.authorization().await.unwrap().unwrap(), "Bearer issued");
    assert!(network.take_proxied()[0].starts_with("CONNECT login.test:443 "));
}

#[test]
fn invalid_egress_config_error_hides_password() {
    for address in
        ["", "ftp://proxy:3128", "http://user:hunter2@proxy/path", "http://user:hunter2@", "http://[proxy", "http://proxy/?a"]
    {
        let error = EgressConfig::default().with_proxy(address, None).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2") && error.to_string().contains("http://proxy.example:3128"));
    }
    for address in ["proxy:3128", "proxy.example", "http://user:hunter2@10.1.1.1:3128/", "https://proxy"] {
        let config = EgressConfig::default().with_proxy(address, None).unwrap();
        assert!(config.has_proxy() && !format!("{config:?}").contains("hunter2"), "{address}");
    }
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let config = EgressConfig::default().with_ca_certificates(pem.as_bytes());
        // An invalid certificate is found here, or when a client is built.
        assert!(config.is_err() || config.unwrap().apply_to(reqwest::Client::builder()).build().is_err(), "{pem}");
    }
}
