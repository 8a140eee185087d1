//! `expected/kills.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

const HEAD: &str = "\
# Which defect of a card makes which cases fail, and which cases no defect does.
# Written by `EID_KILLS=write cargo test -p test-vectors --test conformance_kills`, compared by `EID_KILLS=full`.
# A defect without spaces is a lapse or a fault of the second chip (test-vectors/src/faulty_chip/lapse.rs says which rule it
# breaks); one with spaces is a file that was altered: card, file, place, how.

";

/// The table.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Cases that no defect makes fail.
    pub unkilled: Vec<String>,
    /// Lapses and faults that make no case fail.
    pub unseen: Vec<String>,
    /// By defect, the cases that it makes fail.
    pub kills: BTreeMap<String, Vec<String>>,
}

impl Table {
    fn path() -> PathBuf {
        test_vectors::data_dir().join("../expected/kills.toml")
    }

    pub fn load() -> Self {
        let path = Self::path();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "a table that is written on demand, by a test"
    )]
    pub fn save(&self) {
        let killed: usize = self.kills.values().map(Vec::len).sum();
        println!(
            "{} defects, {killed} failures, {} cases unkilled, unseen {:?}",
            self.kills.len(),
            self.unkilled.len(),
            self.unseen
        );
        let text = toml::to_string_pretty(self).expect("a table");
        let path = Self::path();
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, format!("{HEAD}{text}")).expect("the table is written");
    }
}
