//! The cases that an inspection system must judge: BSI TR-03105 part 5.1.

use std::sync::OnceLock;

use serde::Deserialize;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionCase {
    /// The unit it belongs to: `ISO7816_G`, `LDS_H`, …
    pub layer: String,
    /// Its id: `ISO7816_G_23`.
    pub id: String,
    /// What is wrong with the chip, or what is to be read, in our own words.
    pub purpose: String,
    /// Its id in ICAO's test standard, part 4, where its text is now.
    pub moved_to_icao_part4: Option<String>,
}

/// Every case, in the document's order.
///
/// # Panics
/// Never: the list is a part of the program, and a test reads it.
pub fn tr_03105_5_1() -> &'static [InspectionCase] {
    static CASES: OnceLock<Vec<InspectionCase>> = OnceLock::new();
    CASES.get_or_init(|| {
        let file: CaseFile = serde_json::from_str(include_str!("../data/vectors/tr-03105-5-1.json"))
            .expect("the list is well formed");
        let cases = |layer: LayerFile| {
            let name = layer.layer;
            layer.cases.into_iter().map(move |case| InspectionCase {
                layer: name.clone(),
                id: case.id,
                purpose: case.purpose,
                moved_to_icao_part4: case.moved_to_icao_part4,
            })
        };
        file.layers.into_iter().flat_map(cases).collect()
    })
}

#[derive(Deserialize)]
struct CaseFile {
    layers: Vec<LayerFile>,
}

#[derive(Deserialize)]
struct LayerFile {
    layer: String,
    cases: Vec<EntryFile>,
}

#[derive(Deserialize)]
struct EntryFile {
    id: String,
    purpose: String,
    moved_to_icao_part4: Option<String>,
}
