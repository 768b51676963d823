//! Options and parameters: their names, the values that they accept, and their defaults.
//!
//! `web::args` reads them from JavaScript objects.

use super::names;
use super::operation::Operation;
use super::text::is_blank;

/// The values that an option or a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string that is not blank.
    Text,
    /// A key, or a function that provides one.
    Key,
    /// A base URL.
    Url,
    /// A boolean.
    Flag,
    /// A finite number of milliseconds.
    Time,
    /// A number of milliseconds that may be infinite.
    Timeout,
    /// A count of retries.
    Count,
    /// A page number.
    PageNumber,
    /// A number of sessions on a page.
    PageSize,
    /// An id of a message.
    MessageId,
    /// A reference to a session.
    SessionRef,
    /// A function.
    Function,
    /// An `AbortSignal`.
    Signal,
    /// HTTP headers.
    Headers,
    /// A credentials mode of `fetch`.
    Credentials,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The end of the sentence "options.x must be …".
    pub fn expected(self) -> &'static str {
        match self {
            Kind::Text => "a string that is not blank",
            Kind::Key => {
                "a string that is not blank and can stand in a header, or a function that returns one or a promise of one"
            }
            Kind::Url => "a string or a URL",
            Kind::Flag => "true or false",
            Kind::Time => "a finite number of milliseconds of at least 1",
            Kind::Timeout => "a number of milliseconds of at least 1, or Infinity",
            Kind::Count => "an integer from 0",
            Kind::PageNumber => "an integer from 1",
            Kind::PageSize => "an integer from 1 to 100",
            Kind::MessageId => "the id of a prompt message (an integer from 1 to 2**53-1, as a number or in decimal)",
            Kind::SessionRef => {
                "a session with an id, or an id (an integer from 1 to 2**53-1, as a number or in decimal)"
            }
            Kind::Function => "a function",
            Kind::Signal => "an AbortSignal",
            Kind::Headers => "what new Headers() takes, without X-API-Key (that is what apiKey is for)",
            Kind::Credentials => "\"omit\", \"same-origin\" or \"include\"",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }

    /// Whether the value may be a secret, which a message must not show.
    pub fn is_secret(self) -> bool {
        matches!(self, Kind::Key | Kind::Url | Kind::Headers)
    }

    /// Whether a number is a value of this kind.
    pub fn fits_number(self, n: f64) -> bool {
        let is_integer = n.is_finite() && n % 1.0 == 0.0;
        match self {
            Kind::Time => n >= 1.0 && n.is_finite(),
            Kind::Timeout => n >= 1.0,
            Kind::Count => is_integer && n >= 0.0,
            Kind::PageNumber => is_integer && n >= 1.0,
            Kind::PageSize => is_integer && (1.0..=100.0).contains(&n),
            _ => false,
        }
    }
}

/// An option or a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in JavaScript.
    pub name: &'static str,
    /// The values that it accepts.
    pub kind: Kind,
    /// The name in a request's body or query; empty if it is in neither.
    pub wire: &'static str,
}

/// A list of fields that may be in one object.
pub type Table = &'static [Field];

const fn option(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, wire: "" }
}

const fn parameter(name: &'static str, kind: Kind, wire: &'static str) -> Field {
    Field { name, kind, wire }
}

/// The options of a client.
pub const CLIENT: Table = &[
    option("apiKey", Kind::Key),
    option("baseUrl", Kind::Url),
    option("fetch", Kind::Function),
    option("headers", Kind::Headers),
    option("credentials", Kind::Credentials),
    option("requestTimeoutMs", Kind::Timeout),
    option("maxRetries", Kind::Count),
    option("dangerouslyAllowBrowser", Kind::Flag),
];

/// The options of every call.
pub const CALL: Table = &[
    option("signal", Kind::Signal),
    option("timeoutMs", Kind::Timeout),
    option("requestTimeoutMs", Kind::Timeout),
    option("maxRetries", Kind::Count),
    option("headers", Kind::Headers),
];

/// The options of `pollSession` and `ask`, besides those of every call.
pub const POLL: Table = &[
    option("intervalMs", Kind::Time),
    option("maxIntervalMs", Kind::Time),
    option("onUpdate", Kind::Function),
    option("onPoll", Kind::Function),
];

/// The options of `pollSession`, besides those of [`POLL`].
pub const POLL_SESSION: Table = &[option("promptId", Kind::MessageId)];

/// The options of `ask`, besides those of [`POLL`].
pub const ASK: Table = &[option("session", Kind::SessionRef), option("onCreated", Kind::Function)];

/// The options of `getSession`, besides those of every call.
pub const GET: Table = &[
    parameter("includeMessages", Kind::Flag, "include_messages"),
    parameter("includeStatuses", Kind::Flag, "include_statuses"),
    parameter("includeVotes", Kind::Flag, "include_votes"),
];

