//! Keys in a token: SoftHSM2, really started. The module keeps one configuration for a whole process, so each case runs
//! in a process of its own with a token directory of its own.

#[path = "pkcs11/cases.rs"]
mod cases;
#[allow(dead_code, reason = "shared with the tests of `eid`, which use more of it")]
#[path = "pkcs11/soft_token.rs"]
mod soft_token;

use std::process::{Command, ExitCode};

/// Names the case that this process runs.
const CASE: &str = "EID_TEST_PKCS11_CASE";

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(CASE) {
        let (_, case) = cases::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .expect("a known case");
        case();
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in cases::ALL {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let wanted = |name: &str| {
        let mut filters = arguments
            .iter()
            .filter(|argument| !argument.starts_with('-'))
            .peekable();
        filters.peek().is_none() || filters.any(|filter| name.contains(filter.as_str()))
    };
    let (mut passed, mut failed) = (0, Vec::new());
    for (name, _) in cases::ALL.iter().filter(|(name, _)| wanted(name)) {
        let token = soft_token::SoftToken::new();
        let output = Command::new(std::env::current_exe().unwrap())
            .env(CASE, name)
            .envs(token.environment())
            .output()
            .unwrap();
        if output.status.success() {
            println!("test {name} ... ok");
            passed += 1;
        } else {
            println!(
                "test {name} ... FAILED\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
            failed.push(*name);
        }
    }
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {verdict}. {passed} passed; {} failed",
        failed.len()
    );
    ExitCode::from(u8::from(!failed.is_empty()))
}
