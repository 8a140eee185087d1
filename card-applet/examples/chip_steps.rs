//! The protocols of the chip, step by step, for `.ci/bench`: under callgrind it counts what lies below `chip_process`
//! between two calls of `end_of_step`. By itself it prints the steps' names in the order of their ends.
//!
//! Random numbers are scripted, so two runs on one machine count the same. With `record FOLDER` it also writes down what
//! the firmware in the emulator needs to go the same way.

#[path = "chip_steps/part.rs"]
mod part;
#[path = "../tests/chip/pki.rs"]
#[allow(dead_code)]
mod pki;
#[path = "../tests/chip/secure_messaging.rs"]
#[allow(dead_code)]
mod secure_messaging;
#[path = "../tests/chip/support.rs"]
#[allow(dead_code)]
mod support;

use card_applet::card::Card;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::{Curve, Generator, PrivateKey, PublicPoint};
use card_applet::platform::{Nvm, NvmError, Platform, SoftwareEngine, Timer};
use card_applet::sim::memory::RamMemory;
use part::Part;
use pki::Pki;
use rand_core::{TryCryptoRng, TryRng};
use secure_messaging::{SELECT_APPLICATION, SecureMessaging};
use sha1::{Digest, Sha1};
use std::path::Path;
use support::*;
use test_vectors::{bac, hex, list, load as vectors, pace, text};

/// What is counted is the engine that the chip has.
type BenchEngine = SoftwareEngine;

/// SK_DH,IC of appendix I less the order of the group: the appendix prints a number that no chip would draw.
const APPENDIX_I_EPHEMERAL: &str = "2367171820683879C023083A24FEEC7499C71436B5D85ECD3F681BB9436F47D1";
const STATIC_KEY_ID: u8 = 13;

/// Bytes of the chip's memory: as many as the firmware has.
const MEMORY: usize = 128 * 1024;

/// The profile is dumped whenever this is entered.
#[inline(never)]
fn end_of_step(name: &str) {
    println!("{}", std::hint::black_box(name));
}

/// What came before belongs to no step.
fn begin() {
    end_of_step("-");
}

fn draw(card: &TestCard, numbers: &[Vec<u8>]) {
    let mut script = card.rng.script.borrow_mut();
    script.clear();
    script.extend(numbers.iter().cloned());
}

/// A step that must give this answer.
fn step(part: &mut Part, name: &str, command: &[u8], answer: &[u8]) {
    assert_eq!(part.card.try_send(command).expect("an answer"), answer, "{name}");
    part.ends(name);
}

/// An operational card with everything that is measured, and the scalar of its static key.
fn card_of(mrz_information: &str, pki: &Pki) -> (TestCard, Vec<u8>) {
    let cam = vectors("icao-pace-cam")["vectors"][0].clone();
    let scalar = hex(&cam["cam"]["static_priv_derived"]);
    let mut card = TestCard::blank_with(RamMemory::with_size(MEMORY));
    let info = |oid: &str| format!("3012060A04007F0007020204{oid}02010202010D");
    let card_access = format!("313C{}{}{}", info("0202"), info("0402"), info("0602"));
    load(&mut card, &card_access, mrz_information.as_bytes());
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    for (template, scalar) in [
        ("A60684010D80010D", scalar.clone()),
        ("B60684010080010C", vec![7; 32]),
    ] {
        issuer.card.rng.script.borrow_mut().push_back(scalar);
        let request = bytes(&format!("{template}8710{}", "77".repeat(16)));
        assert!(issuer.send(0x47, 0x80, 0, &request).ends_with("9000"));
    }
    // Stands for EF.CardSecurity, which is there where there is chip authentication mapping.
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0x00]), "9000");
    issuer.load(0x011D, 0x1D, 0x42, &bytes("3000"));
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    issuer.load(
        0x010E,
        14,
        0x41,
        &bytes("6E13 3111 300F 060A04007F00070202030202 020101"),
    );
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "5090009000");
    card.reset();
    (pki.activate(card), scalar)
}

/// A session's command that must succeed; its data.
fn in_session(
    session: &mut SecureMessaging,
    part: &mut Part,
    name: &str,
    header: [u8; 4],
    data: &[u8],
    le: Option<u8>,
) -> Vec<u8> {
    let le = le.as_ref().map(std::slice::from_ref);
    let (data, status) = session.send(&mut part.card, header, data, le);
    assert_eq!(status, "9000", "{name}");
    part.ends(name);
    data
}