/// The parameters of a create.
pub const CREATE_PARAMS: Table = &[
    parameter("title", Kind::Text, "title"),
    parameter("prompt", Kind::Text, "prompt"),
    parameter("sources", Kind::Array, "sources"),
    EXTRA_BODY,
];

/// The parameters of a prompt.
pub const PROMPT_PARAMS: Table = &[
    parameter("content", Kind::Text, "content"),
    parameter("toolSettings", Kind::Object, "tool_settings"),
    EXTRA_BODY,
];

/// The parameters of an update.
pub const UPDATE_PARAMS: Table =
    &[parameter("title", Kind::Text, "title"), parameter("sources", Kind::Array, "sources"), EXTRA_BODY];

/// The parameters of a list.
pub const LIST_PARAMS: Table =
    &[parameter("page", Kind::PageNumber, "page"), parameter("pageSize", Kind::PageSize, "page_size")];

/// Fields that this version does not know, added to the body.
const EXTRA_BODY: Field = option("extraBody", Kind::Object);

/// The default of `baseUrl`.
pub const DEFAULT_BASE_URL: &str = "https://premium.aiera.com/api";
/// The default of `requestTimeoutMs`.
const REQUEST_TIMEOUT_MS: f64 = 30_000.0;
/// The default of `maxRetries`.
const MAX_RETRIES: u32 = 6;
/// The default of `intervalMs`.
const INTERVAL_MS: f64 = 500.0;
/// The default of `maxIntervalMs`.
const MAX_INTERVAL_MS: f64 = 5_000.0;

/// The limits and the pace of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallOptions {
    /// The whole call, in milliseconds; at least 1, may be infinite.
    pub timeout_ms: f64,
    /// One HTTP exchange, in milliseconds; at least 1, may be infinite.
    pub request_timeout_ms: f64,
    /// Failures in a row that the call survives.
    pub max_retries: u32,
    /// The shortest pause between two requests, in milliseconds.
    pub interval_ms: f64,
    /// The longest pause between two polls, in milliseconds.
    pub max_interval_ms: f64,
    /// The prompt to wait for.
    pub prompt_id: Option<u64>,
    /// Whether the caller wants an event after each exchange.
    pub wants_events: bool,
}

impl CallOptions {
    /// The defaults for `operation`.
    pub fn new(operation: Operation) -> CallOptions {
        CallOptions {
            timeout_ms: operation.spec().timeout_ms,
            request_timeout_ms: REQUEST_TIMEOUT_MS,
            max_retries: MAX_RETRIES,
            interval_ms: INTERVAL_MS,
            max_interval_ms: MAX_INTERVAL_MS,
            prompt_id: None,
            wants_events: false,
        }
    }

    /// Sets the pace. One option alone also moves the default of the other.
    ///
    /// # Errors
    /// A message, if the two contradict each other.
    pub fn set_pace(&mut self, interval_ms: Option<f64>, max_interval_ms: Option<f64>) -> Result<(), &'static str> {
        let (interval, max_interval) = match (interval_ms, max_interval_ms) {
            (Some(interval), Some(max_interval)) if interval > max_interval => {
                return Err("options.intervalMs must be at most options.maxIntervalMs.");
            }
            (interval, max_interval) => (
                interval.unwrap_or(INTERVAL_MS.min(max_interval.unwrap_or(INTERVAL_MS))),
                max_interval.unwrap_or(MAX_INTERVAL_MS.max(interval.unwrap_or(MAX_INTERVAL_MS))),
            ),
        };
        self.interval_ms = interval;
        self.max_interval_ms = max_interval;
        Ok(())
    }
}

/// The message for a name that none of `tables` has.
pub fn unknown_name(argument: &str, name: &str, tables: &[Table]) -> String {
    let shown: String = name.chars().take(40).collect();
    let accepted: Vec<&str> = tables.iter().copied().flatten().map(|field| field.name).collect();
    let hint = match names::nearest(name, accepted.iter().copied()) {
        Some(near) => ["Did you mean \"", near, "\"?"].concat(),
        None => ["The fields are: ", &accepted.join(", "), "."].concat(),
    };
    ["\"", &shown, "\" is not a field of ", argument, ". ", &hint].concat()
}

/// The message for a value of the wrong kind; `shown` describes the value.
pub fn wrong_kind(argument: &str, field: &Field, shown: &str) -> String {
    let mut message = [argument, ".", field.name, " must be ", field.kind.expected()].concat();
    if !field.kind.is_secret() {
        message.push_str(", not ");
        message.push_str(shown);
    }
    message.push('.');
    message
}

/// The message for a field of `extraBody` that has a parameter; `None` if there is no such parameter.
pub fn misplaced_in_extra_body(argument: &str, name: &str, table: Table) -> Option<String> {
    let field = table.iter().find(|field| field.name == name || field.wire == name)?;
    Some([argument, ".extraBody must not hold \"", name, "\": that is ", argument, ".", field.name, "."].concat())
}

