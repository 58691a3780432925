//! The attributes of the object class `contact` beside the properties: the photo and the open extensions. Graph has each at a
//! separate address. So they are read only on request, and written after the contact.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::contact::Contact;
use crate::error::{Error, Problems, Result};
use crate::graph::photo;
use crate::operations::connector::Connector;
use crate::operations::icf::uid::Uid;

/// The attribute for the photo: the bytes of a JPEG picture, in base64.
pub const PHOTO_CONTENT: &str = "photoContent";
/// The attribute for the open extensions, each with its `extensionName`.
pub const EXTENSIONS: &str = "extensions";

/// The values of these attributes in an update; `None` if absent.
#[derive(Default)]
pub struct Extras {
    photo: Option<Vec<u8>>,
    extensions: Option<Vec<(String, Map<String, Value>)>>,
}

impl Extras {
    /// Removes these attributes from those of an update, and parses them.
    pub fn take(attributes: &mut Map<String, Value>) -> Result<Extras> {
        let mut problems = Problems::default();
        let photo = attributes.remove(PHOTO_CONTENT).map(|value| parse_photo(&value)).transpose();
        let extensions = attributes.remove(EXTENSIONS).map(|value| parse_extensions(&value)).transpose();
        let mut collect = |error| problems.push(error);
        let (photo, extensions) =
            (photo.map_err(&mut collect).unwrap_or_default(), extensions.map_err(&mut collect).unwrap_or_default());
        problems.into_result().map(|()| Extras { photo, extensions })
    }

    /// Checks whether there are none.
    pub fn is_empty(&self) -> bool {
        self.photo.is_none() && self.extensions.is_none()
    }
}

impl Connector<'_> {
    /// Adds the photo to an object, if `names` has it.
    pub(in crate::operations) fn add_photo(&self, uid: &Uid, names: &[&str], object: &mut Map<String, Value>) -> Result<()> {
        if !names.contains(&PHOTO_CONTENT) {
            return Ok(());
        }
        match self.get_photo(&uid.container, &uid.id) {
            Ok(picture) => {
                object.insert(PHOTO_CONTENT.to_owned(), json!(STANDARD.encode(picture.content)));
                Ok(())
            }
            // The contact has no photo.
            Err(error) if error.is_unknown_item() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes the extensions and the photo of a contact. `stored` is the contact with its extensions.
    ///
    /// # Errors
    ///
    /// Everything before the error was written.
    pub(in crate::operations) fn write_extras(&self, uid: &Uid, stored: &Contact, wanted: &Extras) -> Result<()> {
        let mark_partial = |error: Error| Error {
            message: format!("the properties of the contact were updated; the request after that failed: {}", error.message),
            may_have_taken_effect: true,
            ..error
        };
        if let Some(extensions) = &wanted.extensions {
            self.write_extensions(uid, stored, extensions).map_err(mark_partial)?;
        }
        match &wanted.photo {
            Some(jpeg) => self.put_photo(&uid.container, &uid.id, jpeg.clone()).map_err(mark_partial),
            None => Ok(()),
        }
    }

    fn write_extensions(&self, uid: &Uid, stored: &Contact, wanted: &[(String, Map<String, Value>)]) -> Result<()> {
        let stored: Vec<(String, Map<String, Value>)> =
            stored.extensions.value().into_iter().flatten().filter_map(split_name).collect();
        for (name, properties) in wanted {
            let known = stored.iter().find(|(known, _)| is_same_name(known, name));
            let (name, known) = known.map_or((name, None), |(name, known)| (name, Some(known)));
            if known == Some(properties) {
                continue;
            }
            let mut properties = properties.clone();
            // The attribute is replaced whole: absent properties are cleared.
            for name in known.into_iter().flat_map(Map::keys) {
                properties.entry(name.clone()).or_insert(Value::Null);
            }
            self.put_extension(&uid.container, &uid.id, name, &properties)?;
        }
        for (name, _) in stored.iter().filter(|(name, _)| !wanted.iter().any(|(kept, _)| is_same_name(kept, name))) {
            match self.delete_extension(&uid.container, &uid.id, name) {
                Err(error) if !error.is_item_not_found() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn parse_photo(value: &Value) -> Result<Vec<u8>> {
    let error = |problem: &str| Error::invalid_attribute(PHOTO_CONTENT, problem);
    match value {
        Value::String(text) => {
            let jpeg = STANDARD.decode(text).map_err(|_| error("expected the bytes of a JPEG picture in base64"))?;
            photo::check(&jpeg).map_err(|problem| error(&problem.message))?;
            Ok(jpeg)
        }
        Value::Null => Err(error("a photo can be replaced, not removed")),
        _ => Err(error("expected a string, the bytes of a JPEG picture in base64")),
    }
}

fn parse_extensions(value: &Value) -> Result<Vec<(String, Map<String, Value>)>> {
    let given = match value {
        Value::Null => &[],
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut read: Vec<(String, Map<String, Value>)> = Vec::new();
    for (position, value) in given.iter().enumerate() {
        let error = |problem: &str| Error::invalid_attribute(format!("{EXTENSIONS}[{position}]"), problem);
        let (name, properties) =
            value.as_object().and_then(split_name).ok_or_else(|| error("expected an object with extensionName"))?;
        if read.iter().any(|(known, _)| is_same_name(known, &name)) {
            return Err(error("an extension before it has the same name"));
        }
        read.push((name, properties));
    }
    Ok(read)
}

/// Checks whether two names are those of one extension. The name is the key of the extension in its address, where it has no case.
fn is_same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Splits an extension into its name and its properties, without Graph's annotations.
fn split_name(extension: &Map<String, Value>) -> Option<(String, Map<String, Value>)> {
    let name = extension.get("extensionName").and_then(Value::as_str).filter(|name| !name.is_empty())?;
    let own = |name: &str| !matches!(name, "id" | "extensionName") && !name.contains('@');
    let properties = extension.iter().filter(|(name, value)| own(name) && !value.is_null());
    Some((name.to_owned(), properties.map(|(name, value)| (name.clone(), value.clone())).collect()))
}
