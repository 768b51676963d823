//! Errors and events of the core as JavaScript objects.

use std::rc::Rc;

use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::caller::Caller;
use super::js::{self, Hooks};
use super::snapshot::Snapshot;
use crate::core::error::{Cause, ErrorKind, Failure, MessageContext};
use crate::core::notification::{CallError, PollEvent};
use crate::core::operation::Operation;
use crate::core::session_id::SessionId;

/// A JavaScript value, passed through unchanged.
struct Js(JsValue);

impl Serialize for Js {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.0, serializer)
    }
}

/// The details of an error, with the field names of JavaScript.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDetails<'a> {
    code: &'static str,
    message: String,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_session: Option<Js>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Js>,
}

/// The event that `onPoll` is called with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventDetails {
    attempt: u32,
    elapsed_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_status: Option<Js>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Js>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_delay_ms: Option<f64>,
    reason: &'static str,
}

/// Does not fail: these types serialize without errors.
fn to_js(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::UNDEFINED)
}

/// An `invalid_argument`.
pub fn invalid_argument(hooks: &Hooks, message: String, site: &JsValue) -> JsValue {
    let failure = Failure::new(ErrorKind::InvalidArgument(message));
    let context = MessageContext::without_request(Operation::GetSession);
    hooks.error(&to_js(&details(hooks, &context, &failure, site)), site)
}

/// The error of a failed call.
pub fn call_error(
    hooks: &Hooks,
    context: &MessageContext,
    session: Option<SessionId>,
    error: &CallError<Rc<Snapshot>, JsValue>,
    caller: &Caller,
) -> JsValue {
    let site = &caller.site.stack();
    let mut details = details(hooks, context, &error.failure, site);
    details.retryable &= !caller.has_begun.get();
    details.session_id = session.map(SessionId::as_f64);
    details.last_session = error.last_session.as_ref().map(|session| Js(session.value()));
    details.attempts = Some(error.attempts);
    details.elapsed_ms = Some(error.elapsed_ms.round());
    hooks.error(&to_js(&details), site)
}

fn details<'a>(
    hooks: &Hooks,
    context: &MessageContext,
    failure: &'a Failure<JsValue>,
    site: &JsValue,
) -> ErrorDetails<'a> {
    let cause = failure.cause.as_ref().map(|cause| match cause {
        Cause::Platform(error) => error.clone(),
        Cause::Failure(cause) => hooks.error(&to_js(&details(hooks, context, cause, site)), site),
    });
    let response = failure.response.as_deref();
    let retry_after_ms = match failure.kind {
        ErrorKind::RetryAfterTooLong { delay_ms } => Some(delay_ms),
        _ => response.and_then(|response| response.retry_after_ms),
    };
    ErrorDetails {
        code: failure.kind.code(context.operation),
        message: failure.message(context),
        retryable: failure.kind.is_retryable(context.operation),
        status: failure.status(),
        retry_after_ms: retry_after_ms.map(f64::round),
        request_id: response.and_then(|response| response.request_id.as_deref()),
        session_id: None,
        last_session: None,
        attempts: None,
        elapsed_ms: None,
        body: response.and_then(|response| response.body.as_deref()),
        cause: cause.map(Js),
    }
}

/// The event after an exchange; `error` is the event's error as a JavaScript object.
pub fn poll_event(event: &PollEvent<Rc<Snapshot>, JsValue>, error: Option<JsValue>) -> JsValue {
    let session_status = event.session.as_ref().map(|session| Js(session.status()));
    to_js(&EventDetails {
        attempt: event.attempt,
        elapsed_ms: event.elapsed_ms.round(),
        http_status: event.http_status,
        session_status,
        error: error.map(Js),
        next_delay_ms: event.next_delay_ms.map(f64::round),
        reason: event.reason.name(),
    })
}

/// The digest of an error that a framework throws to take control; `None` for other errors.
pub fn digest(error: &JsValue) -> Option<String> {
    js::get(error, "digest").as_string()
}
