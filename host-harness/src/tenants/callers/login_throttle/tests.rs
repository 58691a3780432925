//! Lockouts, with a clock that the test sets.

use super::*;

struct Subject {
    throttle: LoginThrottle,
    now: Arc<Mutex<Instant>>,
}

impl Subject {
    fn new() -> Self {
        let now = Arc::new(Mutex::new(Instant::now()));
        let clock = Arc::clone(&now);
        let clock: Clock = Arc::new(move || *clock.lock().unwrap());
        Self { throttle: LoginThrottle { clock, ..LoginThrottle::default() }, now }
    }

    fn advance(&self, seconds: u64) {
        *self.now.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn fail(&self, times: u32, name: &str, address: &str) {
        (0..times).for_each(|_| self.throttle.record_failure(name, address.parse().ok()));
    }

    /// Returns the rest of a lockout in seconds.
    fn lockout(&self, name: &str, address: &str) -> u64 {
        self.throttle.check(name, address.parse().ok()).err().map_or(0, |locked_out| locked_out.remaining.as_secs())
    }
}

const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

#[test]
fn lockout_of_name_at_address_doubles_with_each_failure() {
    let subject = Subject::new();
    subject.fail(4, "idm", HOME);
    assert_eq!(subject.lockout("idm", HOME), 0);
    subject.fail(1, "idm", HOME);
    assert_eq!((subject.lockout("idm", HOME), subject.lockout("idm", ELSEWHERE), subject.lockout("other", HOME)), (30, 0, 0));
    subject.advance(29);
    assert_eq!(subject.lockout("idm", HOME), 1);
    subject.advance(1);
    assert_eq!(subject.lockout("idm", HOME), 0);
    for expected in [60, 120, 240, 480, 900, 900] {
        subject.fail(1, "idm", HOME);
        assert_eq!(subject.lockout("idm", HOME), expected);
        subject.advance(expected);
    }
}

#[test]
fn success_and_time_reset_failures() {
    let subject = Subject::new();
    subject.fail(4, "idm", HOME);
    subject.throttle.record_success("idm", HOME.parse().ok());
    subject.fail(4, "idm", HOME);
    assert_eq!(subject.lockout("idm", HOME), 0);
    subject.throttle.record_success("idm", HOME.parse().ok());
    subject.advance(15 * 60);
    subject.fail(4, "idm", HOME);
    assert_eq!(subject.lockout("idm", HOME), 0);
    subject.fail(1, "idm", HOME);
    assert_eq!(subject.lockout("idm", HOME), 30);
    subject.advance(30 + 15 * 60);
    subject.fail(1, "idm", HOME);
    assert_eq!(subject.lockout("idm", HOME), 0, "the counter was reset");
}

/// Two who share an address, such as that of a proxy: one polls, one tries passwords.
#[test]
fn attempts_beside_polling_caller_are_locked_out() {
    for address in [HOME, "127.0.0.1", "::1", ""] {
        let subject = Subject::new();
        for second in 0..5 {
            assert_eq!(subject.lockout("idm", address), 0, "{address} after {second} s");
            subject.throttle.record_success("idm", address.parse().ok());
            subject.fail(1, "idm", address);
            subject.advance(1);
        }
        assert!(subject.lockout("idm", address) > 0, "{address}");
    }
}

/// A success elsewhere resets nothing.
#[test]
fn success_resets_only_own_address() {
    let subject = Subject::new();
    subject.fail(4, "idm", ELSEWHERE);
    subject.throttle.record_success("idm", HOME.parse().ok());
    subject.fail(1, "idm", ELSEWHERE);
    assert_eq!((subject.lockout("idm", ELSEWHERE), subject.lockout("idm", HOME)), (30, 0));
}

/// Wrong passwords from many addresses, each below its own limit.
#[test]
fn attempts_from_many_addresses_lock_name_out_at_new_ones() {
    let subject = Subject::new();
    subject.throttle.record_success("idm", HOME.parse().ok());
    (0..100).for_each(|number| subject.fail(1, "idm", &format!("198.51.100.{number}")));
    assert_eq!(
        (subject.lockout("idm", "203.0.113.9"), subject.lockout("idm", HOME), subject.lockout("other", ELSEWHERE)),
        (30, 0, 0)
    );
}

#[test]
fn failures_elsewhere_do_not_lock_out_known_address() {
    let subject = Subject::new();
    subject.throttle.record_success("idm", HOME.parse().ok());
    subject.fail(9, "idm", ELSEWHERE);
    assert_eq!((subject.lockout("idm", HOME), subject.lockout("idm", "203.0.113.9")), (0, 0));
    assert!(subject.lockout("idm", ELSEWHERE) > 0);
    // At that address itself, failures lock the address out.
    subject.fail(20, "idm", HOME);
    assert!(subject.lockout("idm", HOME) > 0);
}

#[test]
fn address_lockout_covers_all_names() {
    let subject = Subject::new();
    (0..19).for_each(|number| subject.fail(1, &number.to_string(), ELSEWHERE));
    assert_eq!(subject.lockout("idm", ELSEWHERE), 0);
    subject.fail(1, "x", ELSEWHERE);
    assert_eq!((subject.lockout("idm", ELSEWHERE), subject.lockout("idm", HOME)), (30, 0));
    subject.throttle.record_success("own", HOME.parse().ok());
    assert_eq!(subject.lockout("idm", ELSEWHERE), 30);
    // A customer has a /64, and an IPv4 address may be written as an IPv6 one.
    (0..20).for_each(|number| subject.fail(1, &number.to_string(), &format!("2001:db8:1:2::{number}")));
    assert_eq!((subject.lockout("idm", "2001:db8:1:2:ffff::1"), subject.lockout("idm", "2001:db8:1:3::1")), (30, 0));
    assert_eq!(subject.lockout("idm", &format!("::ffff:{ELSEWHERE}")), 30);
}

#[test]
fn loopback_address_is_not_locked_out() {
    let subject = Subject::new();
    (0..100).for_each(|number| subject.fail(1, &number.to_string(), "127.0.0.1"));
    assert_eq!(subject.lockout("idm", "127.0.0.1"), 0);
    subject.fail(5, "idm", "::1");
    assert_eq!((subject.lockout("idm", "127.0.0.1"), subject.lockout("idm", "")), (30, 30), "the address is unknown");
    assert_eq!((subject.lockout("other", "127.0.0.1"), subject.lockout("idm", HOME)), (0, 0));
}

#[test]
fn counters_are_bounded_and_lockouts_stay_longest() {
    let subject = Subject::new();
    subject.fail(5, "first", "127.0.0.1");
    subject.advance(1);
    for number in 0..MAX_COUNTERS {
        subject.fail(1, &number.to_string(), "127.0.0.1");
    }
    assert_eq!(subject.throttle.state().failures.len(), MAX_COUNTERS);
    assert!(subject.lockout("first", "127.0.0.1") > 0, "a lockout is kept before other counters");
    subject.advance(30);
    subject.fail(1, "another", "127.0.0.1");
    subject.advance(15 * 60);
    subject.fail(1, "last", HOME);
    assert_eq!(subject.throttle.state().failures.len(), 3, "a name, its address, and the name there");
}
