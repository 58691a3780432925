//! Tokens of the emulated sign-in service: how often they are requested, with what, and the error when there is none.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use http::StatusCode;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use super::*;
use crate::credentials::certificate::SigningCertificate;
use crate::credentials::secret::Secret;
use crate::credentials::source::{Application, IdentityEndpoint, ManagedIdentity, UserAssignedIdentity};
use crate::http_client::client::build_client;
use crate::http_client::egress_config::EgressConfig;
use crate::observability::metrics::meter::Meter;
use graph_emulator::{AppRegistration, ClientCredential, Emulator, Options};

const AUDIENCE: &str = "https://graph.microsoft.us";
const HOUR: Duration = Duration::from_secs(3600);
const TENANT: &str = "contoso.example";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

async fn start_emulator(credential: ClientCredential) -> Emulator {
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), Options::default()).await.unwrap();
    emulator.register(AppRegistration {
        tenant: TENANT.to_owned(),
        client_id: CLIENT.to_owned(),
        graph: AUDIENCE.to_owned(),
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

/// A cache with a clock that the test sets.
struct Subject {
    cache: Arc<TokenCache>,
    seconds: Arc<AtomicU64>,
}

impl Subject {
    fn new(source: TokenSource) -> Self {
        let (start, seconds) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut cache =
            TokenCache::new(source, AUDIENCE.to_owned(), build_client(&EgressConfig::default()).unwrap(), Meter::default());
        let now = Arc::clone(&seconds);
        cache.clock = Arc::new(move || start + Duration::from_secs(now.load(Ordering::SeqCst)));
        Self { cache: Arc::new(cache), seconds }
    }

    fn set_clock(&self, seconds: u64) {
        self.seconds.store(seconds, Ordering::SeqCst);
    }

    async fn token(&self) -> String {
        self.cache.authorization().await.unwrap().to_str().unwrap().to_owned()
    }

    async fn error(&self) -> TokenError {
        self.cache.authorization().await.unwrap_err()
    }

    /// Waits for a request in the background.
    async fn wait_for_renewal(&self) {
        drop(self.cache.request_lock.lock().await);
    }
}

#[tokio::test]
async fn token_is_requested_once_and_renewed_before_expiry() {
    let emulator = start_emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    assert_eq!(emulator.count_token_requests(), 0, "not before it is needed");
    let first = join_all((0..20).map(|_| subject.token())).await;
    assert!(first.iter().all(|token| *token == first[0] && token.starts_with("Bearer emulated-")), "{first:?}");
    subject.set_clock(3299);
    assert_eq!((subject.token().await, emulator.count_token_requests()), (first[0].clone(), 1));
    subject.set_clock(3301);
    assert_eq!(subject.token().await, first[0], "the valid one, while the next is requested");
    subject.wait_for_renewal().await;
    let second = subject.token().await;
    assert_ne!(second, first[0]);
    assert_eq!(emulator.count_token_requests(), 2);
    // Nobody needed it for a long time: it has expired.
    subject.set_clock(3301 + 3541);
    assert_ne!(subject.token().await, second);
    assert_eq!(emulator.count_token_requests(), 3);
}

#[tokio::test]
async fn token_is_used_until_expiry_when_renewal_fails() {
    let emulator = start_emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    let first = subject.token().await;
    emulator.set_sign_in_outage(Some(StatusCode::SERVICE_UNAVAILABLE));
    subject.set_clock(3310);
    for _ in 0..5 {
        assert_eq!(subject.token().await, first);
        subject.wait_for_renewal().await;
    }
    assert_eq!(emulator.count_token_requests(), 2, "not again at once");
    subject.set_clock(3345);
    assert_eq!(subject.token().await, first);
    subject.wait_for_renewal().await;
    assert_eq!(emulator.count_token_requests(), 3);
    subject.set_clock(3541);
    let error = subject.error().await;
    assert!(matches!(&error, TokenError::Unavailable { .. }) && error.to_string().contains("HTTP 503"), "{error}");
    emulator.set_sign_in_outage(None);
    assert_ne!(subject.token().await, first);
}

#[tokio::test]
async fn waiting_callers_share_failure() {
    let emulator = start_emulator(secret()).await;
    emulator.set_sign_in_outage(Some(StatusCode::INTERNAL_SERVER_ERROR));
    let subject = Subject::new(with_secret(&emulator));
    let errors = join_all((0..20).map(|_| subject.error())).await;
    assert_eq!((errors.len(), emulator.count_token_requests()), (20, 1));
    subject.error().await;
    assert_eq!(emulator.count_token_requests(), 2, "later callers request again");
}

/// A refusal does not pass by itself.
#[tokio::test]
async fn refusal_is_reported_without_request_for_ten_seconds() {
    let emulator = start_emulator(secret()).await;
    let wrong = TokenSource::ClientSecret(application(&emulator), Secret::new("wrong"));
    let subject = Subject::new(wrong);
    for _ in 0..5 {
        assert!(matches!(subject.error().await, TokenError::Refused { .. }));
    }
    subject.set_clock(9);
    subject.error().await;
    assert_eq!(emulator.count_token_requests(), 1);
    subject.set_clock(10);
    subject.error().await;
    assert_eq!(emulator.count_token_requests(), 2);
}

#[tokio::test]
async fn rejected_token_is_not_sent_again() {
    let emulator = start_emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    let first = subject.cache.authorization().await.unwrap();
    subject.cache.discard(&first);
    let second = subject.cache.authorization().await.unwrap();
    assert_ne!(first, second);
    subject.cache.discard(&first);
    assert_eq!(subject.cache.authorization().await.unwrap(), second, "the rejection of the old one came late");
}

/// A caller that disconnects while the token is requested leaves it to the others.
#[tokio::test]
async fn token_request_continues_after_caller_disconnects() {
    let emulator = start_emulator(secret()).await;
    let subject = Subject::new(with_secret(&emulator));
    let mut request = Box::pin(subject.cache.authorization());
    assert!((&mut request).now_or_never().is_none());
    drop(request);
    subject.token().await;
    assert_eq!(emulator.count_token_requests(), 1);
}

fn create_certificate() -> (String, String, String) {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = CertificateParams::new([]).unwrap().self_signed(&key).unwrap().pem();
    (certificate, key.serialize_pem(), key.public_key_pem())
}

#[tokio::test]
async fn certificate_signs_new_assertion_for_each_token() {
    let (pem, key, public) = create_certificate();
    let emulator = start_emulator(ClientCredential::Certificate(format!("{pem}{public}"))).await;
    let both = format!("{key}{pem}");
    let signing = Arc::new(SigningCertificate::from_pem(both.as_bytes(), both.as_bytes()).unwrap());
    let subject = Subject::new(TokenSource::Certificate(application(&emulator), Arc::clone(&signing)));
    let first = subject.token().await;
    subject.set_clock(3600);
    assert_ne!(subject.token().await, first);
    assert_eq!(format!("{signing:?}"), "SigningCertificate");

    let (other_pem, other_key, _) = create_certificate();
    let other = Arc::new(SigningCertificate::from_pem(other_pem.as_bytes(), other_key.as_bytes()).unwrap());
    assert_ne!(signing, other);
    let error = Subject::new(TokenSource::Certificate(application(&emulator), other)).error().await;
    assert!(error.to_string().contains("AADSTS700027 (the certificate is not registered"), "{error}");

    for (certificate, key, problem) in [
        (pem.as_str(), other_key.as_str(), "does not match the certificate"),
        (key.as_str(), key.as_str(), "no certificate"),
        (pem.as_str(), pem.as_str(), "no unencrypted private key"),
    ] {
        let error = SigningCertificate::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err();
        assert!(format!("{error:#}").contains(problem), "{error:#}");
    }
}

#[tokio::test]
async fn federated_token_file_is_read_for_each_token() {
    let emulator = start_emulator(ClientCredential::Federated("of-today".to_owned())).await;
    let file = std::env::temp_dir().join(format!("graph-contacts-federated-{}", std::process::id()));
    let subject = Subject::new(TokenSource::WorkloadIdentity(application(&emulator), file.clone()));
    let error = subject.error().await;
    assert!(matches!(&error, TokenError::Unavailable { .. }) && error.to_string().contains("cannot be read"), "{error}");
    std::fs::write(&file, "of-yesterday").unwrap();
    let error = subject.error().await;
    assert!(matches!(&error, TokenError::Refused { .. }) && error.to_string().contains("AADSTS70021"), "{error}");
    std::fs::write(&file, "of-today\n").unwrap();
    subject.set_clock(10);
    assert!(subject.token().await.starts_with("Bearer emulated-"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn managed_identity_token_comes_from_its_endpoint() {
    let machine = start_emulator(ClientCredential::Machine).await;
    let metadata = |user_assigned, emulator: &Emulator| {
        let endpoint = IdentityEndpoint::Metadata(emulator.endpoint());
        Subject::new(TokenSource::ManagedIdentity(ManagedIdentity { user_assigned, endpoint }))
    };
    assert!(metadata(None, &machine).token().await.starts_with("Bearer emulated-"));
    assert!(metadata(Some(UserAssignedIdentity::ClientId(CLIENT.to_owned())), &machine).token().await.starts_with("Bearer "));
    let error = metadata(Some(UserAssignedIdentity::ClientId("other".to_owned())), &machine).error().await;
    assert!(matches!(&error, TokenError::Refused { .. }) && error.to_string().contains("identity other"), "{error}");
    machine.set_sign_in_outage(Some(StatusCode::GONE));
    assert!(matches!(metadata(None, &machine).error().await, TokenError::Unavailable { .. }), "it is being updated");

    let application = start_emulator(ClientCredential::WebApplication("header-1".to_owned())).await;
    let service = |header: &str| {
        let endpoint = IdentityEndpoint::AppService {
            endpoint: format!("{}/msi/token", application.endpoint()),
            header: Secret::new(header),
        };
        Subject::new(TokenSource::ManagedIdentity(ManagedIdentity { user_assigned: None, endpoint }))
    };
    let subject = service("header-1");
    let first = subject.token().await;
    subject.set_clock(3200);
    assert_eq!(subject.token().await, first, "its expiry is read");
    assert!(matches!(service("header-2").error().await, TokenError::Refused { .. }));
}

/// The message says what to do, and shows no secret.
#[tokio::test]
async fn token_error_explains_refusal_and_hides_secret() {
    let emulator = start_emulator(ClientCredential::ExpiredSecret("s3cr&t=+ é".to_owned())).await;
    let good = application(&emulator);
    let unknown_client = Application { client_id: "0".to_owned(), ..good.clone() };
    let unknown_tenant = Application { tenant: "fabrikam.example".to_owned(), ..good.clone() };
    for (source, expected) in [
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
        let message = format!("{error} {error:?} {shown}");
        assert!(matches!(error, TokenError::Refused { .. }) && message.contains(expected), "{message}");
        assert!(message.contains("trace id") && !message.contains("s3cr"), "{message}");
    }
    let elsewhere = TokenCache::new(
        with_secret(&emulator),
        "https://microsoftgraph.chinacloudapi.cn".to_owned(),
        build_client(&EgressConfig::default()).unwrap(),
        Meter::default(),
    );
    let error = Arc::new(elsewhere).authorization().await.unwrap_err().to_string();
    assert!(error.contains("AADSTS500011") && error.contains("check cloud"), "{error}");
    let login = "http://127.0.0.1:1".parse().unwrap();
    let nowhere = TokenSource::ClientSecret(Application { login, ..application(&emulator) }, Secret::new("s3cr"));
    let error = Subject::new(nowhere).error().await;
    assert!(matches!(&error, TokenError::Unavailable { .. }) && error.to_string().contains("cannot be reached"), "{error}");
}
