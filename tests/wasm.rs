//! The module as JavaScript sees it, on Node and in Chromium: the exported client with a host whose answers are the
//! documented ones, and the core's tables and curves as WebAssembly computes them. `scripts/lib/wasm-tests.mjs` runs it
//! in both places; real requests and the package around the module are tested from outside.

#![cfg(target_arch = "wasm32")]
// What ships may not panic; a test may.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use aiera_chat::core::backoff;
use aiera_chat::core::call::Reason;
use aiera_chat::core::failure::Problem;
use aiera_chat::core::http::{self, Class};
use aiera_chat::core::schedule::{self, History, Situation, Stage};
use aiera_chat::core::status::STATUSES;
use aiera_chat::web::exports::Client;
use aiera_chat::web::js::Host;
use js_sys::{Array, Function, JSON, Math, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// A session that was just created, and the same one with its answer, as the API's documents show them.
const CREATED: &str = include_str!("fixtures/create-session.json");
const ACTIVE: &str = include_str!("fixtures/session-active.json");
const ID: f64 = 2_229.0;
/// Of a create.
const CREATE: f64 = -1.0;

// ---- The rig ----

#[wasm_bindgen]
extern "C" {
    /// `fixtures/wasm-rig.mjs`
    type Rig;
    #[wasm_bindgen(method, js_name = newHost)]
    fn new_host(this: &Rig) -> Host;
    #[wasm_bindgen(method, getter)]
    fn requests(this: &Rig) -> Array;
    #[wasm_bindgen(method, getter)]
    fn sessions(this: &Rig) -> Array;
    #[wasm_bindgen(method, getter)]
    fn lost(this: &Rig) -> JsValue;
    #[wasm_bindgen(method, js_name = answersLeft)]
    fn answers_left(this: &Rig) -> u32;
    #[wasm_bindgen(method)]
    fn sleep(this: &Rig, ms: f64) -> Promise;
    #[wasm_bindgen(method)]
    fn call(
        this: &Rig,
        client: &JsValue,
        key: f64,
        known: &JsValue,
        timeout: f64,
        request_timeout: f64,
        max_retries: f64,
        interval: f64,
        max_interval: f64,
        events: bool,
        hidden: bool,
        offline: bool,
    ) -> Waiter;
    #[wasm_bindgen(method)]
    fn left(this: &Rig) -> Vec<f64>;
    #[wasm_bindgen(method)]
    fn close(this: &Rig);

    type Waiter;
    #[wasm_bindgen(method, getter)]
    fn told(this: &Waiter) -> Array;
    #[wasm_bindgen(method, getter)]
    fn settled(this: &Waiter) -> Promise;
    #[wasm_bindgen(method)]
    fn abort(this: &Waiter, reason: &JsValue);
}

/// One answer of the script.
#[derive(Clone)]
enum Answer {
    Session(String),
    Status(u16),
    RetryAfter(u16, f64),
    Lost,
    Never,
}

impl Answer {
    fn of(text: &str) -> Answer {
        Answer::Session(text.into())
    }

    fn to_js(&self) -> JsValue {
        let parts: Vec<JsValue> = match self {
            Answer::Session(text) => vec!["session".into(), text.into()],
            Answer::Status(status) => vec!["status".into(), (*status).into()],
            Answer::RetryAfter(status, ms) => vec!["status".into(), (*status).into(), (*ms).into()],
            Answer::Lost => vec!["lost".into()],
            Answer::Never => vec!["never".into()],
        };
        parts.into_iter().collect::<Array>().into()
    }
}

/// The created session with another status.
fn with_status(status: &str) -> String {
    CREATED.replacen("\"finding_sources\"", &format!("\"{status}\""), 1)
}

fn rig(script: &[Answer]) -> Rig {
    let open: Function = js_sys::eval(include_str!("fixtures/wasm-rig.mjs")).unwrap().unchecked_into();
    let script: Array = script.iter().map(Answer::to_js).collect();
    open.call1(&JsValue::UNDEFINED, &script).unwrap().unchecked_into()
}

impl Rig {
    /// A client as JavaScript has it.
    fn client(&self) -> JsValue {
        let host = self.new_host();
        let client = JsValue::from(Client::new(host.clone()));
        Reflect::set(&host, &"client".into(), &client).unwrap();
        client
    }

    async fn pause(&self, ms: f64) {
        JsFuture::from(self.sleep(ms)).await.unwrap();
    }

    fn request(&self, at: usize) -> JsValue {
        self.requests().get(at as u32)
    }

    /// Nothing is left, and nothing comes any more; every answer of the script was asked for.
    async fn over(&self) {
        assert_eq!(self.left(), [0.0; 2], "timers, things told too late");
        let requests = self.requests().length();
        self.pause(40.0).await;
        assert_eq!(self.left(), [0.0; 2], "a while later");
        assert_eq!(self.requests().length(), requests, "a while later");
        assert_eq!(self.answers_left(), 0);
        self.close();
    }
}

/// How a call is made: quick ones, unless a test says otherwise.
#[derive(Clone)]
struct How {
    known: JsValue,
    timeout: f64,
    request_timeout: f64,
    max_retries: f64,
    interval: f64,
    events: bool,
    hidden: bool,
    offline: bool,
}

impl Default for How {
    fn default() -> How {
        How {
            known: JsValue::UNDEFINED,
            timeout: 5_000.0,
            request_timeout: 1_000.0,
            max_retries: 6.0,
            interval: 5.0,
            events: false,
            hidden: false,
            offline: false,
        }
    }
}

impl How {
    fn call(self, rig: &Rig, client: &JsValue, key: f64) -> Waiter {
        let How { known, timeout, request_timeout, max_retries, interval, events, hidden, offline } = self;
        let longest = interval * 2.0;
        rig.call(client, key, &known, timeout, request_timeout, max_retries, interval, longest, events, hidden, offline)
    }
}

/// What a waiter is told, as the JavaScript side numbers it.
const DONE: f64 = 0.0;
const FAILED: f64 = 1.0;
const UPDATE: f64 = 2.0;
const POLL: f64 = 3.0;

impl Waiter {
    /// All things of this kind that it was told, in order.
    fn heard(&self, kind: f64) -> Vec<JsValue> {
        let told = self.told().into_iter().map(|pair| Array::from(&pair));
        told.filter(|told| told.get(0) == kind).map(|told| told.get(1)).collect()
    }

    async fn last(&self, kind: f64) -> JsValue {
        let last = Array::from(&JsFuture::from(self.settled()).await.unwrap());
        assert_eq!(last.get(0), kind, "{:?}", last.get(1));
        last.get(1)
    }

    /// The session that it ends in.
    async fn session(&self) -> JsValue {
        self.last(DONE).await
    }

    /// The error that it ends in.
    async fn error(&self) -> JsValue {
        self.last(FAILED).await
    }
}

fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

fn problem(error: &JsValue) -> f64 {
    number(error, "problem")
}

fn is(error: &JsValue, expected: Problem) {
    assert_eq!(problem(error), f64::from(expected as u8), "not {expected:?}");
}

fn text(value: &JsValue, name: &str) -> String {
    field(value, name).as_string().unwrap_or_else(|| panic!("{name} is {:?}", field(value, name)))
}

fn number(value: &JsValue, name: &str) -> f64 {
    field(value, name).as_f64().unwrap_or_else(|| panic!("{name} is {:?}", field(value, name)))
}

/// Whether they are the very same, `undefined` and NaN included.
fn same(one: &JsValue, other: &JsValue) -> bool {
    Object::is(one, other)
}

/// Asserts that a session is what the server sent, field by field and in its order.
fn assert_unchanged(session: &JsValue, sent: &str) {
    let written = |value: &JsValue| JSON::stringify(value).unwrap().as_string();
    assert_eq!(written(session), written(&JSON::parse(sent).unwrap()));
}

fn an_object() -> JsValue {
    Object::new().into()
}

// ---- Calls ----

#[wasm_bindgen_test]
async fn a_create_is_one_request_and_resolves_with_the_very_session() {
    let rig = rig(&[Answer::of(CREATED)]);
    let waiter = How::default().call(&rig, &rig.client(), CREATE);
    let session = waiter.session().await;
    assert!(same(&session, &rig.sessions().get(0)));
    assert_unchanged(&session, CREATED);
    assert_eq!((number(&rig.request(0), "key"), field(&rig.request(0), "fresh")), (CREATE, false.into()));
    rig.over().await;
}

#[wasm_bindgen_test]
async fn a_poll_shows_each_change_once_and_resolves_with_the_very_session() {
    let script = [
        Answer::of(CREATED),
        Answer::of(CREATED),
        Answer::Session(with_status("generating_response")),
        Answer::of(ACTIVE),
    ];
    let rig = rig(&script);
    let waiter = How { events: true, ..How::default() }.call(&rig, &rig.client(), ID);
    let session = waiter.session().await;
    assert_unchanged(&session, ACTIVE);
    let updates = waiter.heard(UPDATE);
    let statuses: Vec<String> = updates.iter().map(|update| text(update, "status")).collect();
    assert_eq!(statuses, ["finding_sources", "generating_response", "active"]);
    // The second answer was the first one again, and was not even taken apart.
    assert_eq!(rig.sessions().length(), 3);
    assert!(updates.iter().zip(rig.sessions()).all(|(update, sent)| same(update, &sent)));
    assert!(same(&session, &updates[2]));
    let events = waiter.heard(POLL);
    let expected = [
        ("finding_sources", Reason::Interval),
        ("finding_sources", Reason::Interval),
        ("generating_response", Reason::Interval),
        ("active", Reason::Done),
    ];
    assert_eq!(events.len(), expected.len());
    for (at, (event, (status, reason))) in events.iter().zip(expected).enumerate() {
        assert_eq!(number(event, "attempt"), at as f64 + 1.0);
        assert!(number(event, "elapsed") >= 0.0);
        assert_eq!(text(event, "state"), status);
        let delay = number(event, "delay");
        assert!(if reason == Reason::Done { delay.is_nan() } else { (5.0..=10.0).contains(&delay) }, "{delay}");
        assert_eq!(number(event, "reason"), f64::from(reason as u8));
        assert!(field(event, "error").is_undefined());
    }
    rig.over().await;
}

#[wasm_bindgen_test]
async fn every_status_ends_a_wait_or_does_not() {
    let fails = ["finding_sources_error", "generating_response_error", "deleted"];
    let known = ["finding_sources", "generating_response", "cancelling_response"];
    assert!(STATUSES.iter().all(|(name, _)| *name == "active" || fails.contains(name) || known.contains(name)));
    let endless = "active".repeat(100_000);
    let unknown = ["queued", "", "active\\u0000", "activ\u{e9}", "activ\u{165}", "\u{1f600}", &endless];
    let waits: Vec<&str> = known.into_iter().chain(unknown).collect();
    for status in ["active"].into_iter().chain(fails).chain(waits.iter().copied()) {
        let mut script = vec![Answer::Session(with_status(status))];
        if waits.contains(&status) {
            script.push(Answer::of(ACTIVE));
        }
        let rig = rig(&script);
        let waiter = How::default().call(&rig, &rig.client(), ID);
        if fails.contains(&status) {
            let error = waiter.error().await;
            is(&error, Problem::SessionFailed);
            assert!(same(&field(&error, "last"), &rig.sessions().get(0)));
            assert_eq!(text(&field(&error, "answer"), "state"), status);
            assert_eq!(number(&error, "key"), ID);
        } else {
            assert_eq!(text(&waiter.session().await, "status"), "active", "{status}");
        }
        rig.over().await;
    }
}

#[wasm_bindgen_test]
async fn a_poll_survives_lost_and_broken_answers() {
    let script = [Answer::Lost, Answer::Status(503), Answer::of(CREATED), Answer::Lost, Answer::of(ACTIVE)];
    let rig = rig(&script);
    let how = How { max_retries: 2.0, events: true, ..How::default() };
    let waiter = how.call(&rig, &rig.client(), ID);
    assert_unchanged(&waiter.session().await, ACTIVE);
    let events = waiter.heard(POLL);
    let reasons: Vec<f64> = events.iter().map(|event| number(event, "reason")).collect();
    let expected = [Reason::Backoff, Reason::Backoff, Reason::Interval, Reason::Backoff, Reason::Done];
    assert_eq!(reasons, expected.map(|reason| f64::from(reason as u8)));
    is(&field(&events[0], "error"), Problem::Lost);
    is(&field(&events[1], "error"), Problem::Refused);
    assert_eq!(number(&field(&field(&events[1], "error"), "answer"), "status"), 503.0);
    rig.over().await;
}

#[wasm_bindgen_test]
async fn retries_that_are_used_up_end_it_with_what_was_seen_last() {
    let rig = rig(&[Answer::Lost, Answer::Lost]);
    let known = an_object();
    let how = How { max_retries: 1.0, known: known.clone(), ..How::default() };
    let error = how.call(&rig, &rig.client(), ID).error().await;
    is(&error, Problem::Lost);
    assert_eq!(number(&error, "attempts"), 2.0);
    assert!(number(&error, "elapsed") >= 5.0);
    assert!(same(&field(&field(&error, "answer"), "cause"), &rig.lost()));
    assert!(same(&field(&error, "last"), &known));
    rig.over().await;
}

#[wasm_bindgen_test]
async fn a_create_is_sent_once_unless_it_was_surely_refused() {
    // The script, what it ends in, and what is behind that.
    let table: [(&[Answer], Option<Problem>, Option<Problem>); 6] = [
        (&[Answer::RetryAfter(429, 10.0), Answer::of(CREATED)], None, None),
        (&[Answer::Status(400)], Some(Problem::Refused), None),
        (&[Answer::Status(403)], Some(Problem::Refused), None),
        (&[Answer::Status(302)], Some(Problem::Redirected), None),
        (&[Answer::Status(502)], Some(Problem::CreateOutcomeUnknown), Some(Problem::Refused)),
        (&[Answer::Lost], Some(Problem::CreateOutcomeUnknown), Some(Problem::Lost)),
    ];
    for (script, expected, cause) in table {
        let rig = rig(script);
        let waiter = How::default().call(&rig, &rig.client(), CREATE);
        if let Some(expected) = expected {
            let error = waiter.error().await;
            is(&error, expected);
            match cause {
                Some(cause) => is(&field(&error, "cause"), cause),
                None => assert!(field(&error, "cause").is_undefined()),
            }
        } else {
            assert_unchanged(&waiter.session().await, CREATED);
        }
        assert_eq!(rig.requests().length(), script.len() as u32);
        rig.over().await;
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_asks_for_too_long_a_wait_ends_it_at_once() {
    let rig = rig(&[Answer::RetryAfter(429, 60_000.0)]);
    let error = How::default().call(&rig, &rig.client(), ID).error().await;
    is(&error, Problem::Refused);
    assert_eq!(number(&field(&error, "answer"), "status"), 429.0);
    assert!(number(&error, "elapsed") < 1_000.0);
    rig.over().await;
}

// ---- Pages ----

#[wasm_bindgen_test]
async fn a_wait_without_a_network_holds_until_there_is_one() {
    let rig = rig(&[Answer::of(ACTIVE)]);
    let client = rig.client();
    let waiter = How { offline: true, ..How::default() }.call(&rig, &client, ID);
    rig.pause(30.0).await;
    assert_eq!(rig.requests().length(), 0);
    let page: Function = field(&client, "page").unchecked_into();
    page.call3(&client, &ID.into(), &false.into(), &false.into()).unwrap();
    assert_unchanged(&waiter.session().await, ACTIVE);
    rig.over().await;
}

#[wasm_bindgen_test]
async fn a_hidden_wait_goes_on_at_once_when_shown() {
    let rig = rig(&[Answer::of(CREATED), Answer::of(ACTIVE)]);
    let client = rig.client();
    let waiter = How { hidden: true, ..How::default() }.call(&rig, &client, ID);
    rig.pause(60.0).await;
    assert_eq!(rig.requests().length(), 1, "the first at once, the next one much later");
    let page: Function = field(&client, "page").unchecked_into();
    page.call3(&client, &ID.into(), &false.into(), &false.into()).unwrap();
    assert_unchanged(&waiter.session().await, ACTIVE);
    rig.over().await;
}

// ---- Aborts and deadlines ----

#[wasm_bindgen_test]
async fn an_abort_cuts_off_the_request_on_its_way() {
    for (key, expected) in [(CREATE, Problem::AbortedCreate), (ID, Problem::AbortedWait)] {
        let rig = rig(&[Answer::Never]);
        let waiter = How::default().call(&rig, &rig.client(), key);
        rig.pause(20.0).await;
        let signal = field(&rig.request(0), "signal");
        assert_eq!(field(&signal, "aborted"), false);
        assert_eq!(rig.left(), [1.0, 0.0], "a timer for the deadline");
        let reason = an_object();
        waiter.abort(&reason);
        // At once: nothing was awaited since.
        assert_eq!(rig.left(), [0.0; 2]);
        assert_eq!(field(&signal, "aborted"), true);
        let error = waiter.error().await;
        is(&error, expected);
        assert!(same(&field(&field(&error, "answer"), "cause"), &reason));
        assert_eq!(number(&error, "attempts"), 1.0);
        rig.over().await;
    }
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_pause() {
    let rig = rig(&[Answer::of(CREATED)]);
    let how = How { interval: 60_000.0, timeout: 90_000.0, ..How::default() };
    let waiter = how.call(&rig, &rig.client(), ID);
    rig.pause(20.0).await;
    assert_eq!(waiter.heard(UPDATE).len(), 1);
    waiter.abort(&JsValue::NULL);
    assert_eq!(rig.left(), [0.0; 2]);
    let error = waiter.error().await;
    is(&error, Problem::AbortedWait);
    assert!(same(&field(&error, "last"), &rig.sessions().get(0)));
    // Once more, when it is over.
    waiter.abort(&JsValue::NULL);
    rig.over().await;
}

#[wasm_bindgen_test]
async fn a_wait_ends_when_its_time_is_used_up() {
    // On its way, and between two requests.
    for (answer, interval) in [(Answer::Never, 5.0), (Answer::of(CREATED), 60_000.0)] {
        let rig = rig(&[answer]);
        let how = How { timeout: 60.0, interval, ..How::default() };
        let error = how.call(&rig, &rig.client(), ID).error().await;
        is(&error, Problem::TimeoutWait);
        assert_eq!(number(&error, "ms"), 60.0);
        assert!((60.0..1_000.0).contains(&number(&error, "elapsed")));
        assert!(field(&error, "cause").is_undefined());
        rig.over().await;
    }
}

#[wasm_bindgen_test]
async fn a_request_that_takes_too_long_is_cut_off() {
    let polled = rig(&[Answer::Never, Answer::of(ACTIVE)]);
    let how = How { request_timeout: 30.0, ..How::default() };
    assert_unchanged(&how.clone().call(&polled, &polled.client(), ID).session().await, ACTIVE);
    assert_eq!(field(&field(&polled.request(0), "signal"), "aborted"), true);
    assert_eq!(field(&field(&polled.request(1), "signal"), "aborted"), false);
    polled.over().await;

    let created = rig(&[Answer::Never]);
    let error = how.call(&created, &created.client(), CREATE).error().await;
    is(&error, Problem::CreateOutcomeUnknown);
    is(&field(&error, "cause"), Problem::RequestTimeout);
    created.over().await;
}

// ---- Waiters ----

#[wasm_bindgen_test]
async fn waiters_on_one_session_share_one_stream_of_requests() {
    let rig = rig(&[Answer::of(CREATED), Answer::of(CREATED), Answer::of(CREATED), Answer::of(ACTIVE)]);
    let client = rig.client();
    let first = How { interval: 20.0, ..How::default() }.call(&rig, &client, ID);
    let second = How { interval: 20.0, ..How::default() }.call(&rig, &client, ID);
    rig.pause(10.0).await;
    let late = How { interval: 20.0, ..How::default() }.call(&rig, &client, ID);
    let sessions = [first.session().await, second.session().await, late.session().await];
    assert!(sessions.iter().all(|session| same(session, &sessions[0])));
    assert_eq!(rig.requests().length(), 4);
    for waiter in [first, second, late] {
        let statuses: Vec<String> = waiter.heard(UPDATE).iter().map(|update| text(update, "status")).collect();
        assert_eq!(statuses, ["finding_sources", "active"]);
    }
    rig.over().await;
}

#[wasm_bindgen_test]
async fn one_waiter_can_leave_and_the_last_one_stops_the_stream() {
    let rig = rig(&[Answer::of(CREATED), Answer::Never]);
    let client = rig.client();
    let waiters = [0, 1].map(|_| How { interval: 30.0, ..How::default() }.call(&rig, &client, ID));
    rig.pause(10.0).await;
    waiters[0].abort(&JsValue::NULL);
    is(&waiters[0].error().await, Problem::AbortedWait);
    rig.pause(100.0).await;
    assert_eq!(rig.requests().length(), 2, "the other one still waits");
    assert_eq!(field(&field(&rig.request(1), "signal"), "aborted"), false);
    waiters[1].abort(&JsValue::NULL);
    assert_eq!(field(&field(&rig.request(1), "signal"), "aborted"), true);
    is(&waiters[1].error().await, Problem::AbortedWait);
    rig.over().await;
}

#[wasm_bindgen_test]
async fn other_sessions_and_other_clients_have_streams_of_their_own() {
    let other = ACTIVE.replacen("2229", "2230", 1);
    let rig = rig(&[Answer::of(ACTIVE), Answer::Session(other.clone()), Answer::of(ACTIVE)]);
    let client = rig.client();
    let waiters = [(&client, ID), (&client, ID + 1.0), (&rig.client(), ID)]
        .map(|(client, id)| How::default().call(&rig, client, id));
    for (waiter, sent) in waiters.iter().zip([ACTIVE, &other, ACTIVE]) {
        assert_unchanged(&waiter.session().await, sent);
    }
    rig.over().await;
}

// ---- The core ----

#[wasm_bindgen_test]
fn every_http_status_has_its_class() {
    for status in 0..=999 {
        let expected = match status {
            200..=299 => Class::Success,
            301 | 302 | 303 | 307 | 308 => Class::Redirect,
            401 | 403 => Class::Key,
            408 | 425 => Class::Timing,
            429 => Class::Busy,
            500 | 502 | 503 | 504 => Class::Broken,
            501 | 505 | 506 | 510 | 511 => Class::Impossible,
            507..=509 | 512..=599 => Class::Odd,
            _ => Class::Refused,
        };
        assert_eq!(http::class(status), expected, "{status}");
    }
}

const STAGES: [Stage; 3] = [Stage::FindingSources, Stage::Generating, Stage::Other];

/// Any time at all, sensible ones among them.
fn any() -> f64 {
    const ODD: [f64; 10] =
        [0.0, -0.0, -1.0, 1.0, f64::MIN_POSITIVE, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let choice = Math::random() * ODD.len() as f64 * 2.0;
    ODD.get(choice as usize).copied().unwrap_or_else(|| 10_f64.powf(Math::random() * 12.0 - 3.0))
}

#[wasm_bindgen_test]
fn the_schedule_stays_within_its_bounds_whatever_it_is_given() {
    for round in 0..3_000 {
        let mut history = History::default();
        for _ in 0..round % 40 {
            history.record(any(), Some(any()).filter(|_| Math::random() < 0.8));
        }
        let stage = STAGES[round % STAGES.len()];
        let situation = Situation { elapsed: any(), stage, in_stage: any(), min: any(), max: any() };
        let pause = schedule::pause(&situation, &history, Math::random());
        assert!(pause.is_finite() && pause >= 1.0, "{pause} {situation:?} {history:?}");
        let Situation { min, max, .. } = situation;
        if min >= 1.0 && min.is_finite() {
            assert!(pause >= min, "{pause} {situation:?} {history:?}");
            assert!(pause <= max || max < min || max.is_nan(), "{pause} {situation:?} {history:?}");
        }
    }
}

#[wasm_bindgen_test]
fn the_backoff_doubles_within_its_bounds() {
    for failures in (1..200).chain([u32::MAX - 1, u32::MAX]) {
        for _ in 0..20 {
            let interval = 1.0 + Math::random() * 1e6;
            let longest = interval * (1.0 + Math::random() * 1e3);
            let pause = backoff::pause(failures, interval, longest, Math::random());
            assert!(pause >= interval && pause <= longest * 2.0, "{pause} {failures} {interval} {longest}");
            let exponent = failures.saturating_sub(1).min(1_000) as i32;
            let middle = (interval * 2_f64.powi(exponent)).min(longest * 2.0);
            assert!(pause >= middle * 0.799 && pause <= middle * 1.201, "{pause} {failures} {interval} {longest}");
        }
    }
}
