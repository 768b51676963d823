//! A call on its way: runs a `core::call::Call` with real requests, timers, signals and callbacks.
//!
//! Everything that happens (a timer, an answer, an abort, a page that is hidden) ends in [`Running::step`], which tells
//! the core and does at once what it says. Nothing is borrowed while foreign code runs: a callback may come back in.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use js_sys::{Array, Function, Math, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::clock::{self, Timer};
use super::errors;
use super::exchange::{Request, Seen, exchange, settled};
use super::js::{self, Host, Target};
use super::page;
use crate::core::answer::Operation;
use crate::core::call::{Action, Call, Event, Terms, What};
use crate::core::request;
use crate::core::schedule::History;

/// Sleeps of more than this go to a timer that is left alone when a shorter one comes in between, as one does in every
/// exchange.
const LONG_MS: f64 = 10_000.0;

type Exchange = Pin<Box<dyn Future<Output = Event<JsValue>>>>;

/// The options of one call.
pub struct Options {
    /// Times and counts.
    pub terms: Terms,
    /// Name and value pairs.
    pub headers: JsValue,
    /// `signal`, which was not aborted yet.
    pub signal: Option<Target>,
    /// `onUpdate`.
    pub on_update: Option<Function>,
    /// `onPoll`.
    pub on_poll: Option<Function>,
}

/// What the calls of one client share.
pub struct Shared {
    host: Host,
    /// The waits that are going on, by session id, in order.
    streams: RefCell<Vec<(u64, Weak<Running>)>>,
    /// What earlier waits took.
    history: RefCell<History>,
}

impl Shared {
    /// For a client on which nothing was called yet.
    pub fn new(host: Host) -> Rc<Shared> {
        Rc::new(Shared { host, streams: RefCell::default(), history: RefCell::default() })
    }

    fn place(&self, id: u64) -> Result<usize, usize> {
        self.streams.borrow().binary_search_by_key(&id, |(id, _)| *id)
    }
}

/// A call on its way.
pub struct Running {
    shared: Rc<Shared>,
    operation: Operation,
    /// The body of a create; `undefined` in a wait.
    body: JsValue,
    call: RefCell<Call<JsValue>>,
    waiters: RefCell<Vec<Waiter>>,
    key: RefCell<Option<JsValue>>,
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
    headers: JsValue,
    on_update: Option<Function>,
    on_poll: Option<Function>,
    resolve: Function,
    reject: Function,
    _abort: Option<AbortListener>,
}

/// A listener on a signal, taken off when it is dropped.
struct AbortListener {
    signal: Target,
    closure: Closure<dyn Fn()>,
}

impl AbortListener {
    fn function(&self) -> &Function {
        self.closure.as_ref().unchecked_ref()
    }
}

impl Drop for AbortListener {
    fn drop(&mut self) {
        // A signal that throws here is the caller's own, and the call is over.
        let _ = self.signal.unlisten("abort", self.function());
    }
}

/// Creates a session from the body in `subject`, where `id` is 0; or waits for the session `id`, together with whoever waits
/// for it already, `subject` being what is known of it.
pub fn start(shared: &Rc<Shared>, id: u64, subject: JsValue, options: Options) -> Promise {
    if id == 0 {
        return Running::new(shared, Operation::Create, subject).join(options, None);
    }
    let place = shared.place(id);
    let found = place.ok().and_then(|at| shared.streams.borrow().get(at).and_then(|(_, running)| running.upgrade()));
    let running = found.unwrap_or_else(|| {
        let running = Running::new(shared, Operation::Poll(id), JsValue::UNDEFINED);
        let mut streams = shared.streams.borrow_mut();
        if let Ok(stale) = place {
            streams.remove(stale);
        }
        let at = place.unwrap_or_else(|at| at);
        streams.insert(at, (id, Rc::downgrade(&running)));
        drop(streams);
        running
    });
    running.join(options, (!subject.is_undefined()).then_some(subject))
}

impl Running {
    fn new(shared: &Rc<Shared>, operation: Operation, body: JsValue) -> Rc<Running> {
        let call = Call::new(operation, shared.host.can_refresh(), shared.history.borrow().clone(), clock::now());
        Rc::new(Running {
            shared: shared.clone(),
            operation,
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

    fn join(self: &Rc<Self>, options: Options, session: Option<JsValue>) -> Promise {
        let Options { terms, signal, headers, on_update, on_poll } = options;
        let id = self.call.borrow_mut().join(terms, session, clock::now());
        let abort = signal.map(|signal| self.listen(id, signal));
        // They go with the next request.
        self.headers.take();
        let promise = Promise::new(&mut |resolve, reject| {
            let (headers, on_update, on_poll) = (headers.clone(), on_update.clone(), on_poll.clone());
            self.waiters.borrow_mut().push(Waiter { id, headers, on_update, on_poll, resolve, reject, _abort: None });
        });
        if let Some(waiter) = self.waiters.borrow_mut().last_mut() {
            waiter._abort = abort;
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

    fn listen(self: &Rc<Self>, waiter: u32, signal: Target) -> AbortListener {
        let (running, source) = (self.clone(), signal.clone());
        let closure = Closure::<dyn Fn()>::new(move || {
            running.step(Event::Abort(waiter, js::get(&source, "reason")));
        });
        let listener = AbortListener { signal, closure };
        // A signal that throws here can never tell us anything.
        let _ = listener.signal.listen("abort", listener.function());
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
            // Of the same id there may be a newer one by now.
            let place = self.shared.place(id);
            let mut streams = self.shared.streams.borrow_mut();
            let own = |(_, running): &(u64, Weak<Running>)| std::ptr::eq(running.as_ptr(), Rc::as_ptr(self));
            if let Some(at) = place.ok().filter(|at| streams.get(*at).is_some_and(own)) {
                streams.remove(at);
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
        let host = &self.shared.host;
        let known = self.key.borrow().clone();
        let key = match known {
            Some(key) => key,
            None => match settled(host.key()).await {
                Ok(key) => key,
                Err(error) => {
                    let message = "The apiKey function gave no key: it must give a string that is not blank and can stand in a \
                                   header, or a promise of one.";
                    return Event::NoKey(message.into(), error);
                }
            },
        };
        self.key.replace(Some(key.clone()));
        let request = self.request(key);
        self.step(Event::Sent);
        let mut seen = self.seen.borrow().clone();
        let answer = exchange(host, &request, &mut seen).await;
        self.seen.replace(seen);
        Event::Answered(answer)
    }

    fn request(&self, key: JsValue) -> Request {
        let host = &self.shared.host;
        let base = host.base();
        let url = match self.operation {
            Operation::Create => request::create_url(&base),
            Operation::Poll(id) => request::poll_url(&base, id),
        };
        let made = self.headers.borrow().clone();
        let headers = made.unwrap_or_else(|| {
            let waiters: Array = self.waiters.borrow().iter().map(|waiter| waiter.headers.clone()).collect();
            host.headers(&waiters, &key, !self.body.is_undefined())
        });
        self.headers.replace(Some(headers.clone()));
        Request { url, body: self.body.clone(), headers, key }
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
                    self.headers.take();
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
