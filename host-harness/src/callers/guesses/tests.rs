use super::*;

/// Guesses with a clock that is set by hand.
struct Trial {
    guesses: Guesses,
    now: Arc<Mutex<Instant>>,
}

impl Trial {
    fn new() -> Self {
        let now = Arc::new(Mutex::new(Instant::now()));
        let clock = Arc::clone(&now);
        let clock: Clock = Arc::new(move || *clock.lock().unwrap());
        Self { guesses: Guesses { clock, ..Guesses::default() }, now }
    }

    fn pass(&self, seconds: u64) {
        *self.now.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn wrong(&self, times: u32, name: &str, from: &str) {
        (0..times).for_each(|_| self.guesses.wrong(name, from.parse().ok()));
    }

    /// How many seconds somebody has to wait.
    fn wait(&self, name: &str, from: &str) -> u64 {
        self.guesses.may_try(name, from.parse().ok()).err().map_or(0, |too_many| too_many.wait.as_secs())
    }
}

const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

#[test]
fn a_name_waits_after_several_wrong_passwords_and_longer_after_each() {
    let trial = Trial::new();
    trial.wrong(4, "idm", HOME);
    assert_eq!(trial.wait("idm", HOME), 0);
    trial.wrong(1, "idm", HOME);
    assert_eq!((trial.wait("idm", HOME), trial.wait("idm", ELSEWHERE), trial.wait("other", HOME)), (30, 30, 0));
    trial.pass(29);
    assert_eq!(trial.wait("idm", HOME), 1);
    trial.pass(1);
    assert_eq!(trial.wait("idm", HOME), 0);
    for expected in [60, 120, 240, 480, 900, 900] {
        trial.wrong(1, "idm", HOME);
        assert_eq!(trial.wait("idm", HOME), expected);
        trial.pass(expected);
    }
}

#[test]
fn the_right_password_and_time_make_it_forgotten() {
    let trial = Trial::new();
    trial.wrong(4, "idm", HOME);
    trial.guesses.right("idm", HOME.parse().ok());
    trial.wrong(4, "idm", HOME);
    assert_eq!(trial.wait("idm", HOME), 0);
    trial.pass(15 * 60);
    trial.wrong(4, "idm", HOME);
    assert_eq!(trial.wait("idm", HOME), 0);
    trial.wrong(1, "idm", ELSEWHERE);
    assert_eq!(trial.wait("idm", ELSEWHERE), 30);
    trial.pass(30 + 15 * 60);
    trial.wrong(1, "idm", ELSEWHERE);
    assert_eq!(trial.wait("idm", ELSEWHERE), 0, "the count begins again");
}

#[test]
fn who_guesses_elsewhere_keeps_nobody_out_at_home() {
    let trial = Trial::new();
    trial.guesses.right("idm", HOME.parse().ok());
    trial.wrong(9, "idm", ELSEWHERE);
    assert_eq!(trial.wait("idm", HOME), 0);
    assert!(trial.wait("idm", ELSEWHERE) > 0 && trial.wait("idm", "203.0.113.9") > 0);
    // At home itself the address counts.
    trial.wrong(20, "idm", HOME);
    assert!(trial.wait("idm", HOME) > 0);
}

#[test]
fn an_address_waits_whatever_names_it_tries() {
    let trial = Trial::new();
    (0..19).for_each(|number| trial.wrong(1, &number.to_string(), ELSEWHERE));
    assert_eq!(trial.wait("idm", ELSEWHERE), 0);
    trial.wrong(1, "x", ELSEWHERE);
    assert_eq!((trial.wait("idm", ELSEWHERE), trial.wait("idm", HOME)), (30, 0));
    trial.guesses.right("own", HOME.parse().ok());
    assert_eq!(trial.wait("idm", ELSEWHERE), 30);
    // A customer has a network of 64 bits, and an address of version 4 may be written as one of version 6.
    (0..20).for_each(|number| trial.wrong(1, &number.to_string(), &format!("2001:db8:1:2::{number}")));
    assert_eq!((trial.wait("idm", "2001:db8:1:2:ffff::1"), trial.wait("idm", "2001:db8:1:3::1")), (30, 0));
    assert_eq!(trial.wait("idm", &format!("::ffff:{ELSEWHERE}")), 30);
}

#[test]
fn a_proxy_on_this_machine_is_not_kept_out_as_an_address() {
    let trial = Trial::new();
    (0..100).for_each(|number| trial.wrong(1, &number.to_string(), "127.0.0.1"));
    assert_eq!(trial.wait("idm", "127.0.0.1"), 0);
    trial.guesses.right("idm", "127.0.0.1".parse().ok());
    trial.wrong(5, "idm", "::1");
    assert_eq!((trial.wait("idm", "127.0.0.1"), trial.wait("idm", "")), (30, 30), "no name is at home there");
}

#[test]
fn no_more_is_kept_than_there_is_room_for() {
    let trial = Trial::new();
    trial.wrong(5, "first", "127.0.0.1");
    trial.pass(1);
    for number in 0..KEPT {
        trial.wrong(1, &number.to_string(), "127.0.0.1");
    }
    assert_eq!(trial.guesses.kept().wrong.len(), KEPT);
    assert_eq!(trial.wait("first", HOME), 0, "the oldest has gone");
    trial.pass(15 * 60);
    trial.wrong(1, "last", HOME);
    assert_eq!(trial.guesses.kept().wrong.len(), 2, "a name and an address");
}
