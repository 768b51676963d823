//! The page that this runs in, if it does: whether it is seen, whether it has a network, and whose it is.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::js::{self, Target};
use crate::core::call::Page;

/// Events after which the page's state is looked at again, with what they are fired at.
const EVENTS: [(&str, &str); 3] = [("document", "visibilitychange"), ("self", "online"), ("self", "offline")];

/// The state of the page. Runtimes without pages never say that it is hidden, or that there is no network.
pub fn state() -> Page {
    // Not `document.hidden`: that is true in jsdom, which shows nothing to anybody.
    let visibility = js::get(&js::global("document"), "visibilityState");
    let online = js::get(&js::global("navigator"), "onLine");
    Page { hidden: visibility.as_string().as_deref() == Some("hidden"), offline: online.as_bool() == Some(false) }
}

/// Calls back when the page's state may have changed, until it is dropped. Costs nothing outside of pages.
pub struct Watch {
    targets: Vec<(Target, &'static str)>,
    listener: Option<Closure<dyn Fn()>>,
}

impl Watch {
    /// Starts to watch.
    pub fn new(changed: Rc<dyn Fn(Page)>) -> Watch {
        let mut targets = Vec::new();
        for (target, event) in EVENTS {
            let target = js::global(target);
            // Runtimes without pages have neither, or one that never fires.
            if js::get(&target, "addEventListener").is_function() {
                targets.push((target.unchecked_into::<Target>(), event));
            }
        }
        let listener = (!targets.is_empty()).then(|| Closure::<dyn Fn()>::new(move || changed(state())));
        let watch = Watch { targets, listener };
        watch.each(|target, event, listener| target.listen(event, listener));
        watch
    }

    fn each(&self, act: impl Fn(&Target, &str, &Function) -> Result<(), JsValue>) {
        if let Some(listener) = &self.listener {
            for (target, event) in &self.targets {
                // A target that throws here tells nothing; the poll goes on without it.
                let _ = act(target, event, listener.as_ref().unchecked_ref());
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.each(|target, event, listener| target.unlisten(event, listener));
    }
}
