//! The cases of the public suites by id (`data/vectors/conformance-catalogue.json`).

use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use super::statement::Need;

/// A public suite of tests of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// ICAO TR "RF protocol and application test standard for eMRTD", part 3, version 3.2: `icao-3`.
    Icao3,
    /// BSI TR-03105 part 3.2, version 1.5.1: `bsi-3.2`.
    Bsi32,
    /// Of BSI TR-03105 part 3.3, version 1.2, the unit of PIN and PUK: `bsi-3.3`.
    Bsi33,
}

impl Suite {
    /// Every suite, in the order in which they are played.
    pub const ALL: [Suite; 3] = [Suite::Icao3, Suite::Bsi32, Suite::Bsi33];

    /// Its short name: on the command line, in reports and in files.
    pub fn name(self) -> &'static str {
        match self {
            Suite::Icao3 => "icao-3",
            Suite::Bsi32 => "bsi-3.2",
            Suite::Bsi33 => "bsi-3.3",
        }
    }

    /// The suite with this short name.
    pub fn from_name(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.name() == name)
    }
}

/// A case of a suite: `icao-3/ISO7816_B_19`. Ids alone are not unique: both suites have a unit LDS_E.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId {
    /// The suite.
    pub suite: Suite,
    /// The id inside it.
    pub id: String,
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.suite.name(), self.id)
    }
}

/// A case as the catalogue has it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: CaseId,
    /// The unit (layer) it belongs to: `ISO7816_B`.
    pub layer: String,
    /// What it is about, in our words.
    pub purpose: String,
    /// What a card must have for it to apply.
    pub needs: Vec<Need>,
    /// Why the suite cannot play it, whatever the card: withdrawn, or another unit's text under its id.
    pub unusable: Option<&'static str>,
}

/// A unit of a suite.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The suite.
    pub suite: Suite,
    /// Its name: `ISO7816_B`.
    pub name: String,
    /// What it covers.
    pub covers: String,
    /// Its cases, in the suite's order.
    pub entries: Vec<Entry>,
}

/// Every unit of every suite, in order.
///
/// # Panics
/// Never: the file is a part of the program, and a test reads it.
pub fn layers() -> &'static [Layer] {
    static LAYERS: OnceLock<Vec<Layer>> = OnceLock::new();
    LAYERS.get_or_init(|| {
        let file: CatalogueFile =
            serde_json::from_str(include_str!("../../data/vectors/conformance-catalogue.json"))
                .expect("the catalogue is well formed");
        file.suites.into_iter().flat_map(SuiteFile::layers).collect()
    })
}

/// Every case of every suite, in order.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    layers().iter().flat_map(|layer| &layer.entries)
}

#[derive(Deserialize)]
struct CatalogueFile {
    suites: Vec<SuiteFile>,
}

#[derive(Deserialize)]
struct SuiteFile {
    suite: String,
    layers: Vec<LayerFile>,
}

#[derive(Deserialize)]
struct LayerFile {
    layer: String,
    covers: String,
    needs: Vec<Need>,
    cases: Vec<CaseFile>,
}

#[derive(Deserialize)]
struct CaseFile {
    id: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    suspect_id: bool,
    #[serde(default)]
    text_unreadable_in_source: bool,
}

impl SuiteFile {
    fn layers(self) -> Vec<Layer> {
        let suite = Suite::from_name(&self.suite).expect("a suite of the catalogue");
        let layer = |layer: LayerFile| Layer {
            suite,
            entries: layer
                .cases
                .into_iter()
                .map(|case| Entry {
                    unusable: case.unusable(),
                    id: CaseId { suite, id: case.id },
                    layer: layer.layer.clone(),
                    purpose: case.purpose,
                    needs: layer.needs.iter().chain(&case.needs).copied().collect(),
                })
                .collect(),
            name: layer.layer,
            covers: layer.covers,
        };
        self.layers.into_iter().map(layer).collect()
    }
}

impl CaseFile {
    fn unusable(&self) -> Option<&'static str> {
        if self.deleted {
            Some("withdrawn in this version of the suite")
        } else if self.suspect_id {
            Some("in the source another unit's text stands under this id")
        } else if self.text_unreadable_in_source {
            Some("its text is not readable in the source")
        } else {
            None
        }
    }
}
