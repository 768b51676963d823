//! The server's own words for an error, out of whatever body it sent: a page, a text, or the fields of a JSON object.
//!
//! Parsing JSON is left to the engine, taking the key out to [`super::redact`], and the sentence around it to the
//! callers.

/// How many characters of a server's words are shown, an ellipsis included.
const LONGEST: usize = 300;
/// The elements of a page or an XML document that say what is wrong, the best first.
const TELLING: [&[u8]; 3] = [b"title", b"h1", b"message"];
/// The fields of a JSON object that say what is wrong, the best first.
const FIELDS: [&str; 7] = ["message", "detail", "description", "error", "msg", "title", "name"];

/// The words in a body that is not JSON: of a page its title, else its heading, else all of its text.
/// In one line, at most 300 characters; `None` where nothing is left.
pub fn from_text(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !text.starts_with('<') {
        let mut line = Line::default();
        for character in text.chars() {
            line.push(character);
        }
        return line.finish();
    }
    for element in TELLING {
        if let Some(words) = from_html(text, Some(element)) {
            return Some(words);
        }
    }
    from_html(text, None)
}

/// The best sentence among the fields of a JSON object, given as name and value in any order.
///
/// A sentence is better than a single word, and that better than a bare number. A short code in `error` is added to
/// words from another field: `{"error": 42, "name": "X", "description": "D"}` says "D (error 42)".
pub fn pick(fields: &[(&str, String)]) -> Option<String> {
    let mut best = String::new();
    let mut best_score = 0;
    let mut best_name = "";
    let mut code = String::new();
    for (name, value) in fields {
        let Some(place) = FIELDS.iter().rev().position(|known| known == name) else { continue };
        let Some(words) = from_text(value) else { continue };
        // A flag and not a word.
        if ["true", "false", "null", "undefined"].contains(&words.as_str()) {
            continue;
        }
        if *name == "error" && words.len() <= 40 && !words.as_bytes().contains(&b' ') {
            code.clone_from(&words);
        }
        let score = 1 + place + rank(&words) * FIELDS.len();
        if score > best_score {
            (best, best_score, best_name) = (words, score, name);
        }
    }
    if best_name == "error" {
        if rank(&best) == 0 {
            best.insert_str(0, "error ");
        }
    } else if find(best.as_bytes(), code.as_bytes()).is_none() {
        if best.ends_with('.') {
            best.pop();
        }
        best.push_str(" (error ");
        best.push_str(&code);
        best.push(')');
    }
    (best_score > 0).then_some(best)
}

/// 2 for a sentence, 1 for a word, 0 for a bare number.
fn rank(words: &str) -> usize {
    if !words.bytes().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()) {
        return 0;
    }
    1 + usize::from(words.as_bytes().contains(&b' '))
}

/// One line that is being put together, its white space collapsed.
#[derive(Default)]
struct Line {
    text: String,
    length: usize,
    gap: bool,
}

impl Line {
    fn push(&mut self, character: char) {
        if character.is_whitespace() || character.is_control() {
            self.gap = true;
            return;
        }
        if self.length > LONGEST {
            return;
        }
        if self.gap && self.length > 0 {
            self.text.push(' ');
            self.length += 1;
        }
        self.gap = false;
        self.text.push(character);
        self.length += 1;
    }

    fn finish(mut self) -> Option<String> {
        if self.length > LONGEST {
            while self.length >= LONGEST {
                self.text.pop();
                self.length -= 1;
            }
            self.text.push('…');
        }
        (self.length > 0).then_some(self.text)
    }
}

/// The text of the first element of this name that has any, or of the whole page, scripts and styles left out.
fn from_html(html: &str, element: Option<&[u8]>) -> Option<String> {
    let mut line = Line::default();
    let mut rest = html;
    let mut within = element.is_none();
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        if character == '<'
            && let Some((tag, end)) = tag(rest)
        {
            length = end;
            // No telling what a tag does to the layout; words that stick together are worse than a stray space.
            line.gap = true;
            if let Some(name) = element
                && name_of(tag).eq_ignore_ascii_case(name)
            {
                if within && line.length > 0 {
                    break;
                }
                within = !tag.starts_with(b"/");
            }
        } else if within {
            let decoded = entity(rest.as_bytes());
            length = decoded.map_or(length, |(_, length)| length);
            line.push(decoded.map_or(character, |(character, _)| character));
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    line.finish()
}

/// The inside of the tag or comment at the beginning of `html`, and where what belongs to it ends; of a script or a
/// style that is the end of its contents. `None` for a mere less-than sign.
fn tag(html: &str) -> Option<(&[u8], usize)> {
    let bytes = html.as_bytes();
    if bytes.starts_with(b"<!--") {
        return Some((b"", find(bytes, b"-->").map_or(html.len(), |at| at + 3)));
    }
    let inside = bytes.get(1..)?;
    if !inside.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"/!?".contains(byte)) {
        return None;
    }
    let mut quote = None;
    let mut length = inside.len();
    for (at, byte) in inside.iter().enumerate() {
        match byte {
            b'>' if quote.is_none() => {
                length = at;
                break;
            }
            // Only an attribute's value is quoted: an apostrophe elsewhere is none.
            b'"' | b'\'' if quote.is_none() && inside.get(at.wrapping_sub(1)) == Some(&b'=') => quote = Some(byte),
            _ if quote == Some(byte) => quote = None,
            _ => {}
        }
    }
    let tag = inside.get(..length).unwrap_or_default();
    let mut end = (length + 2).min(html.len());
    for dropped in [b"script".as_slice(), b"style"] {
        if name_of(tag).eq_ignore_ascii_case(dropped) && !tag.starts_with(b"/") {
            while let Some(rest) = bytes.get(end..).filter(|rest| !rest.is_empty()) {
                if rest.starts_with(b"</") && name_of(rest.get(1..).unwrap_or_default()).eq_ignore_ascii_case(dropped) {
                    break;
                }
                end += 1;
            }
        }
    }
    Some((tag, end))
}

