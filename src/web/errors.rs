//! Failures and events of the core as JavaScript objects.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::js::Host;
use crate::core::call::PollEvent;
use crate::core::failure::{Cause, Failure};

/// Fields in the order that `Host` expects them in, the absent ones `undefined`. By place and not by name, since a table
/// of names costs more than all the rest. Plain numbers, strings and absent fields cannot fail to convert.
fn to_array(fields: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(fields).unwrap_or(JsValue::UNDEFINED)
}

/// The failure as an `AieraChatError`.
pub fn error(host: &Host, failure: &Failure<JsValue>) -> JsValue {
    let fields = to_array(&(
        failure.code.as_str(),
        &failure.message,
        failure.status,
        failure.retry_after,
        &failure.request_id,
        failure.session_id.map(|id| id as f64),
        failure.attempts,
        failure.elapsed,
        &failure.body,
    ));
    let cause = match &failure.cause {
        Some(Cause::Value(value)) => Some(value.clone()),
        Some(Cause::Failure(cause)) => Some(error(host, cause)),
        None => None,
    };
    // `undefined` may be a cause: it can be what a signal was aborted with.
    let last_session = failure.last_session.clone().unwrap_or(JsValue::UNDEFINED);
    host.error(&fields, &last_session, cause.is_some(), cause.as_ref().unwrap_or(&JsValue::UNDEFINED))
}

/// What `onPoll` is called with.
pub fn event(host: &Host, event: &PollEvent<JsValue>) -> JsValue {
    let fields = to_array(&(
        event.attempt,
        event.elapsed,
        event.http_status,
        &event.session_status,
        event.next_delay,
        event.reason.as_str(),
    ));
    let error = event.error.as_ref().map(|failure| error(host, failure));
    host.event(&fields, error.as_ref().unwrap_or(&JsValue::UNDEFINED))
}
