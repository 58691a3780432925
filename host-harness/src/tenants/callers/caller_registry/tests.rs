//! Logins, valid and invalid.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use super::*;
use crate::tenants::callers::comparisons::MAX_CONCURRENT;
use protocol::login::{PASSWORD, USERNAME};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

fn spec(proof: Proof) -> CallerSpec {
    CallerSpec { proof, calls: 2 }
}

async fn identify(callers: &CallerRegistry, pairs: &[(&'static str, &str)]) -> Option<String> {
    callers.identify(&headers(pairs), None).await.unwrap().map(|name| name.to_string())
}

#[tokio::test]
async fn password_authenticates_in_openidm_and_basic_headers() {
    let hash = hash_password("café: x").unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=") && !hash.contains("café"), "{hash}");
    let other = spec(Proof::parse_password_hash(&hash_password("other").unwrap()).unwrap());
    let callers = [("idm".to_owned(), spec(Proof::parse_password_hash(&hash).unwrap())), ("other".to_owned(), other)];
    let callers = CallerRegistry::new(callers).unwrap();
    let idm = Some("idm".to_owned());
    // Twice, because the second time the password is remembered.
    for _ in 0..2 {
        assert_eq!(identify(&callers, &[(USERNAME, "idm"), (PASSWORD, "UTF-8''caf%C3%A9:%20x")]).await, idm);
        let basic = format!("Basic {}", STANDARD.encode("idm:café: x"));
        assert_eq!(identify(&callers, &[("authorization", &basic)]).await, idm);
        assert_eq!(identify(&callers, &[(USERNAME, "idm"), (PASSWORD, "other")]).await, None);
        assert_eq!(identify(&callers, &[(USERNAME, "nobody"), (PASSWORD, "other")]).await, None);
        assert_eq!(identify(&callers, &[(USERNAME, "other"), (PASSWORD, "UTF-8''caf%C3%A9:%20x")]).await, None);
        assert_eq!(identify(&callers, &[(USERNAME, "idm"), (PASSWORD, &hash)]).await, None, "the hash is not a password");
    }
    assert_eq!(identify(&callers, &[]).await, None);
    assert_eq!(identify(&callers, &[(USERNAME, "idm"), (PASSWORD, "")]).await, None);
}

/// Concurrent attempts do not get around the lockout.
#[tokio::test]
async fn locked_out_name_has_no_password_compared() {
    let of = |name: &str| (name.to_owned(), spec(Proof::parse_password_hash(&hash_password("right").unwrap()).unwrap()));
    let callers = CallerRegistry::new([of("idm"), of("other")]).unwrap();
    let from = "192.0.2.1".parse().ok();
    let attempt = |name: &'static str, password: &'static str| {
        let callers = &callers;
        async move { callers.identify(&headers(&[(USERNAME, name), (PASSWORD, password)]), from).await }
    };
    // Concurrently, and also for an unknown name.
    for name in ["idm", "nobody"] {
        let all = futures_util::future::join_all((0..20).map(|_| attempt(name, "wrong"))).await;
        let compared = all.iter().filter(|outcome| outcome.is_ok()).count();
        assert!((5..5 + MAX_CONCURRENT).contains(&compared), "{compared} of {name}");
        assert!(all.iter().flatten().all(Option::is_none));
    }
    let refused = attempt("idm", "right").await.unwrap_err();
    assert!(matches!(refused, LoginRefusal::LockedOut(LockedOut { remaining }) if remaining.as_secs() > 20), "{refused:?}");
    assert_eq!(attempt("other", "right").await.unwrap().as_deref(), Some("other"));
    // Failures count on after a reload.
    let callers = CallerRegistry::new([of("idm")]).unwrap().with_logins_of(&callers);
    assert!(callers.identify(&headers(&[(USERNAME, "idm"), (PASSWORD, "right")]), from).await.is_err());
    let unrelated = CallerRegistry::new([of("idm")]).unwrap();
    assert!(unrelated.identify(&headers(&[(USERNAME, "idm"), (PASSWORD, "right")]), None).await.unwrap().is_some());
}

/// No comparison is needed after a reload, unless the hash changed.
#[tokio::test]
async fn remembered_password_survives_reload() {
    let hash = hash_password("right").unwrap();
    let registry =
        |hash: &str| CallerRegistry::new([("idm".to_owned(), spec(Proof::parse_password_hash(hash).unwrap()))]).unwrap();
    let callers = registry(&hash);
    let login = headers(&[(USERNAME, "idm"), (PASSWORD, "right")]);
    assert!(callers.identify(&login, None).await.unwrap().is_some());
    let reloaded = registry(&hash).with_logins_of(&callers);
    let mut held = Vec::new();
    while let Some(permit) = futures_util::FutureExt::now_or_never(reloaded.comparisons.acquire()) {
        held.push(permit.unwrap());
    }
    let at_once = futures_util::FutureExt::now_or_never(reloaded.identify(&login, None));
    assert!(at_once.unwrap().unwrap().is_some(), "it is remembered");
    let changed = registry(&hash_password("another").unwrap()).with_logins_of(&callers);
    assert!(futures_util::FutureExt::now_or_never(changed.identify(&login, None)).is_none(), "it is compared");
    drop(held);
    assert!(changed.identify(&login, None).await.unwrap().is_none());
}

#[tokio::test]
async fn bearer_token_authenticates_by_hash() {
    let ((token, hash), (other, _)) = (generate_token().unwrap(), generate_token().unwrap());
    assert_ne!(token, other);
    let callers = CallerRegistry::new([("idp".to_owned(), spec(Proof::parse_token_hash(&hash).unwrap()))]).unwrap();
    assert_eq!(identify(&callers, &[("authorization", &format!("bearer  {token}"))]).await.as_deref(), Some("idp"));
    for wrong in [format!("Bearer {other}"), format!("Bearer {hash}"), format!("Basic {token}"), "Bearer ".to_owned(), token] {
        assert_eq!(identify(&callers, &[("authorization", &wrong)]).await, None, "{wrong}");
    }
}

#[test]
fn invalid_hashes_are_rejected() {
    let hash = hash_password("x").unwrap();
    let without_value = hash.rsplit_once('$').unwrap().0;
    for wrong in ["", "x", "$argon2id$", without_value, "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"] {
        assert!(Proof::parse_password_hash(wrong).is_err(), "{wrong}");
    }
    let (_, hash) = generate_token().unwrap();
    for wrong in
        ["", "sha256:", &hash[1..], &hash[..70], &format!("{hash}0"), &hash.replace("sha256:", "sha256:+").as_str()[..71]]
    {
        assert!(Proof::parse_token_hash(wrong).is_err(), "{wrong}");
    }
    assert!(hash_password("").is_err());
}

/// Also over a reload, and not another caller's.
#[tokio::test]
async fn caller_has_own_number_of_calls() {
    let (_, hash) = generate_token().unwrap();
    let proof = Proof::parse_token_hash(&hash).unwrap();
    let of = |name: &str, calls| (name.to_owned(), CallerSpec { proof: proof.clone(), calls });
    let callers = CallerRegistry::new([of("idm", 1), of("idp", 1)]).unwrap();
    let first = callers.acquire_call("idm", Duration::ZERO).await.unwrap();
    let refused = callers.acquire_call("idm", Duration::from_millis(1)).await.unwrap_err();
    assert!(matches!(refused, CallError::CallerBusy { calls: 1, .. }) && refused.to_string().contains("1 calls"), "{refused}");
    assert!(callers.acquire_call("idp", Duration::from_secs(60)).await.is_ok());
    let same = CallerRegistry::new([of("idm", 1)]).unwrap().with_logins_of(&callers);
    assert!(same.acquire_call("idm", Duration::from_millis(1)).await.is_err());
    let more = CallerRegistry::new([of("idm", 2)]).unwrap().with_logins_of(&callers);
    assert!(more.acquire_call("idm", Duration::from_secs(60)).await.is_ok());
    drop(first);
    assert!(callers.acquire_call("idm", Duration::from_secs(60)).await.is_ok());
}
