//! Calls that poll one session share one stream of requests, and calls may share a signal. Rules: 5, 7.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

#[wasm_bindgen_test]
async fn polls_of_one_session_share_their_requests_and_their_result() {
    let rig = Rig::new(&[reply(CREATED), reply(ACTIVE)]);
    let updates = [0; 3].map(|_| Recorder::new());
    let polls = updates.each_ref().map(|updates| rig.poll(&object(&[("onUpdate", updates.function.clone())])));
    let mut sessions = Vec::new();
    for poll in polls {
        sessions.push(rig.value(poll).await);
    }
    assert!(sessions.iter().all(|session| same(session, &sessions[0])));
    for updates in updates {
        assert_eq!(updates.texts("status"), ["finding_sources", "active"]);
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_late_poll_receives_the_latest_session_at_once() {
    let rig = Rc::new(Rig::new(&[reply(CREATED), reply(ACTIVE)]));
    let late = Rc::new(RefCell::new(None));
    let updates = Rc::new(Recorder::new());
    let (function, _closure) = closure({
        let (rig, late, updates) = (rig.clone(), late.clone(), updates.clone());
        move |event| {
            if number(&event, "attempt") == 1.0 {
                *late.borrow_mut() = Some(rig.poll(&object(&[("onUpdate", updates.function.clone())])));
                assert_eq!(updates.texts("status"), ["finding_sources"], "at once");
            }
        }
    });
    assert_unchanged(&rig.value(rig.poll(&object(&[("onPoll", function)]))).await, ACTIVE);
    let late = late.borrow_mut().take().unwrap();
    assert_unchanged(&rig.value(late).await, ACTIVE);
    assert_eq!(updates.texts("status"), ["finding_sources", "active"]);
    assert_eq!(rig.requests(), 2);
    drop((_closure, updates));
    Rc::into_inner(rig).unwrap().close().await;
}

#[wasm_bindgen_test]
async fn one_poll_can_leave_and_the_last_one_stops_the_stream() {
    let rig = Rig::new(&[no_response()]);
    let controllers = [abort_controller(), abort_controller()];
    let polls = controllers.each_ref().map(|controller| rig.poll(&object(&[("signal", get(controller, "signal"))])));
    rig.requested(1).await;
    let [first, second] = polls;
    invoke(&controllers[0], "abort", &[]);
    rig.error_with("aborted", first).await;
    assert!(!rig.is_cancelled(0), "the request serves the other poll");
    invoke(&controllers[1], "abort", &[]);
    rig.error_with("aborted", second).await;
    assert!(rig.is_cancelled(0));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_poll_after_the_end_of_another_has_its_own_requests() {
    let rig = Rig::new(&[reply(ACTIVE), reply(ACTIVE)]);
    for _ in 0..2 {
        assert_unchanged(&rig.value(rig.poll(&js("{}"))).await, ACTIVE);
    }
    assert_eq!(rig.requests(), 2);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn each_session_of_each_client_has_its_own_stream() {
    let other = ACTIVE.replacen("2229", "2230", 1);
    let mut rig = Rig::new(&[reply(ACTIVE), reply(&other), reply(ACTIVE)]);
    let first = rig.poll(&js("{}"));
    let second = rig.call("pollSession", &[2_230.into(), quick()]);
    rig.client = rig.new_client(&js("{}"));
    let third = rig.poll(&js("{}"));
    for (poll, sent) in [(first, ACTIVE), (second, &other), (third, ACTIVE)] {
        assert_unchanged(&rig.value(poll).await, sent);
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_headers_of_all_waiters_are_sent() {
    let rig = Rig::new(&[reply(ACTIVE)]);
    let polls =
        ["{ headers: { 'x-one': '1' } }", "{ headers: { 'x-two': '2' } }"].map(|options| rig.poll(&js(options)));
    for poll in polls {
        rig.value(poll).await;
    }
    let headers = get(&rig.request(0), "headers");
    assert_eq!((text(&headers, "x-one"), text(&headers, "x-two")), ("1".into(), "2".into()));
    rig.close().await;
}

// ---- Signals ----

#[wasm_bindgen_test]
async fn an_abort_ends_all_calls_that_share_a_signal() {
    let rig = Rig::new(&[no_response(), no_response(), no_response()]);
    let controller = abort_controller();
    let options = object(&[("signal", get(&controller, "signal"))]);
    let mut calls = vec![
        rig.call("createSession", &[js("{ prompt: 'Hi' }"), options.clone()]),
        rig.call("getSession", &[ID.into(), options.clone()]),
    ];
    calls.extend((0..20).map(|_| rig.poll(&options)));
    rig.requested(3).await;
    invoke(&controller, "abort", &["the reason".into()]);
    for call in calls {
        let error = rig.error_with("aborted", call).await;
        assert_eq!(get(&error, "cause"), "the reason");
    }
    assert_eq!(rig.timers_left(), 0);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_listener_of_a_call_is_removed_at_its_end() {
    let rig = Rig::new(&[reply(ACTIVE), reply(ACTIVE), reply(ACTIVE)]);
    let controller = abort_controller();
    let options = object(&[("signal", get(&controller, "signal"))]);
    for _ in 0..3 {
        rig.value(rig.call("getSession", &[ID.into(), options.clone()])).await;
        assert_eq!(rig.listeners_left(), 0);
    }
    assert_eq!(rig.signal_listeners_added(), 3);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_call_that_starts_during_the_abort_of_another_is_aborted_too() {
    let rig = Rc::new(Rig::new(&[no_response()]));
    let controller = abort_controller();
    let signal = get(&controller, "signal");
    let promise = rig.call("getSession", &[ID.into(), object(&[("signal", signal.clone())])]);
    rig.requested(1).await;
    let second = Rc::new(RefCell::new(None));
    let (function, _closure) = closure({
        let (rig, second, signal) = (rig.clone(), second.clone(), signal.clone());
        move |_| {
            *second.borrow_mut() = Some(rig.call("getSession", &[ID.into(), object(&[("signal", signal.clone())])]));
        }
    });
    invoke(&signal, "addEventListener", &["abort".into(), function.clone()]);
    invoke(&controller, "abort", &[]);
    invoke(&signal, "removeEventListener", &["abort".into(), function]);
    rig.error_with("aborted", promise).await;
    let second = second.borrow_mut().take().unwrap();
    let error = rig.error_with("aborted", second).await;
    assert_eq!(number(&error, "attempts"), 0.0);
    drop(_closure);
    Rc::into_inner(rig).unwrap().close().await;
}
