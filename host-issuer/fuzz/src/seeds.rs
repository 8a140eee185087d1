//! Valid inputs to begin with. `cargo run --example seeds` writes them into `corpus/`; the replay on stable compares.

use host_issuer::inspect::Read;
use test_vectors::documents::{bsi_2008, tr_03105_5};
use test_vectors::{hex, load};

use crate::test_issuer::Recipe;

/// Target, name and content of every seed that can be made again. What else is in `corpus/` is signed with keys that were thrown away:
/// `eid` made it, once.
pub fn all() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut seeds = Vec::new();
    let mut seed = |target, name: &str, content: Vec<u8>| seeds.push((target, name.to_owned(), content));
    let genuine = Recipe::genuine();
    let document = genuine.seal();
    let places = [
        (17, &document.card_access),
        (19, &document.com),
        (20, &document.sod),
    ];
    let groups = document.data_groups.iter().map(|(number, read)| (*number, read));
    for (place, read) in groups.chain(places) {
        if let Read::Bytes(file) = read {
            seed("document", &format!("place-{place}"), placed(place, file));
        }
    }
    let examples = &load("lds-specimen-sets")["icao_part10_examples"];
    for (place, field) in [(11, "DG11_A5_corrected"), (16, "DG16_A6")] {
        seed(
            "document",
            &format!("icao-dg{place}"),
            placed(place, &hex(&examples[field])),
        );
    }
    for field in ["DG11", "DG12"] {
        let file = hex(&examples["short_dg_examples"][field]);
        let place = if field == "DG11" { 11 } else { 12 };
        seed(
            "document",
            &format!("icao-short-{}", field.to_lowercase()),
            placed(place, &file),
        );
    }
    let bsi = &load("bsi-eac2-worked-example")["vectors"][0]["values"];
    let card_security = hex(&bsi["ef_cardsecurity"]);
    seed("document", "bsi-ef-card-security", placed(18, &card_security));
    for (set, name) in [(tr_03105_5(), "2013"), (bsi_2008(), "2008")] {
        for (place, file) in [(14, "DG14"), (15, "DG15"), (20, "EF_SOD")] {
            seed(
                "document",
                &format!("bsi-{name}-{}", file.to_lowercase()),
                placed(place, set.file(file)),
            );
        }
        seed("dump", &format!("bsi-{name}-ef-sod"), set.file("EF_SOD").to_vec());
    }
    seed("lists", "csca", genuine.csca.build());
    seed("lists", "ds", genuine.ds.build());
    if let Some(crl) = &genuine.crl {
        seed("lists", "crl", crl.build());
    }
    seed("dump", "ef-card-security", card_security);
    seed("dump", "cv-certificate", hex(&bsi["cvca_cert"]));
    seed("dump", "dg11", hex(&examples["DG11_A5_corrected"]));
    seed("dump", "ef-card-access", hex(&bsi["ef_cardaccess"]));
    if let Read::Bytes(dg13) = document.data_group(13) {
        seed("dump", "dg13", dg13.clone());
    }
    seeds
}

/// An input of the target `document`.
fn placed(place: u8, file: &[u8]) -> Vec<u8> {
    [&[place], file].concat()
}
