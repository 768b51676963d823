//! The clock and the timers. The clock is monotonic, and never behind its own timers: where somebody moves the timers
//! alone (fake timers in a test), or a timer fires a moment early, time has passed all the same.

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    fn performance_now() -> Result<f64, JsValue>;
}

thread_local! {
    /// How far ahead of the platform's clock we are, and what we said last.
    static CLOCK: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// Milliseconds since some moment.
pub fn now() -> f64 {
    at_least(0.0)
}

fn at_least(moment: f64) -> f64 {
    let platform = performance_now().unwrap_or_else(|_| Date::now());
    let (ahead, last) = CLOCK.get();
    let now = (platform + ahead).max(last).max(moment);
    CLOCK.set((now - platform, now));
    now
}

/// A timer that is cleared when it is dropped.
pub struct Timer {
    /// When it fires.
    pub at: f64,
    _timeout: Timeout,
}

impl Timer {
    /// Calls `wake` at `until`, or earlier where that is further away than a timer can reach.
    pub fn new(until: f64, wake: impl FnOnce() + 'static) -> Timer {
        let now = now();
        // A longer one would overflow, and fire at once.
        let length = (until - now).ceil().max(0.0).min(f64::from(i32::MAX));
        let at = now + length;
        let timeout = Timeout::new(length as u32, move || {
            at_least(at);
            wake();
        });
        Timer { at, _timeout: timeout }
    }
}
