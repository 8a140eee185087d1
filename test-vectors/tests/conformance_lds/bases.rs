//! Files that pass.

use test_vectors::conformance::lds::{File, Files};
use test_vectors::documents::{self, SpecimenDocument};
use test_vectors::load;

use crate::edit::patch;
use test_vectors::naive::object;

/// Files by the names of the data.
pub fn files<'a>(content: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> Files {
    let mut files = Files::new(None);
    for (name, content) in content {
        files.put(file(name), content.clone());
    }
    files
}

/// `EF_COM`, `EF.COM`, `DG1`, …
fn file(name: &str) -> File {
    match name.replace("EF_", "EF.").as_str() {
        "EF.COM" => File::Com,
        "EF.SOD" => File::Sod,
        "EF.CardAccess" => File::CardAccess,
        "EF.CardSecurity" => File::CardSecurity,
        "EF.ATR/INFO" => File::AtrInfo,
        "EF.CVCA" => File::Cvca,
        other => File::DataGroup(
            other
                .strip_prefix("DG")
                .and_then(|number| number.parse().ok())
                .expect(name),
        ),
    }
}

fn specimen(document: &SpecimenDocument) -> Files {
    files(&document.files)
}

/// BSI TR-03105 part 5: a passport.
pub fn tr_03105_5() -> Files {
    specimen(&documents::tr_03105_5())
}

/// BSI 2008: a passport with face, fingers and iris.
pub fn bsi_2008() -> Files {
    specimen(&documents::bsi_2008())
}

/// Its DG1, and the zone that is printed.
pub fn printed() -> Files {
    let document = documents::tr_03105_5();
    let dg1 = document.file("DG1");
    let mut files = Files::new(Some(String::from_utf8_lossy(&dg1[5..]).into_owned()));
    files.put(File::DataGroup(1), dg1.to_vec());
    files
}

/// A card of the profile vn-cccd-2021: PACE, Chip, Terminal and Active Authentication.
pub fn vn_cccd_2021() -> Files {
    files(&documents::issued("vn-cccd-2021"))
}

/// A card of the profile icao-td1: PACE-CAM, DG11, DG12.
pub fn icao_td1() -> Files {
    files(&documents::issued("icao-td1"))
}

/// A document of the corpus.
pub fn corpus(name: &str) -> Files {
    let path = test_vectors::data_dir().join(format!("../corpus/{name}.json"));
    let text = std::fs::read_to_string(path).expect(name);
    let document: serde_json::Value = serde_json::from_str(&text).expect(name);
    let content = document["files"].as_object().expect(name).iter();
    let content: Vec<(String, Vec<u8>)> = content
        .map(|(name, value)| (name.clone(), test_vectors::hex(value)))
        .collect();
    files(content.iter().map(|(name, content)| (name, content)))
}

/// DG2 with feature points. The first of the document's has the number 12.0, which MPEG-4 has not: here it is 12.2.
pub fn feature_points() -> Files {
    let mut files = corpus("dg2-with-feature-points");
    patch(&mut files, File::DataGroup(2), "01C000640064", "01C200640064");
    files
}

/// A DG1 with this zone.
pub fn dg1(zone: &str) -> Files {
    let mut files = Files::new(Some(zone.to_owned()));
    files.put(File::DataGroup(1), object(0x61, &object(0x5F1F, zone.as_bytes())));
    files
}

/// A file of the short published examples.
pub fn published_example(name: &str) -> Vec<u8> {
    let file = load("lds-specimen-sets");
    let examples = &file["icao_part10_examples"];
    let short = &examples["short_dg_examples"][name];
    test_vectors::hex(if short.is_null() { &examples[name] } else { short })
}
