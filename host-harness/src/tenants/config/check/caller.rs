//! Checks the callers.

use std::collections::HashMap;

use super::checker::Checker;
use crate::tenants::callers::caller_registry::{CallerSpec, DEFAULT_CALLER_CALLS};
use crate::tenants::callers::proof::Proof;
use crate::tenants::config::file::Caller;
use crate::tenants::config::position::SettingPath;

impl Checker<'_> {
    pub(super) fn check_callers(&mut self, callers: Vec<Caller>, list: &SettingPath) -> Vec<(String, CallerSpec)> {
        let mut checked = Vec::new();
        let mut names = Vec::new();
        let mut tokens = HashMap::new();
        for (index, caller) in callers.into_iter().enumerate() {
            let path = list.item(index);
            let name = self.require(caller.name, &path.key("name")).unwrap_or_default();
            // In Basic, a colon ends the name.
            if name.contains([':', '\r', '\n']) {
                self.report(&path.key("name"), "must not contain a colon or a line break");
            }
            let proof = self.check_proof(caller.password_hash, caller.token_hash, &path);
            if let Some(Proof::Token(hash)) = &proof
                && let Some(first) = tokens.insert(*hash, index)
            {
                self.report(&path.key("token-hash"), format!("callers[{first}] has the same token: create another"));
            }
            names.push(name.clone());
            // Also without a proof, so that tenants which name the caller are not reported.
            let proof = proof.unwrap_or_else(|| Proof::Password(String::new()));
            let calls = self.check_range(caller.calls, 1, 64, &path.key("calls"));
            let calls = calls.map_or(DEFAULT_CALLER_CALLS, |calls| usize::try_from(calls).unwrap_or(usize::MAX));
            checked.push((name, CallerSpec { proof, calls }));
        }
        self.check_unique(list, "name", names.iter().map(String::as_str), "caller");
        checked
    }

    fn check_proof(&mut self, password_hash: Option<String>, token_hash: Option<String>, path: &SettingPath) -> Option<Proof> {
        match (password_hash, token_hash) {
            (Some(hash), None) => {
                let proof = Proof::parse_password_hash(&hash);
                proof.map_err(|message| self.report(&path.key("password-hash"), message)).ok()
            }
            (None, Some(hash)) => {
                let proof = Proof::parse_token_hash(&hash);
                proof.map_err(|message| self.report(&path.key("token-hash"), message)).ok()
            }
            (Some(_), Some(_)) => {
                self.report(path, "has both password-hash and token-hash: give one of them");
                None
            }
            (None, None) => {
                if !self.has_skipped(path, &["password-hash", "token-hash"]) {
                    self.report(path, "has neither password-hash nor token-hash: give one of them");
                }
                None
            }
        }
    }
}
