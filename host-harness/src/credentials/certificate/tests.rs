//! One key and certificate, in PEM and in three PKCS#12 files of OpenSSL 3.0: with its default algorithms, with legacy ones
//! (`-legacy`), and without a password.

use super::*;

const PASSWORD: &str = "password-of-a-test";
const PEM: &[u8] = include_bytes!("both.pem");
const MODERN: &[u8] = include_bytes!("modern.pfx");
const LEGACY: &[u8] = include_bytes!("legacy.pfx");
const OPEN: &[u8] = include_bytes!("open.pfx");

#[test]
fn pkcs12_and_pem_contain_same_certificate_and_key() {
    let pem = SigningCertificate::from_pem(PEM, PEM).unwrap();
    for (name, file, password) in [("modern", MODERN, PASSWORD), ("legacy", LEGACY, PASSWORD), ("open", OPEN, "")] {
        assert!(SigningCertificate::from_pkcs12(file, password).unwrap() == pem, "{name}");
    }
}

#[test]
fn pkcs12_error_hides_password() {
    let cut = &MODERN[..MODERN.len() / 2];
    for (file, password) in
        [(MODERN, "wrong-password"), (MODERN, ""), (cut, PASSWORD), (b"nonsense".as_slice(), PASSWORD), (b"", "")]
    {
        let error = format!("{:?}", SigningCertificate::from_pkcs12(file, password).unwrap_err());
        assert!(error.contains("PKCS#12"), "{error}");
        assert!(password.is_empty() || !error.contains(password), "{error}");
    }
}
