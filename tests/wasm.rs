//! The compiled module on Node and in Chromium: whole calls over the fixtures that the other tests use, with a host that
//! answers from a script instead of from the network.
#![cfg(target_arch = "wasm32")]
// What ships may not panic; a test may.
#![allow(clippy::unwrap_used)]

use aiera_chat::core::status::{self, Meaning};
use aiera_chat::core::{backoff, http, schedule};
use aiera_chat::web::exports::Client;
use aiera_chat::web::js::{Host, Target};
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// The document's answer to a create, and a finished session.
const CREATED: &str = include_str!("fixtures/create-session.json");
const FINISHED: &str = include_str!("fixtures/session-active.json");

/// A host that answers with what `script` holds, each answer once and the last for ever; `sent` lists the requests. A status
/// makes the created session with that status, `lost` a lost answer, `stall` none.
const HOST: &str = r#"
  const [created, finished] = [JSON.parse(createdText), JSON.parse(finishedText)];
  const sent = [];
  const id = finished.id;
  const answer = (what) => {
    if (what === "lost") return [2, undefined, undefined, false, "reset", "the platform's error"];
    const session = what === "active" ? finished : what === "created" ? created : { ...created, id, status: what };
    return [0, 200, undefined, session.id, session.status, session, what];
  };
  return {
    sent, created, finished,
    base: "https://premium.aiera.com/api",
    canRefresh: false,
    key: async () => "key",
    headers: (waiters, key, hasBody) => ({ "X-API-Key": key }),
    error: ([code, message, ...fields], lastSession, hasCause, cause) => ({ code, message, attempts: fields[4], lastSession, cause }),
    event: (fields) => fields,
    exchange(url, body, headers, key, signal, seen) {
      sent.push({ url, body, signal });
      const what = script.length > 1 ? script.shift() : script[0];
      return new Promise((resolve, reject) => {
        signal.addEventListener("abort", reject);
        if (what !== "stall") setTimeout(() => resolve(what === seen ? [0, 200] : answer(what)), 2);
      });
    },
  };
"#;

/// What a call told.
struct Told {
    promise: Promise,
    updates: Array,
}

fn host(script: &[&str]) -> JsValue {
    let script: Array = script.iter().map(|what| JsValue::from_str(what)).collect();
    let make = Function::new_with_args("script, createdText, finishedText", HOST);
    make.call3(&JsValue::UNDEFINED, &script, &CREATED.into(), &FINISHED.into()).unwrap()
}

fn call(client: &Client, id: f64, subject: JsValue, timeout: f64, signal: Option<Target>) -> Told {
    let make = Function::new_no_args(
        "let settle; const updates = [];
         const promise = new Promise((resolve, reject) => (settle = [resolve, reject, (s) => updates.push(s), () => {}]));
         return [promise, (kind, thing) => settle[kind](thing), updates];",
    );
    let made: Array = make.call0(&JsValue::UNDEFINED).unwrap().unchecked_into();
    let tell = made.get(1).unchecked_into();
    client.call(id, subject, timeout, 50.0, 2.0, 3.0, 6.0, Array::new().into(), signal, true, tell);
    Told { promise: made.get(0).unchecked_into(), updates: made.get(2).unchecked_into() }
}

fn poll(client: &Client, timeout: f64, signal: Option<Target>) -> Told {
    let id = status_of_fixture("id").as_f64().unwrap();
    call(client, id, JsValue::UNDEFINED, timeout, signal)
}

fn status_of_fixture(name: &str) -> JsValue {
    get(&js_sys::JSON::parse(FINISHED).unwrap(), name)
}

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
}

fn sent(host: &JsValue) -> Array {
    get(host, "sent").unchecked_into()
}

fn client(host: &JsValue) -> Client {
    Client::new(host.clone().unchecked_into::<Host>())
}

async fn sleep(ms: u32) {
    gloo_timers::future::TimeoutFuture::new(ms).await;
}

#[wasm_bindgen_test]
async fn a_create_sends_the_documented_request_and_gives_the_answer_as_it_is() {
    let host = host(&["created"]);
    let body = JsValue::from_str("{\"prompt\":\"?\"}");
    let told = call(&client(&host), 0.0, body.clone(), 1_000.0, None);
    let session = JsFuture::from(told.promise).await.unwrap();
    assert_eq!(session, get(&host, "created"), "the very object");
    let request = sent(&host).get(0);
    assert_eq!(text(&request, "url"), "https://premium.aiera.com/api/chat-v1/sessions");
    assert_eq!(get(&request, "body"), body);
}

