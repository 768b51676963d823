//! What the WebAssembly module exports to the JavaScript side of the package, which has checked every argument.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::js::{Host, Target};
use super::running::{self, Options, Shared};
use crate::core::call::Terms;

/// A client: its host, and the waits that its calls share.
#[wasm_bindgen]
pub struct Client {
    shared: Rc<Shared>,
}

#[wasm_bindgen]
impl Client {
    /// A client on which nothing was called yet.
    #[wasm_bindgen(constructor)]
    pub fn new(host: Host) -> Client {
        Client { shared: Shared::new(host) }
    }

    /// With an `id` of 0 creates a session from the body in `subject`; otherwise waits for the one with that id, `subject`
    /// being what is known of it. `tell` is called with all that happens, last with the session or with an error.
    ///
    /// The times are finite and at least 1, the two timeouts perhaps infinite; `max_retries` is an integer from 0.
    #[expect(clippy::too_many_arguments, reason = "an object would have to be taken apart field by field")]
    pub fn call(
        &self,
        id: f64,
        subject: JsValue,
        timeout: f64,
        request_timeout: f64,
        max_retries: f64,
        interval: f64,
        max_interval: f64,
        headers: JsValue,
        signal: Option<Target>,
        events: bool,
        tell: Function,
    ) {
        // More retries than a u32 holds no wait lasts for.
        let terms = Terms { timeout, request_timeout, max_retries: max_retries as u32, interval, max_interval, events };
        let options = Options { terms, headers, signal, tell };
        running::start(&self.shared, id as u64, subject, options);
    }
}