fn by_bac(pki: &Pki) -> Part {
    let vector = bac::worked_example();
    let (card, _) = card_of(&vector.mrz_information, pki);
    let mut part = Part::begins(card);
    step(
        &mut part,
        "SELECT application",
        &bytes("00A4040C07A0000002471001"),
        &[0x90, 0],
    );
    draw(&part.card, &[vector.rnd_ic.clone(), vector.k_ic.clone()]);
    for exchange in &vector.exchanges {
        let name = format!("BAC, {}", exchange.name);
        step(&mut part, &name, &exchange.command, &exchange.response);
    }
    part
}

fn by_pace(pki: &Pki) -> Part {
    let generic = pace::worked_example();
    let (card, _) = card_of(&generic.password, pki);
    let mut part = Part::begins(card);
    let numbers = [
        generic.nonce.clone(),
        generic.map_chip_priv.clone(),
        generic.ka_chip_priv.clone(),
    ];
    draw(&part.card, &numbers);
    for exchange in generic.exchanges() {
        let name = format!("PACE-GM, {}", exchange.name);
        step(&mut part, &name, &exchange.command, &exchange.response);
    }
    part.card.reset();
    let integrated = pace::integrated_worked_example();
    draw(
        &part.card,
        &[integrated.nonce.clone(), integrated.ka_chip_priv.clone()],
    );
    part.belongs_to_no_step();
    for exchange in integrated.exchanges() {
        let name = format!("PACE-IM, {}", exchange.name);
        step(&mut part, &name, &exchange.command, &exchange.response);
    }
    part.card.reset();
    reads(&mut part);
    part
}

/// Protected reads in a session of AES-128.
fn reads(part: &mut Part) {
    let mut session = SecureMessaging::by_pace(&mut part.card);
    session.send(&mut part.card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION, None);
    session.send(&mut part.card, [0, 0xB0, 0x82, 0], &[], Some(&[1]));
    part.belongs_to_no_step();
    for (name, header, le, len) in [
        ("READ BINARY, 223 B", [0, 0xB0, 0, 0], &[0][..], 223),
        ("READ BINARY, 4 KB", [0, 0xB0, 0, 0], &[0x10, 0x00], 4096),
        ("READ BINARY, 20 KB", [0, 0xB0, 0, 0], &[0x50, 0x00], 20480),
    ] {
        let (data, status) = session.send(&mut part.card, header, &[], Some(le));
        assert_eq!((data.len(), &*status), (len, "9000"), "{name}");
        part.ends(name);
    }
}

