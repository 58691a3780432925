//! The imports and exports of the component.

use std::collections::BTreeSet;

use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{ComponentItem, Type};

use crate::fixture::component_file;

/// Returns an interface's name without its version.
fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The design allows HTTP, streams, clocks, random numbers and what a command has, but no files or sockets.
#[test]
fn component_imports_only_standard_interfaces() {
    let engine = Engine::default();
    let component = Component::from_file(&engine, component_file()).unwrap();
    let imports: BTreeSet<String> =
        component.component_type().imports(&engine).map(|(name, _)| unversioned(name).to_owned()).collect();
    let allowed = ["wasi:http/", "wasi:io/", "wasi:clocks/", "wasi:random/", "wasi:cli/"];
    for import in &imports {
        assert!(allowed.iter().any(|package| import.starts_with(package)), "{import}");
    }
    let exact: BTreeSet<&str> = imports.iter().map(String::as_str).collect();
    assert_eq!(
        exact,
        BTreeSet::from([
            "wasi:cli/environment",
            "wasi:cli/exit",
            "wasi:cli/stderr",
            "wasi:cli/stdin",
            "wasi:cli/stdout",
            "wasi:cli/terminal-input",
            "wasi:cli/terminal-output",
            "wasi:cli/terminal-stderr",
            "wasi:cli/terminal-stdin",
            "wasi:cli/terminal-stdout",
            "wasi:clocks/monotonic-clock",
            "wasi:clocks/wall-clock",
            "wasi:http/outgoing-handler",
            "wasi:http/types",
            "wasi:io/error",
            "wasi:io/poll",
            "wasi:io/streams",
            "wasi:random/insecure-seed",
            "wasi:random/random",
        ])
    );
}

#[test]
fn component_exports_interfaces_handler_and_command() {
    let engine = Engine::default();
    let component = Component::from_file(&engine, component_file()).unwrap();
    let exports: BTreeSet<String> = component.component_type().exports(&engine).map(|(name, _)| name.to_owned()).collect();
    let expected = [
        "graph-contacts:connector/connector@0.1.0",
        "graph-contacts:connector/contacts@0.1.0",
        "graph-contacts:connector/distribution-lists@0.1.0",
        "graph-contacts:connector/json@0.1.0",
        "graph-contacts:connector/org-contacts@0.1.0",
        "graph-contacts:connector/requests@0.1.0",
        "graph-contacts:connector/types@0.1.0",
        "wasi:cli/run@0.2.2",
        "wasi:http/incoming-handler@0.2.2",
    ];
    assert_eq!(exports, expected.map(str::to_owned).into());
}

/// The component's own interfaces use only types that every tested host accepts: no resources, 64-bit numbers, variants, maps,
/// streams or asynchronous functions.
#[test]
fn component_interfaces_use_portable_types() {
    let engine = Engine::default();
    let component = Component::from_file(&engine, component_file()).unwrap();
    let mut functions = 0;
    for (interface, item) in component.component_type().exports(&engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        if !interface.starts_with("graph-contacts:") {
            continue;
        }
        for (name, item) in instance.exports(&engine) {
            match item.ty {
                ComponentItem::ComponentFunc(function) => {
                    functions += 1;
                    assert!(!function.async_(), "{interface} {name}");
                    for (_, parameter) in function.params() {
                        assert_portable(&parameter, name);
                    }
                    for result in function.results() {
                        assert_portable(&result, name);
                    }
                }
                ComponentItem::Type(_) => {}
                other => panic!("{interface} exports {name}, {other:?}"),
            }
        }
    }
    assert_eq!(functions, 58);
}

fn assert_portable(ty: &Type, path: &str) {
    match ty {
        Type::Bool | Type::U32 | Type::String | Type::Enum(_) => {}
        Type::Flags(flags) => assert!(flags.names().len() <= 32, "{path}"),
        // Every host with wasi:io supports lists of bytes.
        Type::List(list) if list.ty() == Type::U8 => {}
        Type::List(list) => assert_portable(&list.ty(), path),
        Type::Option(option) => assert_portable(&option.ty(), path),
        Type::Record(record) => record.fields().for_each(|field| assert_portable(&field.ty, field.name)),
        Type::Tuple(tuple) => tuple.types().for_each(|ty| assert_portable(&ty, path)),
        Type::Result(result) => [result.ok(), result.err()].into_iter().flatten().for_each(|ty| assert_portable(&ty, path)),
        other => panic!("{path} uses {other:?}"),
    }
}
