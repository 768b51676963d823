//! A call on its way: runs a `core::call::Call` with real requests, timers, signals and callbacks.
//!
//! Everything that happens (a timer, an answer, an abort, a page that is hidden) ends in [`Running::step`], which tells
//! the core and does at once what it says. Nothing is borrowed while foreign code runs: a callback may come back in.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use js_sys::{Function, Math, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::args::{self, CallOptions, ClientOptions, Key};
use super::clock::{self, Timer};
use super::errors;
use super::exchange::{Request, Seen, exchange};
use super::js::{Host, Signal};
use super::page;
use crate::core::answer::Operation;
use crate::core::call::{Action, Call, Event, What};
use crate::core::failure::{Cause, Code, Failure};
use crate::core::request;
use crate::core::schedule::History;

/// Sleeps of more than this go to a timer that is left alone when a shorter one comes in between, as one does in every
/// exchange.
const LONG_MS: f64 = 10_000.0;

type Exchange = Pin<Box<dyn Future<Output = Event<JsValue>>>>;

/// What the calls of one client share.
pub struct Shared {
    /// What the JavaScript side lends.
    pub host: Host,
    /// The client's options.
    pub options: ClientOptions,
    /// The waits that are going on, by session id, in order.
    streams: RefCell<Vec<(u64, Weak<Running>)>>,
    /// What earlier waits took.
    history: RefCell<History>,
}

impl Shared {
    /// A client on which nothing was called yet.
    pub fn new(host: Host, options: ClientOptions) -> Rc<Shared> {
        Rc::new(Shared { host, options, streams: RefCell::default(), history: RefCell::default() })
    }
}

/// A call on its way.
pub struct Running {
    shared: Rc<Shared>,
    operation: Operation,
    url: JsValue,
    body: Option<JsValue>,
    call: RefCell<Call<JsValue>>,
    waiters: RefCell<Vec<Waiter>>,
    key: RefCell<Option<String>>,
    headers: RefCell<Option<JsValue>>,
    seen: RefCell<Option<Seen>>,
    exchange: RefCell<Option<Exchange>>,
    waker: RefCell<Option<Waker>>,
    short: RefCell<Option<Timer>>,
    long: RefCell<Option<Timer>>,
    page: RefCell<Option<page::Watch>>,
}

/// How a waiter is reached.
struct Waiter {
    id: u32,
    headers: Vec<(String, String)>,
    on_update: Option<Function>,
    on_poll: Option<Function>,
    resolve: Function,
    reject: Function,
    _abort: Option<AbortListener>,
}

/// A listener on a signal, taken off when it is dropped.
struct AbortListener {
    signal: Signal,
    closure: Closure<dyn Fn()>,
}

impl AbortListener {
    fn target(&self) -> (&super::js::Target, &Function) {
        (self.signal.unchecked_ref(), self.closure.as_ref().unchecked_ref())
    }
}

impl Drop for AbortListener {
    fn drop(&mut self) {
        let (signal, listener) = self.target();
        // A signal that throws here is the caller's own, and the call is over.
        let _ = signal.unlisten("abort", listener);
    }
}

/// Creates a session.
pub fn create(shared: &Rc<Shared>, body: JsValue, options: CallOptions) -> Promise {
    if let Some(promise) = aborted_before(shared, None, &options) {
        return promise;
    }
    Running::new(shared, Operation::Create, Some(body)).join(options, None)
}

/// Waits for a session, together with whoever waits for it already.
pub fn poll(shared: &Rc<Shared>, id: u64, session: Option<JsValue>, options: CallOptions) -> Promise {
    if let Some(promise) = aborted_before(shared, Some((id, &session)), &options) {
        return promise;
    }
    let place = shared.streams.borrow().binary_search_by_key(&id, |(id, _)| *id);
    let found = place.ok().and_then(|at| shared.streams.borrow().get(at).and_then(|(_, running)| running.upgrade()));
    let running = match found {
        Some(running) => running,
        None => {
            let running = Running::new(shared, Operation::Poll(id), None);
            let entry = (id, Rc::downgrade(&running));
            let mut streams = shared.streams.borrow_mut();
            match place {
                Ok(at) => {
                    if let Some(stale) = streams.get_mut(at) {
                        *stale = entry;
                    }
                }
                Err(at) => streams.insert(at, entry),
            }
            running
        }
    };
    running.join(options, session)
}

/// A call whose signal was aborted before it is over before it begins.
fn aborted_before(
    shared: &Rc<Shared>,
    session: Option<(u64, &Option<JsValue>)>,
    options: &CallOptions,
) -> Option<Promise> {
    let signal = options.signal.as_ref()?;
    if signal.aborted().ok()?.as_bool() != Some(true) {
        return None;
    }
    let message = "The signal was aborted before the call; nothing was sent.";
    let mut failure = Failure::new(Code::Aborted, message.into());
    failure.cause = Some(Cause::Value(signal.reason().unwrap_or(JsValue::UNDEFINED)));
    failure.session_id = session.map(|(id, _)| id);
    failure.last_session = session.and_then(|(_, session)| session.clone());
    failure.attempts = Some(0);
    failure.elapsed = Some(0.0);
    Some(Promise::reject(&errors::error(&shared.host, &failure)))
}

