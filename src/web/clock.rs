//! The clock and the timers.

use std::cell::Cell;

use gloo_timers::callback::Timeout;

use super::js;

thread_local! {
    /// The lead over the platform's clock, and the latest time that was returned.
    static CLOCK: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// Milliseconds on a monotonic clock.
pub fn now() -> f64 {
    now_at_least(0.0)
}

/// Moves the clock to at least `moment` and returns it. The clock is never behind its timers, even if fake timers advance
/// without the platform's clock, or if a timer fires early.
pub fn now_at_least(moment: f64) -> f64 {
    let platform = js::now();
    let (lead, latest) = CLOCK.get();
    let now = (platform + lead).max(latest).max(moment);
    CLOCK.set((now - platform, now));
    now
}

/// Converts a time on the platform's clock to this clock.
pub fn at(platform: f64) -> f64 {
    let (lead, _) = CLOCK.get();
    platform + lead
}

/// A timer that is cleared when it is dropped.
pub struct Timer {
    /// The time at which it fires.
    pub at: f64,
    _timeout: Timeout,
}

impl Timer {
    /// Calls `wake` with [`Timer::at`]: `until`, or the latest time that a timer can reach. A longer timer would overflow,
    /// and fire at once.
    pub fn new(now: f64, until: f64, wake: impl FnOnce(f64) + 'static) -> Timer {
        let length = (until - now).ceil().max(0.0).min(f64::from(i32::MAX));
        let at = now + length;
        Timer { at, _timeout: Timeout::new(length as u32, move || wake(at)) }
    }
}