/// Where `wanted` stands in `text`.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        if rest.starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The name in a tag, its slash left out.
fn name_of(tag: &[u8]) -> &[u8] {
    let name = tag.strip_prefix(b"/").unwrap_or(tag);
    let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
    name.get(..end).unwrap_or_default()
}

/// The named characters that error pages and escaped texts have in them; all others stay as they are.
const NAMED: [(&[u8], char); 14] = [
    (b"amp", '&'),
    (b"lt", '<'),
    (b"gt", '>'),
    (b"quot", '"'),
    (b"apos", '\''),
    (b"nbsp", ' '),
    (b"mdash", '—'),
    (b"ndash", '–'),
    (b"hellip", '…'),
    (b"lsquo", '‘'),
    (b"rsquo", '’'),
    (b"ldquo", '“'),
    (b"rdquo", '”'),
    (b"copy", '©'),
];

/// The character that the HTML entity at the beginning of `text` stands for, and the entity's length.
/// The semicolon may be missing, as browsers have it.
pub(super) fn entity(text: &[u8]) -> Option<(char, usize)> {
    let body = text.strip_prefix(b"&")?;
    let (character, length) = match body {
        [b'#', b'x' | b'X', digits @ ..] => numeric(digits, 16, 2)?,
        [b'#', digits @ ..] => numeric(digits, 10, 1)?,
        _ => NAMED.iter().find(|(name, _)| body.starts_with(name)).map(|(name, character)| (*character, name.len()))?,
    };
    Some((character, 1 + length + usize::from(body.get(length) == Some(&b';'))))
}