impl Running {
    fn new(shared: &Rc<Shared>, operation: Operation, body: Option<JsValue>) -> Rc<Running> {
        let base = &shared.options.base;
        let url = match operation {
            Operation::Create => request::create_url(base),
            Operation::Poll(id) => request::poll_url(base, id),
        };
        let can_refresh = matches!(shared.options.key, Key::Ask(_));
        let call = Call::new(operation, can_refresh, shared.history.borrow().clone(), clock::now());
        Rc::new(Running {
            shared: shared.clone(),
            operation,
            url: url.into(),
            body,
            call: RefCell::new(call),
            waiters: RefCell::default(),
            key: RefCell::default(),
            headers: RefCell::default(),
            seen: RefCell::default(),
            exchange: RefCell::default(),
            waker: RefCell::default(),
            short: RefCell::default(),
            long: RefCell::default(),
            page: RefCell::default(),
        })
    }

    fn join(self: &Rc<Self>, options: CallOptions, session: Option<JsValue>) -> Promise {
        let CallOptions { terms, signal, headers, on_update, on_poll } = options;
        let id = self.call.borrow_mut().join(terms, session, clock::now());
        let abort = signal.map(|signal| self.listen(id, signal));
        if !headers.is_empty() {
            self.headers.take();
        }
        let mut settle = None;
        let promise = Promise::new(&mut |resolve, reject| settle = Some((resolve, reject)));
        if let Some((resolve, reject)) = settle {
            let waiter = Waiter { id, headers, on_update, on_poll, resolve, reject, _abort: abort };
            self.waiters.borrow_mut().push(waiter);
        }
        // Not at once: no callback is called before the caller has its promise.
        let running = self.clone();
        spawn_local(async move { running.start() });
        promise
    }

    fn start(self: Rc<Self>) {
        let polls = matches!(self.operation, Operation::Poll(_));
        let event = if polls && self.page.borrow().is_none() && !self.call.borrow().is_over() {
            let weak = Rc::downgrade(&self);
            let changed = move |page| {
                if let Some(running) = weak.upgrade() {
                    running.step(Event::Page(page));
                }
            };
            *self.page.borrow_mut() = Some(page::Watch::new(Rc::new(changed)));
            Event::Page(page::state())
        } else {
            Event::Tick
        };
        self.step(event);
    }

    fn listen(self: &Rc<Self>, waiter: u32, signal: Signal) -> AbortListener {
        let (running, source) = (self.clone(), signal.clone());
        let closure = Closure::<dyn Fn()>::new(move || {
            let reason = source.reason().unwrap_or(JsValue::UNDEFINED);
            running.step(Event::Abort(waiter, reason));
        });
        let listener = AbortListener { signal, closure };
        let (signal, function) = listener.target();
        // A signal that throws here can never tell us anything.
        let _ = signal.listen("abort", function);
        listener
    }

    /// Tells the core what happened, and does what it says.
    fn step(self: &Rc<Self>, event: Event<JsValue>) {
        let mut action = self.call.borrow_mut().step(event, clock::now(), Math::random());
        if !self.call.borrow().is_exchanging() {
            self.cut_off();
        }
        if let Action::Send { fresh_key } = action {
            self.send(fresh_key);
            // How long it may take: the key alone can take for ever.
            action = self.call.borrow_mut().step(Event::Tick, clock::now(), 0.0);
        }
        match action {
            Action::Send { .. } => {}
            Action::Sleep(until) => self.sleep(until),
            Action::End => self.end(),
        }
        self.tell();
    }

