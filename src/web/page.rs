//! The page that this runs in, if it does: whether it is seen, whether it has a network, and whose it is.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::js::{self, Target};
use crate::core::call::Page;

/// Events after which the page's state is looked at again, with what they are fired at.
const EVENTS: [(&str, &str); 3] = [("document", "visibilitychange"), ("", "online"), ("", "offline")];

/// The state of the page.
pub fn state() -> Page {
    // Not `document.hidden`: that is true in jsdom, which shows nothing to anybody.
    let visibility = js::get(&js::global("document"), "visibilityState");
    Page { hidden: visibility.as_string().as_deref() == Some("hidden"), offline: is_offline() }
}

/// Whether there is surely no network. Runtimes without pages do not say.
pub fn is_offline() -> bool {
    js::get(&js::global("navigator"), "onLine").as_bool() == Some(false)
}

/// The origin of the page or of the browser's worker that this runs in.
pub fn origin() -> Option<String> {
    js::get(&js::global("location"), "origin").as_string().filter(|origin| origin != "null")
}

/// Whether scripts here came to a browser, so that whoever uses it can read what they hold.
pub fn is_browser() -> bool {
    let is_page = js::global("window").is_object() && js::global("document").is_object();
    let is_worker = js::global("WorkerGlobalScope").is_function() && origin().is_some();
    // These have workers of the same kind, on the server's side.
    let is_server = ["Deno", "Bun"].iter().any(|name| js::global(name).is_object());
    is_page || (is_worker && !is_server)
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
        if is_browser() {
            for (target, event) in EVENTS {
                let target = if target.is_empty() { js_sys::global().into() } else { js::global(target) };
                if js::get(&target, "addEventListener").is_function() {
                    targets.push((target.unchecked_into::<Target>(), event));
                }
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
