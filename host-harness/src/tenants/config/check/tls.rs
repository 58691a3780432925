//! Checks the TLS settings of the gateway's port.

use super::checker::Checker;
use crate::tenants::config::file::Tls;
use crate::tenants::config::position::SettingPath;
use crate::tenants::listener_tls::ListenerTls;

impl Checker<'_> {
    pub(super) fn check_tls(&mut self, tls: Tls, path: &SettingPath) -> Option<ListenerTls> {
        let mut read = |file: Option<String>, key: &str| {
            let path = path.key(key);
            let file = self.require(file, &path)?;
            if key == "key-file" { self.read_secret_file(&file, &path) } else { self.read_file(&file, &path) }
        };
        let certificate = read(tls.certificate_file, "certificate-file");
        let key = read(tls.key_file, "key-file");
        let client_ca = match tls.client_ca_file {
            Some(file) => Some(self.read_file(&file, &path.key("client-ca-file"))?),
            None => None,
        };
        match ListenerTls::new(&certificate?, &key?, client_ca.as_deref()) {
            Ok(tls) => Some(tls),
            Err(error) => {
                self.report(path, format!("{error:#}"));
                None
            }
        }
    }
}
