//! Bindings for what the package's own JavaScript lends, and for values that are not ours: whatever those are, touching
//! them gives a `Result` and never throws through us.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the JavaScript side of the package lends to a client: see `pkg-template/src/host.js`.
    #[derive(Clone)]
    pub type Host;

    /// Makes an `AieraChatError` of its fields, which stand in the order that `errors` writes them in.
    #[wasm_bindgen(method)]
    pub fn error(this: &Host, fields: &JsValue, last_session: &JsValue, has_cause: bool, cause: &JsValue) -> JsValue;

    /// Makes what `onPoll` is called with, likewise.
    #[wasm_bindgen(method)]
    pub fn event(this: &Host, fields: &JsValue, error: &JsValue) -> JsValue;

    /// Where the API is, without a trailing slash.
    #[wasm_bindgen(method, getter)]
    pub fn base(this: &Host) -> String;

    /// Whether the key comes from a function, which can be asked again.
    #[wasm_bindgen(method, getter, js_name = canRefresh)]
    pub fn can_refresh(this: &Host) -> bool;

    /// A promise of the key, rejected when the signal is aborted.
    #[wasm_bindgen(method)]
    pub fn key(this: &Host, signal: &JsValue) -> Promise;

    /// All headers of a request: the client's, those of the waiters, and ours.
    #[wasm_bindgen(method)]
    pub fn headers(this: &Host, waiters: &Array, key: &JsValue, has_body: bool) -> JsValue;

    /// A promise of what comes of one request, in the order that `exchange` reads it in. It is never rejected.
    #[wasm_bindgen(method)]
    pub fn exchange(
        this: &Host,
        url: &str,
        body: &JsValue,
        headers: &JsValue,
        key: &JsValue,
        signal: &JsValue,
        seen: &JsValue,
    ) -> Promise;

    /// Anything that events can be heard of.
    #[derive(Clone)]
    pub type Target;
    /// `addEventListener`.
    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    pub fn listen(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;
    /// `removeEventListener`.
    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    pub fn unlisten(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;
}

/// A property, `undefined` where there is none or where reading it throws.
pub fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property of the global object.
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}
