//! Who may call.

use std::collections::HashMap;

use super::{Checker, Place, file};
use crate::callers::Proof;

impl Checker<'_> {
    pub(super) fn callers(&mut self, callers: Vec<file::Caller>, at: &Place) -> Vec<(String, Proof)> {
        let mut checked = Vec::new();
        let mut names = Vec::new();
        let mut tokens = HashMap::new();
        for (number, caller) in callers.into_iter().enumerate() {
            let at = at.item(number);
            let name = self.required(caller.name, &at.key("name")).unwrap_or_default();
            // A colon ends the name in Basic.
            if name.contains([':', '\r', '\n']) {
                self.wrong(&at.key("name"), "a caller's name has no colon and no line break");
            }
            let proof = match (caller.password_hash, caller.token_hash) {
                (Some(hash), None) => {
                    Proof::password(&hash).map_err(|problem| self.wrong(&at.key("password-hash"), problem)).ok()
                }
                (None, Some(hash)) => Proof::token(&hash).map_err(|problem| self.wrong(&at.key("token-hash"), problem)).ok(),
                (Some(_), Some(_)) => {
                    self.wrong(&at, "has a password-hash and a token-hash: a caller has one of them");
                    None
                }
                (None, None) => {
                    if !["password-hash", "token-hash"].iter().any(|key| self.left_out.contains(&at.key(key))) {
                        self.wrong(&at, "has neither password-hash nor token-hash");
                    }
                    None
                }
            };
            if let Some(Proof::Token(hash)) = &proof
                && let Some(first) = tokens.insert(*hash, number)
            {
                self.wrong(&at.key("token-hash"), format!("callers[{first}] has the same token: make another"));
            }
            names.push(name.clone());
            // Without a proof too, so that tenants which name it are not told that there is no such caller.
            checked.push((name, proof.unwrap_or_else(|| Proof::Password(String::new()))));
        }
        self.no_doubles(at, "name", names.iter().map(String::as_str), "caller");
        checked
    }
}
