//! Tokens of the emulated sign-in service: how often they are asked for, with what, and what is said when there is none.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use http::StatusCode;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use super::*;
use crate::credential::source::{Application, IdentityHost, ManagedIdentity, WhichIdentity};
use crate::credential::{Secret, SigningCertificate};
use crate::metrics::Meter;
use graph_emulator::{AppRegistration, ClientCredential, Emulator, Options};

const HOUR: Duration = Duration::from_secs(3600);
const TENANT: &str = "contoso.example";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

async fn emulator(credential: ClientCredential) -> Emulator {
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), Options::default()).await.unwrap();
    emulator.register(AppRegistration {
        tenant: TENANT.to_owned(),
        client_id: CLIENT.to_owned(),
        graph: Cloud::UsGovL4.graph().to_owned(),
        credential,
        lifetime: HOUR,
    });
    emulator
}

fn application(emulator: &Emulator) -> Application {
    let login = emulator.endpoint().parse().unwrap();
    Application { tenant: TENANT.to_owned(), client_id: CLIENT.to_owned(), login }
}

fn with_secret(emulator: &Emulator) -> TokenSource {
    TokenSource::ClientSecret(application(emulator), Secret::new("s3cr&t=+ é"))
}

fn secret() -> ClientCredential {
    ClientCredential::Secret("s3cr&t=+ é".to_owned())
}

/// Tokens with a clock that the test moves.
struct Subject {
    tokens: Arc<Tokens>,
    seconds: Arc<AtomicU64>,
}

impl Subject {
    fn new(source: TokenSource) -> Self {
        let (start, seconds) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut tokens = Tokens::new(
            source,
            Cloud::UsGovL4,
            crate::outbound::client(&crate::way_out::WayOut::default()).unwrap(),
            Meter::default(),
        );
        let moved = Arc::clone(&seconds);
        tokens.clock = Arc::new(move || start + Duration::from_secs(moved.load(Ordering::SeqCst)));
        Self { tokens: Arc::new(tokens), seconds }
    }

    fn at(&self, seconds: u64) {
        self.seconds.store(seconds, Ordering::SeqCst);
    }

    async fn token(&self) -> String {
        self.tokens.authorization().await.unwrap().to_str().unwrap().to_owned()
    }

    async fn error(&self) -> TokenError {
        self.tokens.authorization().await.unwrap_err()
    }

