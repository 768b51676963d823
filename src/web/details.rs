//! Reads the parts of a response that an error keeps.

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

use super::headers::Headers;
use super::js;
use super::redactor::Redactor;
use crate::core::response::{BODY_LIMIT, ResponseDetails};
use crate::core::server_message::{self, Json};

/// The mark of a refusal by this package's proxy, in a header and in the body.
const PROXY: &str = "aiera-chat/proxy";

/// The details of a response with this body.
pub fn read(redactor: &Redactor, text: &JsString, headers: &Headers) -> ResponseDetails {
    let mut body = redactor.clean(js::beginning(text));
    let json = js::parse_json(text);
    let server_message = match &json {
        Some(json) => server_message::from_json(&ForeignJson { value: json.clone(), redactor }),
        None => server_message::from_text(&body),
    };
    let mark = headers.get("x-refused-by").or_else(|| js::get(&json?, "refused_by").as_string());
    body.truncate(body.floor_char_boundary(BODY_LIMIT));
    ResponseDetails {
        location: headers.get("location").map(|location| redactor.clean(location)),
        request_id: headers.request_id().map(|id| redactor.clean(id)),
        body: Some(body).filter(|body| !body.is_empty()),
        server_message: server_message.map(|message| redactor.clean(message)),
        by_proxy: mark.as_deref() == Some(PROXY),
        ..ResponseDetails::default()
    }
}

/// A JSON value of JavaScript's, whose texts are redacted.
struct ForeignJson<'a> {
    value: JsValue,
    redactor: &'a Redactor<'a>,
}

impl ForeignJson<'_> {
    fn inner(&self, value: JsValue) -> Option<Self> {
        (!js::is_absent(&value)).then_some(ForeignJson { value, redactor: self.redactor })
    }
}

impl Json for ForeignJson<'_> {
    fn text(&self) -> Option<String> {
        let text = self.value.as_string().or_else(|| self.value.as_f64().map(|_| js::text(&self.value)))?;
        // Before the message is folded, which may hide a key with control characters from the redaction.
        Some(self.redactor.clean(text.chars().take(js::READ_LIMIT as usize).collect()))
    }

    fn first(&self) -> Option<Self> {
        self.inner(self.value.dyn_ref::<Array>()?.get(0))
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.inner(js::get(&self.value, name))
    }
}
