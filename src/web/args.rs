//! Reads arguments and options out of JavaScript values. Which values are right is `core::options`'s business; here
//! nothing is trusted to be what it should be, and nothing that is wrong gets further.

use js_sys::{Array, Function, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Headers, Url};

use super::js::{self, Signal};
use super::page;
use crate::core::call::Terms;
use crate::core::{base_url, ident, options, request};

/// Why an argument is wrong: the whole message.
pub type Wrong = String;

/// Where the key comes from.
pub enum Key {
    /// A proxy adds it.
    None,
    /// Given as it is, fit for a header.
    Fixed(String),
    /// Asked for before the first request of a call, and once more where it is refused.
    Ask(Function),
}

/// A client's options.
pub struct ClientOptions {
    /// `apiKey`.
    pub key: Key,
    /// `baseUrl`, resolved, without a trailing slash.
    pub base: String,
    /// `fetch`.
    pub fetch: Option<Function>,
    /// `headers`.
    pub headers: Vec<(String, String)>,
    /// `credentials`.
    pub credentials: &'static str,
    request_timeout: f64,
    max_retries: u32,
}

/// The options of one call.
pub struct CallOptions {
    /// Times and counts.
    pub terms: Terms,
    /// `signal`.
    pub signal: Option<Signal>,
    /// `headers`.
    pub headers: Vec<(String, String)>,
    /// `onUpdate`.
    pub on_update: Option<Function>,
    /// `onPoll`.
    pub on_poll: Option<Function>,
}

/// Which call is being made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `createSession`
    Create,
    /// `pollSession`
    Poll,
}

/// An object whose every name is known, with its values.
struct Fields {
    argument: &'static str,
    values: Vec<(String, JsValue)>,
}

impl Fields {
    /// `null` and `undefined`, as the object and as its values, are absent.
    fn read(argument: &'static str, value: &JsValue, known: &[&[&str]]) -> Result<Fields, Wrong> {
        let mut values = Vec::new();
        if !value.is_null() && !value.is_undefined() {
            // By its tag, since an object of another realm has another constructor.
            if js::tag(value) != "Object" {
                return Err(must(argument, "be an object", value));
            }
            let entries = js::entries(value)
                .map_err(|error| [argument, " cannot be read: ", &js::describe(&error), "."].concat())?;
            for entry in entries.iter() {
                let entry = Array::from(&entry);
                let name = entry.get(0).as_string().unwrap_or_default();
                if !known.iter().any(|names| names.contains(&name.as_str())) {
                    return Err(options::unknown(argument, &name, &known.concat()));
                }
                let value = entry.get(1);
                if !value.is_null() && !value.is_undefined() {
                    values.push((name, value));
                }
            }
        }
        Ok(Fields { argument, values })
    }

    fn get(&self, name: &str) -> Option<&JsValue> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn wrong(&self, name: &str, what: &str, value: &JsValue) -> Wrong {
        must(&[self.argument, ".", name].concat(), what, value)
    }

    fn read_as<T>(&self, name: &str, what: &str, read: impl Fn(&JsValue) -> Option<T>) -> Result<Option<T>, Wrong> {
        self.get(name).map(|value| read(value).ok_or_else(|| self.wrong(name, what, value))).transpose()
    }

    fn function(&self, name: &str) -> Result<Option<Function>, Wrong> {
        self.read_as(name, "be a function", |value| value.dyn_ref::<Function>().cloned())
    }

    fn time(&self, name: &str, endless: bool) -> Result<Option<f64>, Wrong> {
        let what = match endless {
            true => "be a number of milliseconds of at least 1, or Infinity",
            false => "be a finite number of milliseconds of at least 1",
        };
        self.read_as(name, what, |value| value.as_f64().filter(|ms| options::is_time(*ms, endless)))
    }

    fn retries(&self) -> Result<Option<u32>, Wrong> {
        self.read_as("maxRetries", "be an integer from 0", |value| value.as_f64().and_then(options::retries))
    }