/// A key as in a header: without surrounding white space. `None` if it is blank, or holds a character that is invalid in a
/// header.
pub fn header_key(key: &str) -> Option<&str> {
    let key = key.trim_matches(['\t', '\n', '\r', ' ']);
    let fits = |c: char| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}');
    (!is_blank(key) && key.chars().all(fits)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_name() {
        let message = unknown_name("options", "intervalMS", &[CALL, POLL]);
        assert_eq!(message, "\"intervalMS\" is not a field of options. Did you mean \"intervalMs\"?");
        let message = unknown_name("options", "timeout", &[CALL, POLL]);
        assert!(message.ends_with("Did you mean \"timeoutMs\"?"), "{message}");
    }

    #[test]
    fn a_name_that_is_near_no_other_is_answered_with_all_names() {
        let message = unknown_name("params", "zzzzzzzzzzzz", &[CREATE_PARAMS]);
        assert!(message.ends_with("The fields are: title, prompt, sources, extraBody."), "{message}");
        let message = unknown_name("params", &"z".repeat(500), &[CREATE_PARAMS]);
        assert!(message.len() < 150, "{message}");
    }

    #[test]
    fn a_wrong_value_is_shown_unless_it_may_be_a_secret() {
        let find = |table: Table, name| *table.iter().find(|field| field.name == name).unwrap_or(&EXTRA_BODY);
        let message = wrong_kind("options", &find(CALL, "timeoutMs"), "\"5\"");
        assert_eq!(
            message,
            "options.timeoutMs must be a number of milliseconds of at least 1, or Infinity, not \"5\"."
        );
        for name in ["apiKey", "baseUrl", "headers"] {
            assert!(!wrong_kind("options", &find(CLIENT, name), "secret").contains("secret"), "{name}");
        }
    }

    #[test]
    fn numbers_fit_their_kinds() {
        let (infinity, nan) = (f64::INFINITY, f64::NAN);
        let table: [(Kind, &[f64], &[f64]); 5] = [
            (Kind::Time, &[1.0, 1.5, 1e300], &[0.0, 0.999, -1.0, nan, infinity, -infinity]),
            (Kind::Timeout, &[1.0, 1.5, infinity], &[0.0, 0.999, -1.0, nan, -infinity]),
            (Kind::Count, &[0.0, 6.0, 1e12], &[-1.0, 0.5, nan, infinity]),
            (Kind::PageNumber, &[1.0, 1e9], &[0.0, 1.5, nan, infinity]),
            (Kind::PageSize, &[1.0, 100.0], &[0.0, 101.0, 1.5, nan, infinity]),
        ];
        for (kind, right, wrong) in table {
            assert!(right.iter().all(|n| kind.fits_number(*n)), "{kind:?}");
            assert!(!wrong.iter().any(|n| kind.fits_number(*n)), "{kind:?}");
        }
    }

    #[test]
    fn one_interval_option_alone_moves_the_default_of_the_other() {
        let pace = |interval, max_interval| {
            let mut options = CallOptions::new(Operation::PollSession);
            options.set_pace(interval, max_interval).map(|()| (options.interval_ms, options.max_interval_ms))
        };
        assert_eq!(pace(None, None), Ok((500.0, 5_000.0)));
        assert_eq!(pace(Some(9_000.0), None), Ok((9_000.0, 9_000.0)));
        assert_eq!(pace(None, Some(100.0)), Ok((100.0, 100.0)));
        assert_eq!(pace(Some(7.0), Some(7.0)), Ok((7.0, 7.0)));
        assert!(pace(Some(2_000.0), Some(1_000.0)).is_err());
    }

    #[test]
    fn extra_body_may_not_hold_a_parameter() {
        let message = misplaced_in_extra_body("prompt", "tool_settings", PROMPT_PARAMS);
        let expected = "prompt.extraBody must not hold \"tool_settings\": that is prompt.toolSettings.";
        assert_eq!(message.as_deref(), Some(expected));
        assert_eq!(misplaced_in_extra_body("params", "model_id", CREATE_PARAMS), None);
    }

    #[test]
    fn a_key_holds_only_characters_that_are_valid_in_a_header() {
        assert_eq!(header_key(" k\u{e9}y 1\n"), Some("k\u{e9}y 1"));
        for key in ["", " ", "\u{a0}", "a\nb", "a\0b", "\u{20ac}", "a\u{7f}"] {
            assert_eq!(header_key(key), None, "{key:?}");
        }
    }

    #[test]
    fn the_options_of_one_call_have_distinct_names() {
        for tables in [&[CALL, POLL, POLL_SESSION][..], &[CALL, POLL, ASK], &[CALL, GET]] {
            let mut names: Vec<_> = tables.concat().iter().map(|field| field.name).collect();
            names.sort_unstable();
            let all = names.len();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }
}
