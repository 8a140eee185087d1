//! An issuing office in a temporary folder, worked with the built program `eid`: keys, PKI, blank chips, cards.
#![allow(dead_code, reason = "each test file uses its part of this module")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The holder of every card made here: a fictional person (her face is the published specimen's).
pub const HOLDER: &str = "Nguyễn Thị Mẫu";
/// Encrypts every key file of the office.
pub const PASSPHRASE: &str = "a passphrase for tests only";

/// How a run of `eid` ended.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code; a run that a signal ended fails the test.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    fn new(output: Output) -> Self {
        Self {
            code: output
                .status
                .code()
                .unwrap_or_else(|| panic!("eid was ended by a signal: {output:?}")),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Asserts the exit code and gives the outcome back.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "standard output:\n{}\nstandard error:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Asserts a failure as DESIGN §7 wants one: this code, one `error:` line, a `hint:`.
    #[track_caller]
    pub fn expect_failure(self, code: i32) -> Self {
        let outcome = self.expect(code);
        let errors = outcome
            .stderr
            .lines()
            .filter(|line| line.starts_with("error:"))
            .count();
        assert_eq!(errors, 1, "{}", outcome.stderr);
        assert!(
            outcome.stderr.lines().any(|line| line.starts_with("hint:")),
            "{}",
            outcome.stderr
        );
        outcome
    }

    /// The JSON object on the standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {}", self.stdout))
    }

    /// Asserts that neither stream holds any of these strings.
    #[track_caller]
    pub fn assert_silent_about(&self, secrets: &[&str]) {
        for secret in secrets {
            assert!(
                !self.stdout.contains(secret),
                "{secret} on the standard output:\n{}",
                self.stdout
            );
            assert!(
                !self.stderr.contains(secret),
                "{secret} on the standard error:\n{}",
                self.stderr
            );
        }
    }
}

/// The office: issuer keys, a CSCA, a document signer, a record and a photo. Its PC/SC service is the one given, never
/// the machine's own.
pub struct Office {
    folder: TempDir,
    socket: PathBuf,
}

impl Office {
    /// Opens an office whose programs use the service behind this socket.
    pub fn open(socket: &Path) -> Self {
        let office = Self {
            folder: TempDir::new().expect("temporary folder"),
            socket: socket.to_owned(),
        };
        fs::create_dir(office.path("tmp")).expect("folder for temporary files");
        let template = office.eid(&["record", "template"]).expect(0).stdout;
        office.write("record.json", template.as_bytes());
        office.write("face.jp2", &test_vectors::specimen(test_vectors::SPECIMEN_FACE));
        for (name, file) in ["right.wsq", "left.wsq"]
            .into_iter()
            .zip(test_vectors::SPECIMEN_FINGERS)
        {
            office.write(name, &test_vectors::specimen(file));
        }
        office.eid(&["keys", "init", "--out", "issuer.keys"]).expect(0);
        office
            .eid(&["pki", "csca", "init", "--country", "VN", "--out", "csca"])
            .expect(0);
        office
            .eid(&["pki", "ds", "issue", "--csca", "csca", "--out", "ds"])
            .expect(0);
        office
    }

    /// Puts a file into the office.
    #[allow(clippy::disallowed_methods, reason = "a test's own file")]
    pub fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.path(name), content).expect("a file");
    }

    /// A file of the office.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Asserts that no file of the office holds any of these strings, but for the files that are meant to: the record,
    /// the printer's data and the chips' memories. Temporary files of `eid` are among those looked at.
    #[track_caller]
    pub fn assert_left_no_trace_of(&self, secrets: &[&str]) {
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("folder") {
                let path = entry.expect("entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.file_name().and_then(|name| name.to_str()).expect("name");
                if name == "record.json" || name == "print.json" || name.ends_with(".chip") {
                    continue;
                }
                let content = fs::read(&path).expect("file");
                for secret in secrets {
                    let found = content
                        .windows(secret.len())
                        .any(|window| window == secret.as_bytes());
                    assert!(!found, "{secret} in {}", path.display());
                }
            }
        }
    }

    /// Runs `eid` in the office's folder to its end.
    pub fn eid(&self, arguments: &[&str]) -> Outcome {
        Outcome::new(self.command(arguments).output().expect("eid"))
    }

    /// The same with more in the environment.
    pub fn eid_with(&self, environment: &[(&str, &OsStr)], arguments: &[&str]) -> Outcome {
        let mut command = self.command(arguments);
        command.envs(environment.iter().copied());
        Outcome::new(command.output().expect("eid"))
    }

    /// Starts `eid` and leaves it running.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("eid")
    }

    /// Starts `eid` with a standard input that the test writes, in the foreground as far as Ctrl-C goes: whoever runs the tests in the
    /// background has that ignored, and what they start would inherit it.
    pub fn spawn_with_input(&self, arguments: &[&str]) -> Child {
        let mut foreground = vec!["--default-signal=INT", env!("CARGO_BIN_EXE_eid")];
        foreground.extend_from_slice(arguments);
        self.program("env", &foreground)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("eid")
    }

    /// Waits for what was started by [`spawn`](Self::spawn).
    pub fn finish(&self, running: Child) -> Outcome {
        Outcome::new(running.wait_with_output().expect("eid"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_eid"), arguments)
    }

    fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PCSCLITE_CSOCK_NAME", &self.socket)
            .env("EID_PASSPHRASE", PASSPHRASE)
            .env("TMPDIR", self.folder.path().join("tmp"))
            // Settings of whoever runs the tests must not reach them.
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Makes a blank chip with this memory file. Its stock manifest is the one of the next card that is issued.
    pub fn make_chip(&self, memory: &str) {
        self.eid(&[
            "card",
            "create",
            "--memory",
            memory,
            "--issuer-keys",
            "issuer.keys",
        ])
        .expect(0);
        let manifest = self.path(&format!("{memory}.manifest.json"));
        fs::copy(manifest, self.path("manifest.json")).expect("a stock manifest beside the chip");
    }

    /// Issues to whatever card is in the reader, with results in the folder `out`.
    pub fn issue(&self, out: &str) -> Outcome {
        self.eid(&Self::issue_arguments(out))
    }

    /// The arguments of [`issue`](Self::issue).
    pub fn issue_arguments(out: &str) -> [&str; 15] {
        [
            "issue",
            "--profile",
            "vn-cc-2024",
            "--record",
            "record.json",
            "--photo",
            "face.jp2",
            "--ds",
            "ds",
            "--issuer-keys",
            "issuer.keys",
            "--manifest",
            "manifest.json",
            "--out",
            out,
        ]
    }

    /// The random CAN that an issuance wrote for the printer.
    pub fn printed_can(&self, out: &str) -> String {
        let print = fs::read_to_string(self.path(out).join("print.json")).expect("print.json");
        let print: Value = serde_json::from_str(&print).expect("JSON");
        print["can"].as_str().expect("a CAN").to_owned()
    }
}
