//! The component's exports: the interfaces of `wit/`, the HTTP handler and the command.

#[allow(unsafe_code, missing_docs, clippy::all, reason = "generated: the canonical ABI uses raw pointers")]
mod bindings;
mod contact_values;
mod distribution_lists;
#[allow(unsafe_code, reason = "the generated export of the component's functions")]
mod exports;
mod org_contact_records;
mod records;
