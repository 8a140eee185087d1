//! How many commands a whole inspection takes, and how much of the wire is data. Counts, no times: they hold on every machine.

use host_issuer::inspect::TrustStore;
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::wire_time::{Exchange, Link, Metered, READER_PROFILES, WireLog};
use host_issuer::transport::{Limits, Transport, TransportError};
use host_issuer::verify::{Password, ReadCard, Verifier};

use crate::world::{World, can};

/// What every reader of ePassports knows: PACE-GM, Chip and Active Authentication, the two mandatory groups and the keys.
const PROFILE: &str = r#"
name = "bare"
description = "for tests"
document_code = "ID"
issuing_state = "VNM"
mrz = "icao"
data_groups = [1, 2, 14, 15]
bac = false
pace = [{ mapping = "GM", curve = "P-256", cipher = "AES-128" }]
chip_authentication = [{ curve = "P-256", ciphers = ["AES-128"] }]
active_authentication = { curve = "P-256" }
validity = { max_years = 10 }
"#;
/// EF.CardAccess, MSE:Set AT, four GENERAL AUTHENTICATE, SELECT of the application, MSE:Set AT and GENERAL AUTHENTICATE of Chip
/// Authentication, INTERNAL AUTHENTICATE.
const WITHOUT_FILES: usize = 10;
/// EF.COM, EF.SOD, DG1, DG2, DG14, DG15.
const FILES: usize = 6;

/// The chip behind another answer to reset or a reader of its own.
struct Behind {
    chip: InProcess,
    atr: Vec<u8>,
    limits: Limits,
}

impl Transport for Behind {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        assert!(
            command.len() <= self.limits.command,
            "a command of {} bytes",
            command.len()
        );
        self.chip.transmit(command, response)?;
        assert!(
            response.len() <= self.limits.response,
            "an answer of {} bytes",
            response.len()
        );
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.chip.reset()
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

/// A card that was issued with [`PROFILE`].
struct Card(World);

impl Card {
    fn issue() -> Self {
        let world = World::with_office();
        world.write("bare.toml", PROFILE.as_bytes());
        world.make_chip("one.chip");
        world
            .issue("one.chip", "out", &[("--profile", "@bare.toml")])
            .expect(0);
        Card(world)
    }

    /// Reads everything where the chip's historical bytes have this third software function (ISO/IEC 7816-4, card capabilities), or
    /// are not there.
    fn read(&self, functions: Option<u8>, limits: Limits) -> (ReadCard, Vec<Exchange>) {
        let chip = InProcess::open(&self.0.path("one.chip")).expect("a chip");
        let atr = match functions {
            Some(functions) => vec![
                0x3B,
                0x85,
                0x80,
                0x01,
                0x80,
                0x73,
                0xB4,
                0x21,
                functions,
                0x62 ^ functions,
            ],
            None => vec![0x3B, 0x80, 0x80, 0x01, 0x01],
        };
        let transport = Metered::new(Behind { chip, atr, limits });
        let log: WireLog = transport.log();
        let read = Verifier::new(TrustStore::default())
            .read(
                Box::new(transport),
                &Password::can(&can()).expect("a CAN"),
                &mut |_, _, _| {},
            )
            .expect("read");
        let exchanges = log.exchanges();
        assert_eq!(read.wire.apdus, exchanges.len() as u64);
        (read, exchanges)
    }
}

/// Commands that the files take on a chip with short length, whose answers hold 223 bytes in a session with AES.
fn short_reads(read: &ReadCard) -> usize {
    let document = &read.document;
    let groups = [1, 2, 14, 15].map(|number| document.data_group(number));
    let files = [&document.com, &document.sod].into_iter().chain(groups);
    files
        .map(|file| file.bytes().expect("read").len().div_ceil(223))
        .sum()
}

#[test]
fn plumbing_a_whole_inspection_is_as_few_commands_as_the_chip_allows() {
    let card = Card::issue();
    // Extended length with the sizes in EF.ATR/INFO, which must be read: what our chip says of itself, and what it is taken for
    // where no historical bytes say anything.
    for functions in [Some(0xE0), None] {
        let (read, exchanges) = card.read(functions, Limits::EXTENDED);
        assert_eq!(
            exchanges.len(),
            WITHOUT_FILES + 1 + FILES,
            "{functions:02X?}: {exchanges:?}"
        );
        let listed: Vec<u8> = read.document.data_groups.keys().copied().collect();
        assert_eq!(listed, [1, 2, 14, 15]);
    }
    // Extended length, and no file that has more to say.
    let (whole, exchanges) = card.read(Some(0xC0), Limits::EXTENDED);
    assert_eq!(exchanges.len(), WITHOUT_FILES + FILES);

    // Short length, by the chip or by the reader.
    for (functions, limits) in [(Some(0x80), Limits::EXTENDED), (Some(0xE0), Limits::SHORT)] {
        let (read, exchanges) = card.read(functions, limits);
        assert_eq!(
            exchanges.len(),
            WITHOUT_FILES + short_reads(&read),
            "{functions:02X?}"
        );
        assert!(exchanges.iter().all(|exchange| exchange.response <= 258));
        for number in [1, 2, 14, 15] {
            let (here, there) = (
                read.document.data_group(number),
                whole.document.data_group(number),
            );
            assert_eq!(here, there, "DG{number}");
        }
    }
}

#[test]
fn plumbing_what_dg2_costs_on_the_wire_is_dg2() {
    let card = Card::issue();
    let (read, exchanges) = card.read(Some(0xE0), Limits::EXTENDED);
    let dg2 = read.document.data_group(2).bytes().expect("DG2").len();
    assert!(dg2 > 14_000);
    let longest = exchanges
        .iter()
        .max_by_key(|exchange| exchange.response)
        .expect("APDUs");
    assert_eq!(
        *longest,
        Exchange::protected_read(dg2, 16, true),
        "DG2 in one answer"
    );
    for reader in READER_PROFILES {
        // A block of T = 1 has 254 bytes, of which each costs 8 with its acknowledgement; a frame without contacts costs 6.
        let least = match reader.link {
            Link::ContactlessA { .. } => 97,
            Link::Contact { .. } => 96,
        };
        let cost = reader.cost([longest]);
        assert!(
            cost.bytes * least <= dg2 * 100,
            "{}: {} bytes for {dg2}",
            reader.name,
            cost.bytes
        );
    }
}
