//! Each numbered rule of `src/core/mod.rs` has a test: the header comment of a test file ends with "Rules:", the numbers of
//! the rules that it tests, separated by commas, and a period. No header names a rule in another form. A test that the list
//! names for a rule names that rule.

#![cfg(not(target_arch = "wasm32"))]
// A test may panic; the library may not.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders without tests of the project.
const SKIPPED: [&str; 4] = ["node_modules", "dist", "fixtures", "target"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The numbers of the list in a module's doc comment, in order.
fn listed_rules(source: &str) -> Vec<u32> {
    let doc = source.lines().filter_map(|line| line.strip_prefix("//! "));
    doc.filter_map(|line| line.split_once(". ")?.0.parse().ok()).collect()
}

/// The paths of tests in a module's doc comment, each with the number of its rule.
fn listed_tests(source: &str) -> Vec<(u32, &str)> {
    let mut listed = Vec::new();
    let mut rule = 0;
    for line in source.lines().filter_map(|line| line.strip_prefix("//! ")) {
        rule = line.split_once(". ").and_then(|(number, _)| number.parse().ok()).unwrap_or(rule);
        listed.extend(line.split('`').filter(|quoted| quoted.starts_with("tests/")).map(|path| (rule, path)));
    }
    listed
}

/// The comment at the start of a file, as one line.
fn header(source: &str) -> String {
    let comments = source.lines().map_while(|line| line.strip_prefix("//"));
    comments.map(|line| line.trim_start_matches('!').trim()).collect::<Vec<_>>().join(" ")
}

/// The numbers of the rules that a header names.
///
/// # Errors
/// A message, if the header names a rule in another form than "Rules: 1, 2."
fn named_rules(header: &str) -> Result<Vec<u32>, String> {
    let (text, list) = header.split_once("Rules: ").map_or((header, None), |(text, list)| (text, Some(list)));
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(2) {
        if let [word, number] = pair
            && ["rule", "rules"].contains(&word.trim_matches(['(', ':']).to_lowercase().as_str())
            && number.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(format!("\"{word} {number}\" has not the form \"Rules: 1, 2.\""));
        }
    }
    let Some(list) = list else { return Ok(Vec::new()) };
    let numbers = list.split('.').next().unwrap_or_default();
    let parse = |number: &str| number.trim().parse().map_err(|_| format!("\"Rules: {list}\" is not a list of numbers"));
    numbers.split(',').map(parse).collect()
}

/// The files with tests below a folder.
fn test_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_test = matches!(path.extension().and_then(|extension| extension.to_str()), Some("rs" | "mjs"));
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) && !name.starts_with('.') {
            test_files(&path, found);
        } else if path.is_file() && is_test {
            found.push(path);
        }
    }
}

/// The rules that headers name, each with the files that name it.
fn tested_rules() -> BTreeMap<u32, Vec<PathBuf>> {
    let mut files = Vec::new();
    test_files(&root().join("tests"), &mut files);
    let mut tested: BTreeMap<u32, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        if file == root().join(file!()) {
            continue;
        }
        let rules = named_rules(&header(&fs::read_to_string(&file).unwrap()));
        for rule in rules.unwrap_or_else(|message| panic!("{}: {message}", file.display())) {
            tested.entry(rule).or_default().push(file.clone());
        }
    }
    tested
}

fn list() -> String {
    fs::read_to_string(root().join("src/core/mod.rs")).unwrap()
}

fn rules() -> Vec<u32> {
    listed_rules(&list())
}

#[test]
fn the_rules_are_numbered_from_one() {
    let rules = rules();
    assert!(!rules.is_empty(), "the doc comment of src/core/mod.rs has no numbered list");
    assert!(rules.iter().copied().eq(1..=rules.len() as u32), "{rules:?}");
}

#[test]
fn every_rule_has_a_test() {
    let tested = tested_rules();
    let untested: Vec<_> = rules().into_iter().filter(|rule| !tested.contains_key(rule)).collect();
    assert!(untested.is_empty(), "no header of a test names rule {untested:?}");
}

#[test]
fn every_rule_that_a_test_names_exists() {
    let rules = rules();
    for (rule, files) in tested_rules() {
        assert!(rules.contains(&rule), "{files:?} name rule {rule}, which does not exist");
    }
}

#[test]
fn every_test_that_the_list_names_for_a_rule_names_that_rule() {
    let (list, tested) = (list(), tested_rules());
    let listed = listed_tests(&list);
    assert!(!listed.is_empty(), "the doc comment of src/core/mod.rs names no tests");
    for (rule, path) in listed {
        let is_named =
            tested.get(&rule).is_some_and(|files| files.iter().any(|file| file.starts_with(root().join(path))));
        assert!(is_named, "no header in {path} names rule {rule}");
    }
}

#[test]
fn numbers_are_read_from_the_list_and_from_headers() {
    let list =
        "//! The rules.\n//!\n//! 1. **One.** Version 2.0 has it.\n//!    More of it.\n//! 2. Two.\n//! 12. Twelve.\n";
    assert_eq!(listed_rules(list), [1, 2, 12]);
    let list =
        "//! 1. One. Tests: `tests/a.rs`,\n//!    `tests/b`.\n//! 2. `Two`.\n//! 3. Three. Tests: `tests/c.mjs`.\n";
    assert_eq!(listed_tests(list), [(1, "tests/a.rs"), (1, "tests/b"), (3, "tests/c.mjs")]);
    for (source, expected) in [
        ("//! Waiters. Rules: 7.\n\nuse std::rc::Rc;", Ok(vec![7])),
        (
            "// @ts-check\n// Aborts, in every state. Rules: 4,\n// 5. And more.\nimport 1;\n// Rules: 6.",
            Ok(vec![4, 5]),
        ),
        ("//! Nothing in particular.\n", Ok(vec![])),
        ("use std::rc::Rc;\n//! Rules: 1.", Ok(vec![])),
        ("//! The rules of 3 lists.\n", Ok(vec![])),
        ("//! Rules: all.", Err("\"Rules: all.\" is not a list of numbers".into())),
        ("// Rule 5: a process exits.", Err("\"Rule 5:\" has not the form \"Rules: 1, 2.\"".into())),
        ("// The table (rules 1\n// to 3). Rules: 1.", Err("\"(rules 1\" has not the form \"Rules: 1, 2.\"".into())),
    ] {
        assert_eq!(named_rules(&header(source)), expected, "{source}");
    }
}
