//! Paths: `/openidm/system`, `/openidm/system/{system}`, `/openidm/system/{system}/{class}` and `/openidm/system/{system}/{class}/{id}`.

use percent_encoding::percent_decode_str;

/// What a path names.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    /// Every system.
    AllSystems,
    /// One system, and what in it.
    System {
        /// The system's name.
        system: String,
        /// The object class.
        class: Option<String>,
        /// The id of an object of the class.
        id: Option<String>,
        /// Whether the path goes on after the id. Then it names nothing that exists.
        has_more: bool,
    },
}

/// Why a path names nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum NotFound {
    /// The path is not UTF-8.
    NotUtf8,
    /// The path is not one of OpenIDM's: its text without the prefix.
    Unknown(String),
}

impl Path {
    /// Parses a path, which is percent-encoded as on the wire.
    ///
    /// # Errors
    ///
    /// If the path is not one of a system's.
    pub fn parse(path: &str) -> Result<Path, NotFound> {
        let segments: Vec<String> = path
            .trim_start_matches('/')
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()))
            .collect::<Result<_, _>>()
            .map_err(|_| NotFound::NotUtf8)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let given = |text: &&str| Some((*text).to_owned()).filter(|text| !text.is_empty());
        match segments.as_slice() {
            ["openidm", "system"] | ["openidm", "system", ""] => Ok(Path::AllSystems),
            ["openidm", "system", system, rest @ ..] => Ok(Path::System {
                system: (*system).to_owned(),
                class: rest.first().and_then(given),
                id: rest.get(1).and_then(given),
                has_more: rest.len() > 2 || rest.len() == 2 && rest.first().is_some_and(|class| class.is_empty()),
            }),
            _ => Err(NotFound::Unknown(without_prefix(path).to_owned())),
        }
    }
}

/// Returns a path as OpenIDM's messages quote it.
pub fn without_prefix(path: &str) -> &str {
    path.trim_start_matches('/').trim_start_matches("openidm/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(system: &str, class: Option<&str>, id: Option<&str>, has_more: bool) -> Path {
        Path::System { system: system.to_owned(), class: class.map(str::to_owned), id: id.map(str::to_owned), has_more }
    }

    #[test]
    fn path_names_all_systems_or_one_or_nothing() {
        for all in ["/openidm/system", "/openidm/system/", "//openidm/system", "/%6fpenidm/system"] {
            assert_eq!(Path::parse(all).unwrap(), Path::AllSystems, "{all}");
        }
        for one in ["/openidm/system/a.b", "/openidm/system/a%2Eb/"] {
            assert_eq!(Path::parse(one).unwrap(), system("a.b", None, None, false), "{one}");
        }
        assert_eq!(Path::parse("/openidm/system/a%2Fb").unwrap(), system("a/b", None, None, false), "one segment");
        assert_eq!(Path::parse("/openidm/system/a/user/x%2F/y").unwrap(), system("a", Some("user"), Some("x/"), true));
        assert_eq!(Path::parse("/openidm/system/a/user/").unwrap(), system("a", Some("user"), None, false));
        for none in ["/", "/openidm", "/openidm//system/a", "/OpenIDM/system/a", "/x/openidm/system/a", "/openidm/system/%FF"] {
            assert!(Path::parse(none).is_err(), "{none}");
        }
    }
}
