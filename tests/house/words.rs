//! Words that the sources and documents do not use, because the field has another word or plain English has a better one.

use std::path::{Path, PathBuf};

/// A refused word and what to write.
struct Refused {
    /// Words in lower case, which stand in a line in this order, apart from each other by one space.
    phrase: &'static str,
    instead: &'static str,
}

const fn refuse(phrase: &'static str, instead: &'static str) -> Refused {
    Refused { phrase, instead }
}

/// The list. A phrase is found where its words stand as whole words, in any case.
const REFUSED: &[Refused] = &[
    refuse("answer", "response, result; to return, to respond"),
    refuse("answers", "responses, results; returns, responds"),
    refuse("answered", "returned, responded"),
    refuse("answering", "returning, responding"),
    refuse("reply", "response"),
    refuse("replies", "responses"),
    refuse("repetition", "retry"),
    refuse("repetitions", "retries"),
    refuse("way out", "egress"),
    refuse("ways in", "frontends, interfaces"),
    refuse("ways out", "egress"),
    refuse("breach", "limit signal, exceeded limit"),
    refuse("guesses", "failed logins"),
    refuse("broken off", "aborted"),
    refuse("breaks off", "is aborted"),
    refuse("half within", "p50"),
    refuse("stand still", "pause"),
    refuse("is wanted", "expected ..., found ..."),
    refuse("are wanted", "expected ..., found ..."),
    refuse("is told", "is reported"),
    refuse("was told", "was reported"),
    refuse("are told", "are reported"),
    refuse("belongs into", "belongs in"),
    refuse("mistakes", "errors, diagnostics"),
    refuse("truth", "Boolean"),
];

/// Names that users already write or read, in configuration files, fault plans, metrics and addresses: they stay.
const PUBLISHED: &[&str] = &[
    "answer-mib",
    "answer_mib",
    "answer-bytes",
    "{\"answer\"",
    "\"answer\"",
    "`answer`",
    ".answer",
    "applyThenAnswer",
    "broken_off",
    "brokenOff",
    "learn.microsoft.com/answers",
];

/// Files that list the words.
const EXCEPTIONS: &[&str] = &["tests/house/words.rs"];

/// The files that are read, by the ends of their names.
const ENDINGS: &[&str] = &[".rs", ".md", ".wit", ".toml", ".sh", ".py", "Makefile", ".css"];

/// Returns each place of a refused word: file, line, the word, and what to write.
pub fn find(repository: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(repository) {
        let name = file.strip_prefix(repository).unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let words = words(&PUBLISHED.iter().fold(line.to_owned(), |line, name| line.replace(name, " ")));
            for refused in REFUSED {
                let phrase: Vec<&str> = refused.phrase.split(' ').collect();
                if words.windows(phrase.len()).any(|window| window == phrase) {
                    found.push(format!("{name}:{}: \"{}\": write {}", number + 1, refused.phrase, refused.instead));
                }
            }
        }
    }
    found
}

/// Returns the words of a line in lower case. An identifier is as many words as it has parts.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for letter in line.chars().chain([' ']) {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if (begins || !letter.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

/// Returns the files that git tracks, or where there is no git, every file outside of the build folder.
fn files(repository: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![repository.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && !["target", "deps", "corpus", "node_modules"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) && !EXCEPTIONS.iter().any(|file| path.ends_with(file)) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
