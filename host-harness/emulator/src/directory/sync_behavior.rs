//! `/contacts/{id}/onPremisesSyncBehavior`: whether the cloud is the source of authority of an organizational contact.
//! <https://learn.microsoft.com/graph/api/resources/onpremisessyncbehavior>

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::directory::object_kind::ObjectKind;
use crate::directory::resource::Key;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// The only property beside the id.
const IS_CLOUD_MANAGED: &str = "isCloudManaged";

/// `GET`, and `PATCH`, whose response is 204 (<https://learn.microsoft.com/graph/api/onpremisessyncbehavior-update>). Users and groups
/// have the resource too; the emulator lacks it for them.
pub(crate) fn handle(store: &mut Store, request: &GraphRequest, version: Version, key: &Key) -> Outcome<GraphResponse> {
    let object = store.find_object(key)?;
    let (kind, id) = (object.kind, object.id.clone());
    if kind != ObjectKind::OrgContact {
        return Err(GraphError::not_emulated("onPremisesSyncBehavior of users and groups"));
    }
    match request.method {
        Method::GET => {
            request.query.allow_only(&["select"])?;
            let context =
                format!("{}/{}/$metadata#contacts('{id}')/onPremisesSyncBehavior/$entity", request.origin, version.segment());
            let body = json!({"@odata.context": context, "id": id, IS_CLOUD_MANAGED: object.is_cloud_managed});
            Ok(GraphResponse::json(StatusCode::OK, &body))
        }
        Method::PATCH => {
            let body = json_body::parse_object(&request.headers, &request.body)?;
            let Some(Value::Bool(is_cloud_managed)) = body.get(IS_CLOUD_MANAGED) else {
                return Err(GraphError::required(IS_CLOUD_MANAGED));
            };
            store.directory.find_mut(&id)?.is_cloud_managed = *is_cloud_managed;
            Ok(GraphResponse::no_content())
        }
        _ => Err(GraphError::directory_method_not_allowed()),
    }
}