/// PACE-CAM, then Chip, Active and Terminal Authentication in its session.
fn proofs(pki: &Pki) -> Part {
    let vector = vectors("icao-pace-cam")["vectors"][0].clone();
    let (card, scalar) = card_of(text(&vector["mrz_information"]), pki);
    let mut part = Part::begins(card);
    draw(
        &part.card,
        &[
            hex(&vector["nonce"]),
            hex(&vector["map_chip_priv"]),
            bytes(APPENDIX_I_EPHEMERAL),
        ],
    );
    let names = [
        "MSE:Set AT",
        "encrypted nonce",
        "map nonce",
        "key agreement",
        "mutual authentication",
    ];
    for (name, exchange) in names.into_iter().zip(list(&vector["apdus"])) {
        let name = format!("PACE-CAM, {name}");
        step(&mut part, &name, &hex(&exchange["cmd"]), &hex(&exchange["rsp"]));
    }
    let [ks_enc, ks_mac] = ["ks_enc", "ks_mac"].map(|name| hex(&vector[name]));
    let mut session = SecureMessaging::new(SymmetricAlgorithm::Aes128, &ks_enc, &ks_mac);
    let select = [0, 0xA4, 4, 0x0C];
    in_session(
        &mut session,
        &mut part,
        "SELECT application, protected",
        select,
        &SELECT_APPLICATION,
        None,
    );
    in_session(
        &mut session,
        &mut part,
        "AA, INTERNAL AUTHENTICATE",
        [0, 0x88, 0, 0],
        &[0xF1; 8],
        Some(0),
    );

    let curve = Curve::BrainpoolP256r1;
    let ephemeral = PrivateKey::from_bytes(curve, &[8; 32]).unwrap();
    let public = Generator::Standard(curve).public_key(&ephemeral).unwrap();
    let template = [&bytes("800A04007F00070202030202 8401")[..], &[STATIC_KEY_ID]].concat();
    let dynamic = [&bytes("7C43 8041")[..], public.as_bytes()].concat();
    let set_at = [0, 0x22, 0x41, 0xA4];
    in_session(&mut session, &mut part, "CA, MSE:Set AT", set_at, &template, None);
    in_session(
        &mut session,
        &mut part,
        "CA, GENERAL AUTHENTICATE",
        [0, 0x86, 0, 0],
        &dynamic,
        Some(0),
    );
    let chip = PrivateKey::from_bytes(curve, &scalar).unwrap();
    let chip: PublicPoint = Generator::Standard(curve).public_key(&chip).unwrap();
    let shared = ephemeral.agree(&chip).unwrap();
    let key = |counter: u8| Sha1::digest([shared.x(), &[0, 0, 0, counter]].concat())[..16].to_vec();
    let mut session = SecureMessaging::new(SymmetricAlgorithm::Aes128, &key(1), &key(2));

    let [cvca, dv, terminal] = &pki.0;
    let reference = |name: &str| [&[0x83, name.len() as u8], name.as_bytes()].concat();
    for (of, issuer, holder, chat) in [("DV", cvca, dv, 0x83), ("terminal", dv, terminal, 0x01)] {
        let (set_dst, verify) = ([0, 0x22, 0x81, 0xB6], [0, 0x2A, 0, 0xBE]);
        let name = format!("TA, MSE:Set DST ({of})");
        in_session(
            &mut session,
            &mut part,
            &name,
            set_dst,
            &reference(issuer.name),
            None,
        );
        let certificate = issuer.certifies(holder, chat);
        let name = format!("TA, PSO:VERIFY CERTIFICATE ({of})");
        in_session(&mut session, &mut part, &name, verify, &certificate, None);
    }
    let set_at = [0, 0x22, 0x81, 0xA4];
    in_session(
        &mut session,
        &mut part,
        "TA, MSE:Set AT",
        set_at,
        &reference(terminal.name),
        None,
    );
    let get_challenge = [0, 0x84, 0, 0];
    let r_ic = in_session(
        &mut session,
        &mut part,
        "TA, GET CHALLENGE",
        get_challenge,
        &[],
        Some(8),
    );
    let id_ic = &hex(&vector["ka_chip_pub"])[1..33];
    let signature = terminal.sign(&[id_ic, &r_ic, &public.as_bytes()[1..33]].concat());
    in_session(
        &mut session,
        &mut part,
        "TA, EXTERNAL AUTHENTICATE",
        [0, 0x82, 0, 0],
        &signature,
        None,
    );
    part
}

fn by_scp03() -> Part {
    let card = TestCard::blank_with(RamMemory::with_size(MEMORY));
    let mut part = Part::begins(card);
    part.card.status("00A4040C08A000000151000000");
    part.belongs_to_no_step();
    let command = Issuer::open_command(&mut part.card, 0x30, &ISSUER);
    part.ends("SCP03, INITIALIZE UPDATE");
    step(&mut part, "SCP03, EXTERNAL AUTHENTICATE", &command, &[0x90, 0]);
    part
}

/// A platform whose parts take no room.
struct Bare;

struct Nothing;

impl Platform for Bare {
    type Nvm = Nothing;
    type Rng = Nothing;
    type Engine = SoftwareEngine;
    type Timer = Nothing;
}

impl Nvm for Nothing {
    const PAGE: usize = 256;
    const WORD: usize = 4;

    fn size(&self) -> u32 {
        0
    }

    fn read(&self, _: u32, _: &mut [u8]) -> Result<(), NvmError> {
        Err(NvmError)
    }

    fn program(&mut self, _: u32, _: &[u8]) -> Result<(), NvmError> {
        Err(NvmError)
    }

    fn erase(&mut self, _: u32) -> Result<(), NvmError> {
        Err(NvmError)
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        Err(NvmError)
    }
}

impl TryRng for Nothing {
    type Error = NvmError;

    fn try_next_u32(&mut self) -> Result<u32, NvmError> {
        Err(NvmError)
    }

    fn try_next_u64(&mut self) -> Result<u64, NvmError> {
        Err(NvmError)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), NvmError> {
        Err(NvmError)
    }
}

impl TryCryptoRng for Nothing {}

impl Timer for Nothing {
    fn delay_milliseconds(&mut self, _: u32) {}
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "size") {
        println!("{}", size_of::<Card<Bare>>());
        return Ok(());
    }
    let pki = Pki::new();
    let parts = [
        ("bac", by_bac(&pki)),
        ("pace", by_pace(&pki)),
        ("proofs", proofs(&pki)),
        ("scp03", by_scp03()),
    ];
    if let [command, folder] = &arguments[..]
        && command == "record"
    {
        for (name, part) in parts {
            part.write(Path::new(folder), name)?;
        }
    }
    Ok(())
}
