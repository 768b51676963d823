//! A client: its options, and the calls in progress.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use super::args::{ClientOptions, KeySource, SessionArg};
use super::caller::{Caller, Start};
use super::driver::Driver;
use super::js::{self, Hooks, Record};
use super::listeners::PageListener;
use super::snapshot::{self, Snapshot};
use super::wait::Wait;
use super::{clock, errors, fetch, page};
use crate::core::call::Input;
use crate::core::error::{Cause, ErrorKind, Failure, MessageContext};
use crate::core::notification::CallError;
use crate::core::request::Request;
use crate::core::schedule::History;
use crate::core::session_id::SessionId;

/// A call whose arguments have been read.
pub struct Prepared {
    /// The request.
    pub request: Request,
    /// The body, as JSON.
    pub body: Option<JsValue>,
    /// The session argument.
    pub session: Option<SessionArg>,
    /// The caller.
    pub caller: Rc<Caller>,
}

/// A client.
pub struct Client {
    /// The options.
    pub options: ClientOptions,
    /// The functions of the package's JavaScript.
    pub hooks: Hooks,
    /// Requests have a cache mode on this platform.
    pub knows_cache: bool,
    /// The durations of earlier polls.
    pub history: Rc<RefCell<History>>,
    /// The polls, ordered by session id.
    polls: RefCell<Vec<(SessionId, Rc<Driver>)>>,
    page_listener: RefCell<Option<PageListener>>,
    /// The asks in progress, in order within each session.
    asks: RefCell<Vec<(SessionId, Rc<Driver>)>>,
}

impl Client {
    /// A client without calls.
    pub fn new(options: ClientOptions, hooks: Hooks) -> Rc<Client> {
        Rc::new(Client {
            options,
            hooks,
            knows_cache: fetch::knows_cache(),
            history: Rc::default(),
            polls: RefCell::default(),
            page_listener: RefCell::default(),
            asks: RefCell::default(),
        })
    }

    /// Makes a call of one operation that is not a poll.
    pub fn call(self: &Rc<Self>, call: Prepared) -> Promise {
        let driver = Driver::new(self, call.request, call.body);
        driver.join(call.caller, Start::new(call.session.as_ref()))
    }

    /// Polls a session. Callers of one session share one driver.
    pub fn poll(self: &Rc<Self>, id: SessionId, caller: Rc<Caller>, start: Start) -> Promise {
        let place = self.place_of(id);
        let current = place.ok().and_then(|at| self.polls.borrow().get(at).map(|(_, driver)| driver.clone()));
        let driver = current.unwrap_or_else(|| {
            let driver = Driver::new(self, Request::poll(id), None);
            self.polls.borrow_mut().insert(place.unwrap_or_else(|at| at), (id, driver.clone()));
            self.listen_to_page();
            driver
        });
        driver.join(caller, start)
    }

    /// The index of a session's poll, or the index at which to insert it.
    fn place_of(&self, id: SessionId) -> Result<usize, usize> {
        self.polls.borrow().binary_search_by_key(&id, |(id, _)| *id)
    }

    /// Removes a poll that is over.
    pub fn poll_ended(&self, id: SessionId, driver: &Rc<Driver>) {
        let place = self.place_of(id);
        let is_idle = {
            let mut polls = self.polls.borrow_mut();
            // There may be a newer poll of this session.
            let is_it = |at: &usize| polls.get(*at).is_some_and(|(_, current)| Rc::ptr_eq(current, driver));
            if let Some(at) = place.ok().filter(is_it) {
                polls.remove(at);
            }
            polls.is_empty()
        };
        if is_idle {
            drop(self.page_listener.take());
        }
    }

    fn listen_to_page(self: &Rc<Self>) {
        if self.page_listener.borrow().is_some() {
            return;
        }
        let client = Rc::downgrade(self);
        let listener = PageListener::new(move || {
            let Some(client) = client.upgrade() else { return };
            let drivers: Vec<_> = client.polls.borrow().iter().map(|(_, driver)| driver.clone()).collect();
            for driver in drivers {
                driver.input(Input::PageChanged(page::state()));
            }
        });
        self.page_listener.replace(Some(listener));
    }

