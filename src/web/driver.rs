//! Runs a `core::call::Call` with real requests, timers and callbacks.
//!
//! Every event (a timer, a response, an abort, a hidden page) ends in [`Driver::input`], which steps the call and carries
//! out its action. Nothing is borrowed while foreign code runs, since a callback may call this module.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{AbortHandle, abortable};
use js_sys::{Function, Math, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::RequestInit;

use super::args::{self, CallArgs, Header, KeySource};
use super::caller::{Caller, Start};
use super::client::Client;
use super::clock::{self, Timer};
use super::fetch::{self, Prepared};
use super::js::{self, Signal};
use super::listeners::AbortListener;
use super::redactor::Redactor;
use super::snapshot::Snapshot;
use super::wait::Wait;
use super::{errors, page};
use crate::core::call::{Action, Call, CallConfig, Input};
use crate::core::decision::Outcome;
use crate::core::error::MessageContext;
use crate::core::notification::{CallError, Notification, NotificationKind, WaiterId};
use crate::core::request::{KEY_HEADER, Request};
use crate::core::session_id::SessionId;
use crate::core::waiter::NewWaiter;

/// Timers longer than this are kept while a shorter one runs, as during every exchange.
const LONG_MS: f64 = 10_000.0;

/// A call in progress.
pub struct Driver {
    client: Rc<Client>,
    request: Request,
    url: JsValue,
    init: RequestInit,
    has_body: bool,
    /// Callbacks are running, one of which may have called this module.
    is_delivering: Cell<bool>,
    state: RefCell<State>,
}

struct State {
    call: Call<Rc<Snapshot>, JsValue>,
    /// The waiters, ordered by id.
    waiters: Vec<Waiter>,
    next_id: WaiterId,
    key: Option<Rc<str>>,
    /// The headers of the next request, cached until the key or the waiters change.
    headers: Option<Object>,
    exchange: Option<AbortHandle>,
    short_timer: Option<Timer>,
    long_timer: Option<Timer>,
}

impl State {
    fn place_of(&self, id: WaiterId) -> Option<usize> {
        self.waiters.binary_search_by_key(&id, |waiter| waiter.id).ok()
    }
}

struct Waiter {
    id: WaiterId,
    caller: Rc<Caller>,
    has_callbacks: bool,
    resolve: Function,
    reject: Function,
    abort_listener: Option<AbortListener>,
}

impl Driver {
    /// A call without callers.
    pub fn new(client: &Rc<Client>, request: Request, body: Option<JsValue>) -> Rc<Driver> {
        let can_refresh_key = matches!(client.options.key, KeySource::Provider(_));
        let config = CallConfig { operation: request.operation, session: request.session, can_refresh_key };
        let call = Call::new(config, client.history.clone(), page::state(), clock::now());
        let state = State {
            call,
            waiters: Vec::with_capacity(1),
            next_id: 0,
            key: None,
            headers: None,
            exchange: None,
            short_timer: None,
            long_timer: None,
        };
        let url = JsValue::from(request.url(&client.options.base_url));
        let (method, credentials) = (request.operation.spec().method, client.options.credentials);
        let init = fetch::init(method, body.as_ref(), credentials, client.knows_cache);
        let (client, has_body, state) = (client.clone(), body.is_some(), RefCell::new(state));
        Rc::new(Driver { client, request, url, init, has_body, is_delivering: Cell::new(false), state })
    }

    /// Holds back the first request until [`Input::Release`].
    pub fn hold(&self) {
        self.state.borrow_mut().call.hold();
    }

    /// Adds a caller and returns the promise of its call. The promise resolves with the payload, or with `undefined` if the
    /// operation returns nothing, and rejects with an `AieraChatError`.
    pub fn join(self: &Rc<Self>, caller: Rc<Caller>, start: Start) -> Promise {
        let mut functions = None;
        let promise = Promise::new(&mut |resolve, reject| functions = Some((resolve, reject)));
        // A promise calls its executor synchronously.
        let Some((resolve, reject)) = functions else { return promise };
        let Start { turn, last_session, has_callbacks } = start;
        let mut options = caller.args.options.clone();
        options.wants_events &= has_callbacks;
        let (started_at, attempts) = (caller.started_at(), caller.attempts.get());
        let signal = caller.args.signal.clone();
        let id = {
            let mut state = self.state.borrow_mut();
            state.next_id = state.next_id.wrapping_add(1);
            let id = state.next_id;
            if !caller.args.headers.is_empty() {
                state.headers = None;
            }
            state.call.join(NewWaiter { id, options, started_at, attempts, turn, last_session });
            state.waiters.push(Waiter { id, caller, has_callbacks, resolve, reject, abort_listener: None });
            id
        };
        let reason = signal.and_then(|signal| self.listen(id, &signal));
        self.input(reason.map_or(Input::Tick, |reason| Input::Abort(id, reason)));
        promise
    }

    /// Listens to the signal of a waiter, and returns its reason if it is aborted already. The signal may be foreign code
    /// that calls the driver.
    fn listen(self: &Rc<Self>, id: WaiterId, signal: &Signal) -> Option<JsValue> {
        let is_aborted = || signal.aborted().is_ok_and(|aborted| aborted.is_truthy());
        if !is_aborted() {
            let driver = self.clone();
            let listener = AbortListener::new(signal, move |reason| driver.input(Input::Abort(id, reason)));
            let mut state = self.state.borrow_mut();
            let at = state.place_of(id)?;
            state.waiters.get_mut(at)?.abort_listener = Some(listener);
        }
        is_aborted().then(|| signal.reason().unwrap_or(JsValue::UNDEFINED))
    }

    /// Passes an input to the call, and carries out the action.
    pub fn input(self: &Rc<Self>, input: Input<Rc<Snapshot>, JsValue>) {
        self.input_at(clock::now(), input);
    }

    fn input_at(self: &Rc<Self>, now: f64, input: Input<Rc<Snapshot>, JsValue>) {
        let (action, cancelled) = {
            let mut state = self.state.borrow_mut();
            // Only the end of an exchange needs jitter, and Next.js forbids randomness before the first request of a page
            // that it builds.
            let may_end = matches!(input, Input::Outcome(_) | Input::Tick) && state.call.is_exchanging();
            let jitter = if may_end { Math::random() } else { 0.0 };
            let action = state.call.step(input, now, jitter);
            let goes_on = state.call.is_exchanging() && !matches!(action, Action::Send { .. });
            let cancelled = if goes_on { None } else { state.exchange.take() };
            (action, cancelled)
        };
        if let Some(exchange) = cancelled {
            exchange.abort();
        }
        match action {
            Action::Send { refresh_key, deadline } => {
                self.sleep(now, deadline);
                self.send(refresh_key);
            }
            Action::Sleep { until } => self.sleep(now, until),
            Action::Stop => self.stop(),
        }
        self.deliver_notifications();
    }

    /// Clears the timer, and removes the poll from the client.
    fn stop(self: &Rc<Self>) {
        let mut state = self.state.borrow_mut();
        let timers = (state.short_timer.take(), state.long_timer.take());
        drop(state);
        drop(timers);
        if let Some(id) = self.request.session {
            self.client.poll_ended(id, self);
        }
    }

    fn sleep(self: &Rc<Self>, now: f64, until: f64) {
        let serves = |timer: &Timer| timer.at > now && timer.at <= until;
        let is_served = {
            let state = self.state.borrow();
            [&state.short_timer, &state.long_timer].into_iter().flatten().any(serves)
        };
        if until.is_infinite() || is_served {
            return;
        }
        // Between two requests, only the timer keeps the driver of a call that is not a poll alive.
        let driver = self.clone();
        let timer = Timer::new(now, until, move |at| driver.input_at(clock::now_at_least(at), Input::Tick));
        let mut state = self.state.borrow_mut();
        let slot = if until - now > LONG_MS { &mut state.long_timer } else { &mut state.short_timer };
        let replaced = slot.replace(timer);
        drop(state);
        drop(replaced);
    }

    /// Starts an exchange. A cancelled one is dropped with its request; its outcome is ignored.
    fn send(self: &Rc<Self>, refresh_key: bool) {
        let driver = self.clone();
        let (exchange, handle) = abortable(async move { driver.exchange(refresh_key).await });
        self.state.borrow_mut().exchange = Some(handle.clone());
        let driver = self.clone();
        spawn_local(async move {
            // A replacement fetch may cancel its exchange and return at once.
            if let (Ok(Some(outcome)), false) = (exchange.await, handle.is_aborted()) {
                driver.state.borrow_mut().exchange = None;
                driver.input(Input::Outcome(outcome));
            }
        });
    }

    /// One exchange; `None` if the call ended before the request left.
    async fn exchange(self: &Rc<Self>, refresh_key: bool) -> Option<Outcome<Rc<Snapshot>, JsValue>> {
        let key = match self.key(refresh_key).await {
            Ok(key) => key,
            Err(outcome) => return Some(outcome),
        };
        let options = &self.client.options;
        let Some(fetch) = options.fetch.clone().or_else(js::platform_fetch) else {
            return Some(Outcome::NoFetch);
        };
        self.input(Input::Sent);
        let context = self.context();
        let (prepared, latest) = {
            let mut state = self.state.borrow_mut();
            if !state.call.is_exchanging() {
                return None;
            }
            let spec = self.request.operation.spec();
            let prepared = Prepared {
                url: self.url.clone(),
                init: self.init.clone(),
                headers: self.headers(&mut state, &key),
                fetch,
                context,
                key,
                payload: spec.payload,
                is_once: !self.request.operation.is_repeatable(),
            };
            (prepared, state.call.latest().cloned())
        };
        let on_error_head = |head| self.input(Input::ErrorHead(head));
        Some(fetch::exchange(&prepared, latest, &self.client.hooks, on_error_head).await)
    }

    /// The key of this call; empty if there is none.
    async fn key(&self, refresh: bool) -> Result<Rc<str>, Outcome<Rc<Snapshot>, JsValue>> {
        let (current, refused) = {
            let mut state = self.state.borrow_mut();
            let refused = if refresh { state.key.take() } else { None };
            if refresh {
                state.headers = None;
            }
            (state.key.clone(), refused.unwrap_or_default())
        };
        if let Some(key) = current {
            return Ok(key);
        }
        let key = match &self.client.options.key {
            KeySource::None => Rc::from(""),
            KeySource::Fixed(key) => key.clone(),
            KeySource::Provider(provider) => {
                let provided = match js::call(self.context().as_ref(), provider, &[]) {
                    Ok(promise) => Wait::new(&self.client.hooks, &promise).await,
                    Err(error) => Err(error),
                };
                // Without the value, which may be a key with a typo.
                let provided = provided.map_err(|error| {
                    // The message may contain the refused key.
                    let (message, error) = Redactor { hooks: &self.client.hooks, key: &refused }.error(error);
                    Outcome::NoKey(Some(message), Some(error))
                })?;
                args::key_in(&provided).ok_or(Outcome::NoKey(None, None))?
            }
        };
        self.state.borrow_mut().key = Some(key.clone());
        Ok(key)
    }

    /// The async context of the first waiter.
    fn context(&self) -> Option<Function> {
        self.state.borrow().waiters.first()?.caller.context.clone()
    }

    /// The headers of the client and of every waiter, and those of the package.
    fn headers(&self, state: &mut State, key: &str) -> Object {
        if let Some(headers) = &state.headers {
            return headers.clone();
        }
        let headers = Object::new();
        let is_ours = |name: &JsValue| self.has_body && name.as_string().as_deref() == Some("content-type");
        let put = |(name, value): &Header| {
            if !is_ours(name) {
                js::set(&headers, name, value);
            }
        };
        self.client.options.headers.iter().for_each(put);
        state.waiters.iter().flat_map(|waiter| &waiter.caller.args.headers).for_each(put);
        if self.has_body {
            js::set(&headers, &"Content-Type".into(), &"application/json".into());
        }
        if !key.is_empty() {
            js::set(&headers, &KEY_HEADER.into(), &key.into());
        }
        state.headers = Some(headers.clone());
        headers
    }

    /// Calls the callbacks one after another. In Node 20, entering an async context within itself may switch to another
    /// context.
    fn deliver_notifications(&self) {
        if self.is_delivering.replace(true) {
            return;
        }
        while let Some(Notification { waiter: id, kind }) = self.next_notification() {
            match kind {
                NotificationKind::Update(session) => {
                    if let Some((caller, callback)) = self.callback(id, |args| args.on_update.as_ref()) {
                        self.client.call_back(&caller, &callback, &session.value());
                    }
                }
                NotificationKind::Event(event) => {
                    if let Some((caller, callback)) = self.callback(id, |args| args.on_poll.as_ref()) {
                        let error = event.error.as_ref().map(|error| self.error(error, &caller));
                        self.client.call_back(&caller, &callback, &errors::poll_event(&event, error));
                    }
                }
                NotificationKind::Settle(result) => {
                    let Some(waiter) = self.remove_waiter(id) else { continue };
                    let (settle, value) = match result {
                        Ok(success) => {
                            waiter.caller.attempts.set(success.attempts);
                            let payload = success.payload.map(|payload| payload.value());
                            (&waiter.resolve, payload.unwrap_or(JsValue::UNDEFINED))
                        }
                        Err(error) => (&waiter.reject, self.error(&error, &waiter.caller)),
                    };
                    // Settling a promise does not throw.
                    let _ = settle.call1(&JsValue::UNDEFINED, &value);
                }
            }
        }
        self.is_delivering.set(false);
        if let Some(latest) = self.state.borrow().call.latest() {
            latest.value.release();
        }
    }

    /// Takes one notification at a time, since a callback may call this module.
    fn next_notification(&self) -> Option<Notification<Rc<Snapshot>, JsValue>> {
        self.state.borrow_mut().call.next_notification()
    }

    fn callback(&self, id: WaiterId, pick: impl Fn(&CallArgs) -> Option<&Function>) -> Option<(Rc<Caller>, Function)> {
        let state = self.state.borrow();
        let at = state.place_of(id)?;
        let waiter = state.waiters.get(at).filter(|waiter| waiter.has_callbacks)?;
        Some((waiter.caller.clone(), pick(&waiter.caller.args)?.clone()))
    }

    fn remove_waiter(&self, id: WaiterId) -> Option<Waiter> {
        let mut state = self.state.borrow_mut();
        let at = state.place_of(id)?;
        let waiter = state.waiters.remove(at);
        if !waiter.caller.args.headers.is_empty() {
            state.headers = None;
        }
        Some(waiter)
    }

    fn error(&self, error: &CallError<Rc<Snapshot>, JsValue>, caller: &Caller) -> JsValue {
        let context: MessageContext = self.client.message_context(&self.request);
        let session: Option<SessionId> = self.request.session;
        errors::call_error(&self.client.hooks, &context, session, error, caller)
    }
}
