//! The program itself, as a process with signals and a terminal: Ctrl-C finishes the card on the reader, a second one quarantines it,
//! and who looks at a terminal sees how far it is.
//!
//! Its clock is the machine's, so everything is made now.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Command, Stdio};

use host_issuer::environment::Environment;
use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::view::{ChipFilter, JobFilter};

use crate::world::{PASSPHRASE, World};

/// The chips: one for the first Ctrl-C, some for the second, one for the terminal.
const CHIPS: [&str; 7] = ["one", "two", "three", "four", "five", "six", "seven"];

/// A station with as many started jobs as chips, whose files are the world's.
fn station() -> (World, String) {
    let world = World::with_office_at(Environment::system().clock.now());
    for name in ["an", "binh"] {
        let out = format!("@{name}");
        world
            .eid(&["approve", "init", "--name", name, "--out", &out])
            .expect(0);
    }
    let officers = [
        "--officer",
        "@an/officer.json:operator",
        "--officer",
        "@binh/officer.json:supervisor",
    ];
    let init = ["ledger", "init", "@station", "--name", "hn-01"];
    world.eid(&[&init[..], &officers].concat()).expect(0);
    let at_station = ["--station", "@station", "--operator", "an"];
    let mut register = vec![
        "stock",
        "register",
        "--delivery",
        "2026-11",
        "--applet-version",
        "1",
    ];
    register.extend(at_station);
    let manifests = CHIPS.map(|chip| format!("@{chip}.manifest.json"));
    for chip in CHIPS {
        world.make_another_chip(chip);
    }
    register.extend(manifests.iter().map(String::as_str));
    world.eid(&register).expect(0);
    let template = std::fs::read_to_string(world.path("record.json")).expect("a record");
    let mut list = String::new();
    for number in 1..=CHIPS.len() {
        let record = template.replace("001196000017", &format!("00119600002{number}"));
        world.write(&format!("person-{number}.json"), record.as_bytes());
        list.push_str(&format!(
            "{{\"record\":\"person-{number}.json\",\"photo\":\"face.jp2\"}}\n"
        ));
    }
    world.write("list.jsonl", list.as_bytes());
    let create = [
        "batch",
        "create",
        "@list.jsonl",
        "--profile",
        "vn-cc-2024",
        "--json",
    ];
    let created = world.eid(&[&create[..], &at_station].concat()).expect(0).output;
    let last: serde_json::Value =
        serde_json::from_str(created.lines().last().expect("a line")).expect("JSON");
    let batch = last["batch"].as_str().expect("a batch").to_owned();
    let request = [
        "approve",
        "request",
        "--station",
        "@station",
        "--purpose",
        "start-batch",
    ];
    let about = ["--subject", &batch, "--officer", "@an", "--out", "@start"];
    world.eid(&[&request[..], &about].concat()).expect(0);
    world
        .eid(&["approve", "sign", "@start", "--officer", "@binh", "--out", "@yes"])
        .expect(0);
    let start = [
        "batch",
        "start",
        &batch,
        "--request",
        "@start",
        "--approval",
        "@yes",
    ];
    world.eid(&[&start[..], &at_station].concat()).expect(0);
    (world, batch)
}

