//! The cases that an inspection system must judge: BSI TR-03105 part 5.1.

use crate::load::{list, load, text};

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
/// When the data file is missing or malformed.
pub fn tr_03105_5_1() -> Vec<InspectionCase> {
    let file = load("tr-03105-5-1");
    let mut cases = Vec::new();
    for layer in list(&file["layers"]) {
        cases.extend(list(&layer["cases"]).iter().map(|case| InspectionCase {
            layer: text(&layer["layer"]).to_owned(),
            id: text(&case["id"]).to_owned(),
            purpose: text(&case["purpose"]).to_owned(),
            moved_to_icao_part4: case["moved_to_icao_part4"].as_str().map(str::to_owned),
        }));
    }
    cases
}
