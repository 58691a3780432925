//! TLS connections of callers.

use std::net::SocketAddr;

use hyper_util::server::graceful::GracefulShutdown;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use tokio::net::TcpListener;

use super::*;
use crate::gateway::connection_table::ConnectionTable;
use crate::tenants::listener_tls::ListenerTls;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn create_issuer() -> Issuer {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Returns a certificate and its key in PEM.
fn issue(issuer: &Issuer, name: &str, usage: ExtendedKeyUsagePurpose) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.extended_key_usages = vec![usage];
    (params.signed_by(&key, issuer).unwrap().pem(), key.serialize_pem())
}

/// Starts a gateway without tenants and callers.
async fn start(tls: ListenerTls) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tenants = TenantSnapshot::empty(Some(tls)).unwrap();
    let (sender, tenants) = watch::channel(Arc::new(tenants));
    tokio::spawn(async move {
        let graceful = GracefulShutdown::new();
        while let Ok((stream, _)) = listener.accept().await {
            let service = Service::MultiTenant(tenants.clone(), None, Metrics::default());
            let open = ConnectionTable::for_gateway().open(None).1.unwrap();
            tokio::spawn(serve_connection(stream, open, service, graceful.watcher()));
        }
        drop(sender);
    });
    address
}

fn build_client(issuer: &Issuer, identity: Option<&(String, String)>) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(issuer.pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
    let builder = match identity {
        Some((certificate, key)) => {
            builder.identity(reqwest::Identity::from_pem(format!("{key}{certificate}").as_bytes()).unwrap())
        }
        None => builder,
    };
    builder.build().unwrap()
}

async fn get_status(client: &reqwest::Client, address: SocketAddr) -> Option<u16> {
    Some(client.get(format!("https://{address}/openidm/system/x")).send().await.ok()?.status().as_u16())
}

#[tokio::test]
async fn gateway_serves_tls() {
    let issuer = create_issuer();
    let (certificate, key) = issue(&issuer, "127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
    let address = start(ListenerTls::new(certificate.as_bytes(), key.as_bytes(), None).unwrap()).await;
    assert_eq!(get_status(&build_client(&issuer, None), address).await, Some(401));
    assert_eq!(get_status(&build_client(&create_issuer(), None), address).await, None, "the client does not know the issuer");
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(plain.get(format!("http://{address}/")).send().await.is_err());
}

#[tokio::test]
async fn client_ca_requires_client_certificate() {
    let (issuer, others) = (create_issuer(), create_issuer());
    let (certificate, key) = issue(&issuer, "127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
    let tls = ListenerTls::new(certificate.as_bytes(), key.as_bytes(), Some(issuer.pem().as_bytes())).unwrap();
    let address = start(tls).await;
    let good = issue(&issuer, "caller", ExtendedKeyUsagePurpose::ClientAuth);
    assert_eq!(get_status(&build_client(&issuer, Some(&good)), address).await, Some(401), "the certificate is not a login");
    assert_eq!(get_status(&build_client(&issuer, None), address).await, None);
    let foreign = issue(&others, "caller", ExtendedKeyUsagePurpose::ClientAuth);
    assert_eq!(get_status(&build_client(&issuer, Some(&foreign)), address).await, None);
}

#[test]
fn mismatched_tls_files_are_rejected() {
    let issuer = create_issuer();
    let (certificate, key) = issue(&issuer, "127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
    let (_, other_key) = issue(&issuer, "127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
    for (certificate, key, client_ca, expected) in [
        (certificate.as_str(), other_key.as_str(), None, "the certificate and the key"),
        (key.as_str(), key.as_str(), None, "certificate-file: expected a certificate"),
        (certificate.as_str(), certificate.as_str(), None, "key-file: expected a private key"),
        (certificate.as_str(), key.as_str(), Some(""), "client-ca-file: expected a certificate"),
    ] {
        let error = ListenerTls::new(certificate.as_bytes(), key.as_bytes(), client_ca.map(str::as_bytes)).unwrap_err();
        assert!(format!("{error:#}").contains(expected), "{error:#}");
    }
}
