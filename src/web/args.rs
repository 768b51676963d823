//! Reads arguments and options out of JavaScript values. `core::options` has the names, the kinds and the messages.

use js_sys::{Array, Function, JSON, Object};
use wasm_bindgen::prelude::*;
use web_sys::{Headers, RequestCredentials, Url};

use super::js::{self, Signal};
use super::page;
use super::snapshot::{self, Snapshot};
use crate::core::base_url::{self, UrlParts};
use crate::core::operation::Operation;
use crate::core::options::{self, CallOptions, DEFAULT_BASE_URL, Field, Kind, Table};
use crate::core::request::KEY_HEADER;
use crate::core::session_id::{IdError, SessionId};
use crate::core::session_status::SessionStatus;
use crate::core::text::is_blank;
use crate::core::turn::{Message, Turn};
use std::rc::Rc;

/// The message of an `invalid_argument`.
pub type Invalid = String;

/// The source of the key.
pub enum KeySource {
    /// A proxy adds the key.
    None,
    /// A fixed key, valid in a header.
    Fixed(Rc<str>),
    /// A key provider: called before the first request of a call, and once more if the key is refused.
    Provider(Function),
}

/// A header, as `Headers` writes it.
pub type Header = (JsValue, JsValue);

/// The options of a client.
pub struct ClientOptions {
    /// `apiKey`.
    pub key: KeySource,
    /// `baseUrl`, resolved and without a trailing slash.
    pub base_url: String,
    /// Whether the origin of `base_url` differs from the page's.
    pub is_cross_origin: bool,
    /// `fetch`.
    pub fetch: Option<Function>,
    /// `headers`.
    pub headers: Vec<Header>,
    /// `credentials`.
    pub credentials: RequestCredentials,
    request_timeout_ms: Option<f64>,
    max_retries: Option<u32>,
}

/// The options of one call.
pub struct CallArgs {
    /// The limits and the pace.
    pub options: CallOptions,
    /// `signal`.
    pub signal: Option<Signal>,
    /// `headers`.
    pub headers: Vec<Header>,
    /// `onUpdate`.
    pub on_update: Option<Function>,
    /// `onPoll`.
    pub on_poll: Option<Function>,
    /// The other options of the call.
    fields: Fields,
}

/// A session argument.
pub struct SessionArg {
    /// The id.
    pub id: SessionId,
    /// The session, if one was passed.
    pub session: Option<JsValue>,
    /// The prompt, if a message was passed instead of a session.
    pub prompt_id: Option<u64>,
}

/// The values of an argument's fields, each checked against its kind.
struct Fields {
    argument: &'static str,
    values: Vec<(Field, JsValue)>,
}

/// The treatment of names that no table of an argument has.
enum Unknown {
    /// An error.
    Refuse,
    /// Ignores the names of this table; any other is an error.
    Ignore(Table),
    /// Ignores all of them.
    IgnoreAll,
}

impl Fields {
    /// Reads the fields of an object that are in `tables`. `null` and `undefined` mean absent, both for the object and for its
    /// fields.
    fn read(argument: &'static str, value: &JsValue, tables: &[Table], unknown: Unknown) -> Result<Fields, Invalid> {
        let mut values = Vec::new();
        if js::is_absent(value) {
            return Ok(Fields { argument, values });
        }
        if !js::is_plain_object(value) {
            return Err(not_an_object(argument, value));
        }
        let Some(entries) = js::entries(value) else {
            return Err([argument, " must be an object whose properties can be read."].concat());
        };
        for (name, value) in entries {
            let name = name.as_string().unwrap_or_default();
            let Some(field) = tables.iter().copied().flatten().find(|field| field.name == name) else {
                let ignored: Table = match unknown {
                    Unknown::Refuse => &[],
                    Unknown::Ignore(table) => table,
                    Unknown::IgnoreAll => continue,
                };
                if ignored.iter().any(|field| field.name == name) {
                    continue;
                }
                return Err(options::unknown_name(argument, &name, &[tables, &[ignored]].concat()));
            };
            if js::is_absent(&value) {
                continue;
            }
            if !fits(field.kind, &value) {
                return Err(options::wrong_kind(argument, field, &js::describe(&value)));
            }
            values.push((*field, value));
        }
        Ok(Fields { argument, values })
    }