/// The words of a run over this chip.
fn words(world: &World, batch: &str, chip: &str) -> Vec<String> {
    let path = |name: &str| world.path(name).display().to_string();
    [
        "batch",
        "run",
        batch,
        "--station",
        &path("station"),
        "--officer",
        &path("an"),
        "--ds",
        &path("ds"),
        "--issuer-keys",
        &path("issuer.keys"),
        "--reader",
        &format!("virtual:{}", path(chip)),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn spawn(program: &str, arguments: &[String]) -> Child {
    Command::new(program)
        .args(arguments)
        .env_clear()
        .env("EID_PASSPHRASE", PASSPHRASE)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// Ctrl-C. The shell's own `kill`: not every machine has the program.
fn interrupt(child: &Child) {
    let kill = format!("kill -INT {}", child.id());
    let kill = Command::new("sh").args(["-c", &kill]).status();
    assert!(kill.expect("a shell").success());
}

/// Reads what the run tells until it tells this.
fn wait_for(lines: &mut impl Iterator<Item = std::io::Result<String>>, word: &str) {
    let found = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(word)));
    assert!(found.is_some(), "{word} is never said");
}

fn rest(stderr: &mut BufReader<ChildStderr>) -> String {
    let mut text = String::new();
    stderr.read_to_string(&mut text).expect("UTF-8");
    text
}

/// Jobs that are issued, and chips that are kept apart.
fn counted(world: &World) -> (usize, usize) {
    let ledger = SqliteLedger::open(&world.path("station").join("ledger.sqlite")).expect("a ledger");
    let jobs = ledger.jobs(&JobFilter::default()).expect("jobs");
    let chips = ledger.chips(&ChipFilter::default()).expect("chips");
    let issued = jobs.iter().filter(|job| job.state == JobState::Issued).count();
    let pending = jobs.iter().filter(|job| job.state == JobState::Pending).count();
    assert_eq!(issued + pending, CHIPS.len());
    let apart = chips
        .iter()
        .filter(|chip| chip.state == ChipState::Quarantined)
        .count();
    let cards = chips
        .iter()
        .filter(|chip| chip.state == ChipState::Issued)
        .count();
    assert_eq!(cards, issued);
    (issued, apart)
}

/// Ctrl-C twice while a card is made of this chip. Whether the second came before the card was done.
fn interrupted_twice(world: &World, batch: &str, chip: &str) -> bool {
    let words = [words(world, batch, chip), vec!["--json".into()]].concat();
    let mut child = spawn(env!("CARGO_BIN_EXE_eid"), &words);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    wait_for(&mut lines, "\"event\":\"begun\"");
    interrupt(&child);
    // Two signals that come at once are one.
    wait_for(&mut stderr.by_ref().lines(), "no new card is begun");
    interrupt(&child);
    let said = lines
        .map(|line| line.expect("UTF-8"))
        .collect::<Vec<String>>()
        .join("\n");
    let messages = rest(&mut stderr);
    let code = child.wait().expect("an end").code();
    assert_eq!(code, Some(130), "{said}\n{messages}");
    said.contains("operator.interrupted")
}

#[test]
fn an_operator_interrupts_a_run_once_and_twice_and_looks_at_a_terminal() {
    let eid = env!("CARGO_BIN_EXE_eid");
    let (world, batch) = station();

    // Once: the card on the reader is finished.
    let mut child = spawn(
        eid,
        &[words(&world, &batch, "one"), vec!["--json".into()]].concat(),
    );
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    wait_for(&mut lines, "\"event\":\"begun\"");
    interrupt(&child);
    let last = lines.last().expect("a line").expect("UTF-8");
    let last: serde_json::Value = serde_json::from_str(&last).expect("JSON");
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    assert_eq!(
        (&last["ended"], &last["issued"], &last["pending"]),
        (&"operator".into(), &1.into(), &(CHIPS.len() - 1).into())
    );
    assert_eq!(counted(&world), (1, 0));

    // Twice: it is given up, its chip is apart, and its job waits. A card takes a tenth of a second, so a machine that has other things
    // to do may have it made before the second one: then it is a card, and the next chip's turn.
    let mut chips = CHIPS[1..6].iter();
    let given_up = chips.position(|chip| interrupted_twice(&world, &batch, chip));
    let made = given_up.expect("every card was faster than the second Ctrl-C");
    assert_eq!(counted(&world), (1 + made, 1));

    // On a terminal: bars that are drawn over, and the line that stays.
    let command: Vec<String> = std::iter::once(eid.to_owned())
        .chain(words(&world, &batch, "seven"))
        .map(|word| format!("'{word}'"))
        .collect();
    let script = ["-q", "-e", "-c", &command.join(" "), "/dev/null"].map(str::to_owned);
    let mut child = spawn("script", &script);
    let mut screen = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut screen).expect("UTF-8");
    assert_eq!(child.wait().expect("an end").code(), Some(0), "{screen}");
    let waiting = CHIPS.len() - 1 - made;
    let (of, told) = (
        format!("/ {waiting} cards"),
        format!("1 issued, 0 failed, {} waiting", waiting - 1),
    );
    for shown in ["\u{1b}[", "all     [", &of, "issued card", &told] {
        assert!(
            screen.contains(shown),
            "{shown:?} is not on the screen: {screen:?}"
        );
    }
    // Which steps are drawn depends on how long they take.
    let steps = [
        "preparing",
        "drawing keys",
        "signing",
        "loading",
        "reading back",
        "activating",
        "finishing",
    ];
    assert!(
        steps.iter().any(|step| screen.contains(step)),
        "no step is on the screen: {screen:?}"
    );
}
