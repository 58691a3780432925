//! Writes the `$metadata` documents that the host serves, into the directory that is given: `make docs`.

use std::path::Path;

use protocol::azure_ad_graph::version::Version;

fn main() -> std::io::Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for version in Version::ALL {
        let file = Path::new(&directory).join(format!("{}.xml", version.name()));
        std::fs::write(file, azure_ad_graph::metadata::document(version))?;
    }
    Ok(())
}
