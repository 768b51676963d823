//! Reads an error of the platform.

use js_sys::{JsString, Reflect};
use wasm_bindgen::prelude::*;

use super::js;
use crate::core::unsent::PlatformError;

/// The limit of errors that are read among a platform's error and its causes.
const ERROR_LIMIT: u32 = 64;

/// The platform's error with its causes, at most four deep, and at most [`ERROR_LIMIT`] errors in all.
pub fn read(error: &JsValue) -> PlatformError {
    let mut left = ERROR_LIMIT;
    read_nested(error, 4, &mut left)
}

fn read_nested(error: &JsValue, depth: u32, left: &mut u32) -> PlatformError {
    if *left == 0 {
        // An unread error does not prove that the request never left.
        return PlatformError::default();
    }
    *left -= 1;
    let text = |name| js::get(error, name).dyn_into().ok().map(|text: JsString| js::beginning(&text));
    let errors = js::get(error, "errors");
    // One more than the limit, in place of the rest.
    let count = js::get(&errors, "length").as_f64().unwrap_or(0.0).min(f64::from(*left + 1)) as u32;
    let cause = js::get(error, "cause");
    let mut inner = |error: JsValue| read_nested(&error, depth - 1, left);
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
