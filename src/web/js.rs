//! Bindings for what the package's own JavaScript lends to a client: `pkg-template/src/host.js`. None of it throws.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What is lent. It knows a call by its `key`: the session's id, or a negative number for a create.
    #[derive(Clone)]
    pub type Host;

    /// Whether the API key comes from a function, which can be asked again.
    #[wasm_bindgen(method, getter, js_name = canRefresh)]
    pub fn can_refresh(this: &Host) -> bool;

    /// Milliseconds on the platform's clock, a monotonic one where there is one.
    #[wasm_bindgen(method)]
    pub fn now(this: &Host) -> f64;

    /// Makes a call's request, and says `sent` when it leaves. Comes to an [`Answer`], or after [`cut_off`](Self::cut_off)
    /// to anything.
    #[wasm_bindgen(method)]
    pub fn exchange(this: &Host, key: f64, fresh_key: bool, signal: &JsValue) -> Promise;

    /// The call's exchange was aborted by its signal: its promise is to come to something, even where its `fetch` or the
    /// function that gives the key never does.
    #[wasm_bindgen(method, js_name = cutOff)]
    pub fn cut_off(this: &Host, key: f64);

    /// Makes an `AieraChatError` of the facts, which stand in the order that `errors` writes them in.
    #[wasm_bindgen(method)]
    pub fn error(
        this: &Host,
        key: f64,
        facts: &JsValue,
        answer: &JsValue,
        last_session: &JsValue,
        cause: &JsValue,
    ) -> JsValue;

    /// Makes what `onPoll` is called with, likewise.
    #[wasm_bindgen(method)]
    pub fn event(this: &Host, facts: &JsValue, answer: &JsValue, error: &JsValue) -> JsValue;

    /// Whoever wanted to know of the call's newest answer was told: what it was read into need not be kept.
    #[wasm_bindgen(method)]
    pub fn told(this: &Host, key: f64);

    /// Tells a waiter something; what kind of thing is numbered as in `running::Told`.
    #[wasm_bindgen(method)]
    pub fn tell(this: &Host, key: f64, waiter: u32, kind: u8, thing: &JsValue);

    /// A string, read a character at a time: all that copies whole ones costs more than it is worth for a status an answer.
    pub type Text;
    /// NaN behind the end.
    #[wasm_bindgen(method, js_name = charCodeAt)]
    pub fn char_code_at(this: &Text, at: u32) -> f64;

    /// What came of an exchange.
    pub type Answer;
    /// What it is: see `exchange::read`.
    #[wasm_bindgen(method, getter)]
    pub fn kind(this: &Answer) -> u8;
    /// The HTTP status, where there is one.
    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Answer) -> u16;
    /// Milliseconds that the server asks to wait; NaN where it does not.
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    pub fn retry_after(this: &Answer) -> f64;
    /// The session's id, where it is a session.
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &Answer) -> f64;
    /// The session's status.
    #[wasm_bindgen(method, getter)]
    pub fn state(this: &Answer) -> Text;
    /// Whether it differs from the one that the call saw before.
    #[wasm_bindgen(method, getter)]
    pub fn changed(this: &Answer) -> bool;
}
