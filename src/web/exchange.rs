//! One HTTP exchange. Sending and reading are lent by the JavaScript side (`pkg-template/src/exchange.js`), where the
//! platform's own types cost nothing; what an answer means is the core's business.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use super::js;
use crate::core::answer::{Answer, Content};
use crate::core::status::{self, Meaning};

/// The answer as the core takes it. `seen` is what the status of the session that the call saw last means: an unchanged one's
/// need not be read again.
pub fn read(value: JsValue, seen: &Cell<Option<Meaning>>) -> Answer<JsValue> {
    let answer = value.unchecked_ref::<js::Answer>();
    let content = match answer.kind() {
        0 => {
            let changed = answer.changed();
            let meaning = match seen.get() {
                Some(meaning) if !changed => meaning,
                _ => status::meaning(&beginning(&answer.state())),
            };
            seen.set(Some(meaning));
            Content::Session { id: answer.id() as u64, meaning, changed }
        }
        1 => Content::Reply(answer.status()),
        2 => Content::Redirect,
        3 => Content::Lost { unsent: false },
        4 => Content::Lost { unsent: true },
        _ => Content::NoKey,
    };
    Answer { content, retry_after: Some(answer.retry_after()).filter(|ms| !ms.is_nan()), value }
}

/// How much of a status is looked at: more than there is of any that is known.
const LOOKED_AT: u32 = 40;

fn beginning(text: &js::Text) -> String {
    let mut beginning = String::new();
    for at in 0..LOOKED_AT {
        let code = text.char_code_at(at);
        if code.is_nan() {
            break;
        }
        // What is not of Latin 1 becomes its last letter, which no status that is known has in it either.
        beginning.push(char::from(code as u8));
    }
    beginning
}
