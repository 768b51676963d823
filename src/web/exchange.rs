//! One HTTP exchange. Sending and reading are lent by the JavaScript side (`pkg-template/src/exchange.js`), where the
//! platform's own types cost nothing; what an answer means is the core's business.

use wasm_bindgen::prelude::*;

use super::js;
use crate::core::answer::{Answer, Content};
use crate::core::status;

/// The answer as the core takes it.
pub fn read(value: JsValue) -> Answer<JsValue> {
    let answer = value.unchecked_ref::<js::Answer>();
    let content = match answer.kind() {
        0 => Content::Session {
            id: answer.id() as u64,
            meaning: status::meaning(&answer.state()),
            changed: answer.changed(),
        },
        1 => Content::Reply(answer.status()),
        2 => Content::Redirect,
        3 => Content::Lost { unsent: false },
        4 => Content::Lost { unsent: true },
        _ => Content::NoKey,
    };
    Answer { content, retry_after: answer.retry_after(), value }
}
