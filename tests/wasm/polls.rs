//! Create and poll: states, updates, events, retries, pauses and turns. Rules: 1, 2, 3, 6, 10.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

fn with_status_replies(statuses: &[&str]) -> Vec<JsValue> {
    statuses.iter().map(|status| reply(&with_status(status))).collect()
}

#[wasm_bindgen_test]
async fn a_session_is_created_and_polled_until_it_is_active() {
    let rig = Rig::new(&[reply(CREATED), reply(CREATED), reply(ACTIVE)]);
    let session = rig.value(rig.call("createSession", &[js("{ prompt: 'Hi' }"), JsValue::UNDEFINED])).await;
    assert_unchanged(&session, CREATED);
    let finished = rig.value(rig.call("pollSession", &[session, quick()])).await;
    assert_unchanged(&finished, ACTIVE);
    let poll = "GET /2229?include_messages=true";
    assert_eq!(rig.routes(), ["POST ", poll, poll]);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_poll_calls_on_update_for_each_change_and_on_poll_for_each_exchange() {
    let mut replies = with_status_replies(&["finding_sources", "finding_sources", "generating_response"]);
    replies.push(reply(ACTIVE));
    let rig = Rig::new(&replies);
    let (updates, events) = (Recorder::new(), Recorder::new());
    let options = object(&[("onUpdate", updates.function.clone()), ("onPoll", events.function.clone())]);
    let session = rig.value(rig.poll(&options)).await;
    assert_eq!(updates.texts("status"), ["finding_sources", "generating_response", "active"]);
    assert!(same(&session, &updates.calls()[2]), "the last update is the result");
    assert_unchanged(&session, ACTIVE);

    let statuses = ["finding_sources", "finding_sources", "generating_response", "active"];
    assert_eq!(events.texts("sessionStatus"), statuses);
    assert_eq!(events.texts("reason"), ["interval", "interval", "interval", "done"]);
    for (event, attempt) in events.calls().iter().zip(1..) {
        assert_eq!(number(event, "attempt"), f64::from(attempt));
        assert_eq!(number(event, "httpStatus"), 200.0);
        assert!(!has(event, "error"));
        let elapsed_ms = number(event, "elapsedMs");
        assert!(elapsed_ms >= 0.0 && elapsed_ms % 1.0 == 0.0, "{elapsed_ms}");
        if attempt == 4 {
            assert!(!has(event, "nextDelayMs"));
        } else {
            let delay_ms = number(event, "nextDelayMs");
            assert!((2.0..=4.0).contains(&delay_ms) && delay_ms % 1.0 == 0.0, "{delay_ms}");
        }
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn every_session_status_ends_or_continues_a_poll() {
    for status in ["finding_sources_error", "generating_response_error", "deleted"] {
        let rig = Rig::new(&with_status_replies(&[status]));
        let updates = Recorder::new();
        let options = object(&[("onUpdate", updates.function.clone())]);
        let error = rig.error_with("session_failed", rig.poll(&options)).await;
        assert!(same(&get(&error, "lastSession"), &updates.calls()[0]));
        assert_eq!(text(&get(&error, "lastSession"), "status"), status);
        assert_eq!(number(&error, "sessionId"), ID);
        rig.close().await;
    }
    let endless = "active".repeat(100_000);
    let unknown = ["queued", "", "active\0", "Active", "activ\u{e9}", "\u{1f600}", &endless];
    for status in ["finding_sources", "generating_response", "cancelling_response"].into_iter().chain(unknown) {
        let mut replies = with_status_replies(&[status]);
        replies.push(reply(ACTIVE));
        let rig = Rig::new(&replies);
        let updates = Recorder::new();
        let options = object(&[("onUpdate", updates.function.clone())]);
        assert_unchanged(&rig.value(rig.poll(&options)).await, ACTIVE);
        assert_eq!(updates.texts("status"), [status, "active"]);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_poll_survives_lost_and_bad_responses() {
    let replies = [
        lost(),
        refusal(503, ""),
        reply(&with_status("finding_sources")),
        reply("<html><title>Gateway</title></html>"),
        reply(&ACTIVE.replacen("2229", "7", 1)),
        reply(ACTIVE),
    ];
    let rig = Rig::new(&replies);
    let events = Recorder::new();
    let options = merged(&js("{ maxRetries: 2 }"), &object(&[("onPoll", events.function.clone())]));
    assert_unchanged(&rig.value(rig.poll(&options)).await, ACTIVE);
    assert_eq!(events.texts("reason"), ["backoff", "backoff", "interval", "backoff", "backoff", "done"]);
    let calls = events.calls();
    let codes: Vec<_> = [0, 1, 3, 4].iter().map(|at| text(&get(&calls[*at], "error"), "code")).collect();
    assert_eq!(codes, ["network", "http", "decode", "decode"]);
    assert!(!has(&calls[0], "httpStatus") && !has(&calls[0], "sessionStatus"));
    assert_eq!(number(&calls[1], "httpStatus"), 503.0);
    assert_eq!(number(&get(&calls[4], "error"), "attempts"), 5.0);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_error_of_a_poll_without_retries_left_has_the_session_that_was_passed() {
    let (first, second) = (lost(), lost());
    let rig = Rig::new(&[first, second.clone()]);
    let session = js("{ id: 2229, status: 'finding_sources' }");
    let options = merged(&quick(), &js("{ maxRetries: 1 }"));
    let error = rig.error_with("network", rig.call("pollSession", &[session.clone(), options])).await;
    assert_eq!(number(&error, "attempts"), 2.0);
    assert_eq!(get(&error, "retryable"), true);
    assert!(same(&get(&error, "lastSession"), &session));
    assert!(same(&get(&error, "cause"), &get(&second, "error")));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_create_or_prompt_is_sent_once_unless_it_was_refused() {
    for (method, arguments, code) in [
        ("createSession", vec![js("{ prompt: 'Hi' }"), JsValue::UNDEFINED], "create_outcome_unknown"),
        ("sendPrompt", vec![ID.into(), "Hi".into(), JsValue::UNDEFINED], "prompt_outcome_unknown"),
    ] {
        let table = [
            (lost(), code, Some("network")),
            (refusal(502, ""), code, Some("http")),
            (reply(""), code, Some("decode")),
            (object(&[("value", js("{ id: 1 }"))]), code, Some("invalid_argument")),
            (refusal(400, ""), "http", None),
            (refusal(302, ""), "redirected", None),
        ];
        for (only_reply, expected, cause) in table {
            let rig = Rig::new(&[only_reply]);
            let error = rig.error_with(expected, rig.call(method, &arguments)).await;
            match cause {
                Some(cause) => assert_eq!(text(&get(&error, "cause"), "code"), cause),
                None => assert!(!has(&error, "cause")),
            }
            assert_eq!(get(&error, "retryable"), false);
            rig.close().await;
        }
        let rig = Rig::new(&[refusal_with(429, "retry-after-ms", "5"), reply(CREATED)]);
        assert_eq!(number(&rig.value(rig.call(method, &arguments)).await, "id"), ID);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_create_that_never_left_can_be_repeated_by_the_caller() {
    let refused =
        js("new TypeError('fetch failed', { cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), \
                      { code: 'ECONNREFUSED', syscall: 'connect' }) })");
    let rig = Rig::new(&[failure(&refused)]);
    let promise = rig.call("createSession", &[js("{ prompt: 'Hi' }"), JsValue::UNDEFINED]);
    let error = rig.error_with("network", promise).await;
    assert_eq!(get(&error, "retryable"), true);
    assert!(text(&error, "message").contains("connect ECONNREFUSED 127.0.0.1:1"));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_delete_whose_first_response_was_lost_succeeds_at_a_404() {
    let rig = Rig::new(&[lost(), refusal(404, "")]);
    // The backoff of a delete is half a second.
    assert!(rig.value(rig.call("deleteSession", &[ID.into(), JsValue::UNDEFINED])).await.is_undefined());
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_pause_that_the_server_asks_for_is_kept() {
    let now = js_sys::Date::now();
    let date = |ms: f64| js(&format!("new Date({}).toUTCString()", now + ms)).as_string().unwrap();
    for (name, value, at_least_ms) in [
        ("retry-after-ms", String::from("40"), 40.0),
        ("retry-after", String::from("0.04"), 40.0),
        ("retry-after", date(-60_000.0), 2.0),
        ("retry-after", String::from("soon"), 2.0),
    ] {
        let rig = Rig::new(&[refusal_with(503, name, &value), reply(ACTIVE)]);
        let events = Recorder::new();
        let options = object(&[("onPoll", events.function.clone())]);
        assert_unchanged(&rig.value(rig.poll(&options)).await, ACTIVE);
        let delay_ms = number(&events.calls()[0], "nextDelayMs");
        assert!((at_least_ms..=at_least_ms + 10.0).contains(&delay_ms), "{name}: {value}: {delay_ms}");
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_date_in_retry_after_is_compared_with_the_servers_clock() {
    let headers = js("{ 'retry-after': 'Sun, 06 Nov 1994 08:50:37 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' }");
    let rig = Rig::new(&[object(&[("status", 503.into()), ("headers", headers)])]);
    let error = rig.error_with("http", rig.poll(&js("{ timeoutMs: 30000 }"))).await;
    assert_eq!(number(&error, "retryAfterMs"), 60_000.0);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_pause_past_the_deadline_ends_the_call_at_once() {
    for first in [
        refusal_with(429, "retry-after", "3600"),
        object(&[("body", CREATED.into()), ("headers", js("{ 'retry-after': '3600' }"))]),
    ] {
        let rig = Rig::new(&[first]);
        let error = rig.error_with("http", rig.poll(&js("{ timeoutMs: 60000 }"))).await;
        assert_eq!(number(&error, "retryAfterMs"), 3_600_000.0);
        assert_eq!(get(&error, "retryable"), true);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn no_timer_is_longer_than_the_platform_allows() {
    let rig = Rig::new(&[refusal_with(503, "retry-after", "99999999999")]);
    let (events, controller) = (Recorder::new(), abort_controller());
    let options = object(&[
        ("onPoll", events.function.clone()),
        ("signal", get(&controller, "signal")),
        ("timeoutMs", f64::INFINITY.into()),
    ]);
    let promise = rig.poll(&options);
    rig.requested(1).await;
    rig.sleep(20.0).await;
    assert_eq!(rig.requests(), 1);
    assert_eq!(number(&events.calls()[0], "nextDelayMs"), 99_999_999_999_000.0);
    assert!(rig.longest_delay() <= f64::from(i32::MAX), "{}", rig.longest_delay());
    invoke(&controller, "abort", &[]);
    rig.error_with("aborted", promise).await;
    rig.close().await;
}

// ---- Turns ----

/// The finished session with a follow-up, first without and then with its response.
fn follow_up_replies() -> [JsValue; 2] {
    let session = js_sys::JSON::parse(ACTIVE).unwrap();
    let listed = json(&session).replacen(
        "}],\"sources\":null,\"model_generation_params\"",
        "},{\"id\":20714,\"message_type\":\"prompt\"}],\"sources\":null,\"model_generation_params\"",
        1,
    );
    let answered = listed.replacen(
        "{\"id\":20714,\"message_type\":\"prompt\"}",
        "{\"id\":20714,\"message_type\":\"prompt\"},{\"id\":20715,\"message_type\":\"response\",\"prompt_message_id\":20714}",
        1,
    );
    assert!(listed != json(&session) && answered != listed);
    [reply(&listed), reply(&answered)]
}

#[wasm_bindgen_test]
async fn a_poll_for_a_prompt_does_not_end_with_the_previous_turn() {
    let message = "{ id: 20714, session_id: 2229, message_type: 'prompt' }";
    let message_without_type = "{ id: '20714', session_id: '2229' }";
    for (session, options) in [
        (message, "{}"),
        (message_without_type, "{}"),
        ("2229", "{ promptId: 20714 }"),
        ("2229", "{ promptId: '20714' }"),
        ("2229", "{ promptId: 20714n }"),
        // The option takes precedence over the message.
        ("{ id: 20712, session_id: 2229, message_type: 'prompt' }", "{ promptId: 20714 }"),
    ] {
        let [listed, answered] = follow_up_replies();
        let rig = Rig::new(&[reply(ACTIVE), listed, answered]);
        let options = merged(&quick(), &js(options));
        let finished = rig.value(rig.call("pollSession", &[js(session), options])).await;
        assert_eq!(number(&get(&finished, "messages"), "length"), 4.0, "{session}");
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_response_message_instead_of_a_session_implies_no_prompt() {
    let rig = Rig::new(&[reply(ACTIVE)]);
    let response = js("{ id: 20714, session_id: 2229, message_type: 'response' }");
    assert_unchanged(&rig.value(rig.call("pollSession", &[response, quick()])).await, ACTIVE);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_work_in_a_created_session_that_is_passed_counts() {
    // Without messages, only the work proves that the turn has begun.
    let idle = r#"{"id":2229,"status":"active","messages":null}"#;
    let rig = Rig::new(&[reply(idle)]);
    let options = merged(&quick(), &js("{ promptId: 20712 }"));
    let created = js_sys::JSON::parse(CREATED).unwrap();
    assert_unchanged(&rig.value(rig.call("pollSession", &[created, options])).await, idle);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_callback_may_start_another_poll_of_the_same_session() {
    let rig = Rc::new(Rig::new(&[reply(CREATED), reply(ACTIVE), reply(ACTIVE)]));
    let inner = Rc::new(RefCell::new(Vec::new()));
    let (function, _closure) = closure({
        let (rig, inner) = (rig.clone(), inner.clone());
        move |_| inner.borrow_mut().push(rig.poll(&js("{}")))
    });
    let session = rig.value(rig.poll(&object(&[("onUpdate", function)]))).await;
    assert_unchanged(&session, ACTIVE);
    let polls: Vec<_> = inner.borrow_mut().drain(..).collect();
    assert_eq!(polls.len(), 2);
    for poll in polls {
        assert_unchanged(&rig.value(poll).await, ACTIVE);
    }
    drop(_closure);
    Rc::into_inner(rig).unwrap().close().await;
}
