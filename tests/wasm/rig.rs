//! A client with fakes, and helpers for JavaScript values.

use aiera_chat::web::exports;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A new session, and the same session with its response, from the API's documentation.
pub const CREATED: &str = include_str!("../fixtures/create-session.json");
pub const ACTIVE: &str = include_str!("../fixtures/session-active.json");
/// The id of both, and of their prompt.
pub const ID: f64 = 2_229.0;
pub const PROMPT_ID: f64 = 20_712.0;
/// The key of all clients.
pub const KEY: &str = "key-0123456789";
/// The URL of all sessions.
pub const SESSIONS_URL: &str = "https://premium.aiera.com/api/chat-v1/sessions";

#[wasm_bindgen]
extern "C" {
    /// `fakes.mjs`
    type Fakes;
    #[wasm_bindgen(method, getter)]
    fn fetch(this: &Fakes) -> Function;
    #[wasm_bindgen(method, getter)]
    fn hooks(this: &Fakes) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn requests(this: &Fakes) -> Array;
    #[wasm_bindgen(method, getter)]
    fn reported(this: &Fakes) -> Array;
    #[wasm_bindgen(method, getter)]
    fn delays(this: &Fakes) -> Array;
    #[wasm_bindgen(method)]
    fn sleep(this: &Fakes, ms: f64) -> Promise;
    #[wasm_bindgen(method)]
    fn site(this: &Fakes, context: &JsValue) -> JsValue;
    #[wasm_bindgen(method)]
    fn requested(this: &Fakes, count: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn settled(this: &Fakes, promise: &Promise) -> Promise;
    #[wasm_bindgen(method, js_name = repliesLeft)]
    fn replies_left(this: &Fakes) -> u32;
    #[wasm_bindgen(method, js_name = timersLeft)]
    fn timers_left(this: &Fakes) -> u32;
    #[wasm_bindgen(method, js_name = listenersLeft)]
    fn listeners_left(this: &Fakes) -> u32;
    #[wasm_bindgen(method, js_name = signalListenersAdded)]
    fn signal_listeners_added(this: &Fakes) -> u32;
    #[wasm_bindgen(method)]
    fn restore(this: &Fakes);
}

// ---- JavaScript values ----

/// The value of an expression.
pub fn js(expression: &str) -> JsValue {
    js_sys::eval(&["(", expression, ")"].concat()).unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

/// An object with these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object.into()
}

/// An object with the properties of both.
pub fn merged(one: &JsValue, other: &JsValue) -> JsValue {
    let merged = Object::new();
    for source in [one, other] {
        Object::assign(&merged, source.unchecked_ref());
    }
    merged.into()
}

pub fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_else(|_| panic!("{value:?} is not an object"))
}

pub fn has(value: &JsValue, name: &str) -> bool {
    Reflect::has(value, &name.into()).unwrap()
}

pub fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_else(|| panic!("{name} is {:?}", get(value, name)))
}

pub fn number(value: &JsValue, name: &str) -> f64 {
    get(value, name).as_f64().unwrap_or_else(|| panic!("{name} is {:?}", get(value, name)))
}

/// Calls a method of an object.
pub fn invoke(object: &JsValue, name: &str, arguments: &[JsValue]) -> JsValue {
    let method: Function = get(object, name).dyn_into().unwrap_or_else(|_| panic!("{name} is not a method"));
    method.apply(object, &arguments.iter().collect()).unwrap()
}

/// Whether two values are identical.
pub fn same(one: &JsValue, other: &JsValue) -> bool {
    Object::is(one, other)
}

