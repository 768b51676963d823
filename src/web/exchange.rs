//! One HTTP exchange. Sending and reading are lent by the JavaScript side
//! (`pkg-template/src/exchange.js`), where the platform's own types cost nothing; what an answer means is the core's
//! business.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::js::Host;
use crate::core::answer::{Answer, Reply, Session};

/// What is sent.
pub struct Request {
    /// Where to.
    pub url: String,
    /// The body of a POST; `undefined` for a GET.
    pub body: JsValue,
    /// An object with all headers.
    pub headers: JsValue,
    /// The key among the headers, to keep out of whatever is told of the answer.
    pub key: JsValue,
    /// What cuts the exchange off: it comes to its end at once.
    pub signal: JsValue,
}

/// The session as it was last seen, to tell whether a new answer differs.
#[derive(Clone)]
pub struct Seen {
    text: JsValue,
    session: Session<JsValue>,
}

/// Sends the request and reads the answer.
pub async fn exchange(host: &Host, request: &Request, seen: &mut Option<Seen>) -> Answer<JsValue> {
    let Request { url, body, headers, key, signal } = request;
    let known = seen.as_ref().map(|seen| seen.text.clone()).unwrap_or(JsValue::UNDEFINED);
    let answer = settled(host.exchange(url, body, headers, key, signal, &known)).await.unwrap_or_else(|error| error);
    let answer = answer.unchecked_ref::<Array>();
    let text = |at| answer.get(at).as_string();
    let status = answer.get(1).as_f64().map(|status| status as u16);
    let retry_after = answer.get(2).as_f64();
    match answer.get(0).as_f64() {
        Some(0.0) => {
            let http_status = status.unwrap_or_default();
            if let (Some(id), Some(status)) = (answer.get(3).as_f64(), text(4)) {
                let (id, value) = (id as u64, answer.get(5));
                let session = Session { id, status, value, changed: true, http_status, retry_after };
                *seen = Some(Seen { text: answer.get(6), session: session.clone() });
                return Answer::Session(session);
            }
            match seen {
                Some(Seen { session, .. }) => {
                    (session.changed, session.http_status, session.retry_after) = (false, http_status, retry_after);
                    Answer::Session(session.clone())
                }
                None => lost(answer, status),
            }
        }
        Some(1.0) => Answer::Reply(Reply {
            status: status.unwrap_or_default(),
            retry_after,
            redirect: answer.get(3).is_truthy(),
            location: text(4),
            request_id: text(5),
            why: text(6).unwrap_or_default(),
            text: text(7).unwrap_or_default(),
            words: text(8),
        }),
        _ => lost(answer, status),
    }
}

fn lost(answer: &Array, status: Option<u16>) -> Answer<JsValue> {
    let words = answer.get(4).as_string().unwrap_or_default();
    Answer::Lost { status, unsent: answer.get(3).is_truthy(), words, cause: answer.get(5) }
}

/// What a promise comes to.
pub async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}
