//! TLS for the gateway's own port.

use std::fmt;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use tokio_rustls::TlsAcceptor;

/// The gateway's certificate, and the CA certificates for those of callers.
#[derive(Clone)]
pub(crate) struct ListenerTls(Arc<ServerConfig>);

impl ListenerTls {
    /// Creates TLS 1.2 and 1.3 with a certificate and its key, both in PEM. With `client_ca`, it refuses connections without a
    /// certificate signed by one of those.
    pub(crate) fn new(certificate: &[u8], key: &[u8], client_ca: Option<&[u8]>) -> anyhow::Result<Self> {
        let certificates = parse_certificates(certificate).context("certificate-file")?;
        // The parser's own error may show parts of the file.
        let key = PrivateKeyDer::from_pem_slice(key).ok().context("key-file: expected a private key in PEM, found none")?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(client_ca) => {
                let mut roots = RootCertStore::empty();
                for certificate in parse_certificates(client_ca).context("client-ca-file")? {
                    roots.add(certificate).context("client-ca-file")?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.context("client-ca-file")?)
            }
        };
        let mut config = builder.with_single_cert(certificates, key).context("the certificate and the key")?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0))
    }
}

fn parse_certificates(pem: &[u8]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok().context("this is not PEM")?;
    anyhow::ensure!(!certificates.is_empty(), "expected a certificate, found none");
    Ok(certificates)
}

impl fmt::Debug for ListenerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListenerTls")
    }
}