    /// Waits for a request that nobody waits for.
    async fn renewed(&self) {
        drop(self.tokens.turn.lock().await);
    }
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_again_ahead_of_its_end() {
    let emulator = emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    assert_eq!(emulator.count_token_requests(), 0, "not before it is needed");
    let first = join_all((0..20).map(|_| subject.token())).await;
    assert!(first.iter().all(|token| *token == first[0] && token.starts_with("Bearer emulated-")), "{first:?}");
    subject.at(3299);
    assert_eq!((subject.token().await, emulator.count_token_requests()), (first[0].clone(), 1));
    subject.at(3301);
    assert_eq!(subject.token().await, first[0], "the good one, while the next is asked for");
    subject.renewed().await;
    let second = subject.token().await;
    assert_ne!(second, first[0]);
    assert_eq!(emulator.count_token_requests(), 2);
    // Nobody asked for long: it has ended.
    subject.at(3301 + 3541);
    assert_ne!(subject.token().await, second);
    assert_eq!(emulator.count_token_requests(), 3);
}

#[tokio::test]
async fn a_token_is_good_to_its_end_when_there_is_no_other() {
    let emulator = emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    let first = subject.token().await;
    emulator.set_sign_in_outage(Some(StatusCode::SERVICE_UNAVAILABLE));
    subject.at(3310);
    for _ in 0..5 {
        assert_eq!(subject.token().await, first);
        subject.renewed().await;
    }
    assert_eq!(emulator.count_token_requests(), 2, "not again at once");
    subject.at(3345);
    assert_eq!(subject.token().await, first);
    subject.renewed().await;
    assert_eq!(emulator.count_token_requests(), 3);
    subject.at(3541);
    let error = subject.error().await;
    assert!(matches!(&error, TokenError::Unavailable { .. }) && error.to_string().contains("HTTP 503"), "{error}");
    emulator.set_sign_in_outage(None);
    assert_ne!(subject.token().await, first);
}

#[tokio::test]
async fn those_who_wait_share_a_failure() {
    let emulator = emulator(secret()).await;
    emulator.set_sign_in_outage(Some(StatusCode::INTERNAL_SERVER_ERROR));
    let subject = Subject::new(with_secret(&emulator));
    let errors = join_all((0..20).map(|_| subject.error())).await;
    assert_eq!((errors.len(), emulator.count_token_requests()), (20, 1));
    subject.error().await;
    assert_eq!(emulator.count_token_requests(), 2, "later ones ask again");
}

/// A refusal will not pass by itself.
#[tokio::test]
async fn after_a_refusal_nobody_asks_for_a_while() {
    let emulator = emulator(secret()).await;
    let wrong = TokenSource::ClientSecret(application(&emulator), Secret::new("wrong"));
    let subject = Subject::new(wrong);
    for _ in 0..5 {
        assert!(matches!(subject.error().await, TokenError::Refused { .. }));
    }
    subject.at(9);
    subject.error().await;
    assert_eq!(emulator.count_token_requests(), 1);
    subject.at(10);
    subject.error().await;
    assert_eq!(emulator.count_token_requests(), 2);
}

#[tokio::test]
async fn a_token_that_was_refused_is_not_sent_again() {
    let emulator = emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    let first = subject.tokens.authorization().await.unwrap();
    subject.tokens.refused(&first);
    let second = subject.tokens.authorization().await.unwrap();
    assert_ne!(first, second);
    subject.tokens.refused(&first);
    assert_eq!(subject.tokens.authorization().await.unwrap(), second, "the word on the old one came late");
}

/// A caller that goes away while the token is asked for leaves it to the others.
#[tokio::test]
async fn a_request_for_a_token_outlives_who_asked() {
    let emulator = emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    let mut asking = Box::pin(subject.tokens.authorization());
    assert!((&mut asking).now_or_never().is_none());
    drop(asking);
    subject.token().await;
    assert_eq!(emulator.count_token_requests(), 1);
}

fn certificate() -> (String, String, String) {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = CertificateParams::new([]).unwrap().self_signed(&key).unwrap().pem();
    (certificate, key.serialize_pem(), key.public_key_pem())
}

#[tokio::test]
async fn a_certificate_signs_a_new_assertion_for_each_token() {
    let (pem, key, public) = certificate();
    let emulator = emulator(ClientCredential::Certificate(format!("{pem}{public}"))).await;
    let both = format!("{key}{pem}");
    let signing = Arc::new(SigningCertificate::from_pem(both.as_bytes(), both.as_bytes()).unwrap());
    let subject = Subject::new(TokenSource::Certificate(application(&emulator), Arc::clone(&signing)));
    let first = subject.token().await;
    subject.at(3600);
    assert_ne!(subject.token().await, first);
    assert_eq!(format!("{signing:?}"), "SigningCertificate");

    let (other_pem, other_key, _) = certificate();
    let other = Arc::new(SigningCertificate::from_pem(other_pem.as_bytes(), other_key.as_bytes()).unwrap());
    assert_ne!(signing, other);
    let error = Subject::new(TokenSource::Certificate(application(&emulator), other)).error().await;
    assert!(error.to_string().contains("AADSTS700027 (the certificate is not registered"), "{error}");

    for (certificate, key, problem) in [
        (pem.as_str(), other_key.as_str(), "is not that of the certificate"),
        (key.as_str(), key.as_str(), "no certificate"),
        (pem.as_str(), pem.as_str(), "no unencrypted private key"),
    ] {
        let error = SigningCertificate::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err();
        assert!(format!("{error:#}").contains(problem), "{error:#}");
    }
}

#[tokio::test]
async fn the_token_of_another_issuer_is_read_each_time() {
    let emulator = emulator(ClientCredential::Federated("of-today".to_owned())).await;
    let file = std::env::temp_dir().join(format!("graph-contacts-federated-{}", std::process::id()));
    let subject = Subject::new(TokenSource::WorkloadIdentity(application(&emulator), file.clone()));
    let error = subject.error().await;
    assert!(matches!(&error, TokenError::Unavailable { .. }) && error.to_string().contains("cannot be read"), "{error}");
    std::fs::write(&file, "of-yesterday").unwrap();
    let error = subject.error().await;
    assert!(matches!(&error, TokenError::Refused { .. }) && error.to_string().contains("AADSTS70021"), "{error}");
    std::fs::write(&file, "of-today\n").unwrap();
    subject.at(10);
    assert!(subject.token().await.starts_with("Bearer emulated-"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_managed_identity_is_asked_for_at_its_host() {
    let machine = emulator(ClientCredential::Machine).await;
    let metadata = |which, emulator: &Emulator| {
        let host = IdentityHost::Metadata(emulator.endpoint());
        Subject::new(TokenSource::ManagedIdentity(ManagedIdentity { which, host }))
    };
    assert!(metadata(None, &machine).token().await.starts_with("Bearer emulated-"));
    assert!(metadata(Some(WhichIdentity::ClientId(CLIENT.to_owned())), &machine).token().await.starts_with("Bearer "));
    let error = metadata(Some(WhichIdentity::ClientId("other".to_owned())), &machine).error().await;
    assert!(matches!(&error, TokenError::Refused { .. }) && error.to_string().contains("identity other"), "{error}");
    machine.set_sign_in_outage(Some(StatusCode::GONE));
    assert!(matches!(metadata(None, &machine).error().await, TokenError::Unavailable { .. }), "it is being updated");

    let application = emulator(ClientCredential::WebApplication("header-1".to_owned())).await;
    let service = |header: &str| {
        let host =
            IdentityHost::AppService { endpoint: format!("{}/msi/token", application.endpoint()), header: Secret::new(header) };
        Subject::new(TokenSource::ManagedIdentity(ManagedIdentity { which: None, host }))
    };
    let subject = service("header-1");
    let first = subject.token().await;
    subject.at(3200);
    assert_eq!(subject.token().await, first, "its end is read");
    assert!(matches!(service("header-2").error().await, TokenError::Refused { .. }));
}

/// What is said shows what to do, and nothing that is secret.
#[tokio::test]
async fn a_refusal_says_what_is_wrong() {
    let emulator = emulator(ClientCredential::ExpiredSecret("s3cr&t=+ é".to_owned())).await;
    let good = application(&emulator);
    let unknown_client = Application { client_id: "0".to_owned(), ..good.clone() };
    let unknown_tenant = Application { tenant: "fabrikam.example".to_owned(), ..good.clone() };
    for (source, told) in [
        (with_secret(&emulator), "invalid_client, AADSTS7000222 (the client secret has expired"),
        (TokenSource::ClientSecret(good, Secret::new("wrong-s3cret")), "AADSTS7000215 (the client secret is wrong"),
        (
            TokenSource::ClientSecret(unknown_client, Secret::new("x-s3cret")),
            "AADSTS700016 (the directory has no such application",
        ),
        (TokenSource::ClientSecret(unknown_tenant, Secret::new("x-s3cret")), "AADSTS90002 (there is no such directory"),
    ] {
        let shown = format!("{source:?}");
        let error = Subject::new(source).error().await;
        let said = format!("{error} {error:?} {shown}");
        assert!(matches!(error, TokenError::Refused { .. }) && said.contains(told), "{said}");
        assert!(said.contains("trace id") && !said.contains("s3cr"), "{said}");
    }
    let elsewhere = Tokens::new(
        with_secret(&emulator),
        Cloud::China,
        crate::outbound::client(&crate::way_out::WayOut::default()).unwrap(),
        Meter::default(),
    );
    let error = Arc::new(elsewhere).authorization().await.unwrap_err().to_string();
    assert!(error.contains("AADSTS500011") && error.contains("check cloud"), "{error}");
    let login = "http://127.0.0.1:1".parse().unwrap();
    let nowhere = TokenSource::ClientSecret(Application { login, ..application(&emulator) }, Secret::new("s3cr"));
    let error = Subject::new(nowhere).error().await;
    assert!(matches!(&error, TokenError::Unavailable { .. }) && error.to_string().contains("cannot be reached"), "{error}");
}
