//! The clock and the timers. The clock is monotonic, and never behind its own timers: where somebody moves the timers
//! alone (fake timers in a test), or a timer fires a moment early, time has passed all the same.

use std::cell::Cell;

use gloo_timers::callback::Timeout;

thread_local! {
    /// How far ahead of the platform's clock we are, and what we said last.
    static CLOCK: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// Milliseconds since some moment, where the platform's clock says `platform`. From now on it is `moment` at least.
pub fn at_least(platform: f64, moment: f64) -> f64 {
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
    /// Calls `wake` at `until`, or earlier where that is further away than a timer can reach, and tells it when that was to be.
    pub fn new(now: f64, until: f64, wake: impl FnOnce(f64) + 'static) -> Timer {
        // A longer one would overflow, and fire at once.
        let length = (until - now).ceil().max(0.0).min(f64::from(i32::MAX));
        let at = now + length;
        Timer { at, _timeout: Timeout::new(length as u32, move || wake(at)) }
    }
}
