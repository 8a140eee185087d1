//! `--watch`: cards and readers come and go, and each card gets its verdict.

use host_issuer::transport::TransportError;
use host_issuer::transport::pulled::Moment;
use serde_json::Value;

use super::Counter;
use super::json_schema::Schema;
use super::world::{HOLDER, Laid, can};

const ACS: &str = "ACS 00 00";
const HID: &str = "HID 01 00";

impl Counter {
    /// Plays these scenes to a counter that watches.
    fn watch(&self, scenes: Vec<Vec<Laid>>, input: &[&str], more: &[&str]) -> super::Outcome {
        self.world.readers().scenes.replace(scenes.into());
        self.world.type_lines(input);
        self.world
            .eid(&[&["verify", "--watch", "--trust", "@csca"], more].concat())
    }

    /// The card on this reader.
    fn laid(&self, reader: &'static str, event_count: u32) -> Laid {
        (reader, Some(self.world.path("one.chip")), event_count)
    }

    /// The lines of the machine readable zone.
    fn zone(&self) -> Vec<String> {
        let print = std::fs::read(self.world.path("out/print.json")).expect("print.json");
        let print: Value = serde_json::from_slice(&print).expect("JSON");
        serde_json::from_value(print["mrz"].clone()).expect("lines")
    }
}

fn lines(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn plumbing_each_card_gets_a_verdict_while_readers_come_and_go() {
    let counter = Counter::of("vn-cc-2024");
    let (can, zone) = (can(), counter.zone());
    let wrong = if can == "123456" { "654321" } else { "123456" };
    let scenes = || {
        vec![
            vec![],
            vec![(ACS, None, 0)],
            vec![counter.laid(ACS, 1)],
            // Still there: nothing happens.
            vec![counter.laid(ACS, 1)],
            // Away and back again, and a second reader with a card.
            vec![counter.laid(ACS, 3), counter.laid(HID, 1)],
            vec![(HID, None, 2)],
            vec![counter.laid(HID, 3)],
        ]
    };
    let typed = [
        &can, // the first card
        wrong, "12", &can, // the second: wrong, not a password, right
        &zone[0], &zone[1], &zone[2], // the third, scanned
        "",       // the fourth is not to be verified
    ];
    let shown = counter.watch(scenes(), &typed, &[]).expect(0);
    assert_eq!(shown.output.matches("  GENUINE  ").count(), 3, "{}", shown.output);
    assert_eq!(shown.output.matches(HOLDER).count(), 3);
    for reader in [ACS, HID] {
        assert!(
            shown.output.contains(&format!("Reader       {reader}")),
            "{}",
            shown.output
        );
    }
    assert_eq!(shown.messages.matches("error: ").count(), 2, "{}", shown.messages);
    assert!(shown.messages.contains("does not accept this CAN or MRZ"));
    shown.assert_silent_about(&[&can, wrong, &zone[1], &zone[2]]);

    let schema = Schema::load("eid.verify.1.json");
    let told = counter
        .watch(scenes(), &typed, &["--json", "--save", "@seen"])
        .expect(0);
    let told = lines(&told.output);
    let schemas: Vec<&str> = told
        .iter()
        .map(|line| line["schema"].as_str().expect("a schema"))
        .collect();
    assert_eq!(
        schemas,
        ["eid.verify/1", "eid.error/1", "eid.verify/1", "eid.verify/1"]
    );
    for line in told.iter().filter(|line| line["schema"] == "eid.verify/1") {
        schema.assert_describes(line);
        let directory = line["saved"]["directory"].as_str().expect("a folder");
        assert!(std::path::Path::new(directory).join("report.json").exists());
    }
    assert_eq!(told[1]["exit_code"], 12);
    assert_eq!(told[1]["reader"], ACS);
    assert_eq!(
        std::fs::read_dir(counter.world.path("seen"))
            .expect("a folder")
            .count(),
        3
    );

    // One reader of several, and the end of the input in the middle of a zone.
    let only = counter
        .watch(scenes(), &[&zone[0]], &["--reader", "hid", "--json"])
        .expect(0);
    assert_eq!(only.output, "");
    assert_eq!(only.messages.matches("a card").count(), 1, "{}", only.messages);
}

#[test]
fn plumbing_a_card_that_cannot_be_read_ends_nothing_and_a_service_that_is_gone_does() {
    let counter = Counter::of("vn-cc-2024");
    let can = can();
    let world = &counter.world;
    // The card is away before it is opened; the next one is pulled while it is read.
    world.readers().pull.set(Some((9, Moment::BeforeAnswer)));
    let damaged: Laid = (HID, Some(world.path("record.json")), 1);
    let told = counter
        .watch(
            vec![vec![counter.laid(ACS, 1)], vec![counter.laid(ACS, 3), damaged]],
            &[&can, &can, &can],
            &["--json", "--save", "@seen"],
        )
        .expect(0);
    let codes: Vec<Value> = lines(&told.output)
        .iter()
        .map(|line| line["exit_code"].clone())
        .collect();
    assert_eq!(codes, [11, 11, 3]);
    assert!(
        !world.path("seen").exists(),
        "something was left of a card that was not read"
    );
    world.readers().pull.set(None);

    world.readers().broken.set(Some(|| TransportError::NoPcscd {
        detail: "gone".into(),
    }));
    counter.watch(vec![vec![]], &[], &[]).expect_failure(10, "PC/SC");
    world.readers().broken.set(None);
    world
        .eid(&[
            "verify",
            "--watch",
            "--trust",
            "@csca",
            "--reader",
            "virtual:@one.chip",
        ])
        .expect_failure(2, "--watch");
    world
        .eid(&["verify", "--watch", "--trust", "@csca", "--can", &can])
        .expect(2);
    // What cannot be kept for one card cannot be kept for the next.
    world.write("taken", b"no folder");
    counter
        .watch(
            vec![vec![counter.laid(ACS, 1)], vec![counter.laid(ACS, 3)]],
            &[&can, &can],
            &["--save", "@taken"],
        )
        .expect_failure(21, "taken");
}
