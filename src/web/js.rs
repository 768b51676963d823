//! Bindings for values that are not ours: whatever they are, touching them gives a `Result` and never throws through us.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the JavaScript side of the package lends: see `pkg-template/src/host.js`.
    #[derive(Clone)]
    pub type Host;

    /// Makes an `AieraChatError` of its fields, which stand in the order that `errors` writes them in.
    #[wasm_bindgen(method)]
    pub fn error(this: &Host, fields: &JsValue, last_session: &JsValue, has_cause: bool, cause: &JsValue) -> JsValue;

    /// Makes what `onPoll` is called with, likewise.
    #[wasm_bindgen(method)]
    pub fn event(this: &Host, fields: &JsValue, error: &JsValue) -> JsValue;

    /// Reports what a callback threw as an uncaught error would be.
    #[wasm_bindgen(method)]
    pub fn report(this: &Host, error: &JsValue);

    /// The values of an object, with their names.
    #[wasm_bindgen(catch, js_namespace = Object)]
    pub fn entries(value: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "toString"], js_name = call)]
    fn tag_of(value: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_name = String)]
    fn to_string(value: &JsValue) -> Result<String, JsValue>;

    /// `JSON.parse` of a string that stays on the JavaScript side.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    pub fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;

    /// A `Response`, or what a replaced `fetch` gave for one.
    pub type Reply;
    #[wasm_bindgen(method, getter, catch)]
    pub fn status(this: &Reply) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = type)]
    pub fn kind(this: &Reply) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    pub fn redirected(this: &Reply) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    pub fn headers(this: &Reply) -> Result<ReplyHeaders, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn text(this: &Reply) -> Result<JsValue, JsValue>;

    /// Its headers.
    pub type ReplyHeaders;
    #[wasm_bindgen(method, catch)]
    pub fn get(this: &ReplyHeaders, name: &str) -> Result<JsValue, JsValue>;

    /// An `AbortSignal`, of whatever realm.
    #[derive(Clone)]
    pub type Signal;
    #[wasm_bindgen(method, getter, catch)]
    pub fn aborted(this: &Signal) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    pub fn reason(this: &Signal) -> Result<JsValue, JsValue>;

    /// Anything that events can be heard of.
    #[derive(Clone)]
    pub type Target;
    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    pub fn listen(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    pub fn unlisten(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;
}

/// A property, `undefined` where there is none or where reading it throws.
pub fn get(value: &JsValue, name: &str) -> JsValue {
    if value.is_object() || value.is_function() {
        Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
    } else {
        JsValue::UNDEFINED
    }
}

/// A property of the global object.
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

/// `[object Something]` without its brackets; what `Object.prototype.toString` says.
pub fn tag(value: &JsValue) -> String {
    let tag = tag_of(value).unwrap_or_default();
    tag.strip_prefix("[object ").and_then(|tag| tag.strip_suffix("]")).unwrap_or_default().into()
}

/// A value in words, for a message: never throws, never long.
pub fn describe(value: &JsValue) -> String {
    let text = if value.is_object() || value.is_function() {
        ["a value of type ", &tag(value)].concat()
    } else {
        to_string(value).unwrap_or_default()
    };
    match value.is_string() {
        true => ["\"", crate::core::redact::cut(&text, 60), "\""].concat(),
        false => crate::core::redact::cut(&text, 60).into(),
    }
}

/// Numbers, strings and big integers as text; `None` for everything else.
pub fn text_of(value: &JsValue) -> Option<String> {
    match value.as_string() {
        Some(text) => Some(text),
        None if value.as_f64().is_some() || value.is_bigint() => to_string(value).ok(),
        None => None,
    }
}
