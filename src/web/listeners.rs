//! Listeners on signals and on the page, removed when they are dropped.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Map};
use wasm_bindgen::prelude::*;

use super::js::{self, Signal, Target};

/// A listener on an event target.
struct Listener {
    target: Target,
    event: &'static str,
    function: Function,
}

impl Listener {
    /// A target that throws here never fires either.
    fn new(target: Target, event: &'static str, function: Function) -> Listener {
        let _ = target.add_listener(event, &function);
        Listener { target, event, function }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_listener(self.event, &self.function);
    }
}

/// A function to call when a signal is aborted, with the signal's reason.
type OnAbort = Box<dyn FnOnce(JsValue)>;

/// The signals that the calls of one client listen to: one listener for each signal, however many calls share it (rule 5).
#[derive(Default)]
pub struct Signals {
    /// The number of each signal in `entries`.
    numbers: RefCell<Option<Map>>,
    entries: RefCell<Vec<Option<Entry>>>,
}

struct Entry {
    signal: Signal,
    /// In the order of their ids. A callback is taken when the signal is aborted; its place stays until it is unsubscribed.
    callbacks: Vec<(u32, Option<OnAbort>)>,
    next_id: u32,
    _listener: Listener,
    _closure: Closure<dyn Fn()>,
}

/// A call's share of a listener.
pub struct Subscription {
    signals: Rc<Signals>,
    number: usize,
    id: u32,
}

impl Signals {
    /// Calls `on_abort` when the signal is aborted, unless the subscription is dropped before.
    pub fn subscribe(self: &Rc<Self>, signal: &Signal, on_abort: OnAbort) -> Subscription {
        let number = self.number_of(signal).unwrap_or_else(|| self.listen(signal));
        let mut id = 0;
        if let Some(Some(entry)) = self.entries.borrow_mut().get_mut(number) {
            id = entry.next_id;
            entry.next_id += 1;
            entry.callbacks.push((id, Some(on_abort)));
        }
        Subscription { signals: self.clone(), number, id }
    }

    fn number_of(&self, signal: &Signal) -> Option<usize> {
        let number = self.numbers.borrow().as_ref()?.get(signal);
        number.as_f64().map(|number| number as usize)
    }

    fn listen(self: &Rc<Self>, signal: &Signal) -> usize {
        let number = {
            let mut entries = self.entries.borrow_mut();
            let free = entries.iter().position(Option::is_none);
            free.unwrap_or_else(|| {
                entries.push(None);
                entries.len() - 1
            })
        };
        let signals = Rc::downgrade(self);
        let closure = Closure::<dyn Fn()>::new(move || {
            if let Some(signals) = signals.upgrade() {
                signals.aborted(number);
            }
        });
        let function = closure.as_ref().unchecked_ref::<Function>().clone();
        // Nothing is borrowed: the signal is foreign, and may call back at once.
        let listener = Listener::new(signal.clone().unchecked_into(), "abort", function);
        let callbacks = Vec::new();
        let entry = Entry { signal: signal.clone(), callbacks, next_id: 0, _listener: listener, _closure: closure };
        if let Some(slot) = self.entries.borrow_mut().get_mut(number) {
            *slot = Some(entry);
        }
        self.numbers.borrow_mut().get_or_insert_with(Map::new).set(signal, &JsValue::from(number as u32));
        number
    }

    fn aborted(&self, number: usize) {
        let (callbacks, signal) = match self.entries.borrow_mut().get_mut(number) {
            Some(Some(entry)) => {
                let callbacks: Vec<_> =
                    entry.callbacks.iter_mut().filter_map(|(_, callback)| callback.take()).collect();
                (callbacks, entry.signal.clone())
            }
            _ => return,
        };
        let reason = signal.reason().unwrap_or(JsValue::UNDEFINED);
        for callback in callbacks {
            callback(reason.clone());
        }
    }

    fn unsubscribe(&self, number: usize, id: u32) {
        let unused = {
            let mut entries = self.entries.borrow_mut();
            let Some(slot) = entries.get_mut(number) else { return };
            let Some(entry) = slot else { return };
            if let Ok(at) = entry.callbacks.binary_search_by_key(&id, |(id, _)| *id) {
                entry.callbacks.remove(at);
            }
            if entry.callbacks.is_empty() { slot.take() } else { None }
        };
        if let Some(entry) = unused {
            if let Some(numbers) = self.numbers.borrow().as_ref() {
                numbers.delete(&entry.signal);
            }
            // Dropped here, where nothing is borrowed: that removes the listener from the foreign signal.
            drop(entry);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.signals.unsubscribe(self.number, self.id);
    }
}

/// Calls back when the page may have been hidden or shown, or may have gone offline or online, until it is dropped. Does
/// nothing outside of pages.
pub struct PageListener {
    _listeners: Vec<Listener>,
    _closure: Closure<dyn Fn()>,
}

impl PageListener {
    /// Starts to listen.
    pub fn new(changed: impl Fn() + 'static) -> PageListener {
        let closure = Closure::<dyn Fn()>::new(changed);
        let targets = [
            (js::global("document"), "visibilitychange"),
            (js::global("self"), "online"),
            (js::global("self"), "offline"),
        ];
        let function = closure.as_ref().unchecked_ref::<Function>();
        let listeners = targets
            .into_iter()
            .filter(|(target, _)| js::get(target, "addEventListener").is_function())
            .map(|(target, event)| Listener::new(target.unchecked_into(), event, function.clone()))
            .collect();
        PageListener { _listeners: listeners, _closure: closure }
    }
}
