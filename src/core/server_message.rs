//! The server's own message in the body of an error response: a field of a JSON object, the title of an HTML page, or
//! plain text.
//!
//! The platform parses JSON; the caller redacts the key.

use super::text::is_space;

/// The longest message, in characters, with its ellipsis.
const MAX_CHARS: usize = 300;

/// The number of arrays and objects that may enclose the message: `{"detail": [{"msg": "field required"}]}` has three.
const MAX_DEPTH: usize = 3;

/// The fields that hold a message or a code, the best first.
const FIELDS: [&str; 7] = ["description", "message", "detail", "error", "title", "msg", "name"];

/// The named character references that occur in titles of error pages.
const ENTITIES: [(&str, char); 14] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("middot", '·'),
];

/// The longest text between `&` and `;` that is decoded.
const MAX_ENTITY_LEN: usize = 8;

/// A parsed JSON value. Each method returns `None` for a value of another type.
pub trait Json: Sized {
    /// A string unchanged, or a number in decimal.
    fn text(&self) -> Option<String>;
    /// The first element of an array.
    fn first(&self) -> Option<Self>;
    /// A field of an object.
    fn field(&self, name: &str) -> Option<Self>;
}

/// The message in a JSON body, on one line of at most 300 characters.
///
/// A sentence takes precedence over a code, which follows it: `{"error": 42, "description": "Not found"}` becomes "Not
/// found (error 42)".
pub fn from_json<J: Json>(body: &J) -> Option<String> {
    fold(&find_message(body, MAX_DEPTH)?)
}

/// The message in a body that is not JSON, on one line of at most 300 characters: the title of an HTML page, else its first
/// heading, else nothing; plain text unchanged.
///
/// ```
/// use aiera_chat::core::server_message::from_text;
///
/// assert_eq!(from_text("<TITLE>502 Bad Gateway</TITLE>…").as_deref(), Some("502 Bad Gateway"));
/// ```
pub fn from_text(body: &str) -> Option<String> {
    if is_html(body) { element(body, "title").or_else(|| element(body, "h1")) } else { fold(body) }
}

/// Whether a body starts like an HTML or XML page.
pub fn is_html(body: &str) -> bool {
    let mut start = body.trim_start_matches(is_space).chars();
    start.next() == Some('<')
        && start.next().is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '!' | '?'))
}

fn find_message<J: Json>(value: &J, depth: usize) -> Option<String> {
    if let Some(text) = value.text() {
        return Some(text.trim().to_owned());
    }
    let depth = depth.checked_sub(1)?;
    if let Some(first) = value.first() {
        return find_message(&first, depth);
    }
    let mut sentence = None;
    let mut code = None;
    for name in FIELDS {
        let message = value.field(name).and_then(|field| find_message(&field, depth));
        let Some(message) = message.filter(|message| !message.is_empty()) else { continue };
        let is_code = message.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { &mut code } else { &mut sentence }.get_or_insert(message);
    }
    match (sentence, code) {
        (Some(sentence), Some(code)) => Some([&sentence, " (error ", &code, ")"].concat()),
        (None, Some(code)) => Some(["error ", &code].concat()),
        (sentence, None) => sentence,
    }
}

/// The text of the first non-empty element of this name. Reads the page once, since a server may send megabytes.
fn element(html: &str, name: &str) -> Option<String> {
    let mut rest = html;
    loop {
        let (text, after) = split_at_closing_tag(after_opening_tag(rest, name)?, name);
        let text = fold(&decode(&text));
        if text.is_some() {
            return text;
        }
        rest = after;
    }
}

/// The HTML that follows the first opening tag of this name.
fn after_opening_tag<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = html;
    loop {
        let (_, tag) = rest.split_once('<')?;
        if has_tag_name(tag, name) {
            return after_tag(tag);
        }
        rest = tag;
    }
}

