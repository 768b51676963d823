//! A wrong argument or option is an `invalid_argument` that names it and shows the right value, and sends nothing.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::rig::*;

/// Asserts the message of a call with wrong arguments.
async fn assert_refused(rig: &Rig, method: &str, arguments: &[&str], expected: &str) {
    let arguments: Vec<_> = arguments.iter().map(|argument| js(argument)).collect();
    let error = rig.error_with("invalid_argument", rig.call(method, &arguments)).await;
    assert_eq!(text(&error, "message"), expected);
    assert_eq!(get(&error, "retryable"), false);
}

const SESSION: &str = "a session with an id, or an id (an integer from 1 to 2**53-1, as a number or in decimal)";

#[wasm_bindgen_test]
async fn a_wrong_session_is_refused() {
    let rig = Rig::new(&[]);
    for (session, shown) in [
        ("undefined", "undefined"),
        ("null", "null"),
        ("0", "0"),
        ("1.5", "1.5"),
        ("NaN", "NaN"),
        ("-1", "-1"),
        ("'01'", "\"01\""),
        ("''", "\"\""),
        ("2 ** 53", "9007199254740992, which is too large"),
        ("2n ** 64n", "18446744073709551616, which is too large"),
        ("true", "true"),
        ("Symbol('x')", "Symbol(x)"),
        ("{}", "a value of type Object"),
        ("[]", "a value of type Array"),
        ("() => {}", "a value of type Function"),
        ("{ id: 'x' }", "\"x\""),
        ("{ id: null }", "null"),
        ("{ session_id: {} }", "a value of type Object"),
        ("{ get id() { throw new Error('hostile') } }", "a value of type Object"),
    ] {
        for method in ["pollSession", "getSession", "deleteSession", "clearSources"] {
            let expected = ["session must be ", SESSION, ", not ", shown, "."].concat();
            assert_refused(&rig, method, &[session, "undefined"], &expected).await;
        }
    }
    let expected = "session must be a session or its id, not a promise of one: await it.";
    assert_refused(&rig, "getSession", &["Promise.resolve({ id: 7 })", "undefined"], expected).await;
    rig.close().await;
}

