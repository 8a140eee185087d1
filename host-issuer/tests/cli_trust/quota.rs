//! How often a document signer signs, and who goes on.

use crate::key_name;
use crate::world::World;

#[test]
fn plumbing_a_document_signer_signs_as_often_as_it_may_and_its_successor_goes_on() {
    let world = World::with_office();
    let status = |ds: &str| {
        world
            .eid(&["pki", "ds", "status", "--ds", ds, "--json"])
            .expect(0)
            .json()
    };
    let issue = |name: &str, ds: &str| {
        let memory = format!("{name}.chip");
        world.make_chip(&memory);
        world.issue(&memory, name, &[("--ds", ds)])
    };
    issue("one", "@ds").expect(0);
    let used = status("@ds")["signatures"].as_u64().expect("a number");
    assert!(used >= 1);
    let quota = used.to_string();
    world
        .eid(&[
            "pki",
            "ds",
            "issue",
            "--csca",
            "@csca",
            "--out",
            "@few",
            "--key-type",
            "brainpoolP384r1",
            "--max-signatures",
            &quota,
        ])
        .expect(0);
    issue("two", "@few").expect(0);
    assert_eq!(status("@few")["state"], "exhausted");
    let refused = issue("three", "@few").expect_failure(20, "rotate");
    assert!(
        refused.messages.contains("eid pki ds rotate"),
        "{}",
        refused.messages
    );
    assert!(!world.path("three/receipt.json").exists());

    world
        .eid(&[
            "pki",
            "ds",
            "rotate",
            "--ds",
            "@few",
            "--csca",
            "@csca",
            "--out",
            "@next",
            "--erase-key",
        ])
        .expect(0);
    assert!(!world.path("few/ds.key").exists());
    // Its key is of the old one's kind.
    assert_eq!(key_name(&world, "next/ds.der"), key_name(&world, "few/ds.der"));
    assert!(key_name(&world, "next/ds.der").contains("brainpoolP384r1"));
    assert_eq!(status("@few")["successor"], status("@next")["serial"]);
    issue("four", "@next").expect(0);
    issue("five", "@few").expect_failure(20, "retired");
}
