//! Whole specimen documents: the files of a chip as published for testing.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::load::{hex, list, load, text};

/// The files of one specimen document.
#[derive(Debug, Clone)]
pub struct SpecimenDocument {
    /// The set's id in its file.
    pub id: String,
    /// Where it was read.
    pub source: String,
    /// File content by name: `EF_COM`, `EF_SOD`, `DG1`, `DG2`, …
    pub files: BTreeMap<String, Vec<u8>>,
    /// Digests that EF.SOD lists, by data group number.
    pub listed_digests: BTreeMap<u8, Vec<u8>>,
}

impl SpecimenDocument {
    /// The content of a file.
    ///
    /// # Panics
    /// When the set has no such file.
    pub fn file(&self, name: &str) -> &[u8] {
        self.files
            .get(name)
            .unwrap_or_else(|| panic!("{} has no file {name}", self.id))
    }
}

/// An EF.SOD with some bytes changed.
#[derive(Debug, Clone)]
pub struct MutatedSod {
    /// What was changed, for the test's failure message.
    pub description: String,
    /// The changed EF.SOD.
    pub content: Vec<u8>,
}

/// BSI TR-03105 part 5 reference data set: SHA-256, RSASSA-PSS, without DG2–DG4.
pub fn tr_03105_5() -> SpecimenDocument {
    document("BSI-TR-03105-5-reference-dataset")
}

/// BSI ePassport reference data of 2008: SHA-1, ECDSA over a 224-bit curve, with face, fingers and iris.
pub fn bsi_2008() -> SpecimenDocument {
    document("BSI-2008-reference-dataset")
}

/// The files of a virtual card that `eid issue` made, by name: `EF.SOD`, `DG14`, …; not published, and without DG2.
///
/// # Panics
/// When there is no card of this profile: `vn-cccd-2021`, `icao-td1`.
pub fn issued(profile: &str) -> BTreeMap<String, Vec<u8>> {
    let file = load("self-generated-issued-files");
    let set = list(&file["sets"]).iter().find(|set| set["id"] == profile);
    let set = set.unwrap_or_else(|| panic!("self-generated-issued-files.json has no set {profile}"));
    entries(&set["files_hex"])
        .map(|(name, value)| (name.clone(), hex(value)))
        .collect()
}

/// DG2 with a data block of ISO/IEC 39794-5 that has the mandatory fields only; the face is the specimen person's.
pub fn dg2_of_iso_39794_5() -> Vec<u8> {
    let file = load("biometric-samples");
    let sample = list(&file["samples"])
        .iter()
        .find(|sample| sample["id"] == "ICAO-39794-5-DG2-mandatory-fields")
        .unwrap_or_else(|| panic!("biometric-samples.json has no such sample"));
    let content = STANDARD.decode(text(&sample["base64"]));
    content.unwrap_or_else(|error| panic!("biometric-samples.json: {error}"))
}

/// EF.SODs of [`tr_03105_5`] whose CMS structure is broken in one byte (pymrtd fuzz cases).
pub fn mutated_sods() -> Vec<MutatedSod> {
    let file = load("lds-specimen-sets");
    list(&file["mutated_sods"]["cases"])
        .iter()
        .map(|case| {
            let mut content = hex(&find(&file, text(&case["base"]))["files_hex"]["EF_SOD"]);
            let mut description = String::from("EF.SOD");
            for change in list(&case["byte_changes"]) {
                let offset = change["offset"]
                    .as_u64()
                    .and_then(|offset| usize::try_from(offset).ok());
                let offset = offset.unwrap_or_else(|| panic!("offset in {change}"));
                let (old, new) = (hex(&change["old"]), hex(&change["new"]));
                assert_eq!(content[offset..offset + old.len()], old, "{change}: base differs");
                content[offset..offset + new.len()].copy_from_slice(&new);
                description.push_str(&format!(" byte {offset}: {old:02X?} to {new:02X?}"));
            }
            MutatedSod { description, content }
        })
        .collect()
}

fn document(id: &str) -> SpecimenDocument {
    let file = load("lds-specimen-sets");
    let set = find(&file, id);
    let mut files: BTreeMap<String, Vec<u8>> = entries(&set["files_hex"])
        .map(|(name, value)| (name.clone(), hex(value)))
        .collect();
    if set.get("biometric_files_base64").is_some() {
        files.extend(entries(&set["biometric_files_base64"]).map(|(name, value)| {
            let content = STANDARD.decode(text(value));
            (
                name.clone(),
                content.unwrap_or_else(|error| panic!("{id} {name}: {error}")),
            )
        }));
    }
    let listed_digests = entries(&set["sod"]["dg_hashes"])
        .map(|(number, digest)| {
            let number = number.parse();
            (
                number.unwrap_or_else(|error| panic!("{id} dg_hashes: {error}")),
                hex(digest),
            )
        })
        .collect();
    SpecimenDocument {
        id: id.to_owned(),
        source: text(&set["source"]).to_owned(),
        files,
        listed_digests,
    }
}

fn find<'a>(file: &'a Value, id: &str) -> &'a Value {
    list(&file["sets"])
        .iter()
        .find(|set| set["id"] == id)
        .unwrap_or_else(|| panic!("lds-specimen-sets.json has no set {id}"))
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value
        .as_object()
        .unwrap_or_else(|| panic!("expected an object, found {value}"))
        .iter()
}
