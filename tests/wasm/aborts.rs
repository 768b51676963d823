//! An abort ends a call in every state, and leaves nothing. Rules: 4, 5.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

/// The operations, each with its arguments before the options.
fn operations() -> Vec<(&'static str, Vec<JsValue>)> {
    let (id, nothing) = (JsValue::from(ID), JsValue::UNDEFINED);
    vec![
        ("createSession", vec![js("{ prompt: 'Hi' }")]),
        ("pollSession", vec![id.clone()]),
        ("ask", vec!["Hi".into()]),
        ("sendPrompt", vec![id.clone(), "Hi".into()]),
        ("getSession", vec![id.clone()]),
        ("listSessions", vec![nothing]),
        ("updateSession", vec![id.clone(), js("{ title: 'Hi' }")]),
        ("deleteSession", vec![id.clone()]),
        ("clearSources", vec![id]),
    ]
}

fn with_signal(controller: &JsValue) -> JsValue {
    object(&[("signal", get(controller, "signal"))])
}

/// Aborts, and asserts that the call ends with the reason, clears its timers at once, and leaves nothing.
async fn abort(rig: &Rig, controller: &JsValue, promise: js_sys::Promise, attempts: f64) {
    let reason = js("{ the: 'reason' }");
    invoke(controller, "abort", std::slice::from_ref(&reason));
    assert_eq!(rig.timers_left(), 0, "no timer is left at once");
    let error = rig.error_with("aborted", promise).await;
    assert!(same(&get(&error, "cause"), &reason));
    assert_eq!(number(&error, "attempts"), attempts);
    assert_eq!(get(&error, "retryable"), false);
    // A second abort, after the call.
    invoke(controller, "abort", &[]);
}

#[wasm_bindgen_test]
async fn a_signal_that_was_aborted_before_the_call_sends_nothing() {
    for (method, mut arguments) in operations() {
        let rig = Rig::new(&[]);
        let controller = abort_controller();
        invoke(&controller, "abort", &["the reason".into()]);
        arguments.push(with_signal(&controller));
        let error = rig.error_with("aborted", rig.call(method, &arguments)).await;
        assert_eq!(get(&error, "cause"), "the reason", "{method}");
        assert_eq!(number(&error, "attempts"), 0.0);
        assert!(text(&error, "message").contains("nothing was sent"));
        assert_eq!(rig.signal_listeners_added(), 0);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_call_whose_key_is_pending() {
    for (method, mut arguments) in operations() {
        let rig = Rig::with_options(&[], &js("{ apiKey: () => new Promise(() => {}) }"));
        let controller = abort_controller();
        arguments.push(with_signal(&controller));
        let promise = rig.call(method, &arguments);
        rig.sleep(1.0).await;
        abort(&rig, &controller, promise, 0.0).await;
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn an_abort_cancels_a_request_without_response_and_one_without_the_end_of_its_body() {
    for (method, arguments) in operations() {
        for stalled in [no_response(), endless_body()] {
            let rig = Rig::new(&[stalled]);
            let controller = abort_controller();
            let promise = rig.call(method, &[&arguments[..], &[with_signal(&controller)]].concat());
            rig.requested(1).await;
            rig.sleep(1.0).await;
            assert!(!rig.is_cancelled(0));
            abort(&rig, &controller, promise, 1.0).await;
            assert!(rig.is_cancelled(0));
            rig.close().await;
        }
    }
}

#[wasm_bindgen_test]
async fn an_abort_cancels_the_request_in_flight() {
    for stalled in [no_response(), endless_body()] {
        let rig = Rig::new(&[stalled]);
        let controller = abort_controller();
        let promise = rig.poll(&with_signal(&controller));
        rig.requested(1).await;
        invoke(&controller, "abort", &[]);
        let error = rig.error_with("aborted", promise).await;
        assert!(rig.is_cancelled(0));
        assert_eq!(text(&get(&error, "cause"), "name"), "AbortError", "the reason of a signal without one");
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_pause() {
    let long = js("{ intervalMs: 60000, timeoutMs: 90000 }");
    for first in [reply(CREATED), lost(), refusal_with(503, "retry-after", "60")] {
        let rig = Rig::new(&[first]);
        let controller = abort_controller();
        let events = Recorder::new();
        let options = object(&[("signal", get(&controller, "signal")), ("onPoll", events.function.clone())]);
        let promise = rig.call("pollSession", &[ID.into(), merged(&long, &options)]);
        rig.requested(1).await;
        while events.calls().is_empty() {
            rig.sleep(1.0).await;
        }
        abort(&rig, &controller, promise, 1.0).await;
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn an_abort_in_a_callback_ends_the_call_before_its_next_callback() {
    let rig = Rig::new(&[reply(CREATED)]);
    let controller = abort_controller();
    let (on_poll, _closure) = closure({
        let controller = controller.clone();
        move |_| {
            invoke(&controller, "abort", &["in onPoll".into()]);
        }
    });
    let updates = Recorder::new();
    let callbacks = object(&[("onPoll", on_poll), ("onUpdate", updates.function.clone())]);
    let error = rig.error_with("aborted", rig.poll(&merged(&with_signal(&controller), &callbacks))).await;
    assert_eq!(get(&error, "cause"), "in onPoll");
    assert!(updates.calls().is_empty());
    assert_eq!(text(&get(&error, "lastSession"), "status"), "finding_sources");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_abort_of_an_ask_ends_its_create_and_its_poll() {
    let rig = Rig::new(&[reply(CREATED), no_response()]);
    let controller = abort_controller();
    let promise = rig.call("ask", &["Hi".into(), merged(&quick(), &with_signal(&controller))]);
    rig.requested(2).await;
    invoke(&controller, "abort", &["the reason".into()]);
    let error = rig.error_with("aborted", promise).await;
    assert!(rig.is_cancelled(1));
    assert_eq!(number(&error, "sessionId"), ID);
    assert_unchanged(&get(&error, "lastSession"), CREATED);
    assert_eq!(number(&error, "attempts"), 2.0);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_signal_that_throws_is_never_aborted() {
    let signal =
        js("{ get aborted() { return this.count++ ? (() => { throw new Error('hostile') })() : false }, count: 0, \
                     get reason() { throw new Error('hostile') }, addEventListener() { throw new Error('hostile') }, \
                     removeEventListener() { throw new Error('hostile') } }");
    let rig = Rig::new(&[reply(ACTIVE)]);
    let options = object(&[("signal", signal)]);
    assert_unchanged(&rig.value(rig.call("getSession", &[ID.into(), options])).await, ACTIVE);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_fetch_that_refuses_the_signal_is_called_without_it() {
    // As Node's fetch does with jsdom's signal.
    let fetch = js(
        "async (url, init) => { if (init.signal) throw new TypeError('Failed to construct Request: Expected signal \
                    to be an instance of AbortSignal.'); return new Response('{\"id\":2229,\"status\":\"active\"}') }",
    );
    let rig = Rig::with_options(&[], &object(&[("fetch", fetch)]));
    let session = rig.value(rig.call("createSession", &[js("{ prompt: 'Hi' }"), JsValue::UNDEFINED])).await;
    assert_eq!(number(&session, "id"), ID);
    rig.close().await;
}
