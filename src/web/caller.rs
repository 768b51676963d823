//! A caller of a call, and the state in which it joins.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Function;

use super::args::{CallArgs, SessionArg};
use super::clock;
use super::js::CallSite;
use super::snapshot::Snapshot;
use crate::core::turn::Turn;

/// One promise returned to a caller: the options and the circumstances of its call.
pub struct Caller {
    /// The options of the call.
    pub args: CallArgs,
    /// The circumstances.
    pub site: CallSite,
    /// The async context of the call, read once.
    pub context: Option<Function>,
    /// Whether the create or the prompt of an `ask` is done, so that repeating the call would repeat it.
    pub has_begun: Cell<bool>,
    /// The number of exchanges of earlier successful calls for this caller.
    pub attempts: Cell<u32>,
}

impl Caller {
    /// A caller whose call starts now.
    pub fn new(args: CallArgs, site: CallSite) -> Rc<Caller> {
        let context = site.context();
        Rc::new(Caller { args, site, context, has_begun: Cell::new(false), attempts: Cell::new(0) })
    }

    /// The start of the call, on this module's clock.
    pub fn started_at(&self) -> f64 {
        clock::at(self.site.started_at())
    }
}

/// The state in which a caller joins a call.
pub struct Start {
    /// The turn to wait for.
    pub turn: Turn,
    /// The initial `lastSession` of an error.
    pub last_session: Option<Rc<Snapshot>>,
    /// Whether `onUpdate` and `onPoll` are called.
    pub has_callbacks: bool,
}

impl Start {
    /// A caller that passed this session.
    pub fn new(session: Option<&SessionArg>) -> Start {
        let last_session = session.and_then(SessionArg::snapshot);
        Start { turn: Turn::new(None), last_session, has_callbacks: true }
    }
}
