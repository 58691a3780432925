//! The JSON schema of the configuration file.

use super::file::File;

/// The JSON schema of the configuration file, for editors and for checks before it is deployed.
pub fn schema() -> String {
    let schema = schemars::schema_for!(File);
    format!("{:#}\n", schema.as_value())
}
