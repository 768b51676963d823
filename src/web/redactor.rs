//! Removes the key from every text that an error carries.

use js_sys::Error;
use wasm_bindgen::prelude::*;

use super::js::{self, Hooks};
use super::{errors, platform_error};

/// Removes a key from texts and errors.
pub struct Redactor<'a> {
    /// The hooks.
    pub hooks: &'a Hooks,
    /// The key; empty if there is none.
    pub key: &'a str,
}

impl Redactor<'_> {
    /// A text without the key.
    pub fn clean(&self, text: String) -> String {
        if self.key.is_empty() || text.is_empty() { text } else { self.hooks.redact(&text, self.key) }
    }

    /// The description of a foreign error, and the error. If it holds the key, a new error with the description replaces
    /// it.
    pub fn error(&self, error: JsValue) -> (String, JsValue) {
        let description = self.clean(platform_error::read(&error).description());
        if self.key.is_empty() || self.hooks.is_free_of(&error, self.key) {
            return (description, error);
        }
        let replacement = Error::new(&description);
        if let Some(digest) = errors::digest(&error) {
            js::set(&replacement, &"digest".into(), &self.clean(digest).into());
        }
        (description, replacement.into())
    }
}
