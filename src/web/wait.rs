//! Waits for a promise of foreign code, which may never settle.

use std::cell::RefCell;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use slotmap::{DefaultKey, Key, KeyData, SlotMap};
use wasm_bindgen::prelude::*;

use super::js::Hooks;

enum State {
    Pending(Option<Waker>),
    Settled(Result<JsValue, JsValue>),
}

/// The waits in progress.
struct Waits {
    /// A promise that settles after its wait was dropped finds no state: a key returns after 2^31 waits at the earliest.
    states: RefCell<SlotMap<DefaultKey, State>>,
    /// Passes the result of a promise to its wait. One for all waits: a closure costs more than the rest of a wait.
    settle: Closure<dyn Fn(u64, bool, JsValue)>,
}

thread_local! {
    static WAITS: Waits = Waits {
        states: RefCell::default(),
        settle: Closure::new(|key, is_fulfilled, value| {
            let result = if is_fulfilled { Ok(value) } else { Err(value) };
            if let Some(State::Pending(Some(waker))) = replace(KeyData::from_ffi(key).into(), State::Settled(result)) {
                waker.wake();
            }
        }),
    };
}

/// Puts a wait into a new state, and returns the one before; `None` if the wait was dropped.
fn replace(key: DefaultKey, state: State) -> Option<State> {
    WAITS.with(|waits| waits.states.borrow_mut().get_mut(key).map(|current| mem::replace(current, state)))
}

/// A promise as a future. Dropping it releases all of its memory in this module, even if the promise never settles, whereas a
/// `JsFuture` keeps its callbacks until then.
pub struct Wait(DefaultKey);

impl Wait {
    /// Waits for a value: a promise, or the value itself.
    pub fn new(hooks: &Hooks, value: &JsValue) -> Wait {
        WAITS.with(|waits| {
            let key = waits.states.borrow_mut().insert(State::Pending(None));
            hooks.wait(value, key.data().as_ffi(), &waits.settle);
            Wait(key)
        })
    }
}

impl Future for Wait {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match replace(self.0, State::Pending(Some(context.waker().clone()))) {
            Some(State::Settled(result)) => Poll::Ready(result),
            _ => Poll::Pending,
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let state = WAITS.with(|waits| waits.states.borrow_mut().remove(self.0));
        // After the borrow, since a waker may own a future with another wait.
        drop(state);
    }
}
