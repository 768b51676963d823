//! `ask`: a create or a prompt, then a poll, then an answer. Rules: 1, 5, 10.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

const FOLLOW_UP_ID: f64 = 20_714.0;
const POLL: &str = "GET /2229?include_messages=true";

/// The message in the response to a prompt.
fn message(id: f64) -> String {
    format!(r#"{{"id":{id},"session_id":2229,"message_type":"prompt","content":"And?"}}"#)
}

/// The active session with another turn, including its response.
fn answered(prompt_id: f64) -> String {
    let session = js_sys::JSON::parse(ACTIVE).unwrap();
    let messages = get(&session, "messages");
    let response = format!("{{ id: {}, message_type: 'response', prompt_message_id: {prompt_id} }}", prompt_id + 1.0);
    invoke(&messages, "push", &[js(&format!("{{ id: {prompt_id}, message_type: 'prompt' }}")), js(&response)]);
    json(&session)
}

fn ask(rig: &Rig, prompt: impl Into<JsValue>, options: &JsValue) -> js_sys::Promise {
    rig.call("ask", &[prompt.into(), merged(&quick(), options)])
}

fn in_session() -> JsValue {
    js("{ session: 2229 }")
}

#[wasm_bindgen_test]
async fn an_ask_creates_a_session_polls_it_and_resolves_with_the_answer() {
    for prompt in ["'What now?'", "{ prompt: 'What now?' }"] {
        let rig = Rig::new(&[reply(CREATED), reply(CREATED), reply(ACTIVE)]);
        let (created, updates) = (Recorder::new(), Recorder::new());
        let callbacks = object(&[("onCreated", created.function.clone()), ("onUpdate", updates.function.clone())]);
        let answer = rig.value(ask(&rig, js(prompt), &callbacks)).await;
        assert_unchanged(&get(&answer, "session"), ACTIVE);
        assert_eq!(number(&answer, "promptId"), PROMPT_ID);
        assert_eq!(rig.routes(), ["POST ", POLL, POLL]);
        assert_eq!(text(&rig.request(0), "body"), r#"{"prompt":"What now?"}"#);
        assert_eq!(created.calls().len(), 1);
        assert_unchanged(&created.calls()[0], CREATED);
        assert_eq!(updates.texts("status"), ["finding_sources", "active"]);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn on_created_is_called_before_the_first_poll() {
    let rig = Rig::new(&[reply(CREATED)]);
    let controller = abort_controller();
    let (on_created, _closure) = closure({
        let controller = controller.clone();
        move |session| {
            assert_eq!(number(&session, "id"), ID);
            invoke(&controller, "abort", &[]);
        }
    });
    let options = object(&[("onCreated", on_created), ("signal", get(&controller, "signal"))]);
    let error = rig.error_with("aborted", ask(&rig, "Hi", &options)).await;
    assert_unchanged(&get(&error, "lastSession"), CREATED);
    assert_eq!(number(&error, "sessionId"), ID);
    assert_eq!(rig.requests(), 1, "the poll sends nothing");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_ask_in_a_session_sends_a_prompt_and_waits_for_its_response() {
    for prompt in ["'And?'", "{ content: 'And?' }"] {
        // The first poll still shows the previous turn.
        let rig = Rig::new(&[reply(&message(FOLLOW_UP_ID)), reply(ACTIVE), reply(&answered(FOLLOW_UP_ID))]);
        let created = Recorder::new();
        let options = merged(&in_session(), &object(&[("onCreated", created.function.clone())]));
        let answer = rig.value(ask(&rig, js(prompt), &options)).await;
        assert_eq!(number(&answer, "promptId"), FOLLOW_UP_ID);
        assert_eq!(number(&get(&answer, "message"), "id"), FOLLOW_UP_ID + 1.0);
        assert_eq!(rig.routes(), ["POST /2229/prompt", POLL, POLL]);
        assert_eq!(text(&rig.request(0), "body"), r#"{"content":"And?"}"#);
        assert!(created.calls().is_empty(), "no session was created");
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn asks_in_one_session_run_one_after_the_other() {
    let ids = [20_714.0, 20_716.0, 20_718.0];
    let replies: Vec<_> = ids.iter().flat_map(|id| [reply(&message(*id)), reply(&answered(*id))]).collect();
    let rig = Rig::new(&replies);
    let asks = ids.map(|_| ask(&rig, "And?", &in_session()));
    for (promise, id) in asks.into_iter().zip(ids) {
        assert_eq!(number(&rig.value(promise).await, "promptId"), id);
    }
    let one = ["POST /2229/prompt", POLL];
    assert_eq!(rig.routes(), [one, one, one].concat());
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_ask_in_the_session_of_an_unfinished_first_ask_waits_for_it() {
    let rig = Rc::new(Rig::new(&[
        reply(CREATED),
        reply(CREATED),
        reply(ACTIVE),
        reply(&message(FOLLOW_UP_ID)),
        reply(&answered(FOLLOW_UP_ID)),
    ]));
    let second = Rc::new(RefCell::new(None));
    let (on_created, closure) = closure({
        let (rig, second) = (rig.clone(), second.clone());
        move |session| *second.borrow_mut() = Some(ask(&rig, "And?", &object(&[("session", session)])))
    });
    let answer = rig.value(ask(&rig, "Hi", &object(&[("onCreated", on_created)]))).await;
    assert_eq!(number(&answer, "promptId"), PROMPT_ID);
    let second = second.borrow_mut().take().unwrap();
    assert_eq!(number(&rig.value(second).await, "promptId"), FOLLOW_UP_ID);
    assert_eq!(rig.routes(), ["POST ", POLL, POLL, "POST /2229/prompt", POLL]);
    drop(closure);
    Rc::into_inner(rig).unwrap().close().await;
}

#[wasm_bindgen_test]
async fn the_next_ask_begins_after_a_failed_ask() {
    let rig = Rig::new(&[refusal(400, ""), lost(), reply(&message(FOLLOW_UP_ID)), reply(&answered(FOLLOW_UP_ID))]);
    let asks = [0; 3].map(|_| ask(&rig, "And?", &in_session()));
    let [first, second, third] = asks;
    rig.error_with("http", first).await;
    rig.error_with("prompt_outcome_unknown", second).await;
    assert_eq!(number(&rig.value(third).await, "promptId"), FOLLOW_UP_ID);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_ask_that_waits_for_another_can_be_aborted_and_can_time_out() {
    let rig = Rig::new(&[no_response(), reply(&message(FOLLOW_UP_ID)), reply(&answered(FOLLOW_UP_ID))]);
    let controllers = [abort_controller(), abort_controller()];
    let with_signal = |at: usize| merged(&in_session(), &object(&[("signal", get(&controllers[at], "signal"))]));
    let running = ask(&rig, "And?", &with_signal(0));
    let aborted = ask(&rig, "And?", &with_signal(1));
    let timed_out = ask(&rig, "And?", &merged(&in_session(), &js("{ timeoutMs: 30 }")));
    let last = ask(&rig, "And?", &in_session());
    rig.requested(1).await;
    invoke(&controllers[1], "abort", &[]);
    for error in [rig.error_with("aborted", aborted).await, rig.error_with("timeout", timed_out).await] {
        assert_eq!(number(&error, "attempts"), 0.0);
        assert_eq!(number(&error, "sessionId"), ID);
    }
    assert_eq!(rig.requests(), 1);
    invoke(&controllers[0], "abort", &[]);
    rig.error_with("aborted", running).await;
    assert_eq!(number(&rig.value(last).await, "promptId"), FOLLOW_UP_ID);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn asks_in_different_sessions_do_not_wait_for_each_other() {
    let rig = Rig::new(&[no_response(), no_response()]);
    let controller = abort_controller();
    let asks = ["{ session: 2229 }", "{ session: 2230 }"]
        .map(|session| ask(&rig, "And?", &merged(&js(session), &object(&[("signal", get(&controller, "signal"))]))));
    rig.requested(2).await;
    invoke(&controller, "abort", &[]);
    for promise in asks {
        rig.error_with("aborted", promise).await;
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_finished_session_without_a_response_rejects_with_no_answer() {
    let without_response = ACTIVE.replacen("\"message_type\": \"response\"", "\"message_type\": \"status\"", 1);
    assert!(without_response != ACTIVE);
    let rig = Rig::new(&[reply(CREATED), reply(CREATED), reply(&without_response)]);
    let error = rig.error_with("no_answer", ask(&rig, "Hi", &js("{}"))).await;
    assert_unchanged(&get(&error, "lastSession"), &without_response);
    assert_eq!((number(&error, "sessionId"), number(&error, "attempts")), (ID, 3.0));
    assert_eq!(get(&error, "retryable"), false);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_failure_after_the_create_has_the_session() {
    for (third, code, last_session) in [
        (reply(&with_status("generating_response_error")), "session_failed", with_status("generating_response_error")),
        (refusal(404, ""), "http", CREATED.into()),
    ] {
        let rig = Rig::new(&[reply(CREATED), reply(CREATED), third]);
        let error = rig.error_with(code, ask(&rig, "Hi", &js("{}"))).await;
        assert_eq!((number(&error, "sessionId"), number(&error, "attempts")), (ID, 3.0));
        assert_unchanged(&get(&error, "lastSession"), &last_session);
        assert_eq!(get(&error, "retryable"), false);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn the_timeout_of_an_ask_bounds_all_its_requests() {
    let rig = Rig::new(&[reply(CREATED), no_response()]);
    let error = rig.error_with("timeout", ask(&rig, "Hi", &js("{ timeoutMs: 1000 }"))).await;
    assert_eq!((number(&error, "sessionId"), number(&error, "attempts")), (ID, 2.0));
    assert!(number(&error, "elapsedMs") >= 1_000.0);
    assert_eq!(get(&error, "retryable"), false, "a second ask would create a second session");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_ask_whose_create_never_left_is_retryable() {
    let refused = js("Object.assign(new TypeError('failed'), { code: 'ECONNREFUSED' })");
    let rig = Rig::new(&[failure(&refused)]);
    let error = rig.error_with("network", ask(&rig, "Hi", &js("{}"))).await;
    assert_eq!(get(&error, "retryable"), true);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn each_part_of_an_ask_is_retried_like_its_operation() {
    let rig = Rig::new(&[
        refusal_with(429, "retry-after-ms", "1"),
        reply(CREATED),
        lost(),
        refusal(503, ""),
        reply(CREATED),
        reply(ACTIVE),
    ]);
    let events = Recorder::new();
    let answer = rig.value(ask(&rig, "Hi", &object(&[("onPoll", events.function.clone())]))).await;
    assert_unchanged(&get(&answer, "session"), ACTIVE);
    // The create's exchanges are counted, but cause no events.
    let attempts: Vec<_> = events.calls().iter().map(|event| number(event, "attempt")).collect();
    assert_eq!(attempts, [3.0, 4.0, 5.0, 6.0]);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_ask_with_a_session_reads_another_form_of_prompt_than_one_without() {
    for (prompt, options, field) in [
        ("{ content: 'Hi' }", "{}", "prompt.content"),
        ("{ prompt: 'Hi' }", "{ session: 2229 }", "prompt.prompt"),
        ("undefined", "{}", "prompt must"),
        ("undefined", "{ session: 2229 }", "prompt must"),
        ("' '", "{}", "prompt must"),
        ("'Hi'", "{ session: 'x' }", "options.session"),
        ("'Hi'", "{ promptId: 5 }", "promptId"),
    ] {
        let rig = Rig::new(&[]);
        let error = rig.error_with("invalid_argument", ask(&rig, js(prompt), &js(options))).await;
        let message = text(&error, "message");
        assert!(message.contains(field), "{prompt} {options}: {message}");
        rig.close().await;
    }
}
