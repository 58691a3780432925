//! The bindings of the used interfaces, and stubs of the others that a host expects.

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package graph-contacts:hostile;

        world hostile {
            import wasi:clocks/monotonic-clock@0.2.2;
            import wasi:http/outgoing-handler@0.2.2;
            export graph-contacts:connector/json@0.1.0;
            export wasi:http/incoming-handler@0.2.2;
        }
    ",
    world: "graph-contacts:hostile/hostile",
    generate_all,
    pub_export_macro: true,
});

mod stubs {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package graph-contacts:hostile-stubs;

            world stubs {
                export graph-contacts:connector/types@0.1.0;
                export graph-contacts:connector/contacts@0.1.0;
                export graph-contacts:connector/org-contacts@0.1.0;
                export graph-contacts:connector/distribution-lists@0.1.0;
                export graph-contacts:connector/connector@0.1.0;
                export graph-contacts:connector/requests@0.1.0;
                export wasi:cli/run@0.2.2;
            }
        ",
        world: "graph-contacts:hostile-stubs/stubs",
        generate_all,
        stubs,
    });
}
