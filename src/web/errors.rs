//! Failures and events of the core as JavaScript objects.

use wasm_bindgen::prelude::*;

use super::js::Host;
use crate::core::call::{Ended, PollEvent};
use crate::core::failure::Failure;

/// Facts in the order that `Host` expects them in, the absent ones NaN. By place and not by name, since a table of names
/// costs more than all the rest. Numbers cannot fail to convert.
fn facts(facts: [f64; 4]) -> JsValue {
    serde_wasm_bindgen::to_value(&facts).unwrap_or(JsValue::UNDEFINED)
}

/// The end as an `AieraChatError`.
pub fn ended(host: &Host, key: f64, ended: &Ended<JsValue>) -> JsValue {
    error(host, key, &ended.failure, f64::from(ended.attempts), ended.elapsed, ended.last.as_ref())
}

fn error(
    host: &Host,
    key: f64,
    failure: &Failure<JsValue>,
    attempts: f64,
    elapsed: f64,
    last: Option<&JsValue>,
) -> JsValue {
    let cause = failure.cause.as_ref().map(|cause| error(host, key, cause, f64::NAN, f64::NAN, None));
    let none = JsValue::UNDEFINED;
    host.error(
        key,
        &facts([f64::from(failure.problem as u8), failure.ms, attempts, elapsed]),
        failure.answer.as_ref().unwrap_or(&none),
        last.unwrap_or(&none),
        cause.as_ref().unwrap_or(&none),
    )
}

/// What `onPoll` is called with.
pub fn event(host: &Host, key: f64, event: &PollEvent<JsValue>) -> JsValue {
    let error = event.error.as_ref().map(|error| ended(host, key, error));
    let none = JsValue::UNDEFINED;
    let next_delay = event.next_delay.unwrap_or(f64::NAN);
    host.event(
        &facts([f64::from(event.attempt), event.elapsed, next_delay, f64::from(event.reason as u8)]),
        event.answer.as_ref().unwrap_or(&none),
        error.as_ref().unwrap_or(&none),
    )
}
