//! Named documents, each with at most one thing wrong, and the judgement that each must get. They are written by the issuer of the
//! tests, not by this project's.

#[path = "faulty/biometrics.rs"]
mod biometrics;
#[path = "faulty/chip.rs"]
mod chip;
#[path = "faulty/com.rs"]
mod com;
#[path = "faulty/data_groups.rs"]
mod data_groups;
#[path = "faulty/document_signer.rs"]
mod document_signer;
#[path = "faulty/sod.rs"]
mod sod;
#[path = "faulty/trust.rs"]
mod trust;
#[path = "faulty/zone.rs"]
mod zone;

use host_issuer::inspect::{ReadDocument, Verdict};

use crate::test_issuer::{Node, Recipe};

/// Cases of BSI TR-03105-5.1.
type Tr = &'static [&'static str];
/// A change inside DER.
type Edit = fn(&mut Node);

/// A document, whom its inspector trusts, and what must come out.
pub struct Case {
    pub name: String,
    /// What is wrong, in words.
    pub about: String,
    /// Cases of BSI TR-03105-5.1 that it is.
    pub tr: Tr,
    pub document: ReadDocument,
    pub csca: Vec<Vec<u8>>,
    pub crl: Vec<Vec<u8>>,
    /// `YYYY-MM-DD`: when it is inspected, at noon.
    pub on: &'static str,
    pub tolerate: &'static [&'static str],
    pub verdict: Verdict,
    /// The rule that decides.
    pub rule: String,
    /// The checks that fail: one, or none.
    pub failed: Vec<String>,
}

/// The day of every inspection that does not say otherwise.
pub const DAY: &str = "2026-08-01";

/// Collects cases.
#[derive(Default)]
pub struct Cases(pub Vec<Case>);

impl Cases {
    fn add(
        &mut self,
        name: &str,
        tr: Tr,
        verdict: Verdict,
        rule: String,
        change: impl FnOnce(&mut Recipe),
    ) -> &mut Case {
        let mut recipe = Recipe::genuine();
        change(&mut recipe);
        let failed = rule.strip_prefix("failed:").map(str::to_owned);
        self.0.push(Case {
            name: name.to_lowercase().replace(',', "").replace([' ', '.'], "-"),
            about: name.to_owned(),
            tr,
            document: recipe.seal(),
            csca: vec![recipe.csca.build()],
            crl: recipe.crl.iter().map(|crl| crl.build()).collect(),
            on: DAY,
            tolerate: &[],
            verdict,
            rule,
            failed: failed.into_iter().collect(),
        });
        self.0.last_mut().expect("it was pushed")
    }

    /// Nothing is wrong with it.
    pub fn genuine(&mut self, name: &str, tr: Tr, change: impl FnOnce(&mut Recipe)) -> &mut Case {
        let rule = "all_passed:copy_not_excluded".to_owned();
        self.add(name, tr, Verdict::Genuine, rule, change)
    }

    /// This check fails, and that is evidence against the document.
    pub fn fails(&mut self, name: &str, tr: Tr, check: &str, change: impl FnOnce(&mut Recipe)) -> &mut Case {
        self.add(name, tr, Verdict::NotGenuine, format!("failed:{check}"), change)
    }

    /// This check fails, and that is no evidence either way.
    pub fn undecided(
        &mut self,
        name: &str,
        tr: Tr,
        check: &str,
        change: impl FnOnce(&mut Recipe),
    ) -> &mut Case {
        self.add(name, tr, Verdict::Inconclusive, format!("failed:{check}"), change)
    }

    /// This check's evidence is missing.
    pub fn missing(
        &mut self,
        name: &str,
        tr: Tr,
        check: &str,
        change: impl FnOnce(&mut Recipe),
    ) -> &mut Case {
        self.add(
            name,
            tr,
            Verdict::Inconclusive,
            format!("missing:{check}"),
            change,
        )
    }
}

impl Case {
    /// Changes the sealed document: what a chip, or someone with a chip of his own, may do.
    pub fn then(&mut self, change: impl FnOnce(&mut ReadDocument)) -> &mut Self {
        change(&mut self.document);
        self
    }

    /// Inspected on another day.
    pub fn on(&mut self, day: &'static str) -> &mut Self {
        self.on = day;
        self
    }

    /// Inspected by one who puts up with this.
    pub fn tolerating(&mut self, quirks: &'static [&'static str]) -> &mut Self {
        self.tolerate = quirks;
        self
    }
}

/// Every case.
pub fn all() -> Vec<Case> {
    let mut cases = Cases::default();
    com::add(&mut cases);
    zone::add(&mut cases);
    biometrics::add(&mut cases);
    data_groups::add(&mut cases);
    sod::add(&mut cases);
    document_signer::add(&mut cases);
    trust::add(&mut cases);
    chip::add(&mut cases);
    cases.0
}

/// The file with its length field one smaller or larger than what follows; the bytes are the same.
pub fn with_length(file: &[u8], difference: i8) -> Vec<u8> {
    let mut file = file.to_vec();
    let tag_len = if file[0] & 0x1F == 0x1F { 2 } else { 1 };
    let last = match file[tag_len] {
        0..=0x7F => tag_len,
        0x81 => tag_len + 1,
        _ => tag_len + 2,
    };
    file[last] = file[last].wrapping_add_signed(difference);
    file
}

/// The file under another tag.
pub fn with_tag(file: &[u8], tag: u8) -> Vec<u8> {
    [&[tag], &file[1..]].concat()
}
