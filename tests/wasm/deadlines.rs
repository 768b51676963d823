//! `timeoutMs` bounds a whole call, `requestTimeoutMs` one exchange with its body. Rules: 1, 2, 6.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

/// Asserts the error of a call that used up its timeout. The elapsed time has a lower limit only, since the machine may be
/// slow.
fn assert_timed_out(error: &JsValue, timeout_ms: f64) {
    let elapsed_ms = number(error, "elapsedMs");
    assert!(elapsed_ms >= timeout_ms && elapsed_ms % 1.0 == 0.0, "{elapsed_ms}");
    assert!(text(error, "message").contains("imeoutMs ("), "the message names the option: {}", text(error, "message"));
}

#[wasm_bindgen_test]
async fn a_poll_ends_at_its_deadline_in_every_state() {
    let pending_key = "{ apiKey: () => new Promise(() => {}) }";
    for (options, replies, attempts) in [
        (pending_key, vec![], 0.0),
        ("{}", vec![no_response()], 1.0),
        ("{}", vec![endless_body()], 1.0),
        ("{}", vec![reply(CREATED)], 1.0),
    ] {
        let rig = Rig::with_options(&replies, &js(options));
        let limits = js("{ timeoutMs: 60, intervalMs: 50000 }");
        let error = rig.error_with("timeout", rig.call("pollSession", &[ID.into(), limits])).await;
        assert_timed_out(&error, 60.0);
        assert_eq!(number(&error, "attempts"), attempts);
        assert_eq!(get(&error, "retryable"), true);
        assert_eq!(number(&error, "sessionId"), ID);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_create_or_prompt_in_flight_at_its_deadline_has_an_unknown_outcome() {
    for (method, arguments, code) in [
        ("createSession", vec![js("{ prompt: 'Hi' }")], "create_outcome_unknown"),
        ("sendPrompt", vec![ID.into(), "Hi".into()], "prompt_outcome_unknown"),
        ("ask", vec!["Hi".into()], "create_outcome_unknown"),
    ] {
        for (stalled, limits) in [
            (no_response(), "{ timeoutMs: 50 }"),
            (endless_body(), "{ timeoutMs: 50 }"),
            (no_response(), "{ requestTimeoutMs: 50 }"),
            (endless_body(), "{ requestTimeoutMs: 50 }"),
        ] {
            let rig = Rig::new(&[stalled]);
            let promise = rig.call(method, &[&arguments[..], &[js(limits)]].concat());
            let error = rig.error_with(code, promise).await;
            assert_eq!(text(&get(&error, "cause"), "code"), "timeout");
            assert_timed_out(&error, 50.0);
            assert!(rig.is_cancelled(0));
            rig.close().await;
        }
    }
}

#[wasm_bindgen_test]
async fn a_create_with_a_pending_key_provider_times_out_with_nothing_sent() {
    let rig = Rig::with_options(&[], &js("{ apiKey: () => new Promise(() => {}) }"));
    let promise = rig.call("createSession", &[js("{ prompt: 'Hi' }"), js("{ timeoutMs: 40 }")]);
    let error = rig.error_with("timeout", promise).await;
    assert_timed_out(&error, 40.0);
    assert_eq!(get(&error, "retryable"), true);
    assert!(text(&error, "message").contains("Nothing was sent."));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_stalled_response_or_body_is_cancelled_and_retried() {
    for stalled in [no_response(), endless_body()] {
        let rig = Rig::new(&[stalled, reply(ACTIVE)]);
        let events = Recorder::new();
        let options = merged(&js("{ requestTimeoutMs: 30 }"), &object(&[("onPoll", events.function.clone())]));
        assert_unchanged(&rig.value(rig.poll(&options)).await, ACTIVE);
        assert!(rig.is_cancelled(0) && !rig.is_cancelled(1));
        let error = get(&events.calls()[0], "error");
        assert_eq!((text(&error, "code"), text(&get(&error, "cause"), "code")), ("network".into(), "timeout".into()));
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_call_may_override_the_request_timeout_of_its_client() {
    let rig = Rig::with_options(&[no_response()], &js("{ requestTimeoutMs: 30, maxRetries: 0 }"));
    let error = rig.error_with("network", rig.poll(&js("{}"))).await;
    assert!(text(&error, "message").contains("requestTimeoutMs (30 ms)"));
    rig.close().await;
    let rig = Rig::with_options(&[no_response()], &js("{ requestTimeoutMs: 30000, maxRetries: 9 }"));
    let error = rig.error_with("network", rig.poll(&js("{ requestTimeoutMs: 20, maxRetries: 0 }"))).await;
    assert!(text(&error, "message").contains("requestTimeoutMs (20 ms)"));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_deadline_counts_from_the_call_and_not_from_the_load_of_the_module() {
    let rig = Rig::new(&[]);
    let site = js("{ stack: {}, startedAt: performance.now() - 5000 }");
    let promise = invoke(&rig.client, "pollSession", &[ID.into(), js("{ timeoutMs: 4000 }"), site]).unchecked_into();
    let error = rig.error_with("timeout", promise).await;
    assert_timed_out(&error, 5_000.0);
    assert_eq!(number(&error, "attempts"), 0.0);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_call_without_timeouts_sets_no_timer() {
    let rig = Rig::new(&[no_response()]);
    let controller = abort_controller();
    let limits = js("{ timeoutMs: Infinity, requestTimeoutMs: Infinity }");
    let promise = rig.poll(&merged(&limits, &object(&[("signal", get(&controller, "signal"))])));
    rig.requested(1).await;
    assert_eq!(rig.timers_left(), 0);
    invoke(&controller, "abort", &[]);
    rig.error_with("aborted", promise).await;
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_late_outcome_of_a_cancelled_request_is_ignored() {
    // A fetch that ignores its signal. The first response arrives while the third one is pending, the second one after the
    // call.
    let fetch = js("(() => { const late = []; globalThis.respondLate = () => late[1](); return async () => { \
                    const isLate = late.length < 2; \
                    if (isLate) await new Promise((resolve) => late.push(resolve)); \
                    else { late[0](); await new Promise((resolve) => setTimeout(resolve, 5)); } \
                    return new Response(JSON.stringify({ id: 2229, status: isLate ? 'deleted' : 'active' })) } })()");
    let rig = Rig::with_options(&[], &object(&[("fetch", fetch)]));
    let session = rig.value(rig.poll(&js("{ requestTimeoutMs: 20 }"))).await;
    js("globalThis.respondLate()");
    js("delete globalThis.respondLate");
    assert_eq!(text(&session, "status"), "active");
    rig.close().await;
}
