//! A client: its options, and the calls in progress.

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::args::{self, ClientOptions, KeySource, SessionArg};
use super::driver::{Caller, Driver, Settled, Start};
use super::js::{self, Hooks, Record};
use super::listeners::{PageListener, Signals};
use super::snapshot::{self, Snapshot};
use super::{clock, errors, page};
use crate::core::call::{CallError, Input};
use crate::core::error::{Context, ErrorKind, Failure};
use crate::core::request::Request;
use crate::core::schedule::History;
use crate::core::session_id::SessionId;

/// A call that is ready to be made.
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
    /// The functions that the package's JavaScript lends.
    pub hooks: Hooks,
    /// The signals that calls listen to.
    pub signals: Rc<Signals>,
    /// The durations of earlier polls.
    pub history: Rc<RefCell<History>>,
    polls: RefCell<BTreeMap<SessionId, Rc<Driver>>>,
    page_listener: RefCell<Option<PageListener>>,
    /// The asks that wait for the one that runs in their session.
    asks: RefCell<BTreeMap<SessionId, VecDeque<Rc<Driver>>>>,
}

impl Client {
    /// A client without calls.
    pub fn new(options: ClientOptions, hooks: Hooks) -> Rc<Client> {
        Rc::new(Client {
            options,
            hooks,
            signals: Rc::default(),
            history: Rc::default(),
            polls: RefCell::default(),
            page_listener: RefCell::default(),
            asks: RefCell::default(),
        })
    }

    /// Makes a call of one operation that is no poll.
    pub async fn call(self: Rc<Self>, call: Prepared) -> Result<Settled, JsValue> {
        let driver = Driver::new(&self, call.request, call.body);
        driver.join(call.caller, Start::new(call.session.as_ref())).await
    }

    /// Polls a session, together with the callers that poll it already.
    pub async fn poll(self: Rc<Self>, id: SessionId, caller: Rc<Caller>, start: Start) -> Result<Settled, JsValue> {
        let current = self.polls.borrow().get(&id).cloned();
        let driver = match current {
            Some(driver) => driver,
            None => {
                let driver = Driver::new(&self, Request::poll(id), None);
                self.polls.borrow_mut().insert(id, driver.clone());
                self.listen_to_page();
                driver
            }
        };
        driver.join(caller, start).await
    }

    /// A poll is over: removes it.
    pub fn poll_ended(&self, id: SessionId, driver: &Rc<Driver>) {
        let mut polls = self.polls.borrow_mut();
        // There may be a newer poll of this session.
        if polls.get(&id).is_some_and(|current| Rc::ptr_eq(current, driver)) {
            polls.remove(&id);
        }
        if polls.is_empty() {
            self.page_listener.take();
        }
    }

    fn listen_to_page(self: &Rc<Self>) {
        if self.page_listener.borrow().is_some() {
            return;
        }
        let client = Rc::downgrade(self);
        let listener = PageListener::new(move || {
            let Some(client) = client.upgrade() else { return };
            let drivers: Vec<_> = client.polls.borrow().values().cloned().collect();
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
        let turn = session.as_ref().map(|session| AskTurn::begin(&self, session.id, &driver));
        let begun = driver.join(caller.clone(), Start { has_callbacks: false, ..Start::new(session.as_ref()) }).await?;
        // The create or the prompt has been checked: the payload has an id.
        let id = snapshot::id_in(&begun.value.unchecked_ref::<Record>().id()).ok();
        let (session, prompt_id, _turn) = match session {
            Some(session) => (session, id.map(SessionId::get), turn),
            None => {
                let session = args::session("session", &begun.value)
                    .map_err(|message| errors::invalid_argument(&self.hooks, message, &caller.site.stack()))?;
                let turn = AskTurn::begin(&self, session.id, &driver);
                if let Some(on_created) = on_created {
                    self.call_back(&caller, &on_created, &begun.value);
                }
                let prompt = snapshot::message_in(&js::get(&begun.value, "initial_prompt"));
                (session, prompt.map(|prompt| prompt.id).filter(|id| *id > 0), Some(turn))
            }
        };
        let start = Start { attempts: begun.attempts, turn: session.turn(prompt_id), ..Start::new(Some(&session)) };
        let done = self.clone().poll(session.id, caller.clone(), start).await?;
        let answer = self.hooks.answer(&done.value, &prompt_id.map_or(JsValue::UNDEFINED, |id| JsValue::from(id as f64)));
        if answer.is_undefined() {
            let error = CallError {
                failure: Rc::new(Failure::new(ErrorKind::NoAnswer)),
                last_session: Some(Snapshot::owned(done.value)),
                attempts: done.attempts,
                elapsed_ms: clock::now() - caller.started_at(),
            };
            let request = Request::poll(session.id);
            let context = self.context(&request);
            return Err(errors::call_error(&self.hooks, &context, request.session, &error, &caller.site.stack()));
        }
        Ok(answer)
    }

    /// Calls a callback in the async context of its caller. Its exception is the caller's business, as an uncaught error is.
    pub fn call_back(&self, caller: &Caller, callback: &Function, argument: &JsValue) {
        if let Err(error) = js::call(caller.site.context().as_ref(), callback, &[argument]) {
            self.hooks.report(&error);
        }
    }

    /// The circumstances of a request, for messages.
    pub fn context(&self, request: &Request) -> Context {
        Context {
            operation: request.operation,
            label: request.label(&self.options.base_url),
            has_key: !matches!(self.options.key, KeySource::None),
            is_cross_origin: self.options.is_cross_origin,
        }
    }
}

/// The turn of an `ask` in its session: asks in one session run one after the other. Dropping it lets the next one begin.
struct AskTurn {
    client: Rc<Client>,
    session: SessionId,
    driver: Rc<Driver>,
}

impl AskTurn {
    /// Begins the turn, or holds back the first request until the turns before are over.
    fn begin(client: &Rc<Client>, session: SessionId, driver: &Rc<Driver>) -> AskTurn {
        match client.asks.borrow_mut().entry(session) {
            Entry::Occupied(mut waiting) => {
                driver.hold();
                waiting.get_mut().push_back(driver.clone());
            }
            Entry::Vacant(none) => {
                none.insert(VecDeque::new());
            }
        }
        AskTurn { client: client.clone(), session, driver: driver.clone() }
    }
}

impl Drop for AskTurn {
    fn drop(&mut self) {
        let mut asks = self.client.asks.borrow_mut();
        let Some(waiting) = asks.get_mut(&self.session) else { return };
        if let Some(at) = waiting.iter().position(|driver| Rc::ptr_eq(driver, &self.driver)) {
            // It ended before its turn came.
            waiting.remove(at);
            return;
        }
        let next = waiting.pop_front();
        if next.is_none() {
            asks.remove(&self.session);
        }
        drop(asks);
        if let Some(next) = next {
            next.input(Input::Release);
        }
    }
}
