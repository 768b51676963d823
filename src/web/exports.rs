//! What the WebAssembly module exports to the JavaScript side of the package.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::args::{self, CallOptions, ClientOptions, Kind, Wrong};
use super::errors::invalid_argument;
use super::js::Host;
use super::running::{self, Shared};

/// A client: its options, and the waits that its calls share.
#[wasm_bindgen]
pub struct Client {
    shared: Rc<Shared>,
}

#[wasm_bindgen]
impl Client {
    /// # Errors
    /// `invalid_argument`.
    #[wasm_bindgen(constructor)]
    pub fn new(host: Host, options: &JsValue) -> Result<Client, JsValue> {
        match ClientOptions::read(options, None) {
            Ok(options) => Ok(Client { shared: Shared::new(host, options) }),
            Err(wrong) => Err(invalid_argument(&host, wrong)),
        }
    }

    /// A promise of the new session.
    #[wasm_bindgen(js_name = createSession)]
    pub fn create_session(&self, params: &JsValue, options: &JsValue) -> Promise {
        create(&self.shared, params, options, false)
    }

    /// A promise of the finished session.
    #[wasm_bindgen(js_name = pollSession)]
    pub fn poll_session(&self, session: &JsValue, options: &JsValue) -> Promise {
        poll(&self.shared, session, options, false)
    }
}

/// A promise of the new session; client and call options in one object.
#[wasm_bindgen(js_name = createSession)]
pub fn create_session(host: Host, params: &JsValue, options: &JsValue) -> Promise {
    match ClientOptions::read(options, Some(Kind::Create)) {
        Ok(client) => create(&Shared::new(host, client), params, options, true),
        Err(wrong) => Promise::reject(&invalid_argument(&host, wrong)),
    }
}

/// A promise of the finished session; client and call options in one object.
#[wasm_bindgen(js_name = pollSession)]
pub fn poll_session(host: Host, session: &JsValue, options: &JsValue) -> Promise {
    match ClientOptions::read(options, Some(Kind::Poll)) {
        Ok(client) => poll(&Shared::new(host, client), session, options, true),
        Err(wrong) => Promise::reject(&invalid_argument(&host, wrong)),
    }
}

fn create(shared: &Rc<Shared>, params: &JsValue, options: &JsValue, plain: bool) -> Promise {
    let read = || -> Result<_, Wrong> {
        let body = args::create_body(params)?;
        Ok((body, CallOptions::read(options, Kind::Create, plain, &shared.options)?))
    };
    match read() {
        Ok((body, options)) => running::create(shared, body, options),
        Err(wrong) => Promise::reject(&invalid_argument(&shared.host, wrong)),
    }
}

fn poll(shared: &Rc<Shared>, session: &JsValue, options: &JsValue, plain: bool) -> Promise {
    let read = || -> Result<_, Wrong> {
        let (id, session) = args::session(session)?;
        Ok((id, session, CallOptions::read(options, Kind::Poll, plain, &shared.options)?))
    };
    match read() {
        Ok((id, session, options)) => running::poll(shared, id, session, options),
        Err(wrong) => Promise::reject(&invalid_argument(&shared.host, wrong)),
    }
}