#[wasm_bindgen_test]
async fn wrong_parameters_of_a_create_are_refused() {
    let rig = Rig::new(&[]);
    for (params, expected) in [
        ("'Hi'", "params must be an object: pass { prompt: \"…\" }, not \"Hi\"."),
        ("5", "params must be an object, not 5."),
        ("[]", "params must be an object, not a value of type Array."),
        ("new Date()", "params must be an object, not a value of type Date."),
        ("new Map()", "params must be an object, not a value of type Map."),
        ("{ prompt: ' ' }", "params.prompt must be a string that is not blank, not \" \"."),
        ("{ prompt: 5 }", "params.prompt must be a string that is not blank, not 5."),
        ("{ title: '' }", "params.title must be a string that is not blank, not \"\"."),
        ("{ sources: {} }", "params.sources must be an array, not a value of type Object."),
        ("{ extraBody: [] }", "params.extraBody must be an object, not a value of type Array."),
        ("{ Prompt: 'Hi' }", "\"Prompt\" is not a field of params. Did you mean \"prompt\"?"),
        ("{ extraBody: { title: 'x' } }", "params.extraBody must not hold \"title\": that is params.title."),
        ("{ get prompt() { throw 0 } }", "params must be an object whose properties can be read."),
    ] {
        assert_refused(&rig, "createSession", &[params, "undefined"], expected).await;
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn parameters_that_are_not_json_are_refused() {
    let rig = Rig::new(&[]);
    for params in ["{ sources: [1n] }", "(() => { const a = []; a.push(a); return { sources: a } })()"] {
        let promise = rig.call("createSession", &[js(params), JsValue::UNDEFINED]);
        let error = rig.error_with("invalid_argument", promise).await;
        assert!(text(&error, "message").starts_with("params must be what JSON can hold: "), "{params}");
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn wrong_parameters_of_prompts_updates_and_lists_are_refused() {
    let rig = Rig::new(&[]);
    for (method, arguments, expected) in [
        (
            "sendPrompt",
            ["7", "undefined", "undefined"],
            "prompt must be a string that is not blank, or { content }, not undefined.",
        ),
        (
            "sendPrompt",
            ["7", "' '", "undefined"],
            "prompt must be a string that is not blank, or { content }, not \" \".",
        ),
        ("sendPrompt", ["7", "5", "undefined"], "prompt must be a string that is not blank, or { content }, not 5."),
        ("sendPrompt", ["7", "{}", "undefined"], "prompt.content must be a string that is not blank."),
        (
            "sendPrompt",
            ["7", "{ content: 'x', tool_settings: {} }", "undefined"],
            "\"tool_settings\" is not a field of prompt. Did you mean \"toolSettings\"?",
        ),
        (
            "sendPrompt",
            ["7", "{ content: 'x', toolSettings: 'y' }", "undefined"],
            "prompt.toolSettings must be an object, not \"y\".",
        ),
        (
            "updateSession",
            ["7", "undefined", "undefined"],
            "params must have at least one of title, sources and extraBody.",
        ),
        (
            "updateSession",
            ["7", "{ title: null }", "undefined"],
            "params must have at least one of title, sources and extraBody.",
        ),
        (
            "updateSession",
            ["7", "{ sources: [] }", "undefined"],
            "params.sources must not be empty, since the API ignores an empty list: call clearSources.",
        ),
    ] {
        assert_refused(&rig, method, &arguments, expected).await;
    }
    for (params, expected) in [
        ("{ page: 0 }", "params.page must be an integer from 1, not 0."),
        ("{ pageSize: 101 }", "params.pageSize must be an integer from 1 to 100, not 101."),
        ("{ page: '1' }", "params.page must be an integer from 1, not \"1\"."),
        ("{ page_size: 5 }", "\"page_size\" is not a field of params. Did you mean \"pageSize\"?"),
    ] {
        assert_refused(&rig, "listSessions", &[params, "undefined"], expected).await;
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn wrong_options_of_a_call_are_refused() {
    let rig = Rig::new(&[]);
    for (options, expected) in [
        ("5", "options must be an object, not 5."),
        ("[]", "options must be an object, not a value of type Array."),
        ("{ timeout: 5 }", "\"timeout\" is not a field of options. Did you mean \"timeoutMs\"?"),
        ("{ timeoutMs: 0 }", "options.timeoutMs must be a number of milliseconds of at least 1, or Infinity, not 0."),
        (
            "{ timeoutMs: NaN }",
            "options.timeoutMs must be a number of milliseconds of at least 1, or Infinity, not NaN.",
        ),
        (
            "{ requestTimeoutMs: '5' }",
            "options.requestTimeoutMs must be a number of milliseconds of at least 1, or Infinity, not \"5\".",
        ),
        ("{ maxRetries: -1 }", "options.maxRetries must be an integer from 0, not -1."),
        ("{ maxRetries: 1.5 }", "options.maxRetries must be an integer from 0, not 1.5."),
        (
            "{ intervalMs: Infinity }",
            "options.intervalMs must be a finite number of milliseconds of at least 1, not Infinity.",
        ),
        ("{ intervalMs: 9, maxIntervalMs: 8 }", "options.intervalMs must be at most options.maxIntervalMs."),
        ("{ onUpdate: {} }", "options.onUpdate must be a function, not a value of type Object."),
        ("{ onPoll: 5 }", "options.onPoll must be a function, not 5."),
        ("{ signal: {} }", "options.signal must be an AbortSignal, not a value of type Object."),
        (
            "{ signal: new AbortController() }",
            "options.signal must be an AbortSignal, not a value of type AbortController.",
        ),
        (
            "{ promptId: 0 }",
            "options.promptId must be the id of a prompt message (an integer from 1 to 2**53-1, as a number or in decimal), \
             not 0.",
        ),
        (
            "{ headers: { 'x-api-key': 'secret' } }",
            "options.headers must be what new Headers() takes, without X-API-Key (that is what apiKey is for).",
        ),
        (
            "{ headers: { 'bad name': 'secret' } }",
            "options.headers must be what new Headers() takes, without X-API-Key (that is what apiKey is for).",
        ),
    ] {
        assert_refused(&rig, "pollSession", &["7", options], expected).await;
    }
    let flag = "options.includeMessages must be true or false, not 1.";
    assert_refused(&rig, "getSession", &["7", "{ includeMessages: 1 }"], flag).await;
    rig.close().await;
}

#[wasm_bindgen_test]
async fn null_and_undefined_are_absent() {
    let rig = Rig::new(&[reply(CREATED), reply(ACTIVE)]);
    let params = js("{ title: null, prompt: 'Hi', sources: undefined, extraBody: null }");
    let options = js("{ signal: null, timeoutMs: undefined, headers: null, maxRetries: null }");
    rig.value(rig.call("createSession", &[params, options])).await;
    assert_eq!(text(&rig.request(0), "body"), r#"{"prompt":"Hi"}"#);
    rig.value(rig.call("pollSession", &[ID.into(), js("{ promptId: null, onPoll: null, intervalMs: null }")])).await;
    rig.close().await;
}

#[wasm_bindgen_test]
async fn wrong_options_of_a_client_are_refused_by_its_constructor() {
    let key = "options.apiKey must be a string that is not blank and can stand in a header, or a function that returns one or a \
               promise of one.";
    let rig = Rig::new(&[]);
    for (options, expected) in [
        ("{ apiKey: '' }", key),
        ("{ apiKey: ' ' }", key),
        ("{ apiKey: 5 }", key),
        ("{ apiKey: 'line\\nbreak' }", key),
        ("{ baseUrl: 5 }", "options.baseUrl must be a string or a URL."),
        ("{ fetch: {} }", "options.fetch must be a function, not a value of type Object."),
        (
            "{ credentials: 'all' }",
            "options.credentials must be \"omit\", \"same-origin\" or \"include\", not \"all\".",
        ),
        ("{ dangerouslyAllowBrowser: 1 }", "options.dangerouslyAllowBrowser must be true or false, not 1."),
        ("{ requestTimeout: 5 }", "\"requestTimeout\" is not a field of options. Did you mean \"requestTimeoutMs\"?"),
    ] {
        let error = rig.try_client(&js(options), false).unwrap_err();
        assert_eq!((text(&error, "code"), text(&error, "message")), ("invalid_argument".into(), expected.into()));
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn an_unsafe_base_url_is_refused_and_not_shown() {
    let rig = Rig::new(&[]);
    for base_url in [
        "http://api.example",
        "https://user:secret@api.example",
        "https://api.example?secret",
        "https://api.example#secret",
        "https://api.example?",
        "ftp://localhost",
        "javascript:alert(1)",
        "secret",
        "",
    ] {
        let error = rig.try_client(&object(&[("baseUrl", base_url.into())]), false).unwrap_err();
        assert_eq!(text(&error, "code"), "invalid_argument", "{base_url}");
        let message = text(&error, "message");
        assert!(message.starts_with("options.baseUrl must "), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }
    for base_url in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8787/api", "https://api.example"] {
        assert!(rig.try_client(&object(&[("baseUrl", base_url.into())]), false).is_ok(), "{base_url}");
    }
    rig.close().await;
}

#[wasm_bindgen_test]
async fn no_message_shows_the_key() {
    let rig = Rig::new(&[]);
    let client = js("{ apiKey: 'key with a secret\\u0000' }");
    let error = rig.try_client(&client, false).unwrap_err();
    assert!(!text(&error, "message").contains("secret"));
    let call = js("{ headers: { 'X-API-Key': 'a secret' } }");
    let error = rig.error_with("invalid_argument", rig.poll(&call)).await;
    assert!(!text(&error, "message").contains("secret"));
    rig.close().await;
}
