//! One exchange: sends a request by `fetch` and reads the response into `core::response`.

use std::rc::Rc;

use js_sys::{Array, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Blob, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

use super::headers::Headers;
use super::js::{self, ForeignResponse, Hooks, Record};
use super::redactor::Redactor;
use super::snapshot::{self, Snapshot};
use super::wait::Wait;
use super::{details, errors, page, platform_error};
use crate::core::decision::Outcome;
use crate::core::http_status;
use crate::core::operation::{Method, Payload};
use crate::core::response::{Body, Facts, Head, Response, Session};
use crate::core::server_message;
use crate::core::session_status::SessionStatus;
use crate::core::text::{contains, is_blank};

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
    let redactor = Redactor { hooks, key: &request.key };
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
        Err(error) => return lost(&redactor, error, None, was_offline),
    };
    let not_a_response = || Outcome::NotAResponse(redactor.clean(js::describe(&response)));
    let Some(status) = response.status().ok().and_then(|status| status.as_f64()) else { return not_a_response() };
    let kind = || response.kind().ok()?.as_string();
    let is_opaque = status == 0.0 && kind().as_deref() == Some("opaqueredirect");
    let Some(status) = http_status::checked(status, is_opaque) else {
        return Outcome::NotAResponse(["one with the status ", &js::text(&status.into())].concat());
    };
    let is_followed = response.redirected().is_ok_and(|redirected| redirected.is_truthy());
    let is_redirect = is_opaque || is_followed;
    let headers = Headers::of(&response);
    let retry_after_ms = headers.retry_after_ms();
    let mut text = None;
    let is_success = (200..300).contains(&status) && !is_redirect;
    // A success shows it below, at no cost.
    if !is_success && !response.has_text() {
        return not_a_response();
    }
    if !is_redirect && !(300..400).contains(&status) {
        if !is_success {
            on_error_head(Head { status, retry_after_ms });
        }
        let read = match response.text() {
            Ok(promise) => Wait::new(hooks, &promise).await,
            Err(_) if !response.has_text() => return not_a_response(),
            Err(error) => Err(error),
        };
        match read {
            Ok(body) if body.is_string() => {
                text = Some(body.unchecked_into());
                guard.disarm();
            }
            Err(error) if is_success => return lost(&redactor, error, Some(status), false),
            // The status decides.
            _ => {}
        }
    }
    let text = text.unwrap_or_else(|| JsString::from(""));
    let body = if is_success { read_payload(request.payload, text, latest) } else { Err((text, Facts::default())) };
    let body = body.unwrap_or_else(|(text, facts)| {
        let decode_reason = request.payload.check(&facts).err();
        let mut details = details::read(&redactor, &text, &headers);
        details.is_redirect = is_redirect;
        details.retry_after_ms = retry_after_ms;
        details.decode_reason = decode_reason;
        Body::Other(Rc::new(details))
    });
    Outcome::Response(Response { status, retry_after_ms, body })
}

/// A response that did not arrive, or not completely. The platform's error is the cause, unless it holds the key.
fn lost(redactor: &Redactor, error: JsValue, status: Option<u16>, was_offline: bool) -> Outcome<Rc<Snapshot>, JsValue> {
    let platform = platform_error::read(&error);
    let digest = errors::digest(&error);
    let (mut description, error) = redactor.error(error);
    if let Some(digest) = digest {
        let description = if description.is_empty() { redactor.clean(digest) } else { description };
        return Outcome::ControlFlow(description, error);
    }
    let is_unsent = was_offline || (status.is_none() && platform.never_left());
    if was_offline {
        description.push_str(" (the page is offline)");
    }
    Outcome::Lost { is_unsent, status, description, error }
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
    let init = hooks.request_init(&request.init, &request.headers, guard.0.as_ref());
    let promise = js::call(request.context.as_ref(), &request.fetch, &[&request.url, &init])?;
    Wait::new(hooks, &promise).await
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
fn read_payload(payload: Payload, text: JsString, latest: Latest) -> Result<Body<Rc<Snapshot>>, (JsString, Facts)> {
    if let Some(latest) = latest.filter(|latest| latest.value.has_text(&text)) {
        return Ok(Body::Session(Session { is_changed: false, ..latest }));
    }
    let Some(value) = js::parse_json(&text) else {
        let start = js::beginning(&text);
        let is_empty = is_blank(&start);
        let facts = Facts { is_empty, is_html: server_message::is_html(&start), ..Facts::default() };
        return if payload.check(&facts).is_ok() { Ok(Body::Payload(None)) } else { Err((text, facts)) };
    };
    let mut facts = Facts { is_json: true, ..Facts::default() };
    let mut status = JsValue::UNDEFINED;
    if value.is_object() {
        // Only what the check of this payload uses, since this runs at every poll.
        match payload {
            Payload::Session => {
                let record = value.unchecked_ref::<Record>();
                facts.id = Some(snapshot::id_in(&record.id()));
                status = record.session_status();
            }
            Payload::Message => facts.id = Some(snapshot::id_in(&value.unchecked_ref::<Record>().id())),
            Payload::Page => facts.has_data = Array::is_array(&js::get(&value, "data")),
            Payload::Confirmation => {
                facts.is_object = !Array::is_array(&value);
                facts.says_failure = js::get(&value, "success").as_bool() == Some(false);
            }
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
