//! One exchange: sends a request by `fetch` and reads the response into `core::response`.

use std::rc::Rc;

use js_sys::{Array, Date, Error, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Blob, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

use super::js::{self, ForeignHeaders, ForeignResponse, Hooks, Record};
use super::pending::Pending;
use super::snapshot::{self, Snapshot};
use super::{errors, page};
use crate::core::decision::Outcome;
use crate::core::http_status;
use crate::core::operation::{Method, Payload};
use crate::core::response::{BODY_LIMIT, Body, Facts, Head, Response, ResponseDetails, Session};
use crate::core::retry_after::{self, RetryAfterHeaders};
use crate::core::server_message::{self, Json};
use crate::core::session_status::SessionStatus;
use crate::core::text::{contains, is_blank};
use crate::core::unsent::PlatformError;

/// The limit of a body that is not the payload, in UTF-16 units.
const READ_LIMIT: u32 = 8_192;

/// The limit of errors that are read among a platform's error and its causes.
const ERROR_LIMIT: u32 = 64;

/// The mark of a refusal by this package's proxy, in a header and in the body.
const PROXY: &str = "aiera-chat/proxy";

thread_local! {
    // Created once, since they are read from every response.
    static RETRY_AFTER: JsString = JsString::from("retry-after");
    static RETRY_AFTER_MS: JsString = JsString::from("retry-after-ms");
}

/// The latest session of a call. A response with an equal body is not parsed.
pub type Latest = Option<Session<Rc<Snapshot>>>;

/// A request with its settings.
pub struct Prepared {
    /// The URL.
    pub url: JsValue,
    /// The parts of [`RequestInit`] that do not change from attempt to attempt.
    pub init: RequestInit,
    /// All headers, as an object.
    pub headers: Object,
    /// The global `fetch`, or its replacement.
    pub fetch: Function,
    /// The async context of one caller.
    pub context: Option<Function>,
    /// The key, which is redacted in all texts.
    pub key: Rc<str>,
    /// The payload of a successful response.
    pub payload: Payload,
    /// The request must not be repeated.
    pub is_once: bool,
}

/// Aborts the request if it is dropped before the response has been read.
struct AbortGuard(Option<AbortController>);

impl AbortGuard {
    /// Without `fetch`, there may be no `AbortController` either.
    fn new() -> AbortGuard {
        AbortGuard(AbortController::new().ok())
    }

    fn disarm(&mut self) {
        self.0 = None;
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Sends the request and reads the response. `on_error_head` gets the head of an error response before its body is read.
/// Dropping the future aborts the request.
pub async fn exchange(
    request: &Prepared,
    latest: Latest,
    hooks: &Hooks,
    on_error_head: impl Fn(Head),
) -> Outcome<Rc<Snapshot>, JsValue> {
    let redact = Redactor { hooks, key: &request.key };
    // A request that fails while the page is offline never left, which matters only to creates and prompts.
    let was_offline = request.is_once && page::is_offline();
    let mut guard = AbortGuard::new();
    let mut result = send(request, hooks, &guard).await;
    if result.as_ref().is_err_and(refuses_signal) {
        // The signal and `fetch` are from different realms. Without a signal, an abort drops the response.
        guard.disarm();
        result = send(request, hooks, &guard).await;
    }
    let response: ForeignResponse = match result {
        Ok(response) => response.unchecked_into(),
        Err(error) => return redact.lost(error, None, was_offline),
    };
    let not_a_response = || Outcome::NotAResponse(redact.clean(js::describe(&response)));
    let Some(status) = response.status().ok().and_then(|status| status.as_f64()) else { return not_a_response() };
    let kind = || response.kind().ok()?.as_string();
    let is_opaque = status == 0.0 && kind().as_deref() == Some("opaqueredirect");
    let Some(status) = http_status::checked(status, is_opaque) else {
        return Outcome::NotAResponse(["one with the status ", &js::text(&status.into())].concat());
    };
    let is_followed = response.redirected() == Ok(JsValue::TRUE);
    let is_redirect = is_opaque || is_followed;
    let headers = Headers(response.headers().ok());
    let retry_after_ms = headers.retry_after_ms();
    let mut text = None;
    let is_success = (200..300).contains(&status) && !is_redirect;
    if !is_redirect && !(300..400).contains(&status) {
        if !is_success {
            on_error_head(Head { status, retry_after_ms });
        }
        let read = match response.text() {
            Ok(promise) => Pending::new(hooks, &promise).await,
            Err(_) if !response.has_text() => return not_a_response(),
            Err(error) => Err(error),
        };
        match read {
            Ok(body) if body.is_string() => {
                text = Some(body.unchecked_into());
                guard.disarm();
            }
            Err(error) if is_success => return redact.lost(error, Some(status), false),
            // The status decides.
            _ => {}
        }
    }
    let text = text.unwrap_or_else(|| JsString::from(""));
    let body = if is_success { read_payload(request.payload, text, latest) } else { Err((text, Facts::default())) };
    let body = body.unwrap_or_else(|(text, facts)| {
        let decode_reason = request.payload.check(&facts).err();
        let mut details = redact.details(&text, &headers);
        details.is_redirect = is_redirect;
        details.retry_after_ms = retry_after_ms;
        details.decode_reason = decode_reason;
        Body::Other(Rc::new(details))
    });
    Outcome::Response(Response { status, retry_after_ms, body })
}

/// The parts of [`RequestInit`] that do not change from attempt to attempt.
pub fn init(method: Method, body: Option<&JsValue>, credentials: RequestCredentials, knows_cache: bool) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(method.name());
    if let Some(body) = body {
        // Deno resends a request after a kept connection breaks, unless its body is a Blob.
        let blob = page::is_deno().then(|| Blob::new_with_str_sequence(&Array::of1(body)).ok()).flatten();
        init.set_body(blob.as_ref().map_or(body, AsRef::as_ref));
    }
    // With "follow", the key would go to the target of a redirect.
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(credentials);
    if knows_cache {
        // Next.js caches GETs on servers, and a cached poll never changes.
        init.set_cache(RequestCache::NoStore);
    }
    init
}

async fn send(request: &Prepared, hooks: &Hooks, guard: &AbortGuard) -> Result<JsValue, JsValue> {
    // A copy, since a replacement may keep or change its arguments.
    let copy = |object: &Object| Object::assign(&Object::new(), object);
    let init = copy(&request.init).unchecked_into::<RequestInit>();
    init.set_headers(&copy(&request.headers));
    init.set_signal(guard.0.as_ref().map(AbortController::signal).as_ref());
    let promise = js::call(request.context.as_ref(), &request.fetch, &[&request.url, &init])?;
    Pending::new(hooks, &promise).await
}

/// Whether requests have a cache mode on this platform. Old versions of workerd throw on one.
pub fn knows_cache() -> bool {
    let prototype = js::get(&js::global("Request"), "prototype");
    prototype.is_object() && Reflect::has(&prototype, &"cache".into()).unwrap_or(false)
}

/// Whether `fetch` refused the signal, as Node's does with jsdom's signal, before sending the request.
fn refuses_signal(error: &JsValue) -> bool {
    error.is_instance_of::<js_sys::TypeError>()
        && js::get(error, "message").as_string().is_some_and(|message| contains(&message, "instance of AbortSignal"))
}

/// Reads the payload of a success; on failure, returns the text and the facts that show the reason.
fn read_payload(payload: Payload, mut text: JsString, latest: Latest) -> Result<Body<Rc<Snapshot>>, (JsString, Facts)> {
    if text.char_code_at(0) == f64::from(0xFEFF) {
        // node-fetch 2 and cross-fetch leave the byte order mark in the text.
        text = text.slice(1, text.length());
    }
    if let Some(latest) = latest.filter(|latest| latest.value.has_text(&text)) {
        return Ok(Body::Session(Session { is_changed: false, ..latest }));
    }
    let Some(value) = js::parse_json(&text) else {
        let start = js::prefix(&text, READ_LIMIT);
        let is_empty = is_blank(&start);
        let facts = Facts { is_empty, is_html: server_message::is_html(&start), ..Facts::default() };
        return if payload.check(&facts).is_ok() { Ok(Body::Payload(None)) } else { Err((text, facts)) };
    };
    let is_object = value.is_object() && !Array::is_array(&value);
    let mut facts = Facts { is_json: true, is_object, ..Facts::default() };
    let mut status = JsValue::UNDEFINED;
    if is_object {
        // Nothing that this payload does not need, since this runs at every poll.
        match payload {
            Payload::Session | Payload::Message => {
                let record = value.unchecked_ref::<Record>();
                facts.id = Some(snapshot::id_in(&record.id()));
                status = record.session_status();
            }
            Payload::Page => facts.has_data = Array::is_array(&js::get(&value, "data")),
            Payload::Confirmation => facts.says_failure = js::get(&value, "success").as_bool() == Some(false),
        }
    }
    let status_name = status.as_string();
    facts.has_status = status_name.is_some();
    if payload.check(&facts).is_err() {
        return Err((text, facts));
    }
    match (payload, facts.id, status_name) {
        (Payload::Session, Some(Ok(id)), Some(name)) => {
            let messages = snapshot::messages_in(&value).into();
            let value = Snapshot::parsed(text, value, status);
            let status = SessionStatus::parse(&name);
            Ok(Body::Session(Session { id, status, is_changed: true, messages, value }))
        }
        (Payload::Confirmation, ..) => Ok(Body::Payload(None)),
        _ => Ok(Body::Payload(Some(Snapshot::owned(value)))),
    }
}

/// The headers of a response. A header that throws counts as absent: SvelteKit's throw outside of an allow-list.
struct Headers(Option<ForeignHeaders>);

impl Headers {
    fn get(&self, name: &str) -> Option<String> {
        self.read(&name.into())
    }

    fn read(&self, name: &JsString) -> Option<String> {
        self.0.as_ref()?.get(name).ok()?.as_string().filter(|value| !value.is_empty())
    }

    fn retry_after_ms(&self) -> Option<f64> {
        let retry_after_ms = RETRY_AFTER_MS.with(|name| self.read(name));
        let retry_after = RETRY_AFTER.with(|name| self.read(name));
        if retry_after_ms.is_none() && retry_after.is_none() {
            return None;
        }
        let date = self.get("date");
        let headers = RetryAfterHeaders {
            retry_after_ms: retry_after_ms.as_deref(),
            retry_after: retry_after.as_deref(),
            date: date.as_deref(),
        };
        retry_after::parse(&headers, Date::now(), &js::parse_date)
    }

    fn request_id(&self) -> Option<String> {
        ["x-request-id", "request-id", "x-amzn-requestid"].iter().find_map(|name| self.get(name))
    }
}

/// Removes the key from every text that an error carries.
pub struct Redactor<'a> {
    /// The hooks.
    pub hooks: &'a Hooks,
    /// The key; empty if there is none.
    pub key: &'a str,
}

impl Redactor<'_> {
    fn clean(&self, text: String) -> String {
        if self.key.is_empty() || text.is_empty() { text } else { self.hooks.redact(&text, self.key) }
    }

    fn details(&self, text: &JsString, headers: &Headers) -> ResponseDetails {
        let start = self.clean(js::prefix(text, READ_LIMIT));
        let json = js::parse_json(text);
        let server_message = match &json {
            Some(json) => server_message::from_json(&ForeignJson { value: json.clone(), redactor: self }),
            None => server_message::from_text(&start),
        };
        let mark = headers.get("x-refused-by").or_else(|| js::get(&json?, "refused_by").as_string());
        ResponseDetails {
            location: headers.get("location").map(|location| self.clean(location)),
            request_id: headers.request_id().map(|id| self.clean(id)),
            body: Some(beginning(&start, BODY_LIMIT)).filter(|body| !body.is_empty()).map(String::from),
            server_message: server_message.map(|message| self.clean(message)),
            by_proxy: mark.as_deref() == Some(PROXY),
            ..ResponseDetails::default()
        }
    }

    /// A response that did not arrive, or not completely. The platform's error is the cause, unless it holds the key.
    fn lost(&self, error: JsValue, status: Option<u16>, was_offline: bool) -> Outcome<Rc<Snapshot>, JsValue> {
        let platform = platform_error(&error);
        let digest = errors::digest(&error);
        let (mut description, error) = self.error(error);
        if let Some(digest) = digest {
            let description = if description.is_empty() { self.clean(digest) } else { description };
            return Outcome::ControlFlow(description, error);
        }
        let is_unsent = was_offline || (status.is_none() && platform.never_left());
        if was_offline {
            description.push_str(" (the page is offline)");
        }
        Outcome::Lost { is_unsent, status, description, error }
    }

    /// The description of a foreign error, and the error. If it holds the key, a new error with the description replaces
    /// it.
    pub fn error(&self, error: JsValue) -> (String, JsValue) {
        let description = self.clean(platform_error(&error).description());
        if self.key.is_empty() || self.hooks.is_free_of(&error, self.key) {
            return (description, error);
        }
        let replacement = Error::new(&description);
        if let Some(digest) = errors::digest(&error) {
            js::set(&replacement, &"digest".into(), &self.clean(digest).into());
        }
        (description, replacement.into())
    }
}