/// The text up to the closing tag of this name, without other tags, and the HTML from that tag on. A truncated body may end
/// inside a tag.
fn split_at_closing_tag<'a>(html: &'a str, name: &str) -> (String, &'a str) {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let is_tag = |next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?');
        if !tag.is_empty() && !tag.starts_with(is_tag) {
            text.push('<');
            rest = tag;
            continue;
        }
        // A title holds no elements: another tag means that its closing tag is missing.
        let is_end = name == "title" || tag.strip_prefix('/').is_some_and(|tag| has_tag_name(tag, name));
        if is_end {
            return (text, rest.trim_start_matches(|character| character != '<'));
        }
        if has_tag_name(tag, "br") {
            text.push(' ');
        }
        rest = after_tag(tag).unwrap_or("");
    }
    text.push_str(rest);
    (text, "")
}

/// Whether a tag has this name; `tag` starts after `<` or `</`.
fn has_tag_name(tag: &str, name: &str) -> bool {
    let Some((start, rest)) = tag.split_at_checked(name.len()) else { return false };
    start.eq_ignore_ascii_case(name) && !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-')
}

/// The HTML after a tag's `>`. A `>` in a quoted attribute does not count.
fn after_tag(tag: &str) -> Option<&str> {
    let mut quote = None;
    let mut last = '\0';
    for (index, character) in tag.char_indices() {
        match (quote, character) {
            (None, '>') => return tag.get(index + 1..),
            (None, '"' | '\'') if last == '=' => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        last = character;
    }
    None
}

/// Replaces character references, once: `&amp;lt;` becomes `&lt;`.
fn decode(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once('&') {
        decoded.push_str(before);
        match split_entity(reference) {
            Some((character, after)) => {
                decoded.push(character);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = reference;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// The character of the reference at the start of a text (without its `&`), and the text after its `;`.
fn split_entity(reference: &str) -> Option<(char, &str)> {
    let end = reference.bytes().take(MAX_ENTITY_LEN + 1).position(|byte| byte == b';')?;
    let name = reference.get(..end)?;
    Some((entity(name)?, reference.get(end + 1..)?))
}

/// The character of a reference such as `amp`, `#39` or `#x27`.
fn entity(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return ENTITIES.iter().find(|(entity, _)| *entity == name).map(|(_, character)| *character);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

/// The text on one line of at most 300 characters, with runs of white space and control characters folded. `None` if it is
/// empty.
fn fold(text: &str) -> Option<String> {
    let mut line = String::new();
    let mut chars = 0;
    let mut has_gap = false;
    for character in text.chars() {
        if is_space(character) || character.is_control() {
            has_gap = !line.is_empty();
            continue;
        }
        let gap = has_gap.then_some(' ');
        has_gap = false;
        for character in gap.into_iter().chain([character]) {
            if chars == MAX_CHARS {
                line.pop();
                line.push('…');
                return Some(line);
            }
            line.push(character);
            chars += 1;
        }
    }
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    impl Json for Value {
        fn text(&self) -> Option<String> {
            match self {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        }

        fn first(&self) -> Option<Self> {
            self.get(0).cloned()
        }

        fn field(&self, name: &str) -> Option<Self> {
            self.get(name).cloned()
        }
    }

    #[test]
    fn json_fields_hold_the_message() {
        for (body, message) in [
            (json!({"error": "content is required"}), "content is required"),
            (json!({"message": "Forbidden"}), "Forbidden"),
            (json!({"detail": "Not found."}), "Not found."),
            (json!({"error": {"code": "rate_limited", "message": "Slow down"}}), "Slow down"),
            (json!({"errors": [1], "title": "Bad"}), "Bad"),
            (json!({"detail": [{"loc": ["body"], "msg": "field required"}]}), "field required"),
            (json!([{"message": "first"}, {"message": "second"}]), "first"),
            (json!({"message": "", "description": " ", "error": "left"}), "left"),
            (json!({"message": null, "detail": true, "error": "left"}), "left"),
            (json!({"message": "two\n\n  lines\t"}), "two lines"),
            (json!({"name": "a", "description": "best"}), "best"),
            (json!("plain"), "plain"),
        ] {
            assert_eq!(from_json(&body).as_deref(), Some(message), "{body}");
        }
    }

    #[test]
    fn a_code_follows_the_sentence() {
        for (body, message) in [
            (json!({"error": 42, "name": "X", "description": "D"}), "D (error 42)"),
            (json!({"error": "42", "message": "Gone"}), "Gone (error 42)"),
            (json!({"error": 42}), "error 42"),
            (json!({"error": 42, "message": ""}), "error 42"),
            (json!({"error": {"message": "Inner", "name": 7}}), "Inner (error 7)"),
        ] {
            assert_eq!(from_json(&body).as_deref(), Some(message), "{body}");
        }
    }

    #[test]
    fn json_without_a_message_is_no_message() {
        for body in [
            json!({}),
            json!([]),
            json!([[]]),
            json!(null),
            json!(true),
            json!(""),
            json!({"status": 500, "request": "abc"}),
            json!({"message": {"message": {"message": {"message": "too deep"}}}}),
        ] {
            assert_eq!(from_json(&body), None, "{body}");
        }
    }

    #[test]
    fn a_message_is_found_at_most_three_levels_deep() {
        let body = json!({"error": {"detail": {"message": "deep"}}});
        assert_eq!(from_json(&body).as_deref(), Some("deep"));
    }

    #[test]
    fn plain_text_is_the_message() {
        assert_eq!(from_text("upstream connect error").as_deref(), Some("upstream connect error"));
        assert_eq!(from_text(" \u{feff}a\r\n\tb \0 c\n").as_deref(), Some("a b c"));
        assert_eq!(from_text("1 < 2 &amp; 3").as_deref(), Some("1 < 2 &amp; 3"));
        for text in ["", " \n", "\u{feff}"] {
            assert_eq!(from_text(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_page_is_distinguished_from_plain_text() {
        for text in ["<!DOCTYPE html>", "\u{feff}\n <html>", "<?xml version=\"1.0\"?>", "<Error>", "<!-- x --><html>"] {
            assert!(is_html(text), "{text:?}");
        }
        for text in ["", "<", "< 3", "<3", "a <b>", "{\"a\": \"<html>\"}", "<=>"] {
            assert!(!is_html(text), "{text:?}");
        }
    }

    #[test]
    fn the_title_of_a_page_is_its_message() {
        for page in [
            "<html><head><title>502 Bad Gateway</title></head><body><h1>other</h1>",
            "<!doctype html><TITLE>\n502 Bad\n Gateway </TITLE >",
            "<html><title data-x=\"a > b\" lang='e>n'>502 Bad Gateway</title>",
            "<html><titles>no</titles><title/>502 Bad Gateway</title>",
            "<html><title><title></title><title> </title><title>502 Bad Gateway</title>",
            "<?xml version=\"1.0\"?><html><title>502&nbsp;Bad&#32;Gateway</title>",
        ] {
            assert_eq!(from_text(page).as_deref(), Some("502 Bad Gateway"), "{page}");
        }
    }

    #[test]
    fn a_closing_tag_is_never_part_of_the_message() {
        let page = "<html><head><title>500 Internal Server Error</title></head><body><h1>x</h1></body></html>";
        let title_start = page.find("500").unwrap_or_default();
        let title = "500 Internal Server Error";
        for end in title_start + title.len()..=page.len() {
            let body = page.get(..end).unwrap();
            assert_eq!(from_text(body).as_deref(), Some(title), "{body}");
        }
        for end in title_start + 1..title_start + title.len() {
            let body = page.get(..end).unwrap();
            assert_eq!(from_text(body).as_deref(), Some(page.get(title_start..end).unwrap().trim()), "{body}");
        }
        for end in 0..=title_start {
            assert_eq!(from_text(page.get(..end).unwrap()).unwrap_or_default().find("title"), None);
        }
    }

    #[test]
    fn a_title_without_a_closing_tag_ends_at_the_next_tag() {
        assert_eq!(from_text("<title>Oops<body><h1>Big").as_deref(), Some("Oops"));
        assert_eq!(from_text("<title>Oops<!-- x").as_deref(), Some("Oops"));
        assert_eq!(from_text("<title>a < b</title>").as_deref(), Some("a < b"));
    }

    #[test]
    fn the_heading_of_a_page_without_a_title_is_its_message() {
        for (page, message) in [
            ("<html><body><h1>Not <em class=\"x\">found</em>.</h1><p>more", "Not found."),
            ("<body><H1 id=a>Gone</H1>", "Gone"),
            ("<body><h1>Gone<br>for good<br/>now</h1>", "Gone for good now"),
            ("<body><h1><span>Gone</span", "Gone"),
            ("<body><h1>Gone</h", "Gone"),
            ("<body><h1>Gone</", "Gone"),
            ("<body><h1>Gone<", "Gone"),
            ("<body><h1><a href=\"/?a>b\">Gone</a></h1>", "Gone"),
            ("<title> </title><h1>Gone</h1>", "Gone"),
            ("<h1> </h1><h1>Gone</h1>", "Gone"),
            ("<h1><h1>Gone</h1>", "Gone"),
            ("<header><h10>no</h10><h1>Gone</h1>", "Gone"),
        ] {
            assert_eq!(from_text(page).as_deref(), Some(message), "{page}");
        }
    }

    #[test]
    fn a_page_without_a_title_and_a_heading_has_no_message() {
        for page in ["<html><body><p>long text</p>", "<script>var title = 1</script>", "<title", "<title>", "<h1></h1>"]
        {
            assert_eq!(from_text(page), None, "{page}");
        }
    }

    #[test]
    fn large_pages_are_read_once() {
        // Each page takes minutes if every tag causes a read of the rest.
        for part in ["<h1>", "<h1></h1>", "<title>", "<", "<title", "<h1", "&", "<title>&"] {
            let page = ["<html>", &part.repeat(500_000)].concat();
            assert!(from_text(&page).is_none_or(|message| !message.contains("title")), "{part}");
        }
    }

    #[test]
    fn entities_are_decoded_once() {
        for (title, message) in [
            ("Can&#39;t &amp; won&#x27;t &mdash; &quot;ever&quot;", "Can't & won't — \"ever\""),
            ("&lt;b&gt;", "<b>"),
            ("&amp;lt;", "&lt;"),
            ("a & b; c &unknown; &; &#; &#xzz; &#x110000; &", "a & b; c &unknown; &; &#; &#xzz; &#x110000; &"),
        ] {
            let page = ["<title>", title, "</title>"].concat();
            assert_eq!(from_text(&page).as_deref(), Some(message), "{title}");
        }
    }

    #[test]
    fn long_messages_are_truncated() {
        let exact = "é".repeat(MAX_CHARS);
        assert_eq!(from_text(&exact), Some(exact.clone()));
        assert_eq!(from_text(&[&exact, " \n"].concat()), Some(exact.clone()));
        for tail in ["é", " é"] {
            let long = [&exact, tail].concat();
            let cut = from_json(&json!({ "message": long })).unwrap();
            assert_eq!(cut, ["é".repeat(MAX_CHARS - 1).as_str(), "…"].concat());
        }
    }

    proptest! {
        #[test]
        fn every_message_is_one_line_of_bounded_length(text in "(<|>|/|title|h1|=|\"|'|&|;|#|br| |\n|é|.){0,60}", tail in ".{0,400}") {
            for body in [text.clone(), ["<title>", &text, &tail].concat(), ["<h1>", &text, &tail].concat(), tail] {
                if let Some(message) = from_text(&body) {
                    prop_assert!(!message.is_empty() && message.chars().count() <= MAX_CHARS);
                    prop_assert!(!message.contains(char::is_control) && message.trim() == message);
                }
            }
        }
    }
}
