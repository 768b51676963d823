//! One HTTP exchange: a request goes out, an answer is read. What the answer means is the core's business.

use js_sys::{Array, Date, Error, Function, JsString, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCredentials, RequestInit, RequestRedirect};

use super::{js, page};
use crate::core::answer::{Answer, Reply, Session};
use crate::core::{ident, network, redact, retry_after, words};

/// How much of an answer that is not a session is looked at, in UTF-16 units.
const LOOKED_AT: u32 = 8_192;

/// The headers that a request's id may stand in.
const REQUEST_ID: [&str; 3] = ["x-request-id", "request-id", "x-amzn-requestid"];

/// Where an error body may hold the server's own words.
const WORDS: [&str; 7] = ["error", "message", "detail", "description", "title", "name", "msg"];

/// What is sent.
pub struct Request {
    /// A replacement for the global `fetch`.
    pub fetch: Option<Function>,
    /// Where to.
    pub url: JsValue,
    /// The body of a POST; a GET has none.
    pub body: Option<JsValue>,
    /// An object with all headers.
    pub headers: JsValue,
    /// As in `fetch`.
    pub credentials: &'static str,
    /// The key among the headers, to keep out of whatever is told of the answer.
    pub key: String,
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
pub async fn exchange(request: Request, seen: Option<Seen>) -> (Answer<JsValue>, Option<Seen>) {
    // It can only be missing where there is no fetch either.
    let controller = AbortController::new().ok();
    let offline = page::is_offline();
    let mut guard = Guard(controller);
    let sent = send(&request, guard.0.as_ref());
    let response = match sent {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let reply = match response {
        Ok(reply) => reply.unchecked_into::<js::Reply>(),
        Err(error) => return (lost(&request.key, None, offline, error), None),
    };
    let Some(status) = reply.status().ok().and_then(|status| status.as_f64()).map(|status| status as u16) else {
        let error = Error::new("fetch gave something else than a Response");
        return (lost(&request.key, None, false, error.into()), None);
    };
    let redirected = reply.redirected().ok().and_then(|redirected| redirected.as_bool()).unwrap_or(false);
    let opaque = reply.kind().ok().and_then(|kind| kind.as_string()).as_deref() == Some("opaqueredirect");
    let redirect = redirected || opaque;
    let headers = Headers { reply: reply.headers().ok(), key: &request.key };
    if redirect || (300..400).contains(&status) {
        // Nobody reads what a redirect says; the guard cuts it off.
        return (Answer::Reply(headers.reply(status, redirect, "", String::new(), None)), None);
    }
    let text = match reply.text() {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
        Err(error) => Err(error),
    };
    let success = (200..300).contains(&status);
    let text = match text {
        Ok(text) => text,
        Err(error) if success => return (lost(&request.key, Some(status), false, error), None),
        // The status says enough.
        Err(_) => JsValue::from_str(""),
    };
    guard.0 = None;
    if success {
        if let Some(mut seen) = seen.filter(|seen| seen.text == text) {
            seen.session.changed = false;
            seen.session.http_status = status;
            seen.session.retry_after = headers.retry_after();
            return (Answer::Session(seen.session.clone()), Some(seen));
        }
    }
    let json = js::parse_json(&text);
    let why = match (&json, success) {
        (Err(_), _) => "it is not JSON",
        (Ok(value), true) => match session(value, status, &headers) {
            Ok(session) => return (Answer::Session(session.clone()), Some(Seen { text, session })),
            Err(why) => why,
        },
        (Ok(_), false) => "",
    };
    let start = text.unchecked_ref::<JsString>().slice(0, LOOKED_AT).as_string().unwrap_or_default();
    let start = redact::redact(&start, &request.key);
    let words = match &json {
        Ok(value) => words_in(value, &request.key),
        Err(_) => words::from_text(&start),
    };
    (Answer::Reply(headers.reply(status, false, why, start, words)), None)
}

fn send(request: &Request, controller: Option<&AbortController>) -> Result<Promise, JsValue> {
    let init = RequestInit::new();
    init.set_method(if request.body.is_some() { "POST" } else { "GET" });
    init.set_headers(&request.headers);
    if let Some(body) = &request.body {
        init.set_body(body);
    }
    // With "follow" the key would go wherever a redirect points.
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(match request.credentials {
        "omit" => RequestCredentials::Omit,
        "include" => RequestCredentials::Include,
        _ => RequestCredentials::SameOrigin,
    });
    init.set_signal(controller.map(|controller| controller.signal()).as_ref());
    if page::is_browser() {
        // A poll from a cache would never change. Not every server's runtime knows the option, and none has such a cache.
        init.set_cache(web_sys::RequestCache::NoStore);
    }
    // Looked up anew each time: a page may replace it. Called on nothing, as browsers want it.
    let fetch = match &request.fetch {
        Some(fetch) => fetch.clone(),
        None => js::global("fetch")
            .dyn_into::<Function>()
            .map_err(|_| Error::new("there is no fetch here: pass one as options.fetch"))?,
    };
    fetch.call2(&JsValue::UNDEFINED, &request.url, &init).map(|promise| Promise::resolve(&promise))
}

fn session(value: &JsValue, http_status: u16, headers: &Headers) -> Result<Session<JsValue>, &'static str> {
    let id = js::get(value, "id");
    let id = match id.as_f64() {
        Some(number) => ident::from_number(number),
        None => id.as_string().as_deref().and_then(ident::parse_decimal),
    };
    let id = id.ok_or("it has no id")?;
    let status = js::get(value, "status").as_string().ok_or("it has no status")?;
    let retry_after = headers.retry_after();
    Ok(Session { id, status, value: value.clone(), changed: true, http_status, retry_after })
}

/// The answer's headers, as far as they matter.
struct Headers<'a> {
    reply: Option<js::ReplyHeaders>,
    key: &'a str,
}

