//! One HTTP exchange: a request goes out, an answer is read. What the answer means is the core's business.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::js::{self, Host, Reply};
use super::page;
use crate::core::answer::{Answer, Reply as Whole, Session};

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
}

/// The session as it was last seen, to tell whether a new answer differs.
#[derive(Clone)]
pub struct Seen {
    text: JsValue,
    session: Session<JsValue>,
}

/// Aborts the exchange when it is dropped, unless all of the answer is there.
struct Guard(Option<AbortController>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

/// Sends the request and reads the answer. Dropping the future aborts both.
pub async fn exchange(host: &Host, request: Request, seen: &mut Option<Seen>) -> Answer<JsValue> {
    // It can only be missing where there is no fetch either.
    let mut guard = Guard(AbortController::new().ok());
    let offline = page::is_offline();
    let signal = guard.0.as_ref().map(AbortController::signal);
    let reply =
        settled(host.send(&request.url, &request.body, &request.headers, signal.as_ref()).map(JsValue::from)).await;
    let reply = match reply {
        Ok(reply) => reply.unchecked_into::<Reply>(),
        Err(error) => return lost(host, &request, None, offline, &error),
    };
    let Some(status) = reply.status().ok().and_then(|status| status.as_f64()) else {
        let error = js_sys::Error::new("fetch gave something else than a Response");
        return lost(host, &request, None, false, &error);
    };
    let status = status as u16;
    let success = (200..300).contains(&status);
    // Nobody reads what a redirect says; the guard cuts it off. Where the platform hides one, its status is 0.
    let text = match status {
        0 | 300..400 => Ok(JsValue::UNDEFINED),
        _ => settled(reply.text()).await,
    };
    let text = match text {
        Ok(text) => text,
        Err(error) if success => return lost(host, &request, Some(status), false, &error),
        // The status says enough.
        Err(_) => JsValue::UNDEFINED,
    };
    if !text.is_undefined() {
        guard.0 = None;
    }
    let retry_after = host.retry_after(&reply);
    let mut json = JsValue::UNDEFINED;
    let mut why = "it is not JSON";
    if success {
        if let Some(seen) = seen.as_mut().filter(|seen| seen.text == text) {
            let session = &mut seen.session;
            (session.changed, session.http_status, session.retry_after) = (false, status, retry_after);
            return Answer::Session(session.clone());
        }
    }
    if let Ok(value) = js::parse_json(&text) {
        let id = host.id_in(&js::get(&value, "id")) as u64;
        let named = js::get(&value, "status").as_string();
        match named {
            Some(named) if success && id > 0 => {
                let session = Session { id, status: named, value, changed: true, http_status: status, retry_after };
                *seen = Some(Seen { text, session: session.clone() });
                return Answer::Session(session);
            }
            _ => (why, json) = ("it has no id and status", value),
        }
    }
    let told = host.told(&reply, &text, &json, &request.key);
    let said = |at| told.get(at).as_string();
    Answer::Reply(Whole {
        status,
        redirect: status == 0 || said(4).is_some(),
        location: said(0),
        retry_after,
        request_id: said(1),
        why,
        text: said(2).unwrap_or_default(),
        words: said(3),
    })
}

/// What a promise comes to, or a value that a replaced `fetch` gave for one.
pub async fn settled(promise: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise?)).await
}

fn lost(host: &Host, request: &Request, status: Option<u16>, offline: bool, error: &JsValue) -> Answer<JsValue> {
    let told = host.lost(error, &request.key);
    let unsent = offline || told.get(2).is_truthy();
    Answer::Lost { unsent, status, words: told.get(0).as_string().unwrap_or_default(), cause: told.get(1) }
}
