//! A certificate and its private key, which signs assertions.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use uuid::Uuid;

/// Lifetime of an assertion in seconds, as in Microsoft's own library.
const LIFETIME_SECONDS: u64 = 600;

/// A certificate registered with an application, and its RSA key.
pub struct SigningCertificate {
    key: RsaKeyPair,
    /// SHA-256 of the certificate, which identifies it at the sign-in service.
    thumbprint: [u8; 32],
    /// SHA-256 of the key, to compare keys.
    key_print: [u8; 32],
}

impl SigningCertificate {
    /// Reads a certificate and its unencrypted RSA key from PEM; both may be in one text. Only the first certificate counts.
    ///
    /// # Errors
    ///
    /// If one is missing, or they do not match. The error shows nothing of them.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> anyhow::Result<Self> {
        let certificate = CertificateDer::from_pem_slice(certificate).ok().context("there is no certificate in PEM")?;
        let key = PrivateKeyDer::from_pem_slice(key).ok().context("there is no unencrypted private key in PEM")?;
        Self::from_der(&certificate, &key)
    }

    /// Reads certificate and key from a PKCS#12 file (`.pfx`, `.p12`), whose password may be empty.
    ///
    /// # Errors
    ///
    /// As [`SigningCertificate::from_pem`], or if the password is wrong.
    pub fn from_pkcs12(file: &[u8], password: &str) -> anyhow::Result<Self> {
        let store = KeyStore::from_pkcs12(file, password, Pkcs12ImportPolicy::Strict);
        // The library's own error may show parts of the file.
        let store = store.ok().context("it is neither PEM, nor a PKCS#12 file that this password opens")?;
        let (_, chain) = store.private_key_chain().context("there is no certificate with its private key in the PKCS#12 file")?;
        let certificate = chain.certs().first().context("there is no certificate in the PKCS#12 file")?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(chain.key().as_der().to_vec()));
        Self::from_der(certificate.as_der(), &key)
    }

    fn from_der(certificate: &[u8], key: &PrivateKeyDer<'_>) -> anyhow::Result<Self> {
        let pair = match key {
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            _ => anyhow::bail!("the private key is not an RSA key, which is what Microsoft Entra takes"),
        };
        let pair = pair.ok().context("the private key is not an RSA key of 2048 to 8192 bits")?;
        let public = pair.public_key().as_ref();
        // A certificate contains its public key in this encoding.
        let matches = certificate.windows(public.len()).any(|part| part == public);
        anyhow::ensure!(matches, "the private key does not match the certificate");
        Ok(Self { key: pair, thumbprint: sha256(certificate), key_print: sha256(key.secret_der()) })
    }

    /// Creates an assertion of `client_id` for `audience`: a JSON Web Token
    /// (<https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials>).
    pub(super) fn sign_assertion(&self, client_id: &str, audience: &str) -> anyhow::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the machine's clock is before 1970")?.as_secs();
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(self.thumbprint)});
        let claims = json!({
            "aud": audience, "iss": client_id, "sub": client_id, "jti": Uuid::new_v4().to_string(),
            "nbf": now, "iat": now, "exp": now + LIFETIME_SECONDS,
        });
        let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let signed = self.key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature);
        signed.ok().context("the key cannot sign")?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(token)
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

impl PartialEq for SigningCertificate {
    fn eq(&self, other: &Self) -> bool {
        (self.thumbprint, self.key_print) == (other.thumbprint, other.key_print)
    }
}

impl fmt::Debug for SigningCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningCertificate")
    }
}

#[cfg(test)]
mod tests;
