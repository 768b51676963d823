//! The module's only export: a client whose methods are the operations, as promises.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::args::{self, CallArgs, ClientOptions, Content, Invalid};
use super::caller::{Caller, Start};
use super::client::{self, Prepared};
use super::errors;
use super::js::{CallSite, Hooks};
use crate::core::operation::Operation;
use crate::core::options::{self, Table};
use crate::core::request::Request;

/// A client.
///
/// The last argument of each method is the [`CallSite`]. Each method returns a promise, which rejects with an
/// `AieraChatError`.
#[wasm_bindgen]
pub struct Client {
    client: Rc<client::Client>,
    is_mixed: bool,
}

#[wasm_bindgen]
impl Client {
    /// A client with these options. If `is_mixed`, one object holds the options of the client and those of a call, here and
    /// in each call.
    ///
    /// # Errors
    /// `invalid_argument`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, is_mixed: bool, hooks: Hooks, site: &CallSite) -> Result<Client, JsValue> {
        match ClientOptions::read(options, is_mixed) {
            Ok(options) => Ok(Client { client: client::Client::new(options, hooks), is_mixed }),
            Err(message) => Err(errors::invalid_argument(&hooks, message, &site.stack())),
        }
    }

    /// `POST /chat-v1/sessions`; resolves with the session.
    #[wasm_bindgen(js_name = createSession)]
    pub fn create_session(&self, params: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::CreateSession, None, params, options, site)
    }

    /// `GET /chat-v1/sessions/{id}`, repeatedly; resolves with the finished session.
    #[wasm_bindgen(js_name = pollSession)]
    pub fn poll_session(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        let promise = self.begin_poll(session, options, &site);
        self.or_reject(promise, &site)
    }

    /// Creates a session or sends a prompt, and polls; resolves with the answer.
    pub fn ask(&self, prompt: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        let promise = self.begin_ask(prompt, options, &site);
        self.or_reject(promise, &site)
    }

    /// `POST /chat-v1/sessions/{id}/prompt`; resolves with the prompt message.
    #[wasm_bindgen(js_name = sendPrompt)]
    pub fn send_prompt(&self, session: &JsValue, prompt: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::SendPrompt, Some(session), prompt, options, site)
    }

    /// `GET /chat-v1/sessions/{id}`; resolves with the session.
    #[wasm_bindgen(js_name = getSession)]
    pub fn get_session(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::GetSession, Some(session), &JsValue::UNDEFINED, options, site)
    }

    /// `GET /chat-v1/sessions`; resolves with the page as the server sent it.
    #[wasm_bindgen(js_name = listSessions)]
    pub fn list_sessions(&self, params: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::ListSessions, None, params, options, site)
    }

    /// `PATCH /chat-v1/sessions/{id}`; resolves with the session.
    #[wasm_bindgen(js_name = updateSession)]
    pub fn update_session(&self, session: &JsValue, params: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::UpdateSession, Some(session), params, options, site)
    }

    /// `DELETE /chat-v1/sessions/{id}`; resolves with nothing.
    #[wasm_bindgen(js_name = deleteSession)]
    pub fn delete_session(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::DeleteSession, Some(session), &JsValue::UNDEFINED, options, site)
    }

    /// `POST /chat-v1/sessions/{id}/sources/clear`; resolves with the session.
    #[wasm_bindgen(js_name = clearSources)]
    pub fn clear_sources(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::ClearSources, Some(session), &JsValue::UNDEFINED, options, site)
    }
}

impl Client {
    /// Makes a call of one operation that is not a poll. `argument` is the argument besides the session and the options.
    fn call(
        &self,
        operation: Operation,
        session: Option<&JsValue>,
        argument: &JsValue,
        options: &JsValue,
        site: CallSite,
    ) -> Promise {
        let promise = self.begin(operation, session, argument, options, &site);
        self.or_reject(promise, &site)
    }

    fn begin(
        &self,
        operation: Operation,
        session: Option<&JsValue>,
        argument: &JsValue,
        options: &JsValue,
        site: &CallSite,
    ) -> Result<Promise, Invalid> {
        let session = session.map(|session| args::session("session", session)).transpose()?;
        let tables: &[Table] = if operation == Operation::GetSession { &[options::GET] } else { &[] };
        let args = self.call_args(operation, tables, options)?;
        let Content { body, query } = args::content(operation, argument, &args)?;
        let request = Request { query, ..Request::new(operation, session.as_ref().map(|session| session.id)) };
        let caller = Caller::new(args, site.clone());
        Ok(self.client.call(Prepared { request, body, session, caller }))
    }

    fn begin_poll(&self, session: &JsValue, options: &JsValue, site: &CallSite) -> Result<Promise, Invalid> {
        let session = args::session("session", session)?;
        let args = self.call_args(Operation::PollSession, &[options::POLL, options::POLL_SESSION], options)?;
        let turn = session.turn(args.options.prompt_id.or(session.prompt_id));
        let start = Start { turn, ..Start::new(Some(&session)) };
        Ok(self.client.poll(session.id, Caller::new(args, site.clone()), start))
    }

    fn begin_ask(&self, prompt: &JsValue, options: &JsValue, site: &CallSite) -> Result<Promise, Invalid> {
        let args = self.call_args(Operation::PollSession, &[options::POLL, options::ASK], options)?;
        let session = args.session().map(|session| args::session("options.session", session)).transpose()?;
        let (operation, body) = match session {
            Some(_) => (Operation::SendPrompt, args::follow_up_body(prompt)?),
            None => (Operation::CreateSession, args::ask_body(prompt)?),
        };
        let request = Request::new(operation, session.as_ref().map(|session| session.id));
        let on_created = args.on_created();
        let caller = Caller::new(args, site.clone());
        let ask = Prepared { request, body: Some(body), session, caller };
        Ok(future_to_promise(self.client.clone().ask(ask, on_created)))
    }

    fn call_args(&self, operation: Operation, tables: &[Table], options: &JsValue) -> Result<CallArgs, Invalid> {
        CallArgs::read(options, operation, tables, self.is_mixed, &self.client.options)
    }

    fn or_reject(&self, promise: Result<Promise, Invalid>, site: &CallSite) -> Promise {
        promise.unwrap_or_else(|message| {
            Promise::reject(&errors::invalid_argument(&self.client.hooks, message, &site.stack()))
        })
    }
}