    fn get(&self, name: &str) -> Option<&JsValue> {
        self.values.iter().find(|(field, _)| field.name == name).map(|(_, value)| value)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(JsValue::as_f64)
    }

    fn function(&self, name: &str) -> Option<Function> {
        self.get(name).map(|value| value.clone().unchecked_into())
    }

    fn headers(&self) -> Vec<Header> {
        self.get("headers").and_then(header_pairs).unwrap_or_default()
    }

    fn max_retries(&self) -> Option<u32> {
        // Saturates: larger counts behave the same.
        self.number("maxRetries").map(|count| count as u32)
    }

    /// The body of a request, as `JSON.stringify` writes it.
    fn body(&self, table: Table) -> Result<JsValue, Invalid> {
        // Without a prototype, `__proto__` is an ordinary field.
        let body = Object::create(JsValue::NULL.unchecked_ref::<Object>());
        for (field, value) in &self.values {
            if !field.wire.is_empty() {
                js::set(&body, &field.wire.into(), value);
            }
        }
        if let Some(extra) = self.get("extraBody") {
            for (name, value) in js::entries(extra).unwrap_or_default() {
                let text = name.as_string().unwrap_or_default();
                if let Some(message) = options::misplaced_in_extra_body(self.argument, &text, table) {
                    return Err(message);
                }
                js::set(&body, &name, &value);
            }
        }
        match JSON::stringify(&body) {
            Ok(text) if text.is_string() => Ok(text.into()),
            Ok(_) => Err([self.argument, " must be what JSON can hold."].concat()),
            Err(error) => {
                let reason = js::get(&error, "message").as_string().unwrap_or_default();
                Err([self.argument, " must be what JSON can hold: ", &reason].concat())
            }
        }
    }

    /// The query of a request.
    fn query(&self) -> Vec<(&'static str, String)> {
        let written = self.values.iter().filter(|(field, _)| !field.wire.is_empty());
        written.map(|(field, value)| (field.wire, js::text(value))).collect()
    }
}

fn not_an_object(argument: &str, value: &JsValue) -> Invalid {
    let hint = match value.as_string() {
        Some(_) if argument == "params" => ": pass { prompt: \"…\" }",
        _ => "",
    };
    [argument, " must be an object", hint, ", not ", &js::describe(value), "."].concat()
}

fn fits(kind: Kind, value: &JsValue) -> bool {
    match kind {
        Kind::Text => value.as_string().is_some_and(|text| !is_blank(&text)),
        Kind::Key => value.is_function() || key_in(value).is_some(),
        Kind::Url => value.is_string() || js::tag(value) == "URL",
        Kind::Flag => value.as_bool().is_some(),
        Kind::Time | Kind::Timeout | Kind::Count | Kind::PageNumber | Kind::PageSize => {
            value.as_f64().is_some_and(|number| kind.fits_number(number))
        }
        Kind::MessageId => snapshot::id_in(value).is_ok(),
        // Checked elsewhere, with a more specific message.
        Kind::SessionRef => true,
        Kind::Function => value.is_function(),
        Kind::Signal => {
            let is_listenable = || js::get(value, "addEventListener").is_function();
            js::get(value, "aborted").as_bool().is_some() && is_listenable()
        }
        Kind::Headers => header_pairs(value).is_some_and(|pairs| {
            pairs.iter().all(|(name, _)| !name.as_string().is_some_and(|name| name.eq_ignore_ascii_case(KEY_HEADER)))
        }),
        Kind::Credentials => credentials_in(value).is_some(),
        Kind::Array => js::items(value).is_some(),
        Kind::Object => js::is_plain_object(value),
    }
}

/// The key in a value, valid in a header.
pub fn key_in(value: &JsValue) -> Option<Rc<str>> {
    value.as_string().as_deref().and_then(options::header_key).map(Rc::from)
}

