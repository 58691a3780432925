//! The generated bindings of `wit/`. They use the transport's types of `wasi:http`, so that the transport can serve the requests
//! of the exported HTTP handler.

wit_bindgen::generate!({
    path: "../wit",
    world: "component",
    generate_all,
    pub_export_macro: true,
    with: {
        "wasi:http/types@0.2.2": crate::transport::wasi::http::types,
        "wasi:io/streams@0.2.2": crate::transport::wasi::io::streams,
        "wasi:io/poll@0.2.2": crate::transport::wasi::io::poll,
        "wasi:io/error@0.2.2": crate::transport::wasi::io::error,
        "wasi:clocks/monotonic-clock@0.2.2": crate::transport::wasi::clocks::monotonic_clock,
    },
});