    fn cut_off(&self) {
        drop(self.exchange.take());
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// After this nothing is left: no request, no timer, no listener, no place among the client's waits.
    fn end(self: &Rc<Self>) {
        self.short.take();
        self.long.take();
        self.page.take();
        if let Operation::Poll(id) = self.operation {
            let mut streams = self.shared.streams.borrow_mut();
            if let Ok(at) = streams.binary_search_by_key(&id, |(id, _)| *id) {
                if streams.get(at).is_some_and(|(_, running)| std::ptr::eq(running.as_ptr(), Rc::as_ptr(self))) {
                    streams.remove(at);
                }
            }
        }
        if let Some((total, generating)) = self.call.borrow_mut().learned() {
            self.shared.history.borrow_mut().record(total, generating);
        }
    }

    fn sleep(self: &Rc<Self>, until: f64) {
        let now = clock::now();
        let slot = if until - now > LONG_MS { &self.long } else { &self.short };
        let serves = |timer: &Timer| timer.at > now && timer.at <= until;
        if until.is_infinite()
            || [&self.short, &self.long].iter().any(|slot| slot.borrow().as_ref().is_some_and(serves))
        {
            return;
        }
        // Held by its timer: between two requests nothing else holds a call.
        let running = self.clone();
        let timer = Timer::new(until, move || running.step(Event::Tick));
        drop(slot.replace(Some(timer)));
    }

    fn send(self: &Rc<Self>, fresh_key: bool) {
        if fresh_key {
            self.key.take();
            self.headers.take();
        }
        let running = self.clone();
        *self.exchange.borrow_mut() = Some(Box::pin(async move { running.exchange().await }));
        let running = self.clone();
        spawn_local(async move {
            if let Some(event) = poll_fn(|context| running.drive(context)).await {
                running.step(event);
            }
        });
    }

    /// Drives the exchange, until it is over or was cut off.
    fn drive(&self, context: &mut std::task::Context) -> Poll<Option<Event<JsValue>>> {
        // Out of its place meanwhile, since what it does may cut it off.
        let Some(mut exchange) = self.exchange.take() else { return Poll::Ready(None) };
        match exchange.as_mut().poll(context) {
            Poll::Ready(event) => Poll::Ready(Some(event)),
            Poll::Pending if self.call.borrow().is_exchanging() => {
                self.exchange.replace(Some(exchange));
                self.waker.replace(Some(context.waker().clone()));
                Poll::Pending
            }
            Poll::Pending => Poll::Ready(None),
        }
    }

    async fn exchange(self: Rc<Self>) -> Event<JsValue> {
        let key = match self.current_key().await {
            Ok(key) => key,
            Err((message, cause)) => return Event::NoKey(message, cause),
        };
        let request = Request {
            fetch: self.shared.options.fetch.clone(),
            url: self.url.clone(),
            body: self.body.clone(),
            headers: self.current_headers(&key),
            credentials: self.shared.options.credentials,
            key,
        };
        self.step(Event::Sent);
        let (answer, seen) = exchange(request, self.seen.take()).await;
        self.seen.replace(seen);
        Event::Answered(answer)
    }

    /// The key of this call, asked for if need be.
    async fn current_key(&self) -> Result<String, (String, JsValue)> {
        if let Some(key) = self.key.borrow().as_ref() {
            return Ok(key.clone());
        }
        let key = match &self.shared.options.key {
            Key::None => String::new(),
            Key::Fixed(key) => key.clone(),
            Key::Ask(ask) => {
                let given = match ask.call0(&JsValue::UNDEFINED) {
                    Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
                    Err(error) => Err(error),
                };
                let given = given.map_err(|error| ("The apiKey function failed.".into(), error))?;
                args::key_in(&given).ok_or_else(|| {
                    let message = "The apiKey function gave no key: it must give a string that is not blank, or a promise of one.";
                    (message.into(), JsValue::UNDEFINED)
                })?
            }
        };
        self.key.replace(Some(key.clone()));
        Ok(key)
    }

    /// All headers of a request: the client's, those of every waiter, and ours.
    fn current_headers(&self, key: &str) -> JsValue {
        if let Some(headers) = self.headers.borrow().as_ref() {
            return headers.clone();
        }
        let headers = Object::new();
        let put = |name: &str, value: &str| {
            // Cannot fail: the object is ours, and plain.
            let _ = Reflect::set(&headers, &name.into(), &value.into());
        };
        let waiters = self.waiters.borrow();
        let extra = self.shared.options.headers.iter().chain(waiters.iter().flat_map(|waiter| &waiter.headers));
        for (name, value) in extra.filter(|(name, _)| name != "content-type") {
            put(name, value);
        }
        if self.body.is_some() {
            put("Content-Type", "application/json");
        }
        if !key.is_empty() {
            put(request::KEY_HEADER, key);
        }
        let headers = JsValue::from(headers);
        self.headers.replace(Some(headers.clone()));
        headers
    }

    /// Tells the waiters what there is to tell.
    fn tell(&self) {
        let host = &self.shared.host;
        loop {
            let Some(notice) = self.call.borrow_mut().notice() else { return };
            let callback = |pick: fn(&Waiter) -> &Option<Function>| {
                self.waiters
                    .borrow()
                    .iter()
                    .find(|waiter| waiter.id == notice.waiter)
                    .and_then(|waiter| pick(waiter).clone())
            };
            let (callback, argument) = match notice.what {
                What::Update(session) => (callback(|waiter| &waiter.on_update), session),
                What::Poll(event) => (callback(|waiter| &waiter.on_poll), errors::event(host, &event)),
                What::Settle(outcome) => {
                    let mut waiters = self.waiters.borrow_mut();
                    let Some(at) = waiters.iter().position(|waiter| waiter.id == notice.waiter) else { continue };
                    let waiter = waiters.swap_remove(at);
                    drop(waiters);
                    if !waiter.headers.is_empty() {
                        self.headers.take();
                    }
                    let (settle, value) = match outcome {
                        Ok(session) => (&waiter.resolve, session),
                        Err(failure) => (&waiter.reject, errors::error(host, &failure)),
                    };
                    // Resolving a promise of our own making does not throw.
                    let _ = settle.call1(&JsValue::UNDEFINED, &value);
                    continue;
                }
            };
            if let Some(callback) = callback {
                if let Err(error) = callback.call1(&JsValue::UNDEFINED, &argument) {
                    host.report(&error);
                }
            }
        }
    }
}
