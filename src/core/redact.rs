//! Takes the API key out of whatever a server echoes: raw, escaped in the ways of JSON, URLs and HTML, and cut.
//!
//! Which texts have to go through here is left to the callers: all that end up in an error or an event.

use super::words::entity;

/// What stands in the key's place.
const REDACTED: &str = "[redacted]";
/// How many layers of escaping are taken off. JSON within JSON within a URL within HTML are four.
const LAYERS: usize = 8;

/// `text` without `key`: whatever belongs to it has become `[redacted]`.
///
/// Found are the key and every piece of it, raw or escaped, also more than once and in a mixture: as in JSON
/// (`\u0041`, `\/`, `\"`, and `\x41`), in URLs (`%41`, `+`) and in HTML (`&amp;`, `&#65;`, `&#x41;`).
///
/// A piece is a run of neighbouring bytes of the key, as many as a third of it, but at least 6 and at most 8; of a
/// key under 8 bytes only the whole. Fewer than 6 are found in ordinary words, when the key has such in it: with the
/// key `test-key` "the test failed" survives. More than 8 need not be asked for: eight letters and digits of a random
/// key (48 bits) are met by chance in no text, and what is left, 7 bytes of a long key, opens nothing.
pub fn redact(text: &str, key: &str) -> String {
    if key.is_empty() {
        return text.into();
    }
    let raw_key = Pieces::new(key.as_bytes());
    let mut layer = Layer::new(text);
    let mut hits = vec![false; text.len()];
    // At each layer, since a raw key may well look like an escaped one.
    for _ in 0..LAYERS {
        raw_key.mark(&layer, &mut hits);
        match layer.unescaped() {
            Some(next) => layer = next,
            None => break,
        }
    }
    // And such a key may be escaped in part, or have been unescaped along with the text around it.
    let mut plain_key = Layer::new(key);
    for _ in 0..LAYERS {
        match plain_key.unescaped() {
            Some(next) => plain_key = next,
            None => break,
        }
    }
    if plain_key.bytes != key.as_bytes() {
        Pieces::new(&plain_key.bytes).mark(&layer, &mut hits);
    }
    splice(text, &hits)
}

/// The longest beginning of `text` that has at most `max_bytes` bytes and ends between two characters.
pub fn cut(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    loop {
        // Ends at 0 at the latest.
        if let Some(head) = text.get(..end) {
            return head;
        }
        end = end.saturating_sub(1);
    }
}

/// `text` with a placeholder for each run of characters that were hit.
fn splice(text: &str, hits: &[bool]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = false;
    for (start, character) in text.char_indices() {
        // A part of a character is enough: half of one cannot stay.
        let hit = hits.get(start..start + character.len_utf8()).is_some_and(|hits| hits.contains(&true));
        if !hit {
            out.push(character);
        } else if !within {
            out.push_str(REDACTED);
        }
        within = hit;
    }
    out
}

/// A text with some layers of escaping taken off.
struct Layer {
    bytes: Vec<u8>,
    /// Where in the original text each byte's piece starts; it ends where the next one starts.
    starts: Vec<usize>,
}

impl Layer {
    fn new(text: &str) -> Self {
        Layer { bytes: text.as_bytes().into(), starts: (0..text.len()).collect() }
    }

    /// The text with one more layer taken off; `None` where there is none.
    fn unescaped(&self) -> Option<Layer> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut starts = Vec::with_capacity(self.bytes.len());
        let mut rest = self.bytes.as_slice();
        let mut at = 0;
        while let Some(first) = rest.first() {
            let length = unescape(rest, &mut bytes).unwrap_or_else(|| {
                bytes.push(*first);
                1
            });
            starts.resize(bytes.len(), self.starts.get(at).copied().unwrap_or_default());
            at += length;
            rest = rest.get(length..).unwrap_or_default();
        }
        // An escape is always longer than what it stands for.
        (bytes.len() < self.bytes.len()).then_some(Layer { bytes, starts })
    }
}

/// Writes what the escape at the beginning of `text` stands for, and gives the escape's length.
fn unescape(text: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (character, length) = match *text {
        [b'%', high, low, ..] => {
            // A byte, and not a character: the characters beyond ASCII are several of these.
            out.push(u8::try_from(hex(&[high, low])?).ok()?);
            return Some(3);
        }
        [b'\\', b'u' | b'U', a, b, c, d, ..] => (char::from_u32(hex(&[a, b, c, d])?)?, 6),
        [b'\\', b'x', high, low, ..] => (char::from_u32(hex(&[high, low])?)?, 4),
        [b'\\', b't', ..] => ('\t', 2),
        [b'\\', sign, ..] if sign.is_ascii_punctuation() => (char::from(sign), 2),
        _ => entity(text)?,
    };
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(length)
}

