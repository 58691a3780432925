//! Proofs of callers, good and bad.

use http::HeaderValue;

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

async fn name(callers: &Callers, pairs: &[(&'static str, &str)]) -> Option<String> {
    callers.identify(&headers(pairs), None).await.unwrap().map(|name| name.to_string())
}

#[tokio::test]
async fn a_password_is_known_by_its_hash_in_each_of_its_headers() {
    let hash = hash_password("café: x").unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=") && !hash.contains("café"), "{hash}");
    let other = Proof::password(&hash_password("other").unwrap()).unwrap();
    let callers = [("idm".to_owned(), Proof::password(&hash).unwrap()), ("other".to_owned(), other)];
    let callers = Callers::new(callers).unwrap();
    let idm = Some("idm".to_owned());
    // Twice: the second time it is remembered.
    for _ in 0..2 {
        assert_eq!(name(&callers, &[(USERNAME, "idm"), (PASSWORD, "UTF-8''caf%C3%A9: x")]).await, idm);
        let basic = format!("Basic {}", STANDARD.encode("idm:café: x"));
        assert_eq!(name(&callers, &[("authorization", &basic)]).await, idm);
        assert_eq!(name(&callers, &[(USERNAME, "idm"), (PASSWORD, "other")]).await, None);
        assert_eq!(name(&callers, &[(USERNAME, "nobody"), (PASSWORD, "other")]).await, None);
        assert_eq!(name(&callers, &[(USERNAME, "other"), (PASSWORD, "UTF-8''caf%C3%A9: x")]).await, None);
        assert_eq!(name(&callers, &[(USERNAME, "idm"), (PASSWORD, &hash)]).await, None, "the hash is no password");
    }
    assert_eq!(name(&callers, &[]).await, None);
    assert_eq!(name(&callers, &[(USERNAME, "idm"), (PASSWORD, "")]).await, None);
}

/// The right one among many is not told from the wrong ones, at whatever pace they come.
#[tokio::test]
async fn after_several_wrong_passwords_none_is_compared() {
    let of = |name: &str| (name.to_owned(), Proof::password(&hash_password("right").unwrap()).unwrap());
    let callers = Callers::new([of("idm"), of("other")]).unwrap();
    let from = "192.0.2.1".parse().ok();
    let tried = |name: &'static str, password: &'static str| {
        let callers = &callers;
        async move { callers.identify(&headers(&[(USERNAME, name), (PASSWORD, password)]), from).await }
    };
    // At once, and a name that nobody has as well.
    for name in ["idm", "nobody"] {
        let all = futures_util::future::join_all((0..20).map(|_| tried(name, "wrong"))).await;
        let compared = all.iter().filter(|outcome| outcome.is_ok()).count();
        assert!((5..5 + COMPARISONS).contains(&compared), "{compared} of {name}");
        assert!(all.iter().flatten().all(Option::is_none));
    }
    assert!(tried("idm", "right").await.unwrap_err().wait > std::time::Duration::from_secs(20));
    assert_eq!(tried("other", "right").await.unwrap().as_deref(), Some("other"));
    // What was wrong before counts after the configuration has changed.
    let callers = Callers::new([of("idm")]).unwrap().after(&callers);
    assert!(callers.identify(&headers(&[(USERNAME, "idm"), (PASSWORD, "right")]), None).await.is_err());
    let elsewhere = Callers::new([of("idm")]).unwrap();
    assert!(elsewhere.identify(&headers(&[(USERNAME, "idm"), (PASSWORD, "right")]), None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_token_is_known_by_its_hash() {
    let ((token, hash), (other, _)) = (new_token().unwrap(), new_token().unwrap());
    assert_ne!(token, other);
    let callers = Callers::new([("idp".to_owned(), Proof::token(&hash).unwrap())]).unwrap();
    assert_eq!(name(&callers, &[("authorization", &format!("bearer  {token}"))]).await.as_deref(), Some("idp"));
    for wrong in [format!("Bearer {other}"), format!("Bearer {hash}"), format!("Basic {token}"), "Bearer ".to_owned(), token] {
        assert_eq!(name(&callers, &[("authorization", &wrong)]).await, None, "{wrong}");
    }
}

#[test]
fn what_is_no_hash_is_refused() {
    let hash = hash_password("x").unwrap();
    let without_value = hash.rsplit_once('$').unwrap().0;
    for wrong in ["", "x", "$argon2id$", without_value, "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"] {
        assert!(Proof::password(wrong).is_err(), "{wrong}");
    }
    let (_, hash) = new_token().unwrap();
    for wrong in
        ["", "sha256:", &hash[1..], &hash[..70], &format!("{hash}0"), &hash.replace("sha256:", "sha256:+").as_str()[..71]]
    {
        assert!(Proof::token(wrong).is_err(), "{wrong}");
    }
    assert!(hash_password("").is_err());
}
