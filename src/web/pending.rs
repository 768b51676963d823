//! Waits for a promise of foreign code, which may never settle.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A promise as a future. Dropping it releases everything, even if the promise never settles, whereas a [`JsFuture`] keeps
/// its callbacks until then.
pub struct Pending {
    future: JsFuture,
    cancel: Option<Function>,
}

impl Pending {
    /// Waits for a value: a promise, or the value itself.
    pub fn new(value: &JsValue) -> Pending {
        let mut cancel = None;
        let cancelled = Promise::new(&mut |resolve, _| cancel = Some(resolve));
        let race = Promise::race(&Array::of2(value, &cancelled));
        Pending { future: JsFuture::from(race), cancel }
    }
}

impl Future for Pending {
    type Output = Result<JsValue, JsValue>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = Pin::new(&mut self.future).poll(context);
        if result.is_ready() {
            self.cancel = None;
        }
        result
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(cancel) = &self.cancel {
            // Resolving a native promise does not throw.
            let _ = cancel.call0(&JsValue::UNDEFINED);
        }
    }
}
