//! Callbacks, `fetch` and the key provider run in the async context of their call; an exception of a callback is reported.
//! Rules: 9, 11.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

/// A context that sets `globalThis.contextName` to its name while it runs a function.
fn context(name: &str) -> JsValue {
    let source = "((name) => (run, ...args) => { const before = globalThis.contextName; globalThis.contextName = name; \
                  try { return run(...args) } finally { globalThis.contextName = before } })";
    let make: js_sys::Function = js(source).unchecked_into();
    make.call1(&JsValue::UNDEFINED, &name.into()).unwrap()
}

/// A function that records the name of its context, and returns a value.
fn noting(notes: &JsValue, value: &str) -> JsValue {
    let make: js_sys::Function =
        js(&["((notes) => () => { notes.push(String(globalThis.contextName)); return ", value, " })"].concat())
            .unchecked_into();
    make.call1(&JsValue::UNDEFINED, notes).unwrap()
}

#[wasm_bindgen_test]
async fn each_waiters_callbacks_run_in_its_context() {
    let rig = Rig::new(&[reply(CREATED), reply(ACTIVE)]);
    let notes = [js("[]"), js("[]")];
    let mut polls = Vec::new();
    for (notes, name) in notes.iter().zip(["one", "two"]) {
        let callbacks = object(&[("onUpdate", noting(notes, "0")), ("onPoll", noting(notes, "0"))]);
        let arguments = [ID.into(), merged(&quick(), &callbacks)];
        polls.push(rig.call_in(&context(name), "pollSession", &arguments));
    }
    for poll in polls {
        rig.value(poll).await;
    }
    assert_eq!(json(&notes[0]), r#"["one","one","one","one"]"#);
    assert_eq!(json(&notes[1]), r#"["two","two","two","two"]"#);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn fetch_and_the_key_provider_run_in_the_context_of_a_call_that_they_serve() {
    let (keys, fetches) = (js("[]"), js("[]"));
    let key = noting(&keys, "Promise.resolve('key of ' + globalThis.contextName)");
    let fetch = noting(&fetches, r#"new Response('{"id":2229,"status":"active"}')"#);
    let rig = Rig::with_options(&[], &object(&[("apiKey", key), ("fetch", fetch)]));
    let calls = ["one", "two"]
        .map(|name| rig.call_in(&context(name), "createSession", &[js("{ prompt: 'Hi' }"), JsValue::UNDEFINED]));
    for call in calls {
        rig.value(call).await;
    }
    assert_eq!(json(&keys), r#"["one","two"]"#);
    assert_eq!(json(&fetches), r#"["one","two"]"#);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn on_created_runs_in_the_context_of_its_ask() {
    let rig = Rig::new(&[reply(CREATED), reply(ACTIVE)]);
    let notes = js("[]");
    let options = merged(&quick(), &object(&[("onCreated", noting(&notes, "0"))]));
    rig.value(rig.call_in(&context("one"), "ask", &["Hi".into(), options])).await;
    assert_eq!(json(&notes), r#"["one"]"#);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_exception_of_a_callback_is_reported_and_the_call_continues() {
    let rig = Rig::new(&[reply(CREATED), reply(ACTIVE)]);
    let throwing = |name: &str| js(&["() => { throw '", name, "' }"].concat());
    let options = object(&[
        ("onUpdate", throwing("onUpdate")),
        ("onPoll", throwing("onPoll")),
        ("onCreated", throwing("onCreated")),
    ]);
    let answer = rig.value(rig.call("ask", &["Hi".into(), merged(&quick(), &options)])).await;
    assert_unchanged(&get(&answer, "session"), ACTIVE);
    let reported: Vec<_> = rig.reported().iter().filter_map(JsValue::as_string).collect();
    assert_eq!(reported, ["onCreated", "onPoll", "onUpdate"]);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn callbacks_are_called_without_a_receiver() {
    let rig = Rig::new(&[reply(ACTIVE)]);
    let check = js("function () { 'use strict'; if (this !== undefined) throw 'a receiver' }");
    rig.value(rig.poll(&object(&[("onUpdate", check.clone()), ("onPoll", check)]))).await;
    assert!(rig.reported().is_empty());
    rig.close().await;
}

// ---- Key providers ----

/// A provider that returns these keys in turn, and counts its calls in `globalThis.keysAsked`.
fn provider(keys: &str) -> JsValue {
    js("globalThis.keysAsked = 0");
    js(&["() => { const keys = ", keys, "; return keys[Math.min(globalThis.keysAsked++, keys.length - 1)] }"].concat())
}

fn keys_asked() -> f64 {
    js("globalThis.keysAsked").as_f64().unwrap()
}

fn sent_keys(rig: &Rig) -> Vec<String> {
    (0..rig.requests()).map(|at| text(&get(&rig.request(at), "headers"), "x-api-key")).collect()
}

#[wasm_bindgen_test]
async fn a_key_provider_is_called_once_per_call() {
    let key = provider("['one', Promise.resolve('two')]");
    let rig = Rig::with_options(&[reply(CREATED), reply(ACTIVE), reply(ACTIVE)], &object(&[("apiKey", key)]));
    rig.value(rig.poll(&js("{}"))).await;
    rig.value(rig.poll(&js("{}"))).await;
    assert_eq!((sent_keys(&rig), keys_asked()), (vec!["one".into(), "one".into(), "two".into()], 2.0));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_refused_key_is_refreshed_once_per_call() {
    for status in [401, 403] {
        let key = provider("['stale', 'fresh', 'never asked']");
        let rig = Rig::with_options(&[refusal(status, ""), reply(CREATED)], &object(&[("apiKey", key)]));
        let promise = rig.call("createSession", &[js("{ prompt: 'Hi' }"), js("{ maxRetries: 0 }")]);
        assert_unchanged(&rig.value(promise).await, CREATED);
        assert_eq!(sent_keys(&rig), ["stale", "fresh"]);
        rig.close().await;

        let key = provider("['stale', 'fresh', 'never asked']");
        let rig = Rig::with_options(&[refusal(status, ""), refusal(status, "")], &object(&[("apiKey", key)]));
        let error = rig.error_with("http", rig.poll(&js("{}"))).await;
        assert_eq!((number(&error, "status"), keys_asked()), (f64::from(status), 2.0));
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn the_error_of_a_key_provider_is_the_cause() {
    for (source, message) in [
        ("() => { throw new Error('the vault is sealed') }", "The apiKey function failed: the vault is sealed."),
        ("async () => { throw new Error('the vault is sealed') }", "The apiKey function failed: the vault is sealed."),
        ("async () => { throw 'sealed' }", "The apiKey function failed: \"sealed\"."),
    ] {
        let rig = Rig::with_options(&[], &object(&[("apiKey", js(source))]));
        let error = rig.error_with("key_unavailable", rig.poll(&js("{}"))).await;
        assert_eq!(text(&error, "message"), message);
        assert!(has(&error, "cause"));
        assert_eq!(number(&error, "attempts"), 0.0);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_key_that_was_refused_is_redacted_in_the_error_of_its_provider() {
    let fails =
        "() => { if (globalThis.keysAsked++) throw new Error('stale-key-0123 is revoked'); return 'stale-key-0123' }";
    js("globalThis.keysAsked = 0");
    let rig = Rig::with_options(&[refusal(401, "")], &object(&[("apiKey", js(fails))]));
    let error = rig.error_with("key_unavailable", rig.poll(&js("{}"))).await;
    assert_eq!(text(&error, "message"), "The apiKey function failed: [redacted] is revoked.");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_key_provider_must_return_a_key() {
    for value in ["undefined", "null", "''", "' '", "5", "{}", "Promise.resolve()", "'line\\nbreak'", "'\\u20ac'"] {
        let rig = Rig::with_options(&[], &object(&[("apiKey", js(&["() => ", "(", value, ")"].concat()))]));
        let error = rig.error_with("key_unavailable", rig.poll(&js("{}"))).await;
        assert!(text(&error, "message").starts_with("The apiKey function returned no key"), "{value}");
        assert!(!has(&error, "cause"));
        rig.close().await;
    }
}
