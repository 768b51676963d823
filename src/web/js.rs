//! Bindings: the hooks in the package's JavaScript, and foreign values.
//!
//! Foreign values (a replacement `fetch`, its responses, a caller's signal) may throw when they are touched. An exception that
//! passes through a Rust frame leaves borrows and promises behind, so every access to them is `catch`.

use js_sys::{Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestInit};

/// The limit of a foreign text that is read, in UTF-16 units.
pub const READ_LIMIT: u32 = 8_192;

#[wasm_bindgen]
extern "C" {
    /// The functions of `pkg-template/src/hooks.js`. None of them throws.
    #[derive(Clone)]
    pub type Hooks;

    /// Creates an `AieraChatError` from its details, with the stack of the call site.
    #[wasm_bindgen(method)]
    pub fn error(this: &Hooks, details: &JsValue, site: &JsValue) -> JsValue;

    /// Removes the key from a text.
    #[wasm_bindgen(method)]
    pub fn redact(this: &Hooks, text: &str, key: &str) -> String;

    /// Whether no text in a foreign error holds the key, so that the error can be passed on.
    #[wasm_bindgen(method, js_name = isFreeOf)]
    pub fn is_free_of(this: &Hooks, error: &JsValue, key: &str) -> bool;

    /// Passes the result of a promise, or a value, to `settle`: the key, whether it was fulfilled, and the value or the reason.
    #[wasm_bindgen(method)]
    pub fn wait(this: &Hooks, promise: &JsValue, key: u64, settle: &Closure<dyn Fn(u64, bool, JsValue)>);

    /// The argument of `fetch` for one attempt: a copy, since a replacement may keep or change it.
    #[wasm_bindgen(method, js_name = requestInit)]
    pub fn request_init(
        this: &Hooks,
        init: &RequestInit,
        headers: &Object,
        controller: Option<&AbortController>,
    ) -> RequestInit;

    /// Reports the error of a callback as an uncaught one.
    #[wasm_bindgen(method)]
    pub fn report(this: &Hooks, error: &JsValue);

    /// The circumstances of a call, as `pkg-template/src/client.js` records them.
    #[derive(Clone)]
    pub type CallSite;

    /// Holds the stack of the caller.
    #[wasm_bindgen(method, getter)]
    pub fn stack(this: &CallSite) -> JsValue;

    /// Runs a function in the async context of the call: `(function, ...arguments) => result`. Absent if the platform has
    /// no async contexts.
    #[wasm_bindgen(method, getter)]
    pub fn context(this: &CallSite) -> Option<Function>;

    /// The answer in a finished session, or `undefined`. For `ask` only. Throws if the platform cannot read the session, such as
    /// one that overflows a regular expression.
    #[wasm_bindgen(method, catch)]
    pub fn answer(this: &CallSite, session: &JsValue, prompt_id: &JsValue) -> Result<JsValue, JsValue>;

    /// The time of the call on the clock of [`now`].
    #[wasm_bindgen(method, getter, js_name = startedAt)]
    pub fn started_at(this: &CallSite) -> f64;

    /// Milliseconds on the platform's monotonic clock.
    #[wasm_bindgen(js_namespace = performance)]
    pub fn now() -> f64;

    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "toString"], js_name = call)]
    fn tag_of(value: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn array_from(value: &JsValue) -> Result<js_sys::Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn object_entries(value: &JsValue) -> Result<js_sys::Array, JsValue>;

    #[wasm_bindgen(catch, js_name = String)]
    fn to_string(value: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn json_parse(text: &JsString) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Date, js_name = parse)]
    fn date_parse(text: &str) -> Result<f64, JsValue>;

    /// The global object.
    type Global;
    #[wasm_bindgen(method, getter, catch)]
    fn fetch(this: &Global) -> Result<JsValue, JsValue>;

    /// The value that `fetch` resolved with: a `Response`, or anything else from a replacement.
    pub type ForeignResponse;
    #[wasm_bindgen(method, getter, catch)]
    pub fn status(this: &ForeignResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = type)]
    pub fn kind(this: &ForeignResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    pub fn redirected(this: &ForeignResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    pub fn headers(this: &ForeignResponse) -> Result<ForeignHeaders, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = text)]
    fn text_method(this: &ForeignResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn text(this: &ForeignResponse) -> Result<JsValue, JsValue>;

    /// The headers of a response.
    pub type ForeignHeaders;
    #[wasm_bindgen(method, catch)]
    pub fn get(this: &ForeignHeaders, name: &JsString) -> Result<Option<JsString>, JsValue>;

    /// An `AbortSignal` of any realm.
    #[derive(Clone)]
    pub type Signal;
    #[wasm_bindgen(method, getter, catch)]
    pub fn aborted(this: &Signal) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    pub fn reason(this: &Signal) -> Result<JsValue, JsValue>;

    /// An event target of any realm.
    #[derive(Clone)]
    pub type Target;
    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    pub fn add_listener(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    pub fn remove_listener(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;

    /// A session or a message, parsed from JSON: its getters cannot throw.
    pub type Record;
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &Record) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = status)]
    pub fn session_status(this: &Record) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn messages(this: &Record) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn message_type(this: &Record) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn prompt_message_id(this: &Record) -> JsValue;
}

