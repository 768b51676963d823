//! Listeners on signals and on the page, removed when they are dropped.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::js::{self, Signal, Target};

/// A listener on an event target.
struct Listener {
    target: Target,
    event: &'static str,
    function: Function,
}

impl Listener {
    /// A target that throws here never fires.
    fn new(target: Target, event: &'static str, function: Function) -> Listener {
        let _ = target.add_listener(event, &function);
        Listener { target, event, function }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_listener(self.event, &self.function);
    }
}

/// Calls back when a signal is aborted, until it is dropped. Calls that share a caller's signal share one listener on it
/// (rule 5): `pkg-template/src/signals.js` passes a stand-in for each signal.
pub struct AbortListener {
    _listener: Listener,
    _closure: Closure<dyn Fn()>,
}

impl AbortListener {
    /// Calls `aborted` with the signal's reason.
    pub fn new(signal: &Signal, aborted: impl Fn(JsValue) + 'static) -> AbortListener {
        let closure = Closure::<dyn Fn()>::new({
            let signal = signal.clone();
            move || aborted(signal.reason().unwrap_or(JsValue::UNDEFINED))
        });
        let function = closure.as_ref().unchecked_ref::<Function>().clone();
        let listener = Listener::new(signal.clone().unchecked_into(), "abort", function);
        AbortListener { _listener: listener, _closure: closure }
    }
}

/// Calls back after events that may hide or show the page or change its connection, until it is dropped. Does nothing
/// outside of pages.
pub struct PageListener {
    _listeners: Vec<Listener>,
    _closure: Closure<dyn Fn()>,
}

impl PageListener {
    /// Starts to listen.
    pub fn new(changed: impl Fn() + 'static) -> PageListener {
        let closure = Closure::<dyn Fn()>::new(changed);
        let targets = [
            (js::global("document"), "visibilitychange"),
            (js::global("self"), "online"),
            (js::global("self"), "offline"),
        ];
        let function = closure.as_ref().unchecked_ref::<Function>();
        let listeners = targets
            .into_iter()
            .filter(|(target, _)| js::get(target, "addEventListener").is_function())
            .map(|(target, event)| Listener::new(target.unchecked_into(), event, function.clone()))
            .collect();
        PageListener { _listeners: listeners, _closure: closure }
    }
}
