//! The fields of errors, as they leave the module for `AieraChatError`. Rules: 6, 11.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

/// The error of a create with this reply.
async fn create_error(only_reply: JsValue) -> JsValue {
    let rig = Rig::new(&[only_reply]);
    let error = rig.error(rig.call("createSession", &[js("{ prompt: 'Hi' }"), JsValue::UNDEFINED])).await;
    rig.close().await;
    error
}

/// The error of a poll without retries and with this reply.
async fn poll_error(only_reply: JsValue) -> JsValue {
    let rig = Rig::new(&[only_reply]);
    let error = rig.error(rig.poll(&js("{ maxRetries: 0 }"))).await;
    rig.close().await;
    error
}

/// Every text in an error, including its causes.
fn all_texts(error: &JsValue) -> String {
    let own = json(&js_sys::Object::entries(error.unchecked_ref()));
    let cause = get(error, "cause");
    let rest = if cause.is_object() { all_texts(&cause) } else { String::new() };
    [own, text(error, "message"), rest].concat()
}

/// All texts that can be read from a value.
fn inspect(value: &JsValue) -> String {
    let inspect: js_sys::Function = js("function inspect(value) { \
        if (typeof value !== 'object' || value === null) return String(value); \
        return Reflect.ownKeys(value).map((name) => `${String(name)}: ${inspect(value[name])}`).join('\\n') }")
    .unchecked_into();
    inspect.call1(&JsValue::UNDEFINED, value).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn an_http_error_has_the_parts_of_its_response() {
    let headers = js("{ 'x-request-id': 'request-7', 'retry-after': '2', 'content-type': 'application/json' }");
    let body = r#"{"error":"content is required"}"#;
    let only_reply = object(&[("status", 400.into()), ("headers", headers), ("body", body.into())]);
    let error = poll_error(only_reply).await;
    assert_eq!(text(&error, "code"), "http");
    assert_eq!(text(&error, "message"), ["GET ", SESSIONS_URL, "/2229: HTTP 400: content is required."].concat());
    assert_eq!((number(&error, "status"), number(&error, "retryAfterMs")), (400.0, 2_000.0));
    assert_eq!((text(&error, "requestId"), text(&error, "body")), ("request-7".into(), body.into()));
    assert_eq!((number(&error, "sessionId"), number(&error, "attempts")), (ID, 1.0));
    assert_eq!(get(&error, "retryable"), false);
    let elapsed_ms = number(&error, "elapsedMs");
    assert!(elapsed_ms >= 0.0 && elapsed_ms % 1.0 == 0.0);
    for absent in ["lastSession", "cause"] {
        assert!(!has(&error, absent), "{absent}");
    }
}

#[wasm_bindgen_test]
async fn a_create_error_has_no_session_and_the_fields_of_its_cause() {
    let error = create_error(refusal_with(503, "request-id", "request-8")).await;
    assert_eq!(text(&error, "code"), "create_outcome_unknown");
    for absent in ["sessionId", "lastSession", "body"] {
        assert!(!has(&error, absent), "{absent}");
    }
    let cause = get(&error, "cause");
    for error in [&error, &cause] {
        assert_eq!((number(error, "status"), text(error, "requestId")), (503.0, "request-8".into()));
    }
    assert_eq!(text(&cause, "code"), "http");
}

#[wasm_bindgen_test]
async fn the_request_id_is_read_from_three_headers() {
    for name in ["x-request-id", "request-id", "x-amzn-requestid"] {
        let error = poll_error(refusal_with(400, name, "request-7")).await;
        assert_eq!(text(&error, "requestId"), "request-7");
    }
}

#[wasm_bindgen_test]
async fn errors_have_the_stack_of_their_call() {
    let error = create_error(refusal(503, "")).await;
    for error in [&error, &get(&error, "cause")] {
        assert!(text(&get(error, "from"), "stack").contains("at the caller"));
    }
    let rig = Rig::new(&[]);
    let error = rig.error_with("invalid_argument", rig.call("pollSession", &["x".into(), JsValue::UNDEFINED])).await;
    assert!(text(&get(&error, "from"), "stack").contains("at the caller"));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn the_message_describes_a_body_that_is_not_a_session() {
    for (body, reason) in [
        (include_str!("../fixtures/responses/gateway.html"), "it is an HTML page"),
        (include_str!("../fixtures/responses/text.json"), "it has no id"),
        (include_str!("../fixtures/responses/null.json"), "it has no id"),
        (include_str!("../fixtures/responses/list.json"), "it has no id"),
        (include_str!("../fixtures/responses/cut.json"), "it is not JSON"),
        (include_str!("../fixtures/responses/empty"), "its body is empty"),
        (include_str!("../fixtures/responses/id-fraction.json"), "it has no id"),
        (include_str!("../fixtures/responses/id-too-large.json"), "its id is too large for a JavaScript number"),
        (include_str!("../fixtures/responses/no-status.json"), "it has no status"),
        (include_str!("../fixtures/responses/status-null.json"), "it has no status"),
        (&ACTIVE.replacen("2229", "7", 1), "it is another session"),
    ] {
        let error = poll_error(reply(body)).await;
        assert_eq!(text(&error, "code"), "decode", "{body}");
        let message = text(&error, "message");
        assert!(message.contains(reason), "{body}: {message}");
        assert_eq!(number(&error, "status"), 200.0);
        assert_eq!(get(&error, "retryable"), true);
    }
}

#[wasm_bindgen_test]
async fn the_server_message_of_an_html_page_is_its_title() {
    let page =
        "<!doctype html><html><head><title>500 Internal Server Error</title></head><body><h1>No</h1></body></html>";
    let error = poll_error(refusal(500, page)).await;
    assert!(text(&error, "message").contains("HTTP 500: 500 Internal Server Error."), "{}", text(&error, "message"));
}

#[wasm_bindgen_test]
async fn the_body_of_an_error_is_at_most_2_kib_and_ends_at_a_character() {
    for (character, bytes) in [("a", 2_048), ("\u{e9}", 2_048), ("\u{20ac}", 2_046), ("\u{1f600}", 2_048)] {
        let error = poll_error(refusal(400, &character.repeat(5_000))).await;
        assert_eq!(text(&error, "body").len(), bytes);
        assert!(text(&error, "message").len() < 2_000);
    }
}

#[wasm_bindgen_test]
async fn the_key_is_redacted_in_every_text_of_a_response() {
    let headers =
        object(&[("x-request-id", KEY.into()), ("location", ["https://other.example/?k=", KEY].concat().into())]);
    for status in [200, 301, 400, 503] {
        let body = [r#"{"error":"wrong key "#, KEY, r#""}"#].concat();
        let only_reply = object(&[("status", status.into()), ("headers", headers.clone()), ("body", body.into())]);
        for error in [poll_error(only_reply.clone()).await, create_error(only_reply).await] {
            let texts = all_texts(&error);
            assert!(!texts.contains(KEY), "{texts}");
            assert!(texts.contains("[redacted]"), "{texts}");
        }
    }
}

#[wasm_bindgen_test]
async fn the_key_is_redacted_in_the_platforms_errors() {
    for error in [
        js(&["new TypeError('bad header ", KEY, "')"].concat()),
        js(&["Object.assign(new TypeError('failed'), { stack: 'at ", KEY, "' })"].concat()),
        js(&["new TypeError('failed', { cause: new Error('", KEY, "') })"].concat()),
        js(&["new TypeError('failed', { cause: new Error('", KEY, "', { cause: new Error('reset') }) })"].concat()),
        js(&["new AggregateError([new Error('reset'), new Error('", KEY, "')], 'failed')"].concat()),
        js(&["Object.assign(new Error('failed'), { config: { headers: { 'X-API-Key': '", KEY, "' } } })"].concat()),
        js(&["Object.assign(new Error('failed'), { digest: 'D', url: '", KEY, "' })"].concat()),
    ] {
        let error = poll_error(failure(&error)).await;
        assert_eq!(text(&error, "code"), "network");
        let cause = inspect(&get(&error, "cause"));
        assert!(!all_texts(&error).contains(KEY) && !cause.contains(KEY), "{} {cause}", all_texts(&error));
    }
}

#[wasm_bindgen_test]
async fn a_redirect_is_not_followed_and_the_message_has_its_location() {
    for status in [301, 302, 303, 307, 308] {
        let error = create_error(refusal_with(status, "location", "https://other.example/x")).await;
        assert_eq!((text(&error, "code"), number(&error, "status")), ("redirected".into(), f64::from(status)));
        assert!(text(&error, "message").contains("https://other.example/x"));
    }
    // A redirect in a browser.
    let opaque = js("{ type: 'opaqueredirect', status: 0, headers: new Headers(), text: async () => '' }");
    let error = create_error(object(&[("value", opaque)])).await;
    assert_eq!(text(&error, "code"), "redirected");
    assert!(!has(&error, "status"));
    // A fetch that follows redirects anyway.
    let followed =
        js("{ type: 'basic', redirected: true, status: 200, headers: new Headers(), text: async () => '{}' }");
    let error = create_error(object(&[("value", followed)])).await;
    assert_eq!(text(&error, "code"), "redirected");
}

#[wasm_bindgen_test]
async fn a_header_that_cannot_be_read_is_absent() {
    let response = |status: &str, text: &str| {
        js(&[
            "{ status: ",
            status,
            ", headers: { get(name) { throw new Error('not allowed: ' + name) } }, text: async () => '",
            text,
            "' }",
        ]
        .concat())
    };
    let error = poll_error(object(&[("value", response("404", "gone"))])).await;
    assert_eq!(
        (text(&error, "code"), number(&error, "status"), number(&error, "attempts")),
        ("http".into(), 404.0, 1.0)
    );
    assert!(!has(&error, "requestId"));
    let rig = Rig::new(&[object(&[("value", response("200", r#"{"id":2229,"status":"active"}"#))])]);
    assert_eq!(number(&rig.value(rig.poll(&js("{}"))).await, "id"), ID);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_fetch_that_does_not_resolve_with_a_response_is_a_wrong_option() {
    for value in ["undefined", "null", "5", "'text'", "{}", "{ id: 1, status: 'active' }", "{ status: 200 }", "[]"] {
        let only_reply = || object(&[("value", js(value))]);
        let error = poll_error(only_reply()).await;
        assert_eq!(text(&error, "code"), "invalid_argument", "{value}");
        assert!(text(&error, "message").contains("options.fetch must resolve with a Response, not "));
        assert!(!has(&error, "status"));
        let error = create_error(only_reply()).await;
        assert_eq!(text(&error, "code"), "create_outcome_unknown");
        assert_eq!(text(&get(&error, "cause"), "code"), "invalid_argument");
        assert!(!has(&error, "status"));
    }
}

#[wasm_bindgen_test]
async fn exceptions_of_fetch_are_lost_connections_even_if_they_are_not_errors() {
    for fetch in [
        "() => { throw new TypeError('no network') }",
        "() => Promise.reject()",
        "() => Promise.reject('text')",
        "() => Promise.reject({ get message() { throw 0 } })",
        "() => ({ then() { throw new Error('broken') } })",
    ] {
        let rig = Rig::with_options(&[], &object(&[("fetch", js(fetch))]));
        rig.error_with("network", rig.poll(&js("{ maxRetries: 0 }"))).await;
        rig.error_with("create_outcome_unknown", rig.call("createSession", &[js("{}"), JsValue::UNDEFINED])).await;
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn without_a_fetch_nothing_is_sent() {
    let fetch = get(&js_sys::global(), "fetch");
    js("globalThis.fetch = undefined");
    let rig = Rig::with_options(&[], &js("{ fetch: undefined }"));
    let poll = rig.error_with("invalid_argument", rig.poll(&js("{}"))).await;
    let create = rig.call("createSession", &[js("{ prompt: 'Hi' }"), JsValue::UNDEFINED]);
    let create = rig.error_with("invalid_argument", create).await;
    js_sys::Reflect::set(&js_sys::global(), &"fetch".into(), &fetch).unwrap();
    for error in [poll, create] {
        assert_eq!(text(&error, "message"), "There is no fetch here: pass one as options.fetch.");
        assert_eq!(number(&error, "attempts"), 0.0);
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_error_by_which_a_framework_takes_control_ends_the_call_at_once() {
    let control = js("Object.assign(new Error('Dynamic server usage'), { digest: 'DYNAMIC_SERVER_USAGE' })");
    let rig = Rig::new(&[failure(&control)]);
    let error = rig.error_with("network", rig.poll(&js("{}"))).await;
    assert!(same(&get(&error, "cause"), &control));
    assert_eq!((get(&error, "retryable"), number(&error, "attempts")), (false.into(), 1.0));
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_lost_body_is_a_lost_response_unless_the_status_decides() {
    let response = |status: u16| {
        let value = js(
            "(status) => ({ status, headers: new Headers(), text: () => Promise.reject(new TypeError('cut off')) })",
        );
        let make: js_sys::Function = value.unchecked_into();
        object(&[("value", make.call1(&JsValue::UNDEFINED, &status.into()).unwrap())])
    };
    let error = poll_error(response(200)).await;
    assert_eq!((text(&error, "code"), number(&error, "status")), ("network".into(), 200.0));
    assert_eq!(text(&get(&error, "cause"), "message"), "cut off");
    let error = poll_error(response(404)).await;
    assert_eq!((text(&error, "code"), number(&error, "status")), ("http".into(), 404.0));
}

#[wasm_bindgen_test]
async fn a_refusal_of_the_packages_proxy_is_recognized() {
    let body = r#"{"error":"This origin is not allowed.","refused_by":"aiera-chat/proxy"}"#;
    let error = poll_error(refusal(403, body)).await;
    let message = text(&error, "message");
    assert!(message.contains("allowedOrigins") && !message.contains("API key"), "{message}");
}