/// The number that hexadecimal digits stand for.
fn hex(digits: &[u8]) -> Option<u32> {
    let mut value = 0;
    for digit in digits {
        value = value * 16 + char::from(*digit).to_digit(16)?;
    }
    Some(value)
}

/// Heads of the chains in [`Pieces`].
const HEADS: usize = 1_024;

/// All pieces of a key, to be looked up in a time that does not grow with its length.
struct Pieces<'a> {
    key: &'a [u8],
    /// How long a piece is.
    length: usize,
    /// For each hash, where in the key the last piece with it starts, plus 1.
    heads: Vec<usize>,
    /// For each piece, where the one before with the same hash starts, plus 1.
    links: Vec<usize>,
}

impl<'a> Pieces<'a> {
    fn new(key: &'a [u8]) -> Self {
        let length = if key.len() < 8 { key.len() } else { (key.len() / 3).clamp(6, 8) };
        let mut pieces = Pieces { key, length, heads: vec![0; HEADS], links: Vec::new() };
        let mut start = 0;
        while let Some(piece) = key.get(start..start + length) {
            let mut link = 0;
            // What is there already would only make its chain longer: `aaaa…` has one piece.
            if !pieces.contain(piece)
                && let Some(head) = pieces.heads.get_mut(hash(piece))
            {
                link = *head;
                *head = start + 1;
            }
            pieces.links.push(link);
            start += 1;
        }
        pieces
    }

    fn contain(&self, wanted: &[u8]) -> bool {
        let mut next = self.heads.get(hash(wanted)).copied().unwrap_or_default();
        // 0 ends a chain.
        while let Some(start) = next.checked_sub(1) {
            let piece = self.key.get(start..start + self.length).unwrap_or_default();
            if piece.iter().zip(wanted).all(|(a, b)| same(*a) == same(*b)) {
                return true;
            }
            next = self.links.get(start).copied().unwrap_or_default();
        }
        false
    }

    /// Marks in `hits` what in the original text stands for pieces of the key.
    fn mark(&self, layer: &Layer, hits: &mut [bool]) {
        // Up to where it is marked already, so that a long run is not marked again for each piece in it.
        let mut done = 0;
        let mut at = 0;
        while let Some(window) = layer.bytes.get(at..at + self.length) {
            if self.contain(window) {
                let start = layer.starts.get(at).copied().unwrap_or_default().max(done);
                done = layer.starts.get(at + self.length).copied().unwrap_or(hits.len());
                for hit in hits.get_mut(start..done).unwrap_or_default() {
                    *hit = true;
                }
            }
            at += 1;
        }
    }
}

