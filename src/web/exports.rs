//! What the WebAssembly module exports to the JavaScript side of the package, which has checked every argument.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::js::Host;
use super::running::Shared;
use crate::core::call::{Event, Page, Terms};

/// A client: its host, and the calls that are going on.
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

    /// Waits for the session with the id `key`, together with whoever does so already, `known` being what is known of it;
    /// or creates one, if `key` is negative. The host is told of all that happens to `waiter`, a number of its own.
    ///
    /// The times are finite and at least 1, the two timeouts perhaps infinite; `max_retries` is an integer from 0.
    #[expect(clippy::too_many_arguments, reason = "an object would have to be taken apart field by field")]
    pub fn call(
        &self,
        key: f64,
        waiter: u32,
        known: JsValue,
        timeout: f64,
        request_timeout: f64,
        max_retries: f64,
        interval: f64,
        max_interval: f64,
        events: bool,
        hidden: bool,
        offline: bool,
    ) {
        // More retries than a u32 holds no wait lasts for.
        let terms = Terms { timeout, request_timeout, max_retries: max_retries as u32, interval, max_interval, events };
        let known = (!known.is_undefined()).then_some(known);
        self.shared.join(key as i64, waiter, terms, known, Page { hidden, offline });
    }

    /// The request of a call is on its way.
    pub fn sent(&self, key: f64) {
        self.shared.step(key as i64, Event::Sent);
    }

    /// The signal of a waiter was aborted, with `reason` behind it.
    pub fn abort(&self, key: f64, waiter: u32, reason: JsValue) {
        self.shared.step(key as i64, Event::Abort(waiter, reason));
    }

    /// The page of a call was hidden or shown, lost its network or got it back.
    pub fn page(&self, key: f64, hidden: bool, offline: bool) {
        self.shared.step(key as i64, Event::Page(Page { hidden, offline }));
    }
}