    fn headers(&self) -> Result<Vec<(String, String)>, Wrong> {
        let Some(value) = self.get("headers") else { return Ok(Vec::new()) };
        // What the platform says of a wrong header quotes it, and it may be a secret.
        let headers = Headers::new_with_str_sequence_sequence(value)
            .map_err(|_| [self.argument, ".headers must be what new Headers() takes."].concat())?;
        let mut pairs = Vec::new();
        for pair in Array::from(&headers).iter() {
            let pair = Array::from(&pair);
            if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
                if name.eq_ignore_ascii_case(request::KEY_HEADER) {
                    return Err(
                        [self.argument, ".headers must not hold X-API-Key: that is what apiKey is for."].concat()
                    );
                }
                pairs.push((name, value));
            }
        }
        Ok(pairs)
    }
}

/// "options.x must be a finite number, not "y"."
fn must(argument: &str, what: &str, value: &JsValue) -> Wrong {
    [argument, " must ", what, ", not ", &js::describe(value), "."].concat()
}

fn is_blank(value: &JsValue) -> bool {
    value.as_string().is_none_or(|text| text.trim().is_empty())
}

/// The key in `value`, if it is one; a message must not show it.
pub fn key_in(value: &JsValue) -> Option<String> {
    value.as_string().as_deref().and_then(options::header_key).map(String::from)
}

impl ClientOptions {
    /// Reads a client's options; those of a call may stand among them where `call` says so.
    pub fn read(value: &JsValue, call: Option<Kind>) -> Result<ClientOptions, Wrong> {
        let fields = Fields::read("options", value, &[options::CLIENT, call.map_or(&[], known)])?;
        let key = match fields.get("apiKey") {
            None => Key::None,
            Some(value) => match value.dyn_ref::<Function>() {
                Some(ask) => Key::Ask(ask.clone()),
                None => Key::Fixed(key_in(value).ok_or(
                    "options.apiKey must be a string that is not blank and can stand in a header, or a function that gives one.",
                )?),
            },
        };
        let allowed = fields.read_as("dangerouslyAllowBrowser", "be true or false", JsValue::as_bool)?.unwrap_or(false);
        if !matches!(key, Key::None) && !allowed && page::is_browser() {
            return Err("options.apiKey must not be used in a page, whose visitors can all read it: use a proxy on the page's own \
                        origin (aiera-chat/proxy) and set options.baseUrl to it. Where the key is the visitor's own, set \
                        options.dangerouslyAllowBrowser to true."
                .into());
        }
        let credentials = fields.read_as("credentials", "be \"omit\", \"same-origin\" or \"include\"", |value| {
            let value = value.as_string()?;
            options::CREDENTIALS.iter().copied().find(|known| *known == value)
        })?;
        Ok(ClientOptions {
            key,
            base: base(&fields)?,
            fetch: fields.function("fetch")?,
            headers: fields.headers()?,
            credentials: credentials.unwrap_or("same-origin"),
            request_timeout: fields.time("requestTimeoutMs", true)?.unwrap_or(options::REQUEST_TIMEOUT_MS),
            max_retries: fields.retries()?.unwrap_or(options::MAX_RETRIES),
        })
    }
}

fn base(fields: &Fields) -> Result<String, Wrong> {
    let Some(value) = fields.get("baseUrl") else { return Ok(request::BASE_URL.into()) };
    let text = match value.as_string() {
        Some(text) => text,
        None if js::tag(value) == "URL" => js::get(value, "href").as_string().unwrap_or_default(),
        None => return Err(fields.wrong("baseUrl", "be a string or a URL", value)),
    };
    let page = page::origin();
    // Against the page's origin, not its address: a <base> must not send the key elsewhere.
    let url = match &page {
        Some(origin) if text.starts_with('/') => {
            Url::new_with_base(&text, origin).ok().filter(|url| url.origin() == *origin)
        }
        _ => Url::new(&text).ok(),
    };
    let Some(url) = url else {
        return Err(fields.wrong("baseUrl", "be a whole URL, or in a page a path on its own origin", value));
    };
    let parts = base_url::Parts {
        protocol: &url.protocol(),
        hostname: &url.hostname(),
        origin: &url.origin(),
        pathname: &url.pathname(),
        credentials: !url.username().is_empty() || !url.password().is_empty(),
        extras: text.contains(['?', '#']),
    };
    // Not quoted back: there may be a password in it.
    base_url::check(&parts, page.as_deref()).map_err(|what| ["options.baseUrl must ", what, "."].concat())
}

fn known(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Create => options::CREATE,
        Kind::Poll => options::POLL,
    }
}

