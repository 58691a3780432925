//! A request as a curl command, to read or to paste into a shell.

use std::fmt::Write;

use connector::graph::request::GraphRequest;

/// Returns the command. It leaves the token to the shell, as `$GRAPH_ACCESS_TOKEN`.
pub fn format_command(request: &GraphRequest) -> String {
    let mut command = format!("curl --request {} \\\n", request.method());
    // Writing to a String does not fail.
    let _ = writeln!(command, "--header \"Authorization: Bearer $GRAPH_ACCESS_TOKEN\" \\");
    for (name, value) in request.headers() {
        let _ = writeln!(command, "--header {} \\", quote(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))));
    }
    if !request.body().is_empty() {
        let _ = writeln!(command, "--data {} \\", quote(&String::from_utf8_lossy(request.body())));
    }
    let _ = writeln!(command, "{}", quote(&request.uri().to_string()));
    command
}

/// Returns the text as one word of a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
