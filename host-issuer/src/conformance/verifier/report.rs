//! The suite played to this crate's verifier, and what came of each case.

mod html;
mod json;
mod junit;
mod text;

use std::collections::BTreeMap;

use test_vectors::inspection_cases::tr_03105_5_1;

use super::cases::{Standing, standing};
use super::corpus::{Corpus, CorpusError, Subject};

pub use json::ReportJson;

/// The words of [`Outcome::word`], in the order of every table.
const WORDS: [&str; 4] = ["passed", "failed", "not_implemented", "obsolete"];

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything of it was judged as it must be.
    Passed,
    /// Something was not; what.
    Failed(String),
    /// Nothing of it is in the corpus; why.
    NotImplemented(String),
    /// What it demands holds no longer; why. What is in the corpus of it was judged as it must be today.
    Obsolete(String),
}

/// What came of one play of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayResult {
    /// Its name.
    pub name: String,
    /// What is wrong with the judgement, if anything.
    pub misjudged: Option<String>,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// Its id; of what belongs to no case of the guideline, the name of its file.
    pub id: String,
    /// Its unit: `ISO7816_G`; or `corpus`.
    pub layer: String,
    /// What it is about.
    pub purpose: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What was played.
    pub plays: Vec<PlayResult>,
}

/// What came of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// In the guideline's order, then what belongs to none of its cases.
    pub cases: Vec<CaseResult>,
}

/// The unit of what belongs to no case of the guideline.
const BEYOND: &str = "corpus";

/// Plays every selected case to this crate's verifier. `done` is told of each as soon as it is judged.
///
/// # Errors
/// [`CorpusError::Field`], which [`Corpus::read`] would have told.
pub fn run(
    corpus: &Corpus,
    is_selected: impl Fn(&str) -> bool,
    mut done: impl FnMut(&CaseResult),
) -> Result<Report, CorpusError> {
    // What is several cases is judged once.
    let mut judged: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut report = Report::default();
    for case in tr_03105_5_1().iter().filter(|case| is_selected(&case.id)) {
        let mut plays = Vec::new();
        for play in corpus.of_case(&case.id) {
            let misjudged = match judged.get(play.name.as_str()) {
                Some(misjudged) => misjudged.clone(),
                None => play.misjudged()?,
            };
            judged.insert(&play.name, misjudged.clone());
            plays.push(PlayResult {
                name: play.name.clone(),
                misjudged,
            });
        }
        let result = CaseResult {
            outcome: outcome(&plays, standing(&case.id)),
            id: case.id.clone(),
            layer: case.layer.clone(),
            purpose: case.purpose.clone(),
            plays,
        };
        done(&result);
        report.cases.push(result);
    }
    let beyond = corpus.plays.iter().filter(|play| play.cases().is_empty());
    for play in beyond.filter(|play| is_selected(&play.name)) {
        let plays = vec![PlayResult {
            name: play.name.clone(),
            misjudged: play.misjudged()?,
        }];
        let result = CaseResult {
            outcome: outcome(&plays, Standing::InForce),
            id: play.name.clone(),
            layer: BEYOND.into(),
            purpose: match &play.subject {
                Subject::Document(document) => document.about.clone(),
                Subject::Chip(chip) => chip.expected.to_string(),
            },
            plays,
        };
        done(&result);
        report.cases.push(result);
    }
    Ok(report)
}

fn outcome(plays: &[PlayResult], standing: Standing) -> Outcome {
    let misjudged = plays.iter().filter_map(|play| {
        let said = play.misjudged.as_ref()?;
        Some(format!("{}: {said}", play.name))
    });
    let misjudged: Vec<String> = misjudged.collect();
    match standing {
        _ if !misjudged.is_empty() => Outcome::Failed(misjudged.join("; ")),
        Standing::Obsolete(why) => Outcome::Obsolete(why.into()),
        Standing::NotPlayed(why) => Outcome::NotImplemented(why.into()),
        Standing::InForce if plays.is_empty() => Outcome::NotImplemented("not in this corpus".into()),
        Standing::InForce => Outcome::Passed,
    }
}

impl CaseResult {
    /// `bsi-5.1`, or `corpus` for what is no case of the guideline.
    #[must_use]
    pub fn suite(&self) -> &'static str {
        if self.layer == BEYOND { BEYOND } else { "bsi-5.1" }
    }
}

impl Outcome {
    /// One word for it: `passed`, `failed`, `not_implemented`, `obsolete`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::NotImplemented(_) => "not_implemented",
            Self::Obsolete(_) => "obsolete",
        }
    }

    /// Why, unless it passed.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed(why) | Self::NotImplemented(why) | Self::Obsolete(why) => Some(why),
        }
    }
}

impl Report {
    /// How many cases came out so.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        let cases = self.cases.iter();
        cases.filter(|case| case.outcome.word() == word).count()
    }

    /// The units in the report's order, and how many cases of each came out how: passed, failed, not implemented, obsolete.
    #[must_use]
    pub fn layers(&self) -> Vec<(&str, [usize; 4])> {
        let mut layers: Vec<(&str, [usize; 4])> = Vec::new();
        for case in &self.cases {
            if layers.last().is_none_or(|(layer, _)| *layer != case.layer) {
                layers.push((&case.layer, [0; 4]));
            }
            let counts = layers.last_mut().map(|(_, counts)| counts.iter_mut().zip(WORDS));
            for (count, word) in counts.into_iter().flatten() {
                *count += usize::from(case.outcome.word() == word);
            }
        }
        layers
    }

    /// As an object for JSON, with the date of the run (RFC 3339).
    #[must_use]
    pub fn json<'a>(&'a self, date: &'a str) -> ReportJson<'a> {
        json::object(self, date)
    }

    /// As JUnit XML: a test suite a unit, a test case a case.
    #[must_use]
    pub fn to_junit(&self, date: &str) -> String {
        junit::document(self, date)
    }

    /// As one page that loads nothing and runs nothing.
    #[must_use]
    pub fn to_html(&self, date: &str) -> String {
        html::page(self, date)
    }

    /// As a table of its units, then what failed.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::text(self)
    }

    /// Whether no case failed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.count("failed") == 0
    }
}
