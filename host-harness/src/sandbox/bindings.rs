//! The component's own interfaces in Rust, generated from `wit/`.
//!
//! The interfaces are in [`exports::graph_contacts::connector`], one module each, with the records in `types`. wasmtime-wasi-http
//! has the bindings of `wasi:http/incoming-handler`, which the gateway calls.

#![allow(missing_docs, reason = "generated; what WIT documents is documented")]

wasmtime::component::bindgen!({
    path: "../wit",
    inline: "
        package graph-contacts:host;

        world component {
            export graph-contacts:connector/types@0.1.0;
            export graph-contacts:connector/contacts@0.1.0;
            export graph-contacts:connector/distribution-lists@0.1.0;
            export graph-contacts:connector/org-contacts@0.1.0;
            export graph-contacts:connector/connector@0.1.0;
            export graph-contacts:connector/json@0.1.0;
            export graph-contacts:connector/requests@0.1.0;
            export wasi:cli/run@0.2.2;
        }
    ",
    exports: { default: async },
    require_store_data_send: true,
});
