//! Valid inputs to begin with. `cargo run --example seeds` writes them into `corpus/`; the replay on stable compares.

use personalization::citizen::CitizenRecord;
use personalization::lds::{atr_info, dg13, dir};
use test_vectors::documents::{bsi_2008, tr_03105_5};
use test_vectors::{hex, load, mrz};
use time::macros::date;

/// Target, name and content of every seed.
pub fn all() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut seeds = Vec::new();
    let mut seed =
        |target, name: &str, content: &[u8]| seeds.push((target, name.to_owned(), content.to_vec()));
    for (number, vector) in (1..).zip(mrz::vectors()) {
        seed(
            "mrz",
            &format!("zone-{number}"),
            vector.lines.join("\n").as_bytes(),
        );
    }
    for (name, text) in [
        ("name-vietnamese", "Nguyễn Thị Đức"),
        ("name-cyrillic", "Юрий Ёлкин-Щука"),
        ("name-arabic", "فاطمة عبّاس"),
        ("name-latin", "Größe O'Ærø"),
    ] {
        seed("mrz", name, text.as_bytes());
    }
    let examples = &load("lds-specimen-sets")["icao_part10_examples"];
    seed("lds", "ef-com", &hex(&examples["EF_COM_A1"]));
    seed("lds", "dg11", &hex(&examples["DG11_A5_corrected"]));
    seed("lds", "dg11-short", &hex(&examples["short_dg_examples"]["DG11"]));
    seed("lds", "dg12-short", &hex(&examples["short_dg_examples"]["DG12"]));
    seed("lds", "dg16", &hex(&examples["DG16_A6"]));
    seed("lds", "ef-dir", &dir::encode(&[]));
    seed("lds", "ef-atr-info", &atr_info::encode(2048, 33_024));
    for (set, name) in [(tr_03105_5(), "2013"), (bsi_2008(), "2008")] {
        for file in ["DG1", "DG14", "DG15"] {
            seed(
                "lds",
                &format!("bsi-{name}-{}", file.to_lowercase()),
                set.file(file),
            );
        }
    }
    let bsi = &load("bsi-eac2-worked-example")["vectors"][0]["values"];
    seed("lds", "ef-card-access", &hex(&bsi["ef_cardaccess"]));
    seed("lds", "ef-card-security", &hex(&bsi["ef_cardsecurity"]));

    let template = CitizenRecord::template();
    let alone = template.replace("\"Nguyễn Văn Mẫu\"", "null");
    for (name, json) in [("template", template), ("mother-alone", alone.as_str())] {
        seed("record", name, json.as_bytes());
        if let Ok(record) = CitizenRecord::from_json(json, date!(2026 - 11 - 24))
            && let Ok(file) = dg13::encode(&record, "VN00000000000001")
        {
            seed("dg13", name, &file);
        }
    }
    seeds
}
