//! A call on its way: runs a `core::call::Call` with real requests, timers, signals and callbacks.
//!
//! Everything that happens (a timer, an answer, an abort, a page that is hidden) ends in [`Running::step`], which tells
//! the core and does at once what it says. Nothing is borrowed while foreign code runs: a callback may come back in.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Array, Function, Math};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

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

/// The options of one call.
pub struct Options {
    /// Times and counts.
    pub terms: Terms,
    /// Name and value pairs.
    pub headers: JsValue,
    /// `signal`, which was not aborted yet.
    pub signal: Option<Target>,
    /// Is called with what there is to tell: what kind of thing it is, and the thing.
    pub tell: Function,
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
    /// What cuts off the exchange that is going on, and which one that is.
    exchange: RefCell<Option<AbortController>>,
    ticket: Cell<u32>,
    short: RefCell<Option<Timer>>,
    long: RefCell<Option<Timer>>,
    page: RefCell<Option<page::Watch>>,
}

/// How a waiter is reached.
struct Waiter {
    id: u32,
    headers: JsValue,
    tell: Function,
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
pub fn start(shared: &Rc<Shared>, id: u64, subject: JsValue, options: Options) {
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
    running.join(options, (!subject.is_undefined()).then_some(subject));
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
            ticket: Cell::default(),
            short: RefCell::default(),
            long: RefCell::default(),
            page: RefCell::default(),
        })
    }

    fn join(self: &Rc<Self>, options: Options, session: Option<JsValue>) {
        let Options { terms, signal, headers, tell } = options;
        let id = self.call.borrow_mut().join(terms, session, clock::now());
        let abort = signal.map(|signal| self.listen(id, signal));
        self.waiters.borrow_mut().push(Waiter { id, headers, tell, _abort: abort });
        // They go with the next request.
        self.headers.take();
        // Not at once: nothing is told before the caller has its promise.
        let running = self.clone();
        spawn_local(async move { running.start() });
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
        self.ticket.set(self.ticket.get().wrapping_add(1));
        if let Some(exchange) = self.exchange.take() {
            exchange.abort();
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
        // It can only be missing where there is no fetch either.
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal).into();
        self.exchange.replace(controller);
        let running = self.clone();
        spawn_local(async move { running.exchange(signal).await });
    }

    /// Makes one exchange. What is cut off comes to its end at once, and to nothing.
    async fn exchange(self: Rc<Self>, signal: JsValue) {
        let ticket = self.ticket.get();
        let host = &self.shared.host;
        let known = self.key.borrow().clone();
        let key = match known {
            Some(key) => Ok(key),
            None => settled(host.key(&signal)).await,
        };
        if ticket != self.ticket.get() {
            return;
        }
        let key = match key {
            Ok(key) => key,
            Err(error) => {
                let message = "The apiKey function gave no key: it must give a string that is not blank and can stand in a \
                               header, or a promise of one.";
                return self.step(Event::NoKey(message.into(), error));
            }
        };
        self.key.replace(Some(key.clone()));
        let request = self.request(key, signal);
        self.step(Event::Sent);
        let mut seen = self.seen.borrow().clone();
        let answer = exchange(host, &request, &mut seen).await;
        if ticket == self.ticket.get() {
            self.seen.replace(seen);
            self.exchange.take();
            self.step(Event::Answered(answer));
        }
    }

    fn request(&self, key: JsValue, signal: JsValue) -> Request {
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
        Request { url, body: self.body.clone(), headers, key, signal }
    }

    /// Tells the waiters what there is to tell.
    fn tell(&self) {
        let host = &self.shared.host;
        loop {
            let Some(notice) = self.call.borrow_mut().notice() else { return };
            let mut waiters = self.waiters.borrow_mut();
            let Some(at) = waiters.iter().position(|waiter| waiter.id == notice.waiter) else { continue };
            let (kind, thing) = match notice.what {
                What::Update(session) => (Told::Update, session),
                What::Poll(event) => (Told::Poll, errors::event(host, &event)),
                What::Settle(Ok(session)) => (Told::Done, session),
                What::Settle(Err(failure)) => (Told::Failed, errors::error(host, &failure)),
            };
            let tell = waiters.get(at).map(|waiter| waiter.tell.clone());
            let gone = matches!(kind, Told::Done | Told::Failed).then(|| waiters.swap_remove(at));
            drop(waiters);
            if gone.is_some() {
                self.headers.take();
            }
            drop(gone);
            if let Some(tell) = tell {
                // It is the package's own, and does not throw.
                let _ = tell.call2(&JsValue::UNDEFINED, &JsValue::from_f64(f64::from(kind as u8)), &thing);
            }
        }
    }
}

/// What kind of thing a waiter is told, as `pkg-template/src/client.js` knows it.
#[derive(Clone, Copy)]
enum Told {
    Done,
    Failed,
    Update,
    Poll,
}