impl ForeignResponse {
    /// Whether it has a method `text`.
    pub fn has_text(&self) -> bool {
        self.text_method().is_ok_and(|text| text.is_function())
    }
}

/// A property; `undefined` if it is absent, or if reading it throws.
pub fn get(value: &JsValue, name: &str) -> JsValue {
    if value.is_object() || value.is_function() {
        Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
    } else {
        JsValue::UNDEFINED
    }
}

/// A property of the global object.
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

/// The platform's `fetch`, if it has one.
pub fn platform_fetch() -> Option<Function> {
    js_sys::global().unchecked_ref::<Global>().fetch().ok()?.dyn_into().ok()
}

/// Whether the value is `null` or `undefined`, which both mean absent.
pub fn is_absent(value: &JsValue) -> bool {
    value.is_null() || value.is_undefined()
}

/// The tag of a value, as from `Object.prototype.toString`. An object of another realm has another constructor, but the
/// same tag.
pub fn tag(value: &JsValue) -> String {
    let tag = tag_of(value).unwrap_or_default();
    tag.strip_prefix("[object ").and_then(|tag| tag.strip_suffix(']')).unwrap_or("unknown").into()
}

/// Whether the value is an object with named properties. The namespace of a module is one.
pub fn is_plain_object(value: &JsValue) -> bool {
    value.is_object() && matches!(tag(value).as_str(), "Object" | "Module")
}

/// A copy of an array; `None` if the value is not an array, or cannot be read.
pub fn items(value: &JsValue) -> Option<js_sys::Array> {
    let is_array = is_array(value).unwrap_or(false);
    if is_array { array_from(value).ok() } else { None }
}

/// The own enumerable properties of an object, in order; `None` if one cannot be read.
pub fn entries(value: &JsValue) -> Option<Vec<(JsValue, JsValue)>> {
    let entries = object_entries(value).ok()?;
    let pair = |entry: JsValue| {
        let entry: js_sys::Array = entry.unchecked_into();
        (entry.get(0), entry.get(1))
    };
    Some(entries.iter().map(pair).collect())
}

/// A short description of a value for a message. Does not throw.
pub fn describe(value: &JsValue) -> String {
    const SHOWN: usize = 60;
    if let Some(text) = value.as_string() {
        let start: String = text.chars().take(SHOWN).collect();
        return js_sys::JSON::stringify(&start.into()).map_or_else(|_| String::new(), String::from);
    }
    let is_object = value.is_object() || value.is_function();
    let description = if is_object { ["a value of type ", &tag(value)].concat() } else { text(value) };
    description.chars().take(SHOWN).collect()
}

/// `String(value)`; empty if that throws.
pub fn text(value: &JsValue) -> String {
    to_string(value).unwrap_or_default()
}

/// `JSON.parse`; `None` if the text is not JSON. node-fetch 2 and cross-fetch leave the byte order mark in the text.
pub fn parse_json(text: &JsString) -> Option<JsValue> {
    const BYTE_ORDER_MARK: f64 = 65_279.0;
    let without_mark = || (text.char_code_at(0) == BYTE_ORDER_MARK).then(|| text.slice(1, text.length()));
    json_parse(text).ok().or_else(|| json_parse(&without_mark()?).ok())
}

/// `Date.parse`; `None` if the text is not a date.
pub fn parse_date(text: &str) -> Option<f64> {
    date_parse(text).ok().filter(|ms| !ms.is_nan())
}

/// Calls a function with `undefined` as its `this`, in `context` if there is one.
///
/// # Errors
/// The exception that the function throws.
pub fn call(context: Option<&Function>, function: &Function, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let this = JsValue::UNDEFINED;
    match (context, arguments) {
        (None, []) => function.call0(&this),
        (None, [first]) => function.call1(&this, first),
        (None, [first, second, ..]) => function.call2(&this, first, second),
        (Some(context), []) => context.call1(&this, function),
        (Some(context), [first]) => context.call2(&this, function, first),
        (Some(context), [first, second, ..]) => context.call3(&this, function, first, second),
    }
}

/// Sets a property of an object that this module created, which cannot fail.
pub fn set(object: &Object, name: &JsValue, value: &JsValue) {
    let _ = Reflect::set(object, name, value);
}

/// The beginning of a text, at most [`READ_LIMIT`] units.
pub fn beginning(text: &JsString) -> String {
    text.slice(0, READ_LIMIT).into()
}
