//! The nearest known name to an unknown one, for "did you mean". The sentence around it is left to the callers.

/// Names that are longer than this are no slips of the finger, and are not compared.
const LONGEST: usize = 64;
/// A shorter name says too little for being a part of another one to mean anything.
const SHORTEST_PART: usize = 3;

/// The one of `known` that was most probably meant by `unknown`; `None` where nothing is near.
///
/// Case and separators do not count. A name that the other one starts with is as near as one slip, a name that is
/// anywhere else within the other one as near as the limit, which is a third of the longer one's length, and at least
/// 1 for names of up to three letters, 2 for others. Of two that are equally near, the first is taken.
pub fn nearest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    if unknown.len() > LONGEST {
        return None;
    }
    let unknown = letters(unknown);
    if unknown.is_empty() {
        return None;
    }
    let mut best = None;
    let mut best_distance = usize::MAX;
    for name in known {
        let letters = letters(name);
        let longer = letters.len().max(unknown.len());
        let limit = if longer <= SHORTEST_PART { 1 } else { (longer / 3).max(2) };
        let part =
            part(&unknown, &letters).or_else(|| part(&letters, &unknown)).map_or(usize::MAX, |part| match part {
                0 => 1,
                _ => limit,
            });
        let distance = distance(&unknown, &letters).min(part);
        if distance <= limit && distance < best_distance {
            best = Some(*name);
            best_distance = distance;
        }
    }
    best
}

/// A name in lower case and without separators.
fn letters(name: &str) -> Vec<u8> {
    let mut letters = Vec::with_capacity(name.len());
    for byte in name.bytes() {
        if !matches!(byte, b'_' | b'-' | b'.' | b' ') {
            letters.push(byte.to_ascii_lowercase());
        }
    }
    letters
}

/// Where `short` stands within `long`, if it does and is long enough to mean something.
fn part(short: &[u8], long: &[u8]) -> Option<usize> {
    if short.len() < SHORTEST_PART {
        return None;
    }
    let mut at = 0;
    while let Some(window) = long.get(at..at + short.len()) {
        if window == short {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// How many slips (a letter left out, added, replaced, or two neighbours swapped) lie between two names: the optimal
/// string alignment distance, computed row by row.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut left_a = None;
    for (i, byte_a) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        let mut here = i + 1;
        row.push(here);
        let mut left_b = None;
        for (j, byte_b) in b.iter().enumerate() {
            let replaced = at(&last, j) + usize::from(byte_a != byte_b);
            here = replaced.min(at(&last, j + 1) + 1).min(here + 1);
            if left_a == Some(byte_b) && left_b == Some(byte_a) {
                here = here.min(at(&before, j.wrapping_sub(1)) + 1);
            }
            row.push(here);
            left_b = Some(byte_b);
        }
        left_a = Some(byte_a);
        before = last;
        last = row;
    }
    at(&last, b.len())
}

/// A cell of a row; what is outside of it is far from everything.
fn at(row: &[usize], index: usize) -> usize {
    row.get(index).copied().unwrap_or(LONGEST * 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KNOWN: [&str; 14] = [
        "apiKey",
        "baseUrl",
        "fetch",
        "headers",
        "credentials",
        "requestTimeoutMs",
        "maxRetries",
        "dangerouslyAllowBrowser",
        "signal",
        "timeoutMs",
        "intervalMs",
        "maxIntervalMs",
        "onUpdate",
        "onPoll",
    ];

    #[test]
    fn what_was_meant() {
        let table = [
            ("apikey", "apiKey"),
            ("api_key", "apiKey"),
            ("API-KEY", "apiKey"),
            ("key", "apiKey"),
            ("apiKye", "apiKey"),
            ("base_url", "baseUrl"),
            ("baseURL", "baseUrl"),
            ("url", "baseUrl"),
            ("header", "headers"),
            ("timeout", "timeoutMs"),
            ("timeoutMS", "timeoutMs"),
            ("tiemoutMs", "timeoutMs"),
            ("requestTimeout", "requestTimeoutMs"),
            ("request_timeout_ms", "requestTimeoutMs"),
            ("interval", "intervalMs"),
            ("maxInterval", "maxIntervalMs"),
            ("maxretry", "maxRetries"),
            ("retries", "maxRetries"),
            ("abortSignal", "signal"),
            ("singal", "signal"),
            ("fecth", "fetch"),
            ("onupdate", "onUpdate"),
            ("update", "onUpdate"),
            ("poll", "onPoll"),
            ("onProgress", ""),
            ("dangerouslyAllowbrowser", "dangerouslyAllowBrowser"),
            ("allowBrowser", "dangerouslyAllowBrowser"),
            ("", ""),
            ("_", ""),
            ("x", ""),
            ("on", ""),
            ("foo", ""),
            ("temperature", ""),
            ("модель", ""),
        ];
        for (unknown, meant) in table {
            assert_eq!(nearest(unknown, &KNOWN).unwrap_or(""), meant, "{unknown}");
        }
        let params = ["title", "prompt", "sources", "extraBody"];
        let table = [
            ("promt", "prompt"),
            ("propmt", "prompt"),
            ("Prompt", "prompt"),
            ("source", "sources"),
            ("tilte", "title"),
            ("extra_body", "extraBody"),
            ("extra", "extraBody"),
            ("body", "extraBody"),
            ("question", ""),
        ];
        for (unknown, meant) in table {
            assert_eq!(nearest(unknown, &params).unwrap_or(""), meant, "{unknown}");
        }
    }

    #[test]
    fn short_names_and_ties() {
        assert_eq!(nearest("ie", &["id"]), Some("id"));
        assert_eq!(nearest("xy", &["id"]), None);
        assert_eq!(nearest("bat", &["bad", "bar"]), Some("bad"));
        assert_eq!(nearest("bar", &["bad", "bar"]), Some("bar"));
        assert_eq!(nearest("id", &[]), None);
        assert_eq!(nearest(&"a".repeat(65), &["a"]), None);
    }

    #[test]
    fn slips_are_counted() {
        let table = [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "abxc", 1),
            ("abc", "xbc", 1),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
            ("ab", "ba", 1),
            ("abcd", "badc", 2),
        ];
        for (a, b, slips) in table {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), slips, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn one_slip_is_always_found(name in "[a-z]{4,20}", at in 0..20_usize, letter in "[a-z]", slip in 0..4) {
            let at = at % name.len();
            let (head, tail) = name.split_at(at);
            let unknown = match slip {
                0 => [head, &letter, tail].concat(),
                1 => [head, &tail[1..]].concat(),
                2 => [head, &letter, &tail[1..]].concat(),
                _ => {
                    let mut letters: Vec<char> = name.chars().collect();
                    letters.swap(at, (at + 1).min(name.len() - 1));
                    letters.into_iter().collect()
                }
            };
            prop_assert_eq!(nearest(&unknown, &[&name]), Some(&*name));
        }

        #[test]
        fn distance_is_symmetric_and_bounded(a in "[abc]{0,9}", b in "[abc]{0,9}") {
            let slips = distance(a.as_bytes(), b.as_bytes());
            prop_assert_eq!(slips, distance(b.as_bytes(), a.as_bytes()));
            prop_assert!(slips <= a.len().max(b.len()) && slips >= a.len().abs_diff(b.len()));
            prop_assert_eq!(slips == 0, a == b);
        }

        #[test]
        fn any_name_gives_a_known_one_or_none(unknown in any::<String>()) {
            prop_assert!(nearest(&unknown, &KNOWN).is_none_or(|name| KNOWN.contains(&name)));
        }
    }
}
