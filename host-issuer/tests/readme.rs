//! README.md tells the truth: its commands run as printed, its files exist, its glossary's types are where it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A code word that begins with one of these folders is a path of the repository.
const CRATES: [&str; 4] = ["card-applet", "personalization", "host-issuer", "test-vectors"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).expect("README.md")
}

/// The content of every fenced block that is marked with `language`.
fn fenced_blocks(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while lines.by_ref().any(|line| line == opening) {
        blocks.push(
            lines
                .by_ref()
                .take_while(|line| *line != "```")
                .map(|line| format!("{line}\n"))
                .collect(),
        );
    }
    blocks
}

/// What stands between single backticks outside fenced blocks.
fn code_words(text: &str) -> Vec<String> {
    let mut fenced = false;
    let prose: String = text
        .lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .map(|line| format!("{line}\n"))
        .collect();
    prose.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_shell_blocks_run_as_printed() {
    let blocks = fenced_blocks(&readme(), "sh");
    assert!(
        blocks.len() >= 3,
        "the step-by-step part of README.md has lost its shell blocks"
    );
    let folder = TempDir::new().expect("temporary folder");
    let program = Path::new(env!("CARGO_BIN_EXE_eid"))
        .parent()
        .expect("target folder");
    let path = std::env::var("PATH").expect("PATH");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &blocks.concat()])
        .current_dir(folder.path())
        .env("PATH", format!("{}:{path}", program.display()))
        .env("REPOSITORY", repository())
        .output()
        .expect("bash");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{}\n{stdout}\n{stderr}", output.status);
    assert!(stdout.contains("GENUINE"), "no verdict in\n{stdout}\n{stderr}");
}

#[test]
fn the_files_it_names_exist() {
    let root = repository();
    let mut count = 0;
    for word in code_words(&readme()) {
        // Output files of the examples (`out/receipt.json`) are no files of the repository.
        let is_path = CRATES.iter().any(|name| word.starts_with(&format!("{name}/")));
        if is_path {
            assert!(
                root.join(&word).exists(),
                "README.md names {word}, which does not exist"
            );
            count += 1;
        }
    }
    assert!(
        count > 20,
        "only {count} files found in README.md: does this test still read it rightly?"
    );
}

/// Every row of the glossary: | acronym | meaning | `Type` | `file` | section |.
#[test]
fn the_glossary_points_at_the_right_places() {
    let root = repository();
    let text = readme();
    let glossary = text.split("## Glossary").nth(1).expect("a section `## Glossary`");
    let glossary = glossary.split("\n## ").next().unwrap_or_default();
    let mut count = 0;
    for row in glossary
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'))
    {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "five columns in: {row}");
        let (item, file) = (cells[2].trim_matches('`'), cells[3].trim_matches('`'));
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let name = item.rsplit("::").next().unwrap_or(item);
        let defined = ["struct", "enum", "trait", "fn", "const", "mod", "type"]
            .iter()
            .any(|keyword| {
                source
                    .match_indices(&format!("{keyword} {name}"))
                    .any(|(start, found)| {
                        let next = source[start + found.len()..].chars().next();
                        !next.is_some_and(|character| character.is_alphanumeric() || character == '_')
                    })
            });
        // A variant or an associated item stands in the body of its type.
        let inside = item.contains("::") && source.contains(name);
        assert!(defined || inside, "the glossary says that {file} defines {item}");
        assert!(!cells[4].is_empty(), "no section in: {row}");
        count += 1;
    }
    assert!(count >= 20, "only {count} rows in the glossary");
}