#[wasm_bindgen_test]
async fn a_poll_goes_through_the_statuses() {
    let host = host(&["finding_sources", "finding_sources", "lost", "generating_response", "active"]);
    let told = poll(&client(&host), 5_000.0, None);
    let session = JsFuture::from(told.promise).await.unwrap();
    assert_eq!(session, get(&host, "finished"), "the very object");
    let statuses: Vec<String> = told.updates.iter().map(|session| text(&session, "status")).collect();
    assert_eq!(statuses, ["finding_sources", "generating_response", "active"]);
    assert_eq!(sent(&host).length(), 5);
    assert!(text(&sent(&host).get(0), "url").ends_with("?include_messages=true"));
}

#[wasm_bindgen_test]
async fn retries_are_used_up() {
    let host = host(&["lost"]);
    let error = JsFuture::from(poll(&client(&host), 5_000.0, None).promise).await.unwrap_err();
    assert_eq!(text(&error, "code"), "network");
    assert_eq!(text(&error, "cause"), "the platform's error");
    assert_eq!(sent(&host).length(), 3);
}

#[wasm_bindgen_test]
async fn an_abort_takes_effect_at_once_and_leaves_nothing() {
    for script in [["stall"], ["finding_sources"]] {
        let host = host(&script);
        let controller = web_sys::AbortController::new().unwrap();
        let told = poll(&client(&host), 60_000.0, Some(JsValue::from(controller.signal()).unchecked_into()));
        sleep(20).await;
        controller.abort_with_reason(&"reason".into());
        let error = JsFuture::from(told.promise).await.unwrap_err();
        assert_eq!((text(&error, "code"), text(&error, "cause")), ("aborted".into(), "reason".into()));
        let requests = sent(&host).length();
        sleep(30).await;
        assert_eq!(sent(&host).length(), requests, "nothing is sent afterwards");
        let last: web_sys::AbortSignal = get(&sent(&host).get(requests - 1), "signal").unchecked_into();
        assert!(last.aborted() || script != ["stall"], "what was on its way is cut off");
    }
}

#[wasm_bindgen_test]
async fn a_deadline_ends_the_wait() {
    let host = host(&["finding_sources"]);
    let error = JsFuture::from(poll(&client(&host), 40.0, None).promise).await.unwrap_err();
    assert_eq!(text(&error, "code"), "timeout");
    assert_eq!(text(&get(&error, "lastSession"), "status"), "finding_sources");
}

#[wasm_bindgen_test]
async fn waiters_share_one_stream_of_requests() {
    let host = host(&["finding_sources", "generating_response", "active"]);
    let client = client(&host);
    let told: Vec<Told> = (0..20).map(|_| poll(&client, 5_000.0, None)).collect();
    for told in told {
        let session = JsFuture::from(told.promise).await.unwrap();
        assert_eq!(session, get(&host, "finished"));
        assert_eq!(told.updates.length(), 3);
    }
    assert_eq!(sent(&host).length(), 3);
}

#[wasm_bindgen_test]
fn the_tables_are_the_same_here() {
    for (name, meaning) in status::STATUSES {
        assert_eq!(status::meaning(name), meaning);
        assert_eq!(meaning == Meaning::Done, name == "active");
    }
    assert_eq!((http::class(200), http::class(503)), (http::Class::Success, http::Class::Broken));
    for step in 0..1_000_u32 {
        let jitter = f64::from(step) / 1_000.0;
        let elapsed = f64::from(step) * 700.0;
        let stage = schedule::Stage::Other;
        let situation = schedule::Situation { elapsed, stage, in_stage: elapsed, min: 500.0, max: 5_000.0 };
        let pause = schedule::pause(&situation, &schedule::History::default(), jitter);
        assert!((500.0..=5_000.0).contains(&pause), "{pause}");
        assert!((500.0..=10_000.0).contains(&backoff::pause(step, 500.0, 5_000.0, jitter)));
    }
}