fn header_pairs(value: &JsValue) -> Option<Vec<Header>> {
    let headers = Headers::new_with_str_sequence_sequence(value).ok()?;
    let pair = |pair: JsValue| {
        let pair: Array = pair.unchecked_into();
        (pair.get(0), pair.get(1))
    };
    Some(Array::from(&headers).iter().map(pair).collect())
}

fn credentials_in(value: &JsValue) -> Option<RequestCredentials> {
    match value.as_string()?.as_str() {
        "omit" => Some(RequestCredentials::Omit),
        "same-origin" => Some(RequestCredentials::SameOrigin),
        "include" => Some(RequestCredentials::Include),
        _ => None,
    }
}

impl ClientOptions {
    /// Reads the options of a client. If `is_mixed`, they may also hold options of a call.
    ///
    /// # Errors
    /// The message of the first wrong argument or option.
    pub fn read(value: &JsValue, is_mixed: bool) -> Result<ClientOptions, Invalid> {
        // If they are mixed, reading the options of the call checks for unknown names.
        let unknown = if is_mixed { Unknown::IgnoreAll } else { Unknown::Refuse };
        let fields = Fields::read("options", value, &[options::CLIENT], unknown)?;
        let key = match fields.get("apiKey") {
            None => KeySource::None,
            Some(value) => match value.dyn_ref::<Function>() {
                Some(provider) => KeySource::Provider(provider.clone()),
                None => key_in(value).map_or(KeySource::None, KeySource::Fixed),
            },
        };
        let is_allowed = fields.get("dangerouslyAllowBrowser").is_some_and(JsValue::is_truthy);
        if !matches!(key, KeySource::None) && !is_allowed && page::is_browser() {
            return Err("options.apiKey must not be used in a page, whose visitors can all read it: use a proxy on the page's \
                        own origin (aiera-chat/proxy) and set options.baseUrl to it. Where the key is the visitor's own, set \
                        options.dangerouslyAllowBrowser to true."
                .into());
        }
        let page_origin = page::origin();
        let base_url = base_url(fields.get("baseUrl"), page_origin.as_deref())?;
        let is_own =
            |origin: &str| base_url.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let is_cross_origin = page::is_browser() && !page_origin.as_deref().is_some_and(is_own);
        Ok(ClientOptions {
            key,
            is_cross_origin,
            fetch: fields.function("fetch"),
            headers: fields.headers(),
            credentials: fields.get("credentials").and_then(credentials_in).unwrap_or(RequestCredentials::SameOrigin),
            request_timeout_ms: fields.number("requestTimeoutMs"),
            max_retries: fields.max_retries(),
            base_url,
        })
    }
}

fn base_url(value: Option<&JsValue>, page_origin: Option<&str>) -> Result<String, Invalid> {
    let Some(value) = value else { return Ok(DEFAULT_BASE_URL.into()) };
    let text = value.as_string().unwrap_or_else(|| js::get(value, "href").as_string().unwrap_or_default());
    // Relative to the page's origin, not to its address: a <base> must not redirect the key.
    let url = match page_origin {
        Some(origin) if base_url::is_path(&text) => Url::new_with_base(&text, origin),
        _ => Url::new(&text),
    };
    let parts = url.ok().map(|url| UrlParts {
        protocol: url.protocol(),
        hostname: url.hostname(),
        origin: url.origin(),
        pathname: url.pathname(),
        has_credentials: !url.username().is_empty() || !url.password().is_empty(),
    });
    // Without the value: it may hold a password.
    base_url::check(&text, parts.as_ref(), page_origin)
        .map_err(|error| ["options.baseUrl must ", error.expected(), "."].concat())
}

