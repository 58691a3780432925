//! Writes the `$metadata` documents of every version to a directory. `make docs` runs it.

use std::path::Path;

use protocol::azure_ad_graph::version::ApiVersion;

fn main() -> std::io::Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for version in ApiVersion::ALL {
        let file = Path::new(&directory).join(format!("{}.xml", version.name()));
        std::fs::write(file, azure_ad_graph::metadata::write_document(version))?;
    }
    Ok(())
}
