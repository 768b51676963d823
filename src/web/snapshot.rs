//! A session from a response or from the caller.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

use super::js::{self, Record};
use crate::core::session_id::{IdError, SessionId};
use crate::core::turn::Message;

/// A session. After [`Snapshot::release`], it is parsed a second time on demand: the objects of a large session cost more
/// to keep through a poll than to parse.
pub struct Snapshot {
    /// The body that it was parsed from; `None` if the caller passed the session.
    text: Option<JsString>,
    /// The status in a response, which outlives the parsed object.
    status: JsValue,
    value: RefCell<Option<JsValue>>,
}

impl Snapshot {
    /// A session from a response, with the text and the status that were read.
    pub fn parsed(text: JsString, value: JsValue, status: JsValue) -> Rc<Snapshot> {
        Rc::new(Snapshot { text: Some(text), status, value: RefCell::new(Some(value)) })
    }

    /// A caller's session, or a payload that is not kept.
    pub fn owned(value: JsValue) -> Rc<Snapshot> {
        Rc::new(Snapshot { text: None, status: JsValue::UNDEFINED, value: RefCell::new(Some(value)) })
    }

    /// Whether the session was parsed from this body.
    pub fn has_text(&self, text: &JsString) -> bool {
        self.text.as_ref().is_some_and(|parsed| parsed == text)
    }

    /// The status of a session from a response.
    pub fn status(&self) -> JsValue {
        self.status.clone()
    }

    /// The session.
    pub fn value(&self) -> JsValue {
        if let Some(value) = self.value.borrow().as_ref() {
            return value.clone();
        }
        self.text.as_ref().and_then(js::parse_json).unwrap_or(JsValue::UNDEFINED)
    }

    /// All waiters have been notified of the session: drops the parsed object.
    pub fn release(&self) {
        if self.text.is_some() {
            self.value.take();
        }
    }
}

/// The id in a value: a number, a bigint, or a canonical decimal string.
pub fn id_in(value: &JsValue) -> Result<SessionId, IdError> {
    if let Some(number) = value.as_f64() {
        return SessionId::from_number(number);
    }
    match value.as_string() {
        Some(text) => SessionId::parse(&text),
        None if value.is_bigint() => SessionId::parse(&js::text(value)),
        None => Err(IdError::NotAnId),
    }
}

/// The messages of a session.
pub fn messages_in(session: &JsValue) -> Vec<Message> {
    let mut found = Vec::new();
    let messages = session.unchecked_ref::<Record>().messages();
    if Array::is_array(&messages) {
        found.extend(messages.unchecked_ref::<Array>().iter().filter_map(|message| message_in(&message)));
    }
    found
}

/// Reads a message of a response.
fn message_in(value: &JsValue) -> Option<Message> {
    if !value.is_object() {
        return None;
    }
    let message = value.unchecked_ref::<Record>();
    Some(message_of(&message.id(), &message.message_type(), &message.prompt_message_id()))
}

/// Reads a caller's message, whose getters may throw.
pub fn foreign_message_in(value: &JsValue) -> Option<Message> {
    let field = |name| js::get(value, name);
    value.is_object().then(|| message_of(&field("id"), &field("message_type"), &field("prompt_message_id")))
}

fn message_of(id: &JsValue, message_type: &JsValue, prompt_message_id: &JsValue) -> Message {
    let id_or_none = |value: &JsValue| id_in(value).ok().map(SessionId::get);
    Message {
        id: id_or_none(id).unwrap_or(0),
        is_response: message_type.as_string().as_deref() == Some("response"),
        prompt_id: id_or_none(prompt_message_id),
    }
}
