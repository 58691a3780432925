//! A request as a curl command, to look at or to paste into a shell.

use std::fmt::Write;

use connector::graph::request::GraphRequest;

/// The command. The token is left to the shell, as `$GRAPH_ACCESS_TOKEN`.
pub fn command(request: &GraphRequest) -> String {
    let mut command = format!("curl --request {} \\\n", request.method());
    // Writing to a String does not fail.
    let _ = writeln!(command, "--header \"Authorization: Bearer $GRAPH_ACCESS_TOKEN\" \\");
    for (name, value) in request.headers() {
        let _ = writeln!(command, "--header {} \\", quoted(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))));
    }
    if !request.body().is_empty() {
        let _ = writeln!(command, "--data {} \\", quoted(&String::from_utf8_lossy(request.body())));
    }
    let _ = writeln!(command, "{}", quoted(&request.uri().to_string()));
    command
}

/// The text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