    /// Creates a session or sends a prompt, polls until the response is there, and resolves with the answer.
    pub async fn ask(self: Rc<Self>, ask: Prepared, on_created: Option<Function>) -> Result<JsValue, JsValue> {
        let Prepared { request, body, caller, session } = ask;
        let driver = Driver::new(&self, request, body);
        let place = session.as_ref().map(|session| QueuedAsk::begin(&self, session.id, &driver));
        let start = Start { has_callbacks: false, ..Start::new(session.as_ref()) };
        let begun = Wait::new(&self.hooks, &driver.join(caller.clone(), start)).await?;
        caller.has_begun.set(true);
        // The payload of the create or the prompt has been checked: it has an id.
        let id = snapshot::id_in(&begun.unchecked_ref::<Record>().id()).map_err(|_| JsValue::UNDEFINED)?;
        let (session, prompt_id, _place) = match session {
            Some(session) => (session, Some(id.get()), place),
            None => {
                // Not `args::session`: a session with a field named session_id is not a message.
                let session = SessionArg { id, session: Some(begun.clone()), prompt_id: None };
                let place = QueuedAsk::begin(&self, session.id, &driver);
                if let Some(on_created) = on_created {
                    self.call_back(&caller, &on_created, &begun);
                }
                let prompt = snapshot::foreign_message_in(&js::get(&begun, "initial_prompt"));
                (session, prompt.map(|prompt| prompt.id).filter(|id| *id > 0), Some(place))
            }
        };
        let start = Start { turn: session.turn(prompt_id), ..Start::new(Some(&session)) };
        let done = Wait::new(&self.hooks, &self.poll(session.id, caller.clone(), start)).await?;
        let prompt_id = prompt_id.map_or(JsValue::UNDEFINED, |id| JsValue::from(id as f64));
        let failure = match caller.site.answer(&done, &prompt_id) {
            Ok(answer) if !answer.is_undefined() => return Ok(answer),
            Ok(_) => Failure::new(ErrorKind::NoAnswer),
            Err(error) => Failure::new(ErrorKind::NoAnswer).caused_by(Cause::Platform(error)),
        };
        let error = CallError {
            failure: Rc::new(failure),
            last_session: Some(Snapshot::owned(done)),
            attempts: caller.attempts.get(),
            elapsed_ms: clock::now() - caller.started_at(),
        };
        let request = Request::poll(session.id);
        Err(errors::call_error(&self.hooks, &self.message_context(&request), request.session, &error, &caller))
    }

    /// Calls a callback in the async context of its caller. Reports its exception as an uncaught error.
    pub fn call_back(&self, caller: &Caller, callback: &Function, argument: &JsValue) {
        if let Err(error) = js::call(caller.context.as_ref(), callback, &[argument]) {
            self.hooks.report(&error);
        }
    }

    /// The facts about a request that messages depend on.
    pub fn message_context(&self, request: &Request) -> MessageContext {
        MessageContext {
            operation: request.operation,
            label: request.label(&self.options.base_url),
            has_key: !matches!(self.options.key, KeySource::None),
            is_cross_origin: self.options.is_cross_origin,
        }
    }
}

/// The place of an `ask` in the queue of its session: asks in one session run one after the other. Dropping it lets the
/// next one begin.
struct QueuedAsk {
    client: Rc<Client>,
    session: SessionId,
    driver: Rc<Driver>,
}

impl QueuedAsk {
    /// Joins the queue. Holds back the first request while earlier asks run.
    fn begin(client: &Rc<Client>, session: SessionId, driver: &Rc<Driver>) -> QueuedAsk {
        let mut asks = client.asks.borrow_mut();
        if asks.iter().any(|(other, _)| *other == session) {
            driver.hold();
        }
        asks.push((session, driver.clone()));
        QueuedAsk { client: client.clone(), session, driver: driver.clone() }
    }
}

impl Drop for QueuedAsk {
    fn drop(&mut self) {
        let mut asks = self.client.asks.borrow_mut();
        asks.retain(|(_, driver)| !Rc::ptr_eq(driver, &self.driver));
        let next = asks.iter().find(|(other, _)| *other == self.session).map(|(_, driver)| driver.clone());
        drop(asks);
        // Does nothing if the next one runs already.
        if let Some(next) = next {
            next.input(Input::Release);
        }
    }
}