impl Headers<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.reply.as_ref()?.get(name).ok()?.as_string()
    }

    fn retry_after(&self) -> Option<f64> {
        let (ms, time) = (self.get("retry-after-ms"), self.get("retry-after"));
        if ms.is_none() && time.is_none() {
            return None;
        }
        retry_after::parse(ms.as_deref(), time.as_deref(), self.get("date").as_deref(), Date::now())
    }

    fn reply(&self, status: u16, redirect: bool, why: &'static str, text: String, words: Option<String>) -> Reply {
        let clean = |value: String| redact::redact(&value, self.key);
        Reply {
            status,
            redirect,
            location: self.get("location").map(clean),
            retry_after: self.retry_after(),
            request_id: REQUEST_ID.iter().find_map(|name| self.get(name)).map(clean),
            why,
            text,
            words,
        }
    }
}

/// The server's own words in an error body: under a known name, perhaps a level or two deeper, or the body itself.
fn words_in(value: &JsValue, key: &str) -> Option<String> {
    let mut found = Vec::new();
    collect_words(value, "message", 3, &mut found);
    for (_, text) in &mut found {
        *text = redact::redact(text, key);
    }
    words::pick(&found)
}

fn collect_words(value: &JsValue, name: &'static str, depth: u32, found: &mut Vec<(&'static str, String)>) {
    if let Some(text) = js::text_of(value) {
        let start: String = text.chars().take(LOOKED_AT as usize).collect();
        found.push((name, start));
    } else if depth > 0 && Array::is_array(value) {
        collect_words(&value.unchecked_ref::<Array>().get(0), name, depth - 1, found);
    } else if depth > 0 && value.is_object() {
        for name in WORDS {
            collect_words(&js::get(value, name), name, depth - 1, found);
        }
    }
}

/// A lost answer, told from the platform's error.
fn lost(key: &str, status: Option<u16>, offline: bool, error: JsValue) -> Answer<JsValue> {
    let cause = js::get(&error, "cause");
    let message = js::text_of(&js::get(&error, "message")).unwrap_or_else(|| js::describe(&error));
    let code = [&cause, &error].into_iter().find_map(|error| js::get(error, "code").as_string());
    let unsent = offline || network::never_left(code.as_deref(), &message);
    let mut said = message;
    if let Some(detail) = code.or_else(|| js::get(&cause, "message").as_string()) {
        said = [&said, " (", &detail, ")"].concat();
    }
    let words = redact::redact(&said, key);
    let stack = js::get(&error, "stack").as_string().unwrap_or_default();
    let clean = words == said && redact::redact(&stack, key) == stack;
    // The platform's error is passed on, unless the key is in it.
    let cause = if clean { error } else { Error::new(&words).into() };
    Answer::Lost { unsent, status, words, cause }
}
