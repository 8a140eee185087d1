//! Chips in stock: issued with the keys that they drew ahead, prepared many in one call, delivered by a maker.

use super::*;

/// A chip in stock, issued where it is: with the keys that it drew ahead, and taken for no other card.
#[test]
fn plumbing_issued_from_stock_with_the_keys_that_were_drawn_ahead() {
    let world = prepared_world();
    let list = || {
        world
            .eid(&["stock", "list", "--stock", "@stock", "--json"])
            .expect(0)
            .json()
    };
    let serial = list()["chips"][0]["serial"]
        .as_str()
        .expect("a serial")
        .to_owned();
    let manifest =
        fs::read_to_string(world.path(&format!("stock/chips/{serial}.json"))).expect("its manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("a manifest");
    let public_key = manifest["keys"][0]["public_key"].as_str().expect("a key");
    let issue = |keys: &str, out: &str| {
        world.eid(&[
            "issue",
            "-r",
            "virtual:@one.chip",
            "--profile",
            "vn-cc-2024",
            "--record",
            "@record.json",
            "--photo",
            "@face.jp2",
            "--ds",
            "@ds",
            "--issuer-keys",
            keys,
            "--stock",
            "@stock",
            "--out",
            out,
        ])
    };
    world.eid(&["keys", "init", "--out", "@others.keys"]).expect(0);
    issue("@others.keys", "@issued").expect_failure(13, "key");
    assert_eq!(list()["chips"][0].get("card_id"), None, "nothing came of it");
    issue("@issuer.keys", "@issued").expect(0);
    assert!(list()["chips"][0]["card_id"].is_string());
    let can = fs::read_to_string(world.path("issued/print.json")).expect("print data");
    let can: serde_json::Value = serde_json::from_str(&can).expect("print data");
    let can = can["can"].as_str().expect("a CAN");
    let verify = [
        "verify",
        "-r",
        "virtual:@one.chip",
        "--can",
        can,
        "--trust",
        "@csca",
        "--require-clone-proof",
        "--save",
        "@seen",
    ];
    world.eid(&verify).expect(0);
    let dg14 = fs::read(world.path("seen/DG14.bin")).expect("DG14");
    let key = hex::decode(public_key).expect("hexadecimal");
    assert!(dg14.windows(key.len()).any(|window| window == key));
    // The manifest is what it was: nothing was drawn anew.
    world.eid(&["stock", "check", "--stock", "@stock"]).expect(0);
}

#[test]
fn many_cards_in_one_call() {
    let world = prepared_world();
    let people = "{\"record\":\"missing.json\",\"photo\":\"face.jp2\"}\n\nno object\n\
                  {\"record\":\"record.json\",\"photo\":\"face.jp2\"}\n\
                  {\"record\":\"record.json\",\"photo\":\"face.jp2\"}\n";
    fs::write(world.path("people.jsonl"), people).expect("a list");
    let prepare = |list: &str| {
        let mut arguments: Vec<&str> = PREPARE.to_vec();
        let at = arguments
            .iter()
            .position(|argument| *argument == "--record")
            .expect("an option");
        arguments.splice(at..at + 4, ["--batch", list]);
        world.eid(&arguments)
    };
    let done = prepare("@people.jsonl").expect(3);
    let lines: Vec<serde_json::Value> = done
        .output
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["schema"].as_str().unwrap(),
                line["record"].as_str().unwrap(),
                &line["id"],
            )
        })
        .collect();
    assert_eq!(said.len(), 4, "{}", done.output);
    assert_eq!(said[0].0, "eid.prepare.failed/1");
    assert_eq!(said[0].1, "missing.json");
    assert_eq!((said[1].1, said[1].2), ("line 3", &"batch.line".into()));
    assert_eq!((said[2].0, said[2].1), ("eid.prepare/1", "record.json"));
    assert_eq!(
        (said[3].1, said[3].2),
        ("record.json", &"stock.no_free_chip".into())
    );
    assert!(Path::new(lines[2]["script"].as_str().expect("a path")).is_file());
    let secrets = secrets();
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    done.assert_silent_about(&secrets);

    // A directory: what has no photo fails, the other finds no chip any more.
    fs::create_dir(world.path("people")).expect("a directory");
    for name in ["an.json", "binh.json"] {
        fs::copy(world.path("record.json"), world.path(&format!("people/{name}"))).expect("a record");
    }
    fs::copy(world.path("face.jp2"), world.path("people/an.jp2")).expect("a photo");
    let done = prepare("@people").expect(3);
    assert!(done.output.contains("stock.no_free_chip") && done.output.contains("batch.no_photo"));
    prepare("@stock/chips").expect(3);
}

/// A list that its maker signed is taken into stock, one that somebody changed is not, and neither is a manifest alone.
#[test]
fn deliveries_of_a_maker() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.eid(&["keys", "maker", "--out", "@maker.key"]).expect(0);
    world
        .eid(&[
            "stock",
            "sign",
            "--key",
            "@maker.key",
            "--out",
            "@delivery.json",
            "@one.chip.manifest.json",
        ])
        .expect(0);
    let add = |file: &str| {
        world.eid(&[
            "stock",
            "add",
            "--stock",
            "@stock",
            "--maker-key",
            "@maker.key.pub",
            file,
            "--json",
        ])
    };
    add("@one.chip.manifest.json").expect_failure(3, "not signed");
    let text = fs::read_to_string(world.path("delivery.json")).expect("a delivery");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("a delivery");
    value["chips"][0]["serial"] = "000102030405060708FF".into();
    fs::write(world.path("changed.json"), value.to_string()).expect("a file");
    add("@changed.json").expect_failure(3, "the maker's key");
    assert!(!world.path("stock").exists());
    let added = add("@delivery.json").expect(0).json();
    assert_eq!(added["added"], 1);
    assert!(added["maker_key"].is_string());
}
