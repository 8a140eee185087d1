//! `eid batch report`: that it says what the ledger says, in each form, and that a reader's name stays a name.

use host_issuer::ledger::Event;
use host_issuer::ledger::event::{ChipState, JobState};

use crate::json_schema::Schema;
use crate::production::{Made, chip, intend, make, serial};
use crate::station::{Station, citizen_number};
use crate::work::start;
use crate::world::HOLDER;

/// What a reader may call itself.
const READER: &str = "=cmd|' /C calc'!A1</td><script>alert(1)</script>\u{202e}\"; ";

#[test]
fn a_day_is_reported_as_it_was() {
    let station = Station::new();
    let (batch, jobs) = station.batch_of(5);
    start(&station, &batch);
    let (again, failed) = (JobState::Pending, JobState::Failed);
    let blank = Made::Failed("chip.removed", ChipState::Blank, again);
    let apart = Made::Failed("chip.mute", ChipState::Quarantined, again);
    let lost = Made::Failed("chip.mute", ChipState::Spoiled, failed);
    station.append(1, (1..=7).map(chip));
    let timed = |began: i64, ended: i64, mut events: Vec<Event>| {
        let rest = events.split_off(1);
        station.append(began, events);
        station.append(ended, rest);
    };
    timed(10, 14, make(&jobs[0], 1, 1, "ACS", Made::Issued));
    timed(20, 21, make(&jobs[1], 1, 2, READER, blank));
    timed(30, 36, make(&jobs[1], 2, 2, READER, Made::Issued));
    timed(40, 41, make(&jobs[2], 1, 3, "ACS", apart));
    timed(86_400, 86_410, make(&jobs[2], 2, 4, "ACS", Made::Issued));
    timed(86_500, 86_501, make(&jobs[3], 1, 5, "ACS", lost));
    station.append(86_600, intend(&jobs[4], 1, 6, "ACS"));
    station.append(
        86_700,
        [
            Event::ChipRefused {
                serial: serial(0xEE),
                reader: READER.into(),
                reason: "chip.unknown".into(),
            },
            Event::CardChanged {
                card_id: "CARD000100000001".into(),
                state: host_issuer::ledger::event::CardState::Revoked,
                reason: "printed askew".into(),
                approval: None,
            },
        ],
    );
    station.append(
        86_701,
        [Event::ChipSpoiled {
            serial: serial(1),
            reason: "+printed askew".into(),
        }],
    );

    let report = station.batch(&["report", &batch, "--json"]).expect(0);
    report.assert_silent_about(&[HOLDER, &citizen_number(1)]);
    let report = report.json();
    Schema::load("eid.batch.report.1.json").assert_describes(&report);
    let total = &report["total"];
    for (name, count) in [
        ("jobs", 5),
        ("issued", 3),
        ("pending", 1),
        ("failed", 1),
        ("cancelled", 0),
        ("first_time", 1),
        ("attempts", 7),
        ("cards", 2),
        ("blank", 1),
        ("quarantined", 1),
        ("spoiled", 2),
        ("unsettled", 1),
        ("median_seconds", 6),
        ("longest_seconds", 10),
    ] {
        assert_eq!(total[name], count, "{name}");
    }
    assert_eq!(total["yield"], 0.4);
    let of = |table: &str, key: &str, name: &str| {
        let tallies = report[table].as_array().unwrap();
        let tally = tallies.iter().find(|tally| tally["key"] == key);
        tally.unwrap_or_else(|| panic!("{table} {key}"))[name].clone()
    };
    assert_eq!(of("provinces", "001", "attempts"), 7);
    assert_eq!(of("days", "2026-11-24", "attempts"), 4);
    assert_eq!(of("days", "2026-11-25", "cards"), 1);
    assert_eq!(of("readers", "ACS", "attempts"), 5);
    assert_eq!(of("readers", READER, "blank"), 1);
    let reasons: Vec<_> = report["reasons"].as_array().unwrap().iter().collect();
    assert_eq!(reasons[0]["reason"], "chip.mute");
    assert_eq!(
        (&reasons[0]["attempts"], &reasons[0]["chips"]),
        (&2.into(), &2.into())
    );
    assert_eq!(reasons.len(), 3);
    assert_eq!(report["refused"][0]["reason"], "chip.unknown");
    assert_eq!(report["started"]["by"], crate::station::OPERATOR);
    assert_eq!(report["started"]["approved_by"], crate::station::SUPERVISOR);

    csv_is_a_table(&station, &batch);
    page_is_harmless(&station, &batch);
    let text = station.batch(&["report", &batch]).expect(0).output;
    assert!(
        text.contains("jobs 5: 3 issued, 1 pending, 1 failed, 0 cancelled; 1 at the first attempt"),
        "{text}"
    );
    assert!(
        text.contains("yield 40.0 %") && !text.contains('\u{202e}'),
        "{text}"
    );
    station
        .batch(&["report", "2026-11-24-hn-01-777"])
        .expect_failure(3, "there is no batch");
}

/// The cells of each line, as RFC 4180 has them.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut letters) = (false, csv.chars().peekable());
    while let Some(letter) = letters.next() {
        let row = rows.last_mut().unwrap();
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => assert_eq!(letters.next(), Some('\n'), "a line ends with CR LF"),
            other => row.last_mut().unwrap().push(other),
        }
        if letter == '\r' && !quoted && letters.peek().is_some() {
            rows.push(vec![String::new()]);
        }
    }
    assert!(!quoted, "a quotation mark is open");
    rows
}

fn csv_is_a_table(station: &Station, batch: &str) {
    for (format, key, rows) in [
        ("csv", "reader", 1 + 1 + 1 + 2 + 2 + 6 + 3 + 1),
        ("csv-attempts", "chip", 1 + 7),
    ] {
        let csv = station
            .batch(&["report", batch, "--format", format])
            .expect(0)
            .output;
        let table = cells(&csv);
        assert_eq!(table.len(), rows, "{csv}");
        assert!(csv.contains(key));
        for row in &table {
            assert_eq!(row.len(), table[0].len(), "{row:?}");
            for cell in row {
                let first = cell.trim_start().chars().next();
                assert!(
                    !first.is_some_and(|first| "=+-@\t\r".contains(first)),
                    "{cell:?} is a formula"
                );
            }
        }
    }
}

fn page_is_harmless(station: &Station, batch: &str) {
    station
        .batch(&["report", batch, "--format", "html", "--out", "@report.html"])
        .expect(0);
    let page = std::fs::read_to_string(station.world.path("report.html")).unwrap();
    assert!(page.contains("default-src 'none'"));
    assert!(!page.contains("<script") && !page.contains('\u{202e}'));
    assert!(page.contains("&lt;script&gt;alert(1)"));
    let known = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "table", "tr", "th", "td",
        "p", "small", "bdi",
    ];
    for tag in page.split('<').skip(1) {
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '!')
            .collect();
        assert!(known.contains(&name.as_str()), "<{name}>");
    }
}
