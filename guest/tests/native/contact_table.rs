//! The table of a contact's fields agrees with `wit/types.wit`, and with itself.

use connector::contact_properties;

/// A row of the table.
struct Row {
    field: &'static str,
    /// The case of `contact-property`.
    case: Option<&'static str>,
    /// The names of its properties in Graph.
    names: &'static [&'static str],
}

macro_rules! list_rows {
    ($($field:ident: $type:ident $(, clear($case:ident))? {
        $($name:literal $(as $variant:ident($kind:expr))?: $description:literal $(, $modifier:ident($($argument:expr)?))*;)+
    })*) => {
        const ROWS: &[Row] = &[$(Row {
            field: stringify!($field),
            case: [$(Some(stringify!($case)),)? None][0],
            names: &[$($name),+],
        }),*];
    };
}

contact_properties!(list_rows);

/// Returns a name in kebab-case: `im-addresses` for `im_addresses`, `imAddresses` and `ImAddresses`.
fn kebab_case(name: &str) -> String {
    let mut kebab = String::new();
    for (position, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && position > 0 {
            kebab.push('-');
        }
        kebab.push(if letter == '_' { '-' } else { letter.to_ascii_lowercase() });
    }
    kebab
}

/// Returns the names of the fields of a record, or of the cases of an enum, in `wit/types.wit`.
fn members_in_wit(declaration: &str) -> Vec<String> {
    let types = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/types.wit")).unwrap();
    let (_, body) = types.split_once(&format!("    {declaration} {{\n")).unwrap();
    let (body, _) = body.split_once("\n    }\n").unwrap();
    let members = body.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let mut members: Vec<String> = members.map(|line| line.split([':', ',']).next().unwrap().to_owned()).collect();
    members.sort_unstable();
    members
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

#[test]
fn contact_record_has_every_field_of_table() {
    let fields = ROWS.iter().map(|row| kebab_case(row.field)).chain(["additional".to_owned()]);
    assert_eq!(sorted(fields), members_in_wit("record contact"));
}

#[test]
fn contact_property_enum_has_every_clearable_field_of_table() {
    let cases = ROWS.iter().filter(|row| row.case.is_some()).map(|row| kebab_case(row.field));
    assert_eq!(sorted(cases), members_in_wit("enum contact-property"));
}

#[test]
fn table_spells_each_field_in_one_way() {
    for row in ROWS {
        assert_eq!(kebab_case(row.names.last().unwrap()), kebab_case(row.field));
        if let Some(case) = row.case {
            assert_eq!(kebab_case(case), kebab_case(row.field));
        }
    }
}