/// The platform's error with its causes, at most four deep, and at most [`ERROR_LIMIT`] errors in all.
fn platform_error(error: &JsValue) -> PlatformError {
    let mut left = ERROR_LIMIT;
    read_error(error, 4, &mut left)
}

fn read_error(error: &JsValue, depth: u32, left: &mut u32) -> PlatformError {
    if *left == 0 {
        // An unread error does not prove that the request never left.
        return PlatformError::default();
    }
    *left -= 1;
    let text = |name| js::get(error, name).dyn_into().ok().map(|text: JsString| js::prefix(&text, READ_LIMIT));
    let errors = js::get(error, "errors");
    // One more than the limit, in place of the rest.
    let count = js::get(&errors, "length").as_f64().unwrap_or(0.0).min(f64::from(*left + 1)) as u32;
    let cause = js::get(error, "cause");
    let mut inner = |error: JsValue| read_error(&error, depth - 1, left);
    PlatformError {
        name: text("name").unwrap_or_default(),
        code: text("code"),
        syscall: text("syscall"),
        message: text("message").unwrap_or_else(|| js::describe(error)),
        cause: (depth > 0 && cause.is_object()).then(|| Box::new(inner(cause))),
        errors: match depth {
            0 => Vec::new(),
            _ => (0..count).map(|at| inner(Reflect::get_u32(&errors, at).unwrap_or(JsValue::UNDEFINED))).collect(),
        },
    }
}

/// The beginning of a text, of at most `limit` bytes.
fn beginning(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
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
        Some(self.redactor.clean(text.chars().take(READ_LIMIT as usize).collect()))
    }

    fn first(&self) -> Option<Self> {
        self.inner(self.value.dyn_ref::<Array>()?.get(0))
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.inner(js::get(&self.value, name))
    }
}
