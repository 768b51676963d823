//! Calls on their way: runs each `core::call::Call` with real requests, timers and callbacks.
//!
//! Everything that happens (a timer, an answer, an abort, a page that is hidden) ends in [`Running::step`], which tells
//! the core and does at once what it says. Nothing is borrowed while foreign code runs: a callback may come back in.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Math;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::clock::{self, Timer};
use super::errors;
use super::exchange;
use super::js::Host;
use crate::core::answer::{Content, Operation};
use crate::core::call::{Action, Call, Event, Page, Terms, What};
use crate::core::schedule::History;
use crate::core::status::Meaning;

/// Sleeps of more than this go to a timer that is left alone when a shorter one comes in between, as one does in every
/// exchange.
const LONG_MS: f64 = 10_000.0;

/// What the calls of one client share.
pub struct Shared {
    host: Host,
    /// The calls that are going on, in the order of their keys, which stand here so that a search need not look at each call.
    calls: RefCell<Vec<(i64, Rc<Running>)>>,
    /// What earlier waits took.
    history: Rc<RefCell<History>>,
}

impl Shared {
    /// For a client on which nothing was called yet.
    pub fn new(host: Host) -> Rc<Shared> {
        Rc::new(Shared { host, calls: RefCell::default(), history: Rc::default() })
    }

    /// Adds a waiter to the call with this key, and begins it if there is none.
    pub fn join(self: &Rc<Self>, key: i64, waiter: u32, terms: Terms, known: Option<JsValue>, page: Page) {
        let place = self.place(key);
        if let Err(at) = place {
            self.calls.borrow_mut().insert(at, (key, Running::new(self, key)));
        }
        if let Some(running) = self.find(key) {
            running.call.borrow_mut().join(waiter, terms, known, self.now());
            running.step(Event::Page(page));
        }
    }

    fn now(&self) -> f64 {
        clock::at_least(self.host.now(), 0.0)
    }

    /// Tells a call what happened, if it still goes on.
    pub fn step(&self, key: i64, event: Event<JsValue>) {
        if let Some(running) = self.find(key) {
            running.step(event);
        }
    }

    fn place(&self, key: i64) -> Result<usize, usize> {
        self.calls.borrow().binary_search_by_key(&key, |(key, _)| *key)
    }

    fn find(&self, key: i64) -> Option<Rc<Running>> {
        let at = self.place(key).ok()?;
        self.calls.borrow().get(at).map(|(_, running)| running.clone())
    }
}

/// A call on its way.
pub struct Running {
    shared: Rc<Shared>,
    key: i64,
    call: RefCell<Call<JsValue>>,
    /// What the status of the session seen last means.
    meaning: Cell<Option<Meaning>>,
    /// What cuts off the exchange that is going on, and which one that is.
    exchange: Cell<Option<AbortController>>,
    ticket: Cell<u32>,
    short: Cell<Option<Timer>>,
    long: Cell<Option<Timer>>,
}

impl Running {
    fn new(shared: &Rc<Shared>, key: i64) -> Rc<Running> {
        let operation = if key < 0 { Operation::Create } else { Operation::Poll(key as u64) };
        let call = Call::new(operation, shared.host.can_refresh(), shared.history.clone(), shared.now());
        Rc::new(Running {
            shared: shared.clone(),
            key,
            call: RefCell::new(call),
            meaning: Cell::default(),
            exchange: Cell::default(),
            ticket: Cell::default(),
            short: Cell::default(),
            long: Cell::default(),
        })
    }

    fn step(self: &Rc<Self>, event: Event<JsValue>) {
        self.step_at(self.shared.now(), event);
    }

    /// Tells the core what happened, and does what it says.
    fn step_at(self: &Rc<Self>, now: f64, event: Event<JsValue>) {
        let action = self.call.borrow_mut().step(event, now, Math::random());
        if !self.call.borrow().is_exchanging() {
            self.cut_off();
        }
        match action {
            Action::Send { fresh_key, deadline } => {
                self.sleep(now, deadline);
                self.send(fresh_key);
            }
            Action::Sleep(until) => self.sleep(now, until),
            Action::End => self.end(),
        }
        self.tell();
    }

    fn cut_off(&self) {
        self.ticket.set(self.ticket.get().wrapping_add(1));
        if let Some(exchange) = self.exchange.take() {
            exchange.abort();
            self.shared.host.cut_off(self.key as f64);
        }
    }

    /// After this nothing is left: no request, no timer, no place among the client's calls.
    fn end(self: &Rc<Self>) {
        self.short.take();
        self.long.take();
        let place = self.shared.place(self.key);
        let mut calls = self.shared.calls.borrow_mut();
        // There may be a newer one with this key by now.
        if let Some(at) = place.ok().filter(|at| calls.get(*at).is_some_and(|(_, running)| Rc::ptr_eq(running, self))) {
            calls.remove(at);
        }
    }

    fn sleep(self: &Rc<Self>, now: f64, until: f64) {
        let serves = |slot: &Cell<Option<Timer>>| {
            let timer = slot.take();
            let serves = timer.as_ref().is_some_and(|timer| timer.at > now && timer.at <= until);
            slot.set(timer);
            serves
        };
        if until.is_infinite() || serves(&self.short) || serves(&self.long) {
            return;
        }
        let slot = if until - now > LONG_MS { &self.long } else { &self.short };
        let running = self.clone();
        slot.set(Some(Timer::new(now, until, move |at| {
            let now = clock::at_least(running.shared.host.now(), at);
            running.step_at(now, Event::Tick);
        })));
    }

    /// Makes one exchange. What is cut off comes to nothing, and at once: what waits for it is freed.
    fn send(self: &Rc<Self>, fresh_key: bool) {
        // It can only be missing where there is no fetch either.
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal).into();
        self.exchange.set(controller);
        let ticket = self.ticket.get();
        let answer = JsFuture::from(self.shared.host.exchange(self.key as f64, fresh_key, &signal));
        let running = self.clone();
        spawn_local(async move {
            if let (Ok(answer), true) = (answer.await, ticket == running.ticket.get()) {
                running.exchange.take();
                let answer = exchange::read(answer, &running.meaning);
                let is_new = matches!(answer.content, Content::Session { changed: true, .. });
                running.step(Event::Answered(answer));
                if is_new {
                    running.shared.host.told(running.key as f64);
                }
            }
        });
    }

    /// Tells the waiters what there is to tell.
    fn tell(&self) {
        let (host, key) = (&self.shared.host, self.key as f64);
        loop {
            let Some(notice) = self.call.borrow_mut().notice() else { return };
            let (kind, thing) = match notice.what {
                What::Settle(Ok(answer)) => (Told::Done, answer),
                What::Settle(Err(failure)) => (Told::Failed, errors::ended(host, key, &failure)),
                What::Update(answer) => (Told::Update, answer),
                What::Poll(event) => (Told::Poll, errors::event(host, key, &event)),
            };
            host.tell(key, notice.waiter, kind as u8, &thing);
        }
    }
}

/// What kind of thing a waiter is told, as `pkg-template/src/host.js` knows it.
#[derive(Clone, Copy)]
enum Told {
    Done,
    Failed,
    Update,
    Poll,
}
