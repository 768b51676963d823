//! The page that the code runs in, if any: its origin, and whether it is hidden or offline.

use super::js;
use crate::core::pause::PageState;

/// The origin of the page or of the browser's worker. In `<iframe srcdoc>` `location.origin` is `"null"`, and `self.origin`
/// is the origin that the document inherits. `None` outside of pages, and if the origin is opaque.
pub fn origin() -> Option<String> {
    let usable =
        |value: wasm_bindgen::JsValue| value.as_string().filter(|origin| !origin.is_empty() && origin != "null");
    let location = js::global("location");
    if !location.is_object() {
        return None;
    }
    usable(js::get(&location, "origin")).or_else(|| usable(js::global("origin")))
}

/// Whether the code runs in a browser, whose user can read its memory.
pub fn is_browser() -> bool {
    let is_page = js::global("window").is_object() && js::global("document").is_object();
    let is_worker = js::global("WorkerGlobalScope").is_function() && origin().is_some();
    // Deno and Bun have such workers on servers.
    let is_server = is_deno() || js::global("Bun").is_object();
    is_page || (is_worker && !is_server)
}

/// Whether the code runs in Deno.
pub fn is_deno() -> bool {
    js::global("Deno").is_object()
}

/// The state of the page.
pub fn state() -> PageState {
    // Not `document.hidden`: it is true in jsdom.
    let visibility = js::get(&js::global("document"), "visibilityState");
    PageState { is_hidden: visibility.as_string().as_deref() == Some("hidden"), is_offline: is_offline() }
}

/// Whether there is certainly no network. False if the platform does not report it.
pub fn is_offline() -> bool {
    js::get(&js::global("navigator"), "onLine").as_bool() == Some(false)
}