impl CallArgs {
    /// Reads the options of a call. `tables` are those of the operation besides `CALL`. If `is_mixed`, the options may also
    /// hold those of a client.
    ///
    /// # Errors
    /// The message of the first wrong argument or option.
    pub fn read(
        value: &JsValue,
        operation: Operation,
        tables: &[Table],
        is_mixed: bool,
        client: &ClientOptions,
    ) -> Result<CallArgs, Invalid> {
        let all = [&[options::CALL], tables].concat();
        let unknown = if is_mixed { Unknown::Ignore(options::CLIENT) } else { Unknown::Refuse };
        let fields = Fields::read("options", value, &all, unknown)?;
        let mut call = CallOptions::new(operation);
        call.timeout_ms = fields.number("timeoutMs").unwrap_or(call.timeout_ms);
        let request_timeout_ms = fields.number("requestTimeoutMs").or(client.request_timeout_ms);
        call.request_timeout_ms = request_timeout_ms.unwrap_or(call.request_timeout_ms);
        call.max_retries = fields.max_retries().or(client.max_retries).unwrap_or(call.max_retries);
        call.set_pace(fields.number("intervalMs"), fields.number("maxIntervalMs"))?;
        let on_poll = fields.function("onPoll");
        call.wants_events = on_poll.is_some();
        call.prompt_id = fields.get("promptId").and_then(|id| snapshot::id_in(id).ok()).map(SessionId::get);
        Ok(CallArgs {
            options: call,
            signal: fields.get("signal").map(|signal| signal.clone().unchecked_into()),
            // If they are mixed, the client has them already.
            headers: if is_mixed { Vec::new() } else { fields.headers() },
            on_update: fields.function("onUpdate"),
            on_poll,
            fields,
        })
    }

    /// `onCreated`.
    pub fn on_created(&self) -> Option<Function> {
        self.fields.function("onCreated")
    }

    /// `session`.
    pub fn session(&self) -> Option<&JsValue> {
        self.fields.get("session")
    }
}

