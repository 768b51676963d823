//! Every operation sends the documented request, byte for byte, and resolves with the server's payload. Rules: 11.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

const MESSAGE: &str =
    r#"{"id":20714,"session_id":2229,"message_type":"prompt","content":"And the margins?","new_field":{"a":[null]}}"#;
const PAGE: &str =
    r#"{"data":[{"id":2229,"status":"active","messages":null}],"pagination":{"page":2,"has_next":false}}"#;

/// A call: its method and arguments, the request that it must send, and the reply.
struct Case {
    method: &'static str,
    arguments: Vec<JsValue>,
    http_method: &'static str,
    path: &'static str,
    body: Option<&'static str>,
    reply: &'static str,
}

fn case(
    method: &'static str,
    arguments: &[&str],
    (http_method, path): (&'static str, &'static str),
    body: Option<&'static str>,
    reply: &'static str,
) -> Case {
    let arguments = arguments.iter().map(|argument| js(argument)).collect();
    Case { method, arguments, http_method, path, body, reply }
}

fn cases() -> Vec<Case> {
    let documented =
        "{ title: 'API Docs Example', prompt: 'What were the key takeaways from Tesla Q1 2026 earnings?' }";
    vec![
        case(
            "createSession",
            &[documented, "undefined"],
            ("POST", ""),
            Some(r#"{"title":"API Docs Example","prompt":"What were the key takeaways from Tesla Q1 2026 earnings?"}"#),
            CREATED,
        ),
        case("createSession", &["undefined", "undefined"], ("POST", ""), Some("{}"), ACTIVE),
        case(
            "createSession",
            &[
                "{ sources: [{ type: 'event', id: '7', x: null }], extraBody: JSON.parse('{\"model_id\":3,\"__proto__\":{}}') }",
                "null",
            ],
            ("POST", ""),
            Some(r#"{"sources":[{"type":"event","id":"7","x":null}],"model_id":3,"__proto__":{}}"#),
            CREATED,
        ),
        case(
            "createSession",
            &[r#"{ prompt: "é 😀 \ud800 \u2028 \"\\\n" }"#, "undefined"],
            ("POST", ""),
            Some("{\"prompt\":\"é 😀 \\ud800 \u{2028} \\\"\\\\\\n\"}"),
            CREATED,
        ),
        case("pollSession", &["2229", "undefined"], ("GET", "/2229?include_messages=true"), None, ACTIVE),
        case(
            "sendPrompt",
            &["2229", "'And the margins?'", "undefined"],
            ("POST", "/2229/prompt"),
            Some(r#"{"content":"And the margins?"}"#),
            MESSAGE,
        ),
        case(
            "sendPrompt",
            &[
                "2229",
                "{ content: 'And the margins?', toolSettings: { web_search_enabled: true }, extraBody: { x: 1 } }",
                "undefined",
            ],
            ("POST", "/2229/prompt"),
            Some(r#"{"content":"And the margins?","tool_settings":{"web_search_enabled":true},"x":1}"#),
            MESSAGE,
        ),
        case("getSession", &["2229", "undefined"], ("GET", "/2229"), None, ACTIVE),
        case(
            "getSession",
            &["2229", "{ includeMessages: true, includeStatuses: true, includeVotes: false }"],
            ("GET", "/2229?include_messages=true&include_statuses=true&include_votes=false"),
            None,
            ACTIVE,
        ),
        case("listSessions", &["undefined", "undefined"], ("GET", ""), None, PAGE),
        case("listSessions", &["{ page: 2, pageSize: 50 }", "undefined"], ("GET", "?page=2&page_size=50"), None, PAGE),
        case(
            "updateSession",
            &["2229", "{ title: 'New title', sources: [{ id: '7' }] }", "undefined"],
            ("PATCH", "/2229"),
            Some(r#"{"title":"New title","sources":[{"id":"7"}]}"#),
            ACTIVE,
        ),
        case("clearSources", &["2229", "undefined"], ("POST", "/2229/sources/clear"), None, ACTIVE),
    ]
}

#[wasm_bindgen_test]
async fn every_operation_sends_the_documented_request_and_resolves_with_the_payload() {
    for Case { method, arguments, http_method, path, body, reply: sent } in cases() {
        let rig = Rig::new(&[reply(sent)]);
        let payload = rig.value(rig.call(method, &arguments)).await;
        assert_unchanged(&payload, sent);
        let request = rig.request(0);
        assert_eq!(text(&request, "url"), [SESSIONS_URL, path].concat());
        assert_eq!(text(&request, "method"), http_method);
        assert_eq!(get(&request, "body").as_string().as_deref(), body, "{method}");
        let headers = match body {
            Some(_) => r#"{"content-type":"application/json","x-api-key":"key-0123456789"}"#,
            None => r#"{"x-api-key":"key-0123456789"}"#,
        };
        assert_eq!(json(&get(&request, "headers")), headers, "{method}");
        for (name, value) in [("redirect", "manual"), ("credentials", "same-origin"), ("cache", "no-store")] {
            assert_eq!(text(&request, name), value, "{method}");
        }
        assert!(!text(&request, "url").contains(KEY));
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_delete_resolves_with_nothing_for_every_confirmation() {
    for body in [r#"{"success":true}"#, "{}", "", " \n"] {
        let rig = Rig::new(&[reply(body)]);
        assert!(rig.value(rig.call("deleteSession", &[ID.into(), JsValue::UNDEFINED])).await.is_undefined());
        assert_eq!(rig.routes(), ["DELETE /2229"]);
        assert!(get(&rig.request(0), "body").is_undefined());
        rig.close().await;
    }
    let no_content = object(&[("status", 204.into()), ("body", JsValue::NULL)]);
    let rig = Rig::new(&[no_content]);
    assert!(rig.value(rig.call("deleteSession", &[ID.into(), JsValue::UNDEFINED])).await.is_undefined());
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_session_argument_is_an_id_a_session_or_a_message() {
    for session in [
        "2229",
        "2229n",
        "'2229'",
        "{ id: 2229, status: 'active' }",
        "{ id: '2229' }",
        "{ id: 20714, session_id: 2229, message_type: 'response' }",
        "Object.create({ id: 2229 })",
        "new Proxy({ id: 2229 }, {})",
    ] {
        let rig = Rig::new(&[reply(ACTIVE)]);
        rig.value(rig.call("getSession", &[js(session), JsValue::UNDEFINED])).await;
        assert_eq!(rig.routes(), ["GET /2229"], "{session}");
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn the_largest_id_is_not_rounded() {
    let largest = "9007199254740991";
    for session in [largest, "9007199254740991n", "'9007199254740991'"] {
        let rig = Rig::new(&[reply(&ACTIVE.replacen("2229", largest, 1))]);
        let payload = rig.value(rig.call("getSession", &[js(session), JsValue::UNDEFINED])).await;
        assert_eq!(number(&payload, "id"), 9_007_199_254_740_991.0);
        assert_eq!(rig.routes(), ["GET /9007199254740991"]);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn headers_of_the_client_and_of_the_call_are_added_to_the_request() {
    let rig = Rig::with_options(&[reply(CREATED)], &js("{ headers: { 'X-Client': '1', 'X-Both': 'client' } }"));
    let options = js("{ headers: [['x-call', '2'], ['X-Both', 'call'], ['Content-Type', 'text/plain']] }");
    rig.value(rig.call("createSession", &[js("{ prompt: 'Hi' }"), options])).await;
    let headers = get(&rig.request(0), "headers");
    for (name, value) in [
        ("x-client", "1"),
        ("x-call", "2"),
        ("x-both", "call"),
        ("content-type", "application/json"),
        ("x-api-key", KEY),
    ] {
        assert_eq!(text(&headers, name), value);
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn a_client_without_a_key_sends_no_key() {
    let rig = Rig::with_options(&[reply(ACTIVE)], &js("{ apiKey: null }"));
    rig.value(rig.call("getSession", &[ID.into(), JsValue::UNDEFINED])).await;
    assert_eq!(json(&get(&rig.request(0), "headers")), "{}");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn white_space_around_a_key_is_not_sent() {
    let rig = Rig::with_options(&[reply(ACTIVE)], &js("{ apiKey: ' k\\u00e9y 1\\n' }"));
    rig.value(rig.call("getSession", &[ID.into(), JsValue::UNDEFINED])).await;
    assert_eq!(text(&get(&rig.request(0), "headers"), "x-api-key"), "k\u{e9}y 1");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn requests_go_to_the_base_url_with_the_credentials_of_the_options() {
    for base_url in
        ["'https://proxy.example/aiera/'", "'https://proxy.example/aiera'", "new URL('https://proxy.example/aiera')"]
    {
        let options = merged(&object(&[("baseUrl", js(base_url))]), &js("{ credentials: 'include' }"));
        let rig = Rig::with_options(&[reply(ACTIVE)], &options);
        rig.value(rig.call("getSession", &[ID.into(), JsValue::UNDEFINED])).await;
        let request = rig.request(0);
        assert_eq!(text(&request, "url"), "https://proxy.example/aiera/chat-v1/sessions/2229");
        assert_eq!(text(&request, "credentials"), "include");
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn one_object_may_hold_the_options_of_client_and_call() {
    let rig = Rig::new(&[reply(ACTIVE)]);
    let options =
        js("{ baseUrl: 'https://proxy.example', headers: { 'x-client': '1' }, intervalMs: 5, maxIntervalMs: 9 }");
    let client = rig.try_client(&options, true).unwrap();
    let site = js("({ stack: {}, startedAt: performance.now() })");
    let promise = invoke(&client, "pollSession", &[ID.into(), options, site]).unchecked_into();
    assert_unchanged(&rig.value(promise).await, ACTIVE);
    assert_eq!(text(&rig.request(0), "url"), "https://proxy.example/chat-v1/sessions/2229?include_messages=true");
    assert_eq!(text(&get(&rig.request(0), "headers"), "x-client"), "1");
    rig.close().await;
}

#[wasm_bindgen_test]
async fn unusual_bodies_of_sessions_are_returned_unchanged() {
    for body in [
        include_str!("../fixtures/responses/session.json"),
        include_str!("../fixtures/responses/constructor.json"),
        include_str!("../fixtures/responses/duplicate-keys.json"),
        include_str!("../fixtures/responses/id-as-text.json"),
        r#"{"status":"active","__proto__":{"status":"deleted"},"id":7,"votes":9007199254740993,"messages":{"a":1e400}}"#,
    ] {
        let rig = Rig::new(&[reply(body)]);
        let payload = rig.value(rig.call("createSession", &[JsValue::UNDEFINED, JsValue::UNDEFINED])).await;
        assert_unchanged(&payload, body);
        rig.close().await;
    }
}

#[wasm_bindgen_test]
async fn a_byte_order_mark_that_a_fetch_leaves_in_the_text_is_dropped() {
    let text_method = js(
        "{ status: 200, headers: new Headers(), text: async () => '\\ufeff' + JSON.stringify({ id: 1, status: 'active' }) }",
    );
    let rig = Rig::new(&[object(&[("value", text_method)])]);
    let payload = rig.value(rig.call("createSession", &[JsValue::UNDEFINED, JsValue::UNDEFINED])).await;
    assert_eq!(json(&payload), r#"{"id":1,"status":"active"}"#);
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_equal_body_with_a_byte_order_mark_is_no_update() {
    let with_mark = |status: &str| {
        let body = js_sys::JsString::from(format!("\u{feff}{}", with_status(status)));
        let response = js("{ status: 200, headers: new Headers(), async text() { return this.body } }");
        js_sys::Reflect::set(&response, &"body".into(), &body).unwrap();
        object(&[("value", response)])
    };
    let rig = Rig::new(&[with_mark("finding_sources"), with_mark("finding_sources"), with_mark("active")]);
    let updates = Recorder::new();
    rig.value(rig.poll(&object(&[("onUpdate", updates.function.clone())]))).await;
    assert_eq!(updates.texts("status"), ["finding_sources", "active"]);
    rig.close().await;
}
