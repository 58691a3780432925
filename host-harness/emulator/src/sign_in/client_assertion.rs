//! Client assertions, signed with the key of a certificate.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use serde_json::Value;

/// The longest lifetime of an assertion, in seconds: the service's own limit is a day.
const MAX_LIFETIME_SECONDS: u64 = 86_400;

/// Returns the id of an assertion that the certificate in `pem` signed for this client and audience, or the error number.
pub(crate) fn verify(assertion: &str, pem: &str, client_id: &str, audience: &str) -> Result<String, i64> {
    const SIGNATURE: i64 = 700_027;
    let (signed, signature) = assertion.rsplit_once('.').ok_or(SIGNATURE)?;
    let (header, claims) = signed.split_once('.').ok_or(SIGNATURE)?;
    let json = |part: &str| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let (header, claims) = (json(header).ok_or(SIGNATURE)?, json(claims).ok_or(SIGNATURE)?);
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| SIGNATURE)?;
    let public = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| SIGNATURE)?;
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, &certificate));
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| SIGNATURE)?;
    let verified = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &*public).verify(signed.as_bytes(), &signature).is_ok();
    if !verified || header["alg"] != "PS256" || header["x5t#S256"] != thumbprint.as_str() {
        return Err(SIGNATURE);
    }
    if claims["iss"] != client_id || claims["sub"] != client_id {
        return Err(700_021);
    }
    if claims["aud"] != audience {
        return Err(700_023);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| SIGNATURE)?.as_secs();
    let is_valid = claims["exp"].as_u64().is_some_and(|end| now < end && end < now + MAX_LIFETIME_SECONDS);
    let id = claims["jti"].as_str().filter(|_| is_valid && claims["nbf"].as_u64().is_some_and(|begin| begin <= now));
    id.map(ToOwned::to_owned).ok_or(700_024)
}
