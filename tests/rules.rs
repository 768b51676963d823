//! Each numbered rule of `src/core/mod.rs` has a test: the header comment of a test file ends with "Rules:", the numbers of
//! the rules that it tests, separated by commas, and a period.

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

/// The comment at the start of a file, as one line.
fn header(source: &str) -> String {
    let comments = source.lines().map_while(|line| line.strip_prefix("//"));
    comments.map(|line| line.trim_start_matches('!').trim()).collect::<Vec<_>>().join(" ")
}

/// The numbers of the rules that a header names.
///
/// # Errors
/// The text after "Rules:", if it is not a list of numbers.
fn named_rules(header: &str) -> Result<Vec<u32>, String> {
    let Some((_, list)) = header.split_once("Rules: ") else { return Ok(Vec::new()) };
    let numbers = list.split('.').next().unwrap_or_default();
    numbers.split(',').map(|number| number.trim().parse().map_err(|_| list.into())).collect()
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
        for rule in
            rules.unwrap_or_else(|list| panic!("{}: \"Rules: {list}\" is not a list of numbers", file.display()))
        {
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
fn every_test_that_the_list_names_exists() {
    for path in list().split('`').filter(|quoted| quoted.starts_with("tests/")) {
        assert!(root().join(path).exists(), "{path}");
    }
}

#[test]
fn numbers_are_read_from_the_list_and_from_headers() {
    let list =
        "//! The rules.\n//!\n//! 1. **One.** Version 2.0 has it.\n//!    More of it.\n//! 2. Two.\n//! 12. Twelve.\n";
    assert_eq!(listed_rules(list), [1, 2, 12]);
    for (source, expected) in [
        ("//! Waiters. Rules: 7.\n\nuse std::rc::Rc;", Ok(vec![7])),
        (
            "// @ts-check\n// Aborts, in every state. Rules: 4,\n// 5. And more.\nimport 1;\n// Rules: 6.",
            Ok(vec![4, 5]),
        ),
        ("//! Nothing in particular.\n", Ok(vec![])),
        ("use std::rc::Rc;\n//! Rules: 1.", Ok(vec![])),
        ("//! Rules: all.", Err("all.".into())),
    ] {
        assert_eq!(named_rules(&header(source)), expected, "{source}");
    }
}