/// A space is a plus in some URLs.
fn same(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

fn hash(piece: &[u8]) -> usize {
    let mut hash = 0_u32;
    for byte in piece {
        hash = (hash ^ u32::from(same(*byte))).wrapping_mul(0x0100_0193);
    }
    (hash >> 16) as usize % HEADS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    const KEY: &str = "sk-\"a/b\\c&d<e>'f g%h+i=j_Ω0123456789";

    /// One character in one of the ways in which it may be echoed.
    fn escaped(character: char, way: u8) -> String {
        let code = u32::from(character);
        match way % 11 {
            0 if code < 0x1_0000 => format!("\\u{code:04x}"),
            1 if code < 0x1_0000 => format!("\\u{code:04X}"),
            2 => character.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect(),
            3 => character.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
            4 => format!("&#{code};"),
            5 => format!("&#x{code:x};"),
            6 => format!("&#X00{code:X};"),
            7 if "\"\\/'&<>".contains(character) => format!("\\{character}"),
            8 if code < 0x100 => format!("\\x{code:02x}"),
            _ => match character {
                '&' => "&amp;".into(),
                '<' => "&lt;".into(),
                '>' => "&gt;".into(),
                '"' => "&quot;".into(),
                '\'' => "&apos;".into(),
                ' ' => "+".into(),
                other => other.to_string(),
            },
        }
    }

    fn all_escaped(text: &str, way: u8) -> String {
        text.chars().map(|character| escaped(character, way)).collect()
    }

    #[test]
    fn raw() {
        let table = [
            ("", "secret-key-1", ""),
            ("secret-key-1", "secret-key-1", "[redacted]"),
            ("a secret-key-1, b", "secret-key-1", "a [redacted], b"),
            ("secret-key-1 secret-key-1", "secret-key-1", "[redacted] [redacted]"),
            ("nothing in it: Grüße", "secret-key-1", "nothing in it: Grüße"),
            ("text", "", "text"),
            ("k: abc", "abc", "k: [redacted]"),
            ("abxabcab", "abc", "abx[redacted]ab"),
            ("schlüssel-größe!", "schlüssel-größe", "[redacted]!"),
        ];
        for (text, key, clean) in table {
            assert_eq!(redact(text, key), clean, "{text}");
        }
    }

    #[test]
    fn escaped_in_every_way() {
        for way in 0..11 {
            let text = ["<b>", &all_escaped(KEY, way), "</b>"].concat();
            assert_eq!(redact(&text, KEY), "<b>[redacted]</b>", "{way}: {text}");
            for second in 0..11 {
                let twice = ["(", &all_escaped(&all_escaped(KEY, way), second), ")"].concat();
                assert_eq!(redact(&twice, KEY), "([redacted])", "{way} {second}: {twice}");
            }
        }
        // As the tools of the trade write it.
        let table = [
            (
                r#"{"error":"no key sk-\"a\/b\\c&d<e>'f g%h+i=j_\u03a90123456789."}"#,
                r#"{"error":"no key [redacted]."}"#,
            ),
            (
                r#""{\"error\":\"sk-\\\"a/b\\\\c&d<e>'f g%h+i=j_\\u03A90123456789\"}""#,
                r#""{\"error\":\"[redacted]\"}""#,
            ),
            ("?k=sk-%22a%2Fb%5Cc%26d%3Ce%3E'f%20g%25h%2Bi%3Dj_%CE%A90123456789&x=1", "?k=[redacted]&x=1"),
            ("?k=sk-%22a%2Fb%5Cc%26d%3Ce%3E%27f+g%25h%2Bi%3Dj_%CE%A90123456789&x=1", "?k=[redacted]&x=1"),
            (
                "<p>sk-&quot;a/b\\c&amp;d&lt;e&gt;&#39;f g%h+i=j_&Omega;0123456789</p>",
                "<p>[redacted]&Omega;[redacted]</p>",
            ),
            ("\\u0026quot;a/b\\u005cc\\u0026amp;d\\u003ce", "[redacted]"),
        ];
        for (text, clean) in table {
            assert_eq!(redact(text, KEY), clean, "{text}");
        }
    }

    #[test]
    fn keys_that_look_escaped() {
        for key in
            ["ab%41cd%2Fef", "a\\u0041b\\nc\\\\d", "x&amp;y&#65;z&lt;", "%25%32%35%25", "\\\\\\\\\\\\", "++++++++"]
        {
            assert_eq!(redact(&["(", key, ")"].concat(), key), "([redacted])", "{key}");
            for way in 0..11 {
                let text = ["(", &all_escaped(key, way), ")"].concat();
                assert_eq!(redact(&text, key), "([redacted])", "{key} {way}: {text}");
            }
        }
        // Escaped only in part, and what was an escape in the key now being none.
        assert_eq!(redact("(ab%41cd%252Fef)", "ab%41cd%2Fef"), "([redacted])");
        assert_eq!(redact("(abAcd/ef)", "ab%41cd%2Fef"), "([redacted])");
    }

    #[test]
    fn cut_pieces_go_and_ordinary_words_stay() {
        let key = "test-key-0123456789-abcdefghij";
        let table = [
            ("got test-key…", "got [redacted]…"),
            ("…cdefghij (30 characters)", "…[redacted] (30 characters)"),
            ("…3456789-… is wrong", "…[redacted]… is wrong"),
            ("test-key-012…fghij", "[redacted]…fghij"),
            ("the test failed: no key in 01234", "the test failed: no key in 01234"),
            ("test\\u002dkey\\u002d0…", "[redacted]…"),
        ];
        for (text, clean) in table {
            assert_eq!(redact(text, key), clean, "{text}");
        }
        assert_eq!(redact("the test failed", "test-key"), "the test failed");
        assert_eq!(redact("bad: test-k", "test-key"), "bad: [redacted]");
        assert_eq!(redact("bad: st-key", "test-key"), "bad: [redacted]");
        assert_eq!(redact("bad: test-", "test-key"), "bad: test-");
        assert_eq!(
            redact("short keys go as a whole: sec secre secret", "secret"),
            "short keys go as a whole: sec secre [redacted]"
        );
    }

    #[test]
    fn a_character_goes_as_a_whole() {
        // Ǿ and Ǽ share their first byte.
        assert_eq!(redact("1234567Ǽ", "1234567Ǿ"), "[redacted]");
        assert_eq!(redact("Ǽ\u{fffd}", "Ǿ"), "Ǽ\u{fffd}");
    }

    #[test]
    fn time_grows_with_the_text_alone() {
        let began = Instant::now();
        let pattern: String = (0..16_384_u32).map(|n| char::from(b'a' + (n * n / 7 % 26) as u8)).collect();
        let texts = [pattern.clone(), "a".repeat(16_384), "\\".repeat(16_384), "%25".repeat(5_461), "&#".repeat(8_192)];
        let keys = [&pattern[..4_096], &"a".repeat(4_096), "%2525252541", "&#&#&#&#", KEY];
        for text in &texts {
            for key in keys {
                assert!(redact(text, key).len() <= text.len() * 10);
            }
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    #[test]
    fn cut_ends_between_characters() {
        let table = [
            ("", 0, ""),
            ("", 9, ""),
            ("abc", 2, "ab"),
            ("abc", 9, "abc"),
            ("aé", 2, "a"),
            ("aé", 3, "aé"),
            ("😀", 3, ""),
        ];
        for (text, max, head) in table {
            assert_eq!(cut(text, max), head, "{text} {max}");
        }
    }

    proptest! {
        #[test]
        fn no_mixture_of_escapes_hides_the_key(
            key in "[!-~][ -~é]{6,46}[!-~]|[0-9A-Za-z+/=_.~-]{8,60}",
            ways in proptest::collection::vec((any::<u8>(), proptest::option::of(any::<u8>())), 1..50),
            before in "[αβγ ]{0,9}",
        ) {
            // What is escaped at different depths is ambiguous where the key itself has in it what escapes begin with.
            let plain = !key.contains(['\\', '%', '&']);
            let echo: String = key
                .chars()
                .zip(ways.iter().cycle())
                .map(|(character, (way, second))| {
                    // Whoever escapes anything escapes what escapes begin with, too.
                    let way = if "\\%".contains(character) && way % 11 > 6 { 4 } else { *way };
                    let once = escaped(character, way);
                    second.filter(|_| plain).map_or(once.clone(), |second| all_escaped(&once, second))
                })
                .collect();
            let clean = redact(&[&before, "<", &echo, ">"].concat(), &key);
            prop_assert!(clean.contains(REDACTED), "{} {}", echo, clean);
            prop_assert!(clean.len() <= before.len() + 2 + REDACTED.len() && !clean.contains(&key), "{} {}", echo, clean);
        }

        #[test]
        fn no_piece_of_the_key_is_left(
            key in "[0-9A-Z]{8,60}",
            parts in proptest::collection::vec(("[a-z .:é]{1,12}", 0..60_usize, 0..60_usize), 0..9),
        ) {
            let mut text = String::new();
            for (words, from, to) in &parts {
                text.push_str(words);
                let (from, to) = (from % key.len(), to % key.len());
                text.push_str(key.get(from..to).unwrap_or_default());
            }
            let clean = redact(&text, &key);
            let length = (key.len() / 3).clamp(6, 8);
            for piece in key.as_bytes().windows(length) {
                prop_assert!(!clean.as_bytes().windows(length).any(|window| window == piece), "{}", clean);
            }
            // And nothing else has gone.
            let small = |text: &str| text.replace(REDACTED, "").replace(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit(), "");
            prop_assert_eq!(small(&clean), small(&text));
        }

        #[test]
        fn texts_without_the_key_stay(text in "[a-zA-Z0-9%\\\\&#;+ é-]{0,200}", key in "[α-ω]{8,40}") {
            prop_assert_eq!(redact(&text, &key), text);
        }

        #[test]
        fn anything_goes(text in any::<String>(), key in any::<String>(), max in 0..100_usize) {
            let clean = redact(&text, &key);
            prop_assert!(key.is_empty() || REDACTED.contains(&key) || !redact(&[&text, &*key].concat(), &key).ends_with(&key));
            prop_assert!(!text.is_empty() || clean.is_empty());
            let head = cut(&text, max);
            prop_assert!(text.starts_with(head) && head.len() <= max);
            prop_assert!(head.len() == text.len() || head.len() + 4 > max);
        }
    }
}