/// The body and the query of a request.
#[derive(Default)]
pub struct Content {
    /// The body, as JSON.
    pub body: Option<JsValue>,
    /// The query.
    pub query: Vec<(&'static str, String)>,
}

/// Reads the argument of an operation besides the session and the options.
///
/// # Errors
/// The message of the first wrong argument or option.
pub fn content(operation: Operation, argument: &JsValue, args: &CallArgs) -> Result<Content, Invalid> {
    let body = match operation {
        Operation::CreateSession => create_body(argument)?,
        Operation::SendPrompt => prompt_body(argument, "content", options::PROMPT_PARAMS)?,
        Operation::UpdateSession => update_body(argument)?,
        Operation::ListSessions => return Ok(Content { body: None, query: list_query(argument)? }),
        // `getSession` has its query among the options.
        _ => return Ok(Content { body: None, query: args.fields.query() }),
    };
    Ok(Content { body: Some(body), query: Vec::new() })
}

/// The body of a create.
fn create_body(params: &JsValue) -> Result<JsValue, Invalid> {
    Fields::read("params", params, &[options::CREATE_PARAMS], Unknown::Refuse)?.body(options::CREATE_PARAMS)
}

/// The body of a prompt: its text as `field`, or an object with the fields of `table`.
fn prompt_body(prompt: &JsValue, field: &'static str, table: Table) -> Result<JsValue, Invalid> {
    let params = if fits(Kind::Text, prompt) {
        let params = Object::new();
        js::set(&params, &field.into(), prompt);
        params.into()
    } else if js::is_plain_object(prompt) {
        prompt.clone()
    } else {
        let shown = js::describe(prompt);
        return Err(["prompt must be a string that is not blank, or { ", field, " }, not ", &shown, "."].concat());
    };
    let fields = Fields::read("prompt", &params, &[table], Unknown::Refuse)?;
    match fields.get(field) {
        Some(_) => fields.body(table),
        None => Err(["prompt.", field, " must be a string that is not blank."].concat()),
    }
}

/// The body of the create in an `ask`, from the prompt's text or the parameters of a create.
///
/// # Errors
/// The message of the first wrong argument or option.
pub fn ask_body(prompt: &JsValue) -> Result<JsValue, Invalid> {
    if !js::get(prompt, "content").is_undefined() {
        return Err("prompt.content is for a follow-up in options.session: a new session takes prompt.prompt.".into());
    }
    prompt_body(prompt, "prompt", options::CREATE_PARAMS)
}

/// The body of the prompt in an `ask` in a session.
///
/// # Errors
/// The message of the first wrong argument or option.
pub fn follow_up_body(prompt: &JsValue) -> Result<JsValue, Invalid> {
    if !js::get(prompt, "prompt").is_undefined() {
        return Err("prompt.prompt is for a new session: a follow-up in options.session takes prompt.content.".into());
    }
    prompt_body(prompt, "content", options::PROMPT_PARAMS)
}

/// The body of an update.
fn update_body(params: &JsValue) -> Result<JsValue, Invalid> {
    let fields = Fields::read("params", params, &[options::UPDATE_PARAMS], Unknown::Refuse)?;
    let is_empty = |array: &JsValue| array.unchecked_ref::<Array>().length() == 0;
    if fields.get("sources").is_some_and(is_empty) {
        return Err("params.sources must not be empty, since the API ignores an empty list: call clearSources.".into());
    }
    if fields.values.is_empty() {
        return Err("params must have at least one of title, sources and extraBody.".into());
    }
    fields.body(options::UPDATE_PARAMS)
}

/// The query of a list.
fn list_query(params: &JsValue) -> Result<Vec<(&'static str, String)>, Invalid> {
    Ok(Fields::read("params", params, &[options::LIST_PARAMS], Unknown::Refuse)?.query())
}

/// Reads a session, a message (which stands for its session), or an id.
///
/// # Errors
/// The message of the first wrong argument or option.
pub fn session(argument: &str, value: &JsValue) -> Result<SessionArg, Invalid> {
    if !value.is_object() {
        let id = snapshot::id_in(value).map_err(|error| not_a_session(argument, value, error))?;
        return Ok(SessionArg { id, session: None, prompt_id: None });
    }
    let session_id = js::get(value, "session_id");
    // A message has no status, and names its session.
    if js::is_absent(&session_id) || js::get(value, "status").is_string() {
        let found = js::get(value, "id");
        let id = snapshot::id_in(&found).map_err(|error| {
            let shown = if found.is_undefined() { value } else { &found };
            not_a_session(argument, shown, error)
        })?;
        return Ok(SessionArg { id, session: Some(value.clone()), prompt_id: None });
    }
    let id = snapshot::id_in(&session_id).map_err(|error| not_a_session(argument, &session_id, error))?;
    let message_type = js::get(value, "message_type");
    let is_prompt = js::is_absent(&message_type) || message_type.as_string().as_deref() == Some("prompt");
    let prompt_id = snapshot::id_in(&js::get(value, "id")).ok().map(SessionId::get);
    Ok(SessionArg { id, session: None, prompt_id: prompt_id.filter(|_| is_prompt) })
}

fn not_a_session(argument: &str, value: &JsValue, error: IdError) -> Invalid {
    if js::tag(value) == "Promise" {
        return [argument, " must be a session or its id, not a promise of one: await it."].concat();
    }
    let expected = Kind::SessionRef.expected();
    let hint = if error == IdError::TooLarge { ", which is too large" } else { "" };
    [argument, " must be ", expected, ", not ", &js::describe(value), hint, "."].concat()
}

impl SessionArg {
    /// The turn to wait for.
    pub fn turn(&self, prompt_id: Option<u64>) -> Turn {
        let mut turn = Turn::new(prompt_id);
        if let (Some(session), Some(_)) = (&self.session, prompt_id) {
            let Some(status) = js::get(session, "status").as_string() else { return turn };
            let messages = js::items(&js::get(session, "messages")).unwrap_or_default();
            let prompt = js::get(session, "initial_prompt");
            let all: Vec<Message> =
                messages.iter().chain([prompt]).filter_map(|message| snapshot::foreign_message_in(&message)).collect();
            turn.passed_in(SessionStatus::parse(&status), &all);
        }
        turn
    }

    /// The session for the initial `lastSession` of an error.
    pub fn snapshot(&self) -> Option<Rc<Snapshot>> {
        self.session.clone().map(Snapshot::owned)
    }
}
