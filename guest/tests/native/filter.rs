//! The language of filters: what is read, what is refused and where, and what it finds.
//!
//! The cases are those of CREST's `QueryFilterParserTest` and `MemoryBackend`, and of OpenICF's `OpenICFFilterAdapterTest`.

use connector::error::ErrorKind;
use connector::operations::icf::filter::{Filter, Operator};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

fn parse(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The message that a text is refused with.
fn parse_error(text: &str) -> String {
    let error = Filter::parse(text).expect_err(text);
    assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec!["_queryFilter".to_owned()]));
    error.message
}

fn comparison(field: &str, operator: Operator, value: impl Into<Value>) -> Filter {
    Filter::Comparison { field: field.to_owned(), operator, value: value.into() }
}

fn is(field: &str, value: impl Into<Value>) -> Filter {
    comparison(field, Operator::Equals, value)
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

fn is_match(text: &str, object: &Value) -> bool {
    parse(text).matches(object.as_object().unwrap())
}

#[test]
fn filter_terms_are_parsed() {
    let cases = [
        ("true", Filter::Constant(true)),
        ("false", Filter::Constant(false)),
        (r#"/surname eq "Vance""#, is("surname", "Vance")),
        ("/surname eq 'Vance'", is("surname", "Vance")),
        ("surname eq 'Vance'", is("surname", "Vance")),
        ("surname/ eq 'Vance'", is("surname", "Vance")),
        (r#"surname eq "Van\"ce""#, is("surname", "Van\"ce")),
        (r#"surname eq "O'Brien""#, is("surname", "O'Brien")),
        (r#"surname eq 'Van"ce'"#, is("surname", "Van\"ce")),
        (r"surname eq 'O\'Brien'", is("surname", "O'Brien")),
        (r#"surname eq "\\Vance""#, is("surname", "\\Vance")),
        // A backslash escapes the next character: the first is the letter n, and not a line break.
        (r#"surname eq "Van\nce""#, is("surname", "Vannce")),
        ("surname eq \"Van\\\nce\"", is("surname", "Van\nce")),
        ("surname eq \"\"", is("surname", "")),
        ("surname eq ' (a) and b '", is("surname", " (a) and b ")),
        ("surname eq 'Ünal 👩‍👧'", is("surname", "Ünal 👩‍👧")),
        ("size eq 1234", is("size", 1234)),
        ("size eq -12", is("size", -12)),
        ("size eq +12", is("size", 12)),
        ("size eq 2.5", is("size", 2.5)),
        ("size eq -2.5e3", is("size", -2500.0)),
        ("size eq 9223372036854775807", is("size", i64::MAX)),
        ("isFavorite eq false", is("isFavorite", false)),
        ("isFavorite eq TRUE", is("isFavorite", true)),
        ("size lt 7", comparison("size", Operator::LessThan, 7)),
        ("size le 7", comparison("size", Operator::LessThanOrEqual, 7)),
        ("size gt 7", comparison("size", Operator::GreaterThan, 7)),
        ("size ge 7", comparison("size", Operator::GreaterThanOrEqual, 7)),
        (r#"surname co "an""#, comparison("surname", Operator::Contains, "an")),
        ("surname co 'an'", comparison("surname", Operator::Contains, "an")),
        (r#"surname sw "Va""#, comparison("surname", Operator::StartsWith, "Va")),
        ("surname sw 'Va'", comparison("surname", Operator::StartsWith, "Va")),
        ("surname ew 'ce'", comparison("surname", Operator::EndsWith, "ce")),
        ("categories ca 'x'", comparison("categories", Operator::ContainsAll, "x")),
        ("/surname pr", Filter::Presence("surname".to_owned())),
        ("surname PR", Filter::Presence("surname".to_owned())),
        ("surname Eq 'x'", is("surname", "x")),
        ("/a~1b~01~0 pr", Filter::Presence("a/b~1~".to_owned())),
        // What is a word elsewhere is a name where a name belongs.
        ("and eq 'x' AND or pr", Filter::And(vec![is("and", "x"), Filter::Presence("or".to_owned())])),
        ("/true pr", Filter::Presence("true".to_owned())),
        ("/!x pr", Filter::Presence("!x".to_owned())),
    ];
    for (text, filter) in cases {
        assert_eq!(parse(text), filter, "{text}");
    }
}

#[test]
fn filter_terms_are_joined() {
    let (a, b, c) = (|| is("x", "a"), || is("x", "b"), || is("x", "c"));
    let cases = [
        ("(x eq 'a')", a()),
        ("((x eq 'a'))", a()),
        ("(x eq 'a' or x eq 'b')", Filter::Or(vec![a(), b()])),
        ("(x eq 'a' and x eq 'b')", Filter::And(vec![a(), b()])),
        ("x eq 'a' or x eq 'b' or x eq 'c'", Filter::Or(vec![a(), b(), c()])),
        ("x eq 'a' and x eq 'b' and x eq 'c'", Filter::And(vec![a(), b(), c()])),
        ("x eq 'a' or x eq 'b' and x eq 'c'", Filter::Or(vec![a(), Filter::And(vec![b(), c()])])),
        ("x eq 'a' and x eq 'b' or x eq 'c'", Filter::Or(vec![Filter::And(vec![a(), b()]), c()])),
        ("x eq 'a' or (x eq 'b' and x eq 'c')", Filter::Or(vec![a(), Filter::And(vec![b(), c()])])),
        ("(x eq 'a' and (x eq 'b' or x eq 'c'))", Filter::And(vec![a(), Filter::Or(vec![b(), c()])])),
        (r#"(x eq "a" and (x eq "b" or x eq "c"))"#, Filter::And(vec![a(), Filter::Or(vec![b(), c()])])),
        ("(x eq 'a' and x eq 'b') and x eq 'c'", Filter::And(vec![Filter::And(vec![a(), b()]), c()])),
        ("! (x eq 'a')", not(a())),
        ("!(x eq 'a')", not(a())),
        ("!x eq 'a'", not(a())),
        ("! (! (x eq 'a'))", not(not(a()))),
        ("!(!x eq 'a')", not(not(a()))),
        ("!x eq 'a' and x eq 'b'", Filter::And(vec![not(a()), b()])),
        ("!(x eq 'a' and x eq 'b') or x eq 'c'", Filter::Or(vec![not(Filter::And(vec![a(), b()])), c()])),
        ("!true or !(false)", Filter::Or(vec![not(Filter::Constant(true)), not(Filter::Constant(false))])),
        ("  (x eq 'a')and(x eq 'b'OR x\teq\n'c' )  ", Filter::And(vec![a(), Filter::Or(vec![b(), c()])])),
    ];
    for (text, filter) in cases {
        assert_eq!(parse(text), filter, "{text}");
    }
}

#[test]
fn invalid_filter_error_reports_position() {
    let attribute = "expected an attribute, true, false or a parenthesis, found";
    let operator = "expected an operator (eq, co, sw, ew, lt, le, gt, ge, ca, pr), found";
    let joining = "expected 'and', 'or' or the end, found";
    let level = "does not name one whole attribute. Only one level JsonPointer supported";
    let cases: Vec<(&str, usize, String)> = vec![
        ("", 1, format!("{attribute} the end")),
        ("   ", 4, format!("{attribute} the end")),
        ("(", 2, format!("{attribute} the end")),
        (")", 1, format!("{attribute} ')'")),
        ("()", 2, format!("{attribute} ')'")),
        ("surname", 8, "expected an operator, found the end".into()),
        ("a and b", 3, format!("{operator} 'and'")),
        ("a or b", 3, format!("{operator} 'or'")),
        ("true and", 9, format!("{attribute} the end")),
        ("true or", 8, format!("{attribute} the end")),
        ("true and true and", 18, format!("{attribute} the end")),
        ("true or false or", 17, format!("{attribute} the end")),
        ("true or )", 9, format!("{attribute} ')'")),
        ("x eq y", 6, "expected a value, found 'y': put strings in quotes".into()),
        ("x eq \"y", 6, "this quote is not closed".into()),
        ("x eq y\"", 6, "expected a value, found 'y\"': put strings in quotes".into()),
        ("x eq \"", 6, "this quote is not closed".into()),
        ("x eq 'y\"", 6, "this quote is not closed".into()),
        ("x eq 'y\\", 6, "this quote is not closed".into()),
        ("x eq 'y\\'", 6, "this quote is not closed".into()),
        ("x eq", 5, "expected a value, found the end".into()),
        ("x eq (1)", 6, "expected a value, found '('".into()),
        ("x pr 12", 6, format!("{joining} '12'")),
        ("true x", 6, format!("{joining} 'x'")),
        ("true !false", 6, format!("{joining} '!'")),
        ("true (false)", 6, format!("{joining} '('")),
        ("x eq 'y' 'z'", 10, format!("{joining} a string in quotes")),
        ("x op! 12", 3, format!("{operator} 'op!'")),
        ("x op! 12\\", 3, format!("{operator} 'op!'")),
        ("x regex 'y.*'", 3, format!("{operator} 'regex'")),
        ("x 'eq' 12", 3, "expected an operator, found a string in quotes".into()),
        ("'x' eq 12", 1, format!("{attribute} a string in quotes")),
        ("x eq 12a", 6, "expected a value, found '12a': put strings in quotes".into()),
        ("x eq 1e5", 6, "expected a value, found '1e5': put strings in quotes".into()),
        ("x eq 1.0e999", 6, "expected a value, found '1.0e999': put strings in quotes".into()),
        ("x eq 9223372036854775808", 6, "expected a value, found '9223372036854775808': put strings in quotes".into()),
        ("x eq NaN", 6, "expected a value, found 'NaN': put strings in quotes".into()),
        ("x eq null", 6, "expected a value, found 'null': put strings in quotes".into()),
        ("x sw 12", 6, "sw requires a string in quotes".into()),
        ("x co true", 6, "co requires a string in quotes".into()),
        ("x ew 1.5", 6, "ew requires a string in quotes".into()),
        ("!!true", 2, format!("{attribute} '!'")),
        ("! ! (x pr)", 3, format!("{attribute} '!'")),
        ("(x pr", 1, "this parenthesis is not closed".into()),
        ("true or (x pr or (true)", 9, "this parenthesis is not closed".into()),
        ("x pr)", 5, "this closing parenthesis has no opening one".into()),
        ("a/b eq 'x'", 1, format!("'a/b' {level}")),
        ("x pr and /a/b pr", 10, format!("'/a/b' {level}")),
        ("/ pr", 1, format!("'/' {level}")),
        ("// pr", 1, format!("'//' {level}")),
        ("a~b pr", 1, "'a~b' has a ~ without 0 or 1 after it: write ~0 for ~ and ~1 for /".into()),
        ("a~ pr", 1, "'a~' has a ~ without 0 or 1 after it: write ~0 for ~ and ~1 for /".into()),
        // Characters are counted, not bytes.
        ("x eq 'Ünal 👩‍👧' or y", 21, "expected an operator, found the end".into()),
    ];
    for (text, at, problem) in cases {
        assert_eq!(parse_error(text), format!("_queryFilter: at character {at}: {problem}"), "{text}");
    }
}

#[test]
fn filter_error_shortens_long_word() {
    let message = parse_error(&format!("x {} 1", "é".repeat(100_000)));
    assert!(message.contains(&format!("'{}…'", "é".repeat(40))) && message.len() < 300, "{message}");
}

/// Runs with half the stack of the component, which has 1 MiB.
fn run_with_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap()
}

#[test]
fn too_deep_filter_is_refused() {
    run_with_small_stack(|| {
        let deep = |levels: usize| format!("{}true{}", "(".repeat(levels), ")".repeat(levels));
        assert_eq!(parse(&deep(256)), Filter::Constant(true));
        let problem = "_queryFilter: at character 257: parentheses nest deeper than 256 levels";
        assert_eq!(parse_error(&deep(257)), problem);
        assert_eq!(parse_error(&deep(10_000)), problem);
        assert_eq!(parse_error(&"(".repeat(10_000)), problem);
        assert!(parse_error(&"!".repeat(10_000)).starts_with("_queryFilter: at character 2: "));
        assert!(parse_error(&"!(".repeat(10_000)).starts_with("_queryFilter: at character 514: parentheses nest"));
        assert!(parse_error(&format!("true{}", ")".repeat(10_000))).starts_with("_queryFilter: at character 5: "));
    });
}

#[test]
fn deepest_filter_is_evaluated_compared_and_dropped() {
    run_with_small_stack(|| {
        // Three nodes for each level: or, and, not.
        let levels = 256;
        let text = format!("{}x eq 1{}", "y pr or true and !(".repeat(levels), ")".repeat(levels));
        let filter = parse(&text);
        assert_eq!(filter.list_compared_fields().collect::<Vec<_>>(), ["x"]);
        // An even number of negations.
        assert!(filter.matches(json!({"x": 1}).as_object().unwrap()));
        assert!(!filter.matches(json!({"x": 2}).as_object().unwrap()));
        assert!(filter == parse(&text));
    });
}

#[test]
fn long_filter_is_parsed() {
    run_with_small_stack(|| {
        for (join, found) in [("and", false), ("or", true)] {
            let terms: Vec<String> = (0..100_000).map(|number| format!("x eq {number}")).collect();
            let filter = parse(&terms.join(&format!(" {join} ")));
            assert_eq!(filter.list_compared_fields().count(), 100_000);
            assert_eq!(filter.matches(json!({"x": 99_999}).as_object().unwrap()), found);
        }
    });
}

#[test]
fn compared_fields_are_listed_in_order() {
    let filter = parse("a eq 1 or !(b pr and (/c co 'd' or true)) and a pr");
    assert_eq!(filter.list_compared_fields().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(parse("true").list_compared_fields().count(), 0);
}

/// One time, address or date has many spellings (RFC 3339, 5.6; Graph writes a birthday as `T11:59:00Z` or `T00:00:00Z`). Names
/// have one.
#[test]
fn filter_compares_meaning_of_times_and_addresses() {
    let object = json!({
        "createdDateTime": "2026-01-01T00:30:00Z", "birthday": "1980-01-01", "displayName": "2026-01-01T00:30:00Z",
        "emailAddresses": ["Ada@Contoso.com"], "mail": "ada@contoso.com", "userPrincipalName": "Ada@Contoso.com",
        "mailbox": "671FA173-ad81-41c3-89bf-af939426eee7", "surname": "Ada@Contoso.com",
    });
    for text in [
        "createdDateTime eq '2026-01-01T01:30:00+01:00' and createdDateTime eq '2026-01-01T00:30:00.000Z'",
        "createdDateTime lt '2026-01-01T00:00:00-01:00' and createdDateTime gt '2026-01-01T01:00:00+01:00'",
        "createdDateTime ge '2026-01-01' and createdDateTime lt '2026-01-02' and createdDateTime sw '2026-01-01'",
        "createdDateTime gt '2025-12' and createdDateTime lt '2027'",
        "birthday eq '1980-01-01T00:00:00Z' and birthday eq '1980-01-01T11:59:00Z' and birthday gt '1979-12-31T23:59:00Z'",
        "emailAddresses eq 'ada@contoso.com' and emailAddresses ca 'ADA@CONTOSO.COM' and emailAddresses ew '@contoso.com'",
        "mail eq 'ADA@contoso.com' and mail sw 'Ada' and mail co 'A@C'",
        "userPrincipalName eq 'ada@contoso.com' and mailbox eq '671fa173-AD81-41c3-89bf-af939426eee7'",
    ] {
        assert!(is_match(text, &object), "{text}");
        assert!(!is_match(&format!("!({text})"), &object), "{text}");
    }
    for text in [
        "displayName eq '2026-01-01T01:30:00+01:00'",
        "surname eq 'ada@contoso.com'",
        "createdDateTime eq '2026-01-01T00:30:00+01:00'",
    ] {
        assert!(!is_match(text, &object), "{text}");
    }
}

#[test]
fn filter_compares_values_of_each_type() {
    let contact = json!({
        "surname": "Vance", "size": 7, "share": 2.5, "large": 9_007_199_254_740_993_i64, "isFavorite": true,
        "birthday": "1974-07-22", "address": {"city": "Seattle"}, "title": ""
    });
    let found = [
        "surname eq 'Vance'",
        "surname co 'anc' and surname co '' and surname co 'Vance'",
        "surname sw 'Va' and surname ew 'ce'",
        "surname gt 'Adams' and surname ge 'Vance' and surname le 'Vance' and surname lt 'Vancee'",
        "size eq 7 and size eq 7.0 and size gt 6.5 and size lt 8 and size ge 7 and size le 7",
        "share eq 2.5 and share gt 2 and share lt 3",
        "large gt 9007199254740992",
        "isFavorite eq true and isFavorite gt false and isFavorite ge true",
        "birthday lt '1974-07-23' and birthday ge '1974-01-01' and birthday gt '1974'",
        "surname ca 'Vance'",
        "surname pr and size pr and address pr and title pr",
        "true",
        "false or true",
    ];
    for text in found {
        assert!(is_match(text, &contact), "{text}");
        assert!(!is_match(&format!("!({text})"), &contact), "{text}");
    }
    let not_found = [
        "surname eq 'vance'",
        "surname eq 'Vanc'",
        "surname co 'VAN'",
        "surname sw 'va'",
        "surname ew 'Va'",
        "surname lt 'Vance'",
        "surname gt 'Vance'",
        "Surname eq 'Vance'",
        "size eq 8",
        "size gt 7",
        "size lt 7.0",
        "isFavorite eq false",
        "isFavorite gt true",
        "surname ca 'Vanc'",
        "false",
        "true and false",
        // Values of different types.
        "size eq '7'",
        "size lt '8'",
        "size ge '7'",
        "size co '7'",
        "surname gt 1",
        "isFavorite eq 'true'",
        "isFavorite eq 1",
        "address eq 'Seattle'",
        "address co 'Seattle'",
        "address ca 'Seattle'",
    ];
    for text in not_found {
        assert!(!is_match(text, &contact), "{text}");
        assert!(is_match(&format!("!({text})"), &contact), "{text}");
    }
}

#[test]
fn filter_matches_one_value_of_collection() {
    let contact = json!({"categories": ["Red", "Blue"], "mixed": [null, 3, "x"], "emailAddresses": [{"address": "a@b.example"}]});
    let found = [
        "categories eq 'Red' and categories eq 'Blue'",
        "categories co 'lu' and categories sw 'R' and categories ew 'e'",
        "categories lt 'C' and categories gt 'C'",
        "categories ca 'Blue' and categories ca 'Red'",
        "mixed eq 3 and mixed eq 'x' and mixed pr",
        "emailAddresses pr",
    ];
    for text in found {
        assert!(is_match(text, &contact), "{text}");
    }
    for text in ["categories eq 'Green'", "categories ca 'Green'", "!(categories eq 'Red')", "emailAddresses co 'a'"] {
        assert!(!is_match(text, &contact), "{text}");
    }
    let all = |values: Value| comparison("categories", Operator::ContainsAll, values).matches(contact.as_object().unwrap());
    assert!(all(json!(["Blue", "Red"])) && all(json!(["Red"])) && all(json!([])));
    assert!(!all(json!(["Red", "Green"])) && !all(json!([null])));
}

#[test]
fn filter_is_false_for_absent_attribute() {
    let objects =
        [json!({}), json!({"x": null}), json!({"x": []}), json!({"x": [null]}), json!({"x": {}}), json!({"x": {"y": null}})];
    for object in objects {
        for operator in ["eq", "co", "sw", "ew", "lt", "le", "gt", "ge", "ca"] {
            let text = format!("x {operator} ''");
            assert!(!is_match(&text, &object), "{text}: {object}");
            assert!(is_match(&format!("!({text})"), &object), "{text}: {object}");
        }
        assert!(!is_match("x pr", &object) && is_match("!x pr", &object), "{object}");
    }
    for object in [json!({}), json!({"x": null})] {
        assert!(!comparison("x", Operator::ContainsAll, json!([])).matches(object.as_object().unwrap()));
    }
    assert!(Filter::And(vec![]).matches(&Default::default()) && !Filter::Or(vec![]).matches(&Default::default()));
}

/// Generates texts with their filters. Parentheses in the text are the structure of the filter.
fn arb_written_filter() -> impl Strategy<Value = (String, Filter)> {
    let name = || proptest::string::string_regex("[a-zA-Z_@.~é/]{1,8}").unwrap();
    let pointer = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let value = prop_oneof![
        any::<String>().prop_map(|text| (format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")), json!(text))),
        any::<i64>().prop_map(|number| (number.to_string(), json!(number))),
        (-1e9..1e9).prop_map(|number: f64| (format!("{number:.3}"), json!((number * 1e3).round() / 1e3))),
        any::<bool>().prop_map(|value| (value.to_string(), json!(value))),
    ];
    let operator = prop_oneof![
        Just(("eq", Operator::Equals)),
        Just(("LT", Operator::LessThan)),
        Just(("ge", Operator::GreaterThanOrEqual)),
        Just(("Ca", Operator::ContainsAll)),
    ];
    let leaf = prop_oneof![
        (name(), operator, value).prop_map(move |(name, (word, operator), (text, value))| (
            format!("{} {word} {text}", pointer(&name)),
            comparison(&name, operator, value)
        )),
        name().prop_map(move |name| (format!("{} pr", pointer(&name)), Filter::Presence(name))),
        any::<bool>().prop_map(|constant| (constant.to_string(), Filter::Constant(constant))),
    ];
    let join = |parts: Vec<(String, Filter)>, word: &str| {
        let (texts, filters): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        (texts.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(word), filters)
    };
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            inner.clone().prop_map(|(text, filter)| (format!("!({text})"), not(filter))),
            vec(inner.clone(), 2..4).prop_map(move |parts| {
                let (text, filters) = join(parts, "and");
                (text, Filter::And(filters))
            }),
            vec(inner, 2..4).prop_map(move |parts| {
                let (text, filters) = join(parts, " or ");
                (text, Filter::Or(filters))
            }),
        ]
    })
}

const WORDS: &[&str] = &[
    "(", ")", "!", " ", "'", "\"", "\\", "/", "~", "~1", "x", "/y", "and", "or", "eq", "co", "ca", "lt", "pr", "true", "false",
    "1", "-1.5", ".", "é",
];

/// Generates words and signs of the language in any order, with other text between them.
fn arb_almost_filter() -> impl Strategy<Value = String> {
    vec(prop_oneof![9 => proptest::sample::select(WORDS).prop_map(str::to_owned), 1 => any::<String>()], 0..24)
        .prop_flat_map(|words| prop_oneof![Just(words.join(" ")), Just(words.concat())])
}

proptest! {
    #[test]
    fn written_filter_is_parsed_back((text, filter) in arb_written_filter()) {
        prop_assert_eq!(parse(&text), filter);
    }

    #[test]
    fn filter_parser_never_panics(text in prop_oneof![arb_almost_filter(), any::<String>()]) {
        let object = json!({"x": 1, "y": ["a", null, true], "é": {}});
        match Filter::parse(&text) {
            Ok(filter) => {
                let found = filter.matches(object.as_object().unwrap());
                prop_assert_eq!(not(filter).matches(object.as_object().unwrap()), !found);
            }
            Err(error) => {
                prop_assert_eq!(error.kind, ErrorKind::InvalidAttributeValue);
                let at = error.message.strip_prefix("_queryFilter: at character ").and_then(|rest| rest.split(':').next());
                let at: usize = at.unwrap().parse().unwrap();
                prop_assert!((1..=text.chars().count() + 1).contains(&at));
            }
        }
    }
}