/// The character of a numeric entity, and the entity's length from `before` the digits on.
fn numeric(digits: &[u8], radix: u32, before: usize) -> Option<(char, usize)> {
    let mut value = 0_u32;
    let mut length = before;
    for digit in digits {
        let Some(digit) = char::from(*digit).to_digit(radix) else { break };
        value = value.saturating_mul(radix).saturating_add(digit);
        length += 1;
    }
    // 0 is what no digits give, too.
    (value > 0).then_some((char::from_u32(value)?, length))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> String {
        from_text(text).unwrap_or_default()
    }

    fn picked(fields: &[(&str, &str)]) -> String {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let picked = pick(&fields);
        let reversed: Vec<_> = fields.into_iter().rev().collect();
        assert_eq!(picked, pick(&reversed), "the order of the fields does not matter");
        picked.unwrap_or_default()
    }

    #[test]
    fn plain_text_becomes_one_line() {
        let table = [
            ("", ""),
            (" \r\n\t\u{feff}", ""),
            ("Not Found\n", "Not Found"),
            ("\u{feff} upstream\r\n\tconnect \u{0} error \u{1b}[31m", "upstream connect error [31m"),
            ("a < b & c &lt;d", "a < b & c &lt;d"),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_page_says_it_in_its_title_its_heading_or_its_text() {
        let nginx = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>\
            </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
        let table = [
            (nginx, "502 Bad Gateway"),
            (
                "<!DOCTYPE html><TITLE lang=\"e>n\">\n The&nbsp;key &amp; you &#8212; &#x26; &lt;me&gt; </TITLE>",
                "The key & you — & <me>",
            ),
            ("<html><head><title> </title></head><body><h1>ERROR: <em>no</em> way</h1><p>x</p>", "ERROR: no way"),
            ("<title></title><h1></h1><p>Only</p><p>this</p>", "Only this"),
            ("<h1></h1><p>not me</p><h1 class=b>me</h1>", "me"),
            ("<style>p{}</style><script>if (a</b) \"<title>no</title>\"</script ><p>It's <b>down</b>", "It's down"),
            ("<!-- <title>no</title> --><p a='>'>yes<br/>1 < 2 &unknown; &", "yes 1 < 2 &unknown; &"),
            (
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
                "Access Denied",
            ),
            ("<?xml version=\"1.0\"?><Error><Code>Gone</Code><Id>7</Id></Error>", "Gone 7"),
            ("<titles>a</titles><p>b", "a b"),
            ("<title>cut o", "cut o"),
            ("<html><script>never closed", ""),
            ("<p", ""),
            ("<", "<"),
            ("<>", "<>"),
            ("<!--", ""),
            ("<p title=\"never closed>text", ""),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_words_are_cut() {
        for (prefix, suffix) in [("", ""), ("<title>", "</title>")] {
            let exact = [prefix, &"é".repeat(300), suffix].concat();
            assert_eq!(words(&exact), "é".repeat(300));
            let long = [prefix, &"é".repeat(301), suffix].concat();
            assert_eq!(words(&long), ["é".repeat(299), "…".into()].concat());
            let spaced = [prefix, &"é ".repeat(9_999), suffix].concat();
            assert_eq!(words(&spaced).chars().count(), 300);
        }
    }

    #[test]
    fn entities() {
        let table = [
            ("&amp;x", Some(('&', 5))),
            ("&amp", Some(('&', 4))),
            ("&#65;", Some(('A', 5))),
            ("&#65x", Some(('A', 4))),
            ("&#x41;", Some(('A', 6))),
            ("&#X0041", Some(('A', 7))),
            ("&#128512;", Some(('😀', 9))),
            ("&;", None),
            ("&#;", None),
            ("&#x;", None),
            ("&#0;", None),
            ("&#xD800;", None),
            ("&#99999999999;", None),
            ("amp;", None),
        ];
        for (text, expected) in table {
            assert_eq!(entity(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn the_best_field() {
        let table: [(&[(&str, &str)], &str); 20] = [
            (&[], ""),
            (&[("error", "content is required")], "content is required"),
            (&[("message", "Forbidden")], "Forbidden"),
            (&[("message", "Missing Authentication Token")], "Missing Authentication Token"),
            (&[("detail", "Not authenticated")], "Not authenticated"),
            (&[("error", "42"), ("name", "X"), ("description", "D")], "D (error 42)"),
            (&[("error", "42"), ("name", "NotFound"), ("description", "No such thing.")], "No such thing (error 42)"),
            (&[("error", "Bad Request"), ("message", "id must be a number")], "id must be a number"),
            (
                &[("error", "invalid_token"), ("message", "The token has expired")],
                "The token has expired (error invalid_token)",
            ),
            (&[("error", "Forbidden"), ("message", "Forbidden")], "Forbidden"),
            (&[("title", "Not Found"), ("detail", "No session 7.")], "No session 7."),
            (&[("title", "Not Found"), ("detail", "")], "Not Found"),
            (&[("message", "Forbidden"), ("detail", "You may not do this")], "You may not do this"),
            (&[("error", "true"), ("message", "Down")], "Down"),
            (&[("error", "42")], "error 42"),
            (&[("error", "-1.5"), ("name", "NotFound")], "NotFound (error -1.5)"),
            (&[("message", "7")], "7"),
            (&[("error", "null"), ("message", " \n ")], ""),
            (&[("status", "no such field"), ("name", "Name")], "Name"),
            (&[("message", "<html><title>502 Bad Gateway</title>")], "502 Bad Gateway"),
        ];
        for (fields, expected) in table {
            assert_eq!(picked(fields), expected, "{fields:?}");
        }
    }

    proptest! {
        #[test]
        fn words_are_one_short_line(text in "(?s)[\u{feff} ]{0,2}<?.{0,400}|(<[/!?]?[a-z1\"'= -]{0,9}>?|&[a-z#0-9;]{0,7}|[ -~é]){0,150}") {
            if let Some(words) = from_text(&text) {
                prop_assert!(!words.is_empty() && words.chars().count() <= 300, "{}", words);
                prop_assert!(!words.chars().any(char::is_control) && !words.contains("  ") && words.trim() == words, "{:?}", words);
            } else {
                let visible = text.chars().any(|c| !c.is_whitespace() && !c.is_control() && c != '\u{feff}');
                prop_assert!(!visible || text.contains('<'), "{:?}", text);
            }
        }

        #[test]
        fn plain_words_survive_a_page(text in "[a-zA-Z0-9.,é ]{1,80}") {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for page in [["<title>", &text, "</title>"], ["<body><h1>", &text, "</h1>"], ["<p>", &text, "</p>"]] {
                prop_assert_eq!(words(&page.concat()), &*line);
            }
        }

        #[test]
        fn every_character_can_be_an_entity(character in any::<char>()) {
            let code = u32::from(character);
            let expected = (code > 0).then_some(character);
            for text in [format!("&#{code};"), format!("&#x{code:X};"), format!("&#{code}")] {
                prop_assert_eq!(entity(text.as_bytes()), expected.map(|c| (c, text.len())));
            }
        }

        #[test]
        fn any_fields_give_something_said_in_them(values in proptest::collection::vec((0..7_usize, ".{0,20}"), 0..6)) {
            let fields: Vec<_> = values.iter().map(|(at, value)| (FIELDS[*at], value.clone())).collect();
            let said = values.iter().any(|(_, value)| {
                from_text(value).is_some_and(|words| !["true", "false", "null", "undefined"].contains(&&*words))
            });
            prop_assert_eq!(pick(&fields).is_some(), said);
        }
    }
}