/// The value as JSON.
pub fn json(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

/// Asserts that a payload equals the sent one, field by field and in order.
pub fn assert_unchanged(payload: &JsValue, sent: &str) {
    assert_eq!(json(payload), json(&JSON::parse(sent).unwrap()));
}

/// The created session with another status.
pub fn with_status(status: &str) -> String {
    CREATED.replacen("\"finding_sources\"", &json(&status.into()), 1)
}

/// An `AbortController`.
pub fn abort_controller() -> JsValue {
    js("new AbortController()")
}

// ---- Replies ----

/// A response with this body.
pub fn reply(body: &str) -> JsValue {
    object(&[("body", body.into())])
}

/// A response with this HTTP status and body.
pub fn refusal(status: u16, body: &str) -> JsValue {
    object(&[("status", status.into()), ("body", body.into())])
}

/// A response with this HTTP status and header.
pub fn refusal_with(status: u16, header: &str, value: &str) -> JsValue {
    object(&[("status", status.into()), ("headers", object(&[(header, value.into())]))])
}

/// A request that fails with this error.
pub fn failure(error: &JsValue) -> JsValue {
    object(&[("error", error.clone())])
}

/// A lost connection.
pub fn lost() -> JsValue {
    failure(&js("new TypeError('the connection was lost')"))
}

/// A response that never arrives.
pub fn no_response() -> JsValue {
    js("{ stalls: 'response' }")
}

/// A response whose body never ends.
pub fn endless_body() -> JsValue {
    js("{ stalls: 'body', body: '{' }")
}

// ---- The rig ----

/// The fakes, and one client.
pub struct Rig {
    fakes: Fakes,
    pub client: JsValue,
}

/// Options of a quick poll.
pub fn quick() -> JsValue {
    js("{ intervalMs: 2, maxIntervalMs: 4 }")
}

impl Rig {
    /// A client whose requests have these replies, in order.
    pub fn new(replies: &[JsValue]) -> Rig {
        Rig::with_options(replies, &js("{}"))
    }

    /// The same, with more options.
    pub fn with_options(replies: &[JsValue], options: &JsValue) -> Rig {
        let make: Function = js_sys::eval(include_str!("fakes.mjs")).unwrap().unchecked_into();
        let script: Array = replies.iter().collect();
        let fakes: Fakes = make.call1(&JsValue::UNDEFINED, &script).unwrap().unchecked_into();
        let mut rig = Rig { fakes, client: JsValue::UNDEFINED };
        rig.client = rig.new_client(options);
        rig
    }

    /// Another client.
    pub fn new_client(&self, options: &JsValue) -> JsValue {
        self.try_client(options, false).unwrap()
    }

    /// A client with the rig's fetch and key and these options, or the error of its constructor.
    pub fn try_client(&self, options: &JsValue, is_mixed: bool) -> Result<JsValue, JsValue> {
        let defaults = object(&[
            ("apiKey", KEY.into()),
            // Browsers require it for a key.
            ("dangerouslyAllowBrowser", true.into()),
            ("fetch", self.fakes.fetch().into()),
        ]);
        let options = merged(&defaults, options);
        let (hooks, site) = (self.fakes.hooks().unchecked_into(), self.fakes.site(&JsValue::UNDEFINED));
        exports::Client::new(&options, is_mixed, hooks, &site.unchecked_into()).map(JsValue::from)
    }

    /// Calls a method of the client.
    pub fn call(&self, method: &str, arguments: &[JsValue]) -> Promise {
        self.call_in(&JsValue::UNDEFINED, method, arguments)
    }

    /// Calls a method of the client in an async context.
    pub fn call_in(&self, context: &JsValue, method: &str, arguments: &[JsValue]) -> Promise {
        let site = self.fakes.site(context);
        let promise = invoke(&self.client, method, &[arguments, &[site]].concat());
        // Handles a rejection, since a test may read the result later.
        invoke(&promise, "catch", &[js("() => {}")]);
        promise.unchecked_into()
    }

    /// Polls the session, quickly and with these options.
    pub fn poll(&self, options: &JsValue) -> Promise {
        self.call("pollSession", &[ID.into(), merged(&quick(), options)])
    }

    async fn settled(&self, promise: &Promise) -> (JsValue, JsValue) {
        let end: Array = JsFuture::from(self.fakes.settled(promise)).await.unwrap().unchecked_into();
        (end.get(0), end.get(1))
    }

    /// The value of a call.
    pub async fn value(&self, promise: Promise) -> JsValue {
        match self.settled(&promise).await {
            (is_fulfilled, value) if is_fulfilled == true => value,
            (_, reason) => panic!("{reason:?}"),
        }
    }

    /// The error of a call.
    pub async fn error(&self, promise: Promise) -> JsValue {
        match self.settled(&promise).await {
            (is_fulfilled, error) if is_fulfilled == false => error,
            (_, value) => panic!("expected an error, got {value:?}"),
        }
    }

    /// The error of a call, asserted to have this code.
    pub async fn error_with(&self, code: &str, promise: Promise) -> JsValue {
        let error = self.error(promise).await;
        assert_eq!(text(&error, "code"), code, "{}", text(&error, "message"));
        error
    }

    pub async fn sleep(&self, ms: f64) {
        JsFuture::from(self.fakes.sleep(ms)).await.unwrap();
    }

    /// Waits until there are `count` requests.
    pub async fn requested(&self, count: u32) {
        JsFuture::from(self.fakes.requested(count)).await.unwrap();
    }

    /// The number of requests.
    pub fn requests(&self) -> u32 {
        self.fakes.requests().length()
    }

    pub fn request(&self, at: u32) -> JsValue {
        self.fakes.requests().get(at)
    }

    /// Methods and URLs of all requests, without the common part of the URLs.
    pub fn routes(&self) -> Vec<String> {
        let route = |request: JsValue| {
            let url = text(&request, "url");
            let path = url.strip_prefix(SESSIONS_URL).unwrap_or(&url);
            [&text(&request, "method"), " ", path].concat()
        };
        self.fakes.requests().iter().map(route).collect()
    }

    /// Whether a request was cancelled.
    pub fn is_cancelled(&self, at: u32) -> bool {
        get(&get(&self.request(at), "signal"), "aborted") == true
    }

    /// The errors that were reported as uncaught.
    pub fn reported(&self) -> Vec<JsValue> {
        self.fakes.reported().to_vec()
    }

    /// The longest delay of a timer.
    pub fn longest_delay(&self) -> f64 {
        self.fakes.delays().iter().filter_map(|delay| delay.as_f64()).fold(0.0, f64::max)
    }

    pub fn timers_left(&self) -> u32 {
        self.fakes.timers_left()
    }

    pub fn listeners_left(&self) -> u32 {
        self.fakes.listeners_left()
    }

    /// The listeners that were added to signals.
    pub fn signal_listeners_added(&self) -> u32 {
        self.fakes.signal_listeners_added()
    }

    /// Asserts that the calls leave nothing, now or later: no timer, no listener, no request.
    pub async fn close(self) {
        let (requests, left) = (self.requests(), [0; 3]);
        let now_left = || [self.timers_left(), self.listeners_left(), self.fakes.replies_left()];
        assert_eq!(now_left(), left, "timers, listeners and replies left when the calls have settled");
        self.sleep(30.0).await;
        assert_eq!((now_left(), self.requests()), (left, requests), "timers, listeners and replies left later");
        self.fakes.restore();
    }
}

// ---- Callbacks ----

/// A function that records its arguments.
pub struct Recorder {
    pub function: JsValue,
    calls: Array,
}

impl Recorder {
    pub fn new() -> Recorder {
        let calls = Array::new();
        let make: Function = js("(calls) => (argument) => void calls.push(argument)").unchecked_into();
        Recorder { function: make.call1(&JsValue::UNDEFINED, &calls).unwrap(), calls }
    }

    /// The first arguments of all calls.
    pub fn calls(&self) -> Vec<JsValue> {
        self.calls.to_vec()
    }

    /// A property of the first arguments of all calls.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.calls().iter().map(|argument| text(argument, name)).collect()
    }
}

/// A function that calls this closure, until the closure is dropped.
pub fn closure(function: impl FnMut(JsValue) + 'static) -> (JsValue, Closure<dyn FnMut(JsValue)>) {
    let closure = Closure::<dyn FnMut(JsValue)>::new(function);
    (closure.as_ref().clone(), closure)
}