impl CallOptions {
    /// Reads the options of one call; those of a client may stand among them where `plain` says so.
    pub fn read(value: &JsValue, kind: Kind, plain: bool, client: &ClientOptions) -> Result<CallOptions, Wrong> {
        let clients: &[&str] = if plain { options::CLIENT } else { &[] };
        let fields = Fields::read("options", value, &[known(kind), clients])?;
        let signal = fields.read_as("signal", "be an AbortSignal", |value| {
            let signal =
                js::get(value, "aborted").as_bool().is_some() && js::get(value, "addEventListener").is_function();
            signal.then(|| value.clone().unchecked_into::<Signal>())
        })?;
        let (interval, max_interval) =
            options::pace(fields.time("intervalMs", false)?, fields.time("maxIntervalMs", false)?)?;
        let timeout = match kind {
            Kind::Create => options::CREATE_TIMEOUT_MS,
            Kind::Poll => options::POLL_TIMEOUT_MS,
        };
        let on_poll = fields.function("onPoll")?;
        let terms = Terms {
            timeout: fields.time("timeoutMs", true)?.unwrap_or(timeout),
            request_timeout: fields.time("requestTimeoutMs", true)?.unwrap_or(client.request_timeout),
            max_retries: fields.retries()?.unwrap_or(client.max_retries),
            interval,
            max_interval,
            events: on_poll.is_some(),
        };
        let headers = if plain { Vec::new() } else { fields.headers()? };
        Ok(CallOptions { terms, signal, headers, on_update: fields.function("onUpdate")?, on_poll })
    }
}

/// The body of a create, as `JSON.stringify` writes it, so that strings which are not Unicode get through as well.
pub fn create_body(params: &JsValue) -> Result<JsValue, Wrong> {
    let fields = Fields::read("params", params, &[options::PARAMS])?;
    // Without a prototype, a field named __proto__ is one like any other.
    let body = Object::create(JsValue::NULL.unchecked_ref::<Object>());
    let put = |name: &JsValue, value: &JsValue| Reflect::set(&body, name, value).unwrap_or(false);
    for name in ["title", "prompt"] {
        if let Some(value) = fields.get(name) {
            if is_blank(value) {
                return Err(fields.wrong(name, "be a string that is not blank", value));
            }
            put(&name.into(), value);
        }
    }
    if let Some(sources) = fields.get("sources") {
        if !Array::is_array(sources) {
            return Err(fields.wrong("sources", "be an array", sources));
        }
        put(&"sources".into(), sources);
    }
    if let Some(extra) = fields.get("extraBody") {
        if js::tag(extra) != "Object" {
            return Err(fields.wrong("extraBody", "be an object", extra));
        }
        let entries = js::entries(extra).map_err(|error| fields.wrong("extraBody", "be readable", &error))?;
        for entry in entries.iter() {
            let entry = Array::from(&entry);
            let name = entry.get(0).as_string().unwrap_or_default();
            if options::PARAMS.contains(&name.as_str()) {
                return Err(["params.extraBody must not hold \"", &name, "\": that is params.", &name, "."].concat());
            }
            put(&entry.get(0), &entry.get(1));
        }
    }
    match JSON::stringify(&body) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let why = js::get(&error, "message").as_string().unwrap_or_default();
            Err(["params must be what JSON can hold: ", &why].concat())
        }
    }
}

/// The session to wait for: its id, and the session itself where it was given.
pub fn session(value: &JsValue) -> Result<(u64, Option<JsValue>), Wrong> {
    let (holder, session) = match value.is_object() {
        true => (js::get(value, "id"), Some(value.clone())),
        false => (value.clone(), None),
    };
    let id = match holder.as_f64() {
        Some(number) => ident::from_number(number),
        None => js::text_of(&holder).as_deref().and_then(ident::parse_decimal),
    };
    match id {
        Some(id) => Ok((id, session)),
        None if js::tag(value) == "Promise" => {
            Err("session must be a session or its id, not a promise of one: await it.".into())
        }
        None => {
            let shown = if session.is_some() && !holder.is_undefined() { &holder } else { value };
            Err(must(
                "session",
                "be a session with an id, or an id (an integer from 1 to 2**53-1, as a number or in decimal)",
                shown,
            ))
        }
    }
}
