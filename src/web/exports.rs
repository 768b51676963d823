//! The module's only export: a client whose methods are the operations, as promises.

use std::future::Future;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::args::{self, CallArgs, ClientOptions, Invalid, SessionArg};
use super::client::{self, Prepared};
use super::driver::{Caller, Start};
use super::errors;
use super::js::{CallSite, Hooks};
use crate::core::operation::Operation;
use crate::core::options::{self, Table};
use crate::core::request::Request;
use crate::core::session_id::SessionId;

/// A client.
///
/// The last argument of each method is the [`CallSite`]. Each returns a promise; it rejects with an `AieraChatError`.
#[wasm_bindgen]
pub struct Client {
    client: Rc<client::Client>,
    is_mixed: bool,
}

#[wasm_bindgen]
impl Client {
    /// A client with these options. Where they are mixed, the options of a call stand among them, and those of the client among
    /// the options of each call.
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
        self.call(Operation::CreateSession, None, options, site, |_| Ok((Some(args::create_body(params)?), Vec::new())))
    }

    /// `GET /chat-v1/sessions/{id}`, repeatedly; resolves with the finished session.
    #[wasm_bindgen(js_name = pollSession)]
    pub fn poll_session(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        let prepare = || {
            let session = args::session("session", session)?;
            let args = self.call_args(Operation::PollSession, &[options::POLL], options)?;
            Ok((session, args))
        };
        self.promise(prepare(), site, |client, (session, args), site| async move {
            let turn = session.turn(args.options.prompt_id.or(session.prompt_id));
            let start = Start { turn, ..Start::new(Some(&session)) };
            client.poll(session.id, Rc::new(Caller { args, site }), start).await.map(|settled| settled.value)
        })
    }

    /// Creates a session or sends a prompt, and polls; resolves with the answer.
    pub fn ask(&self, prompt: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        let prepare = || {
            let mut args = self.call_args(Operation::PollSession, &[options::ASK], options)?;
            let session = args.session().map(|session| args::session("options.session", session)).transpose()?;
            let (operation, body) = match session {
                Some(_) => (Operation::SendPrompt, args::follow_up_body(prompt)?),
                None => (Operation::CreateSession, args::ask_body(prompt)?),
            };
            let request = Request::new(operation, session.as_ref().map(|session| session.id));
            args.options.prompt_id = None;
            Ok((request, body, session, args))
        };
        self.promise(prepare(), site, |client, (request, body, session, args), site| async move {
            let on_created = args.on_created();
            let caller = Rc::new(Caller { args, site });
            client.ask(Prepared { request, body: Some(body), session, caller }, on_created).await
        })
    }

    /// `POST /chat-v1/sessions/{id}/prompt`; resolves with the prompt message.
    #[wasm_bindgen(js_name = sendPrompt)]
    pub fn send_prompt(&self, session: &JsValue, prompt: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::SendPrompt, Some(session), options, site, |_| Ok((Some(args::prompt_body(prompt)?), Vec::new())))
    }

    /// `GET /chat-v1/sessions/{id}`; resolves with the session.
    #[wasm_bindgen(js_name = getSession)]
    pub fn get_session(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::GetSession, Some(session), options, site, |args| Ok((None, args.query())))
    }

    /// `GET /chat-v1/sessions`; resolves with the page as the server sent it.
    #[wasm_bindgen(js_name = listSessions)]
    pub fn list_sessions(&self, params: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::ListSessions, None, options, site, |_| Ok((None, args::list_query(params)?)))
    }

    /// `PATCH /chat-v1/sessions/{id}`; resolves with the session.
    #[wasm_bindgen(js_name = updateSession)]
    pub fn update_session(&self, session: &JsValue, params: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::UpdateSession, Some(session), options, site, |_| Ok((Some(args::update_body(params)?), Vec::new())))
    }

    /// `DELETE /chat-v1/sessions/{id}`; resolves with nothing.
    #[wasm_bindgen(js_name = deleteSession)]
    pub fn delete_session(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::DeleteSession, Some(session), options, site, |_| Ok((None, Vec::new())))
    }

    /// `POST /chat-v1/sessions/{id}/sources/clear`; resolves with the session.
    #[wasm_bindgen(js_name = clearSources)]
    pub fn clear_sources(&self, session: &JsValue, options: &JsValue, site: CallSite) -> Promise {
        self.call(Operation::ClearSources, Some(session), options, site, |_| Ok((None, Vec::new())))
    }
}

/// The body and the query of a request.
type BodyAndQuery = (Option<JsValue>, Vec<(&'static str, String)>);

impl Client {
    /// Makes a call of one operation that is no poll.
    fn call(
        &self,
        operation: Operation,
        session: Option<&JsValue>,
        options: &JsValue,
        site: CallSite,
        read: impl FnOnce(&CallArgs) -> Result<BodyAndQuery, Invalid>,
    ) -> Promise {
        let prepare = || -> Result<_, Invalid> {
            let session: Option<SessionArg> = session.map(|session| args::session("session", session)).transpose()?;
            let tables: &[Table] = if operation == Operation::GetSession { &[options::GET] } else { &[] };
            let args = self.call_args(operation, tables, options)?;
            let (body, query) = read(&args)?;
            let id: Option<SessionId> = session.as_ref().map(|session| session.id);
            Ok((Request { query, ..Request::new(operation, id) }, body, session, args))
        };
        self.promise(prepare(), site, |client, (request, body, session, args), site| async move {
            let caller = Rc::new(Caller { args, site });
            client.call(Prepared { request, body, session, caller }).await.map(|settled| settled.value)
        })
    }

    fn call_args(&self, operation: Operation, tables: &[Table], options: &JsValue) -> Result<CallArgs, Invalid> {
        CallArgs::read(options, operation, tables, self.is_mixed, &self.client.options)
    }

    /// The promise of a call, whose arguments have been read.
    fn promise<T: 'static, F: Future<Output = Result<JsValue, JsValue>> + 'static>(
        &self,
        arguments: Result<T, Invalid>,
        site: CallSite,
        call: impl FnOnce(Rc<client::Client>, T, CallSite) -> F + 'static,
    ) -> Promise {
        match arguments {
            Ok(arguments) => future_to_promise(call(self.client.clone(), arguments, site)),
            Err(message) => Promise::reject(&errors::invalid_argument(&self.client.hooks, message, &site.stack())),
        }
    }
}
