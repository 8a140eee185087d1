//! Valid inputs to begin with. `cargo run --example seeds` writes them into `corpus/`; the replay on stable compares.

use crate::pki::Pki;
use crate::support::{CARD_ACCESS_G1, DG1, EF_COM, bytes};
use test_vectors::{hex, load};

/// Operations of a script; [`targets`](crate::targets) says what each is.
const SHORT: u8 = 0;
const RESET: u8 = 2;
const READER: u8 = 3;
const PROTECTED: u8 = 4;
const CHIP_AUTHENTICATION: u8 = 5;
const TERMINAL_AUTHENTICATION: u8 = 6;
const ISSUER: u8 = 7;
const WRAPPED: u8 = 8;
const PASSWORD: u8 = 10;
const CUT: u8 = 11;
const GENERATE: u8 = 12;
const PACE: u8 = 13;
/// Its first argument.
const GENERIC: u8 = 0;
const INTEGRATED: u8 = 1;
const CHIP_AUTHENTICATION_MAPPING: u8 = 2;
/// Its second.
const CAN: u8 = 0;
const PIN: u8 = 1;
const PUK: u8 = 2;
/// Its third.
const RIGHT: u8 = 0;
const WRONG: u8 = 1;
const WITHIN: u8 = 2;

const SELECT_APPLICATION: &str = "A4040C 00 07A0000002471001";

/// Target, name and content of every seed.
pub fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let vectors = load("bsi-eac2-worked-example");
    let of_bsi = |name: &str| hex(&vectors["vectors"][0]["values"][name]);
    let [cvca, dv, _] = Pki::new().0;
    let certificate = |content: Vec<u8>| {
        let len = content.len();
        [&[0x7F, 0x21, 0x82, (len >> 8) as u8, len as u8][..], &content].concat()
    };
    let mut seeds = vec![
        ("card", "plain", plain()),
        ("card", "read-by-mrz", read(3, 0)),
        ("card", "read-by-can", read(3, 1)),
        ("card", "read-by-bac", read(4, 3)),
        ("card", "pin", pin()),
        ("card", "rights", rights()),
        ("card", "rights-by-cam", rights_by_cam()),
        ("card", "integrated", integrated()),
        ("card", "suspended", suspended()),
        ("card", "unblocked", unblocked()),
        ("card", "load", load_card()),
        ("card", "administer", administer()),
        ("card", "power-cut", power_cut()),
        ("tlv", "ef-com", bytes(EF_COM)),
        ("tlv", "dg1", bytes(DG1)),
        ("tlv", "fcp", bytes("62128002001482010183020101880108 8C020141")),
        ("tlv", "cardsecurity", of_bsi("ef_cardsecurity")[..512].to_vec()),
        ("cvc", "bsi-cvca", of_bsi("cvca_cert")),
        ("cvc", "bsi-dv", of_bsi("dv_cert")),
        ("cvc", "bsi-terminal", of_bsi("ta_cert")),
        ("cvc", "cvca", certificate(cvca.certifies(&cvca, 0xC3))),
        ("cvc", "dv", certificate(cvca.certifies(&dv, 0x83))),
        ("security_infos", "appendix-g1", bytes(CARD_ACCESS_G1)),
        ("security_infos", "bsi", of_bsi("ef_cardaccess")),
        (
            "security_infos",
            "active-authentication",
            bytes("3119 30170606678108010105020101060A04007F00070101040103"),
        ),
    ];
    let [certificate_of_rsa] = [hex(&vectors["vectors"][1]["values"]["cvca_cert"])];
    seeds.push(("cvc", "bsi-rsa", certificate_of_rsa));
    for (name, level) in [("mac", 0u8), ("encrypted", 1), ("both", 4)] {
        seeds.push(("scp03", name, wrapped(level)));
    }
    seeds
}

/// A script for a chip in this state.
struct Script(Vec<u8>);

impl Script {
    fn on(state: u8) -> Self {
        Self(vec![state])
    }

    fn then(mut self, operation: u8, arguments: &[u8]) -> Self {
        self.0.push(operation);
        self.0.extend(arguments);
        self
    }

    /// A command as it is.
    fn plain(self, command: &str) -> Self {
        let command = bytes(command);
        self.then(SHORT, &[&[command.len() as u8], &command[..]].concat())
    }

    /// In the reader's session: instruction, P1, P2, whether Le, Le, length, data.
    fn protected(self, digits: &str) -> Self {
        self.then(PROTECTED, &[&[0], &bytes(digits)[..]].concat())
    }

    /// In the issuer's session.
    fn wrapped(self, header: [u8; 3], data: &[u8]) -> Self {
        let len = (data.len() as u16).to_be_bytes();
        self.then(WRAPPED, &[&header, &len[..], data].concat())
    }

    /// Creates an EF and fills it.
    fn file(self, fid: u16, sfi: u8, condition: u8, content: &[u8]) -> Self {
        let fcp = format!(
            "62128002{:04X}8201018302{fid:04X}8801{:02X}8C0201{condition:02X}",
            content.len(),
            sfi << 3
        );
        self.wrapped([0xE0, 0, 0], &bytes(&fcp))
            .wrapped([0xD6, 0, 0], content)
    }

    /// PACE by the naive reader.
    fn pace(self, mapping: u8, password: u8, how: u8) -> Self {
        self.then(PACE, &[mapping, password, how])
    }

    fn password(self, id: u8, key_type: u8, value: &[u8]) -> Self {
        self.then(PASSWORD, &[&[id, key_type, value.len() as u8], value].concat())
    }
}

fn plain() -> Vec<u8> {
    Script::on(3)
        .plain("00A4000C023F00")
        .plain("00A4020C02011C")
        .plain("00B0000000")
        .plain("00B09C0000")
        .plain("00A4040C07A0000002471001")
        .plain("0084000008")
        .plain("0022C1A40F800A04007F00070202040202830101")
        .plain("10860000027C0000")
        .plain("00A4040C08A000000151000000")
        .plain("8050500008010203040506070800")
        .0
}

fn read(state: u8, password: u8) -> Vec<u8> {
    Script::on(state)
        .then(READER, &[password])
        .protected(SELECT_APPLICATION)
        .protected("B09E00 0100 00")
        .protected("A4020C 00 020101")
        .protected("B00000 0108 00")
        .protected("B08200 0100 00")
        .protected("B10002 0110 0454020100")
        .protected("880000 0100 08F173589974BF40C6")
        .then(RESET, &[])
        .0
}

fn pin() -> Vec<u8> {
    Script::on(3)
        .then(READER, &[2])
        .protected("2C0203 00 06313233343536")
        .0
}

fn rights() -> Vec<u8> {
    Script::on(3)
        .then(READER, &[0])
        .protected(SELECT_APPLICATION)
        .then(CHIP_AUTHENTICATION, &[])
        .protected("B08500 0100 00")
        .then(TERMINAL_AUTHENTICATION, &[])
        .protected("B08300 0100 00")
        .0
}

fn rights_by_cam() -> Vec<u8> {
    Script::on(3)
        .pace(CHIP_AUTHENTICATION_MAPPING, CAN, RIGHT)
        .protected(SELECT_APPLICATION)
        .protected("B08500 0100 00")
        .then(TERMINAL_AUTHENTICATION, &[])
        .protected("B08300 0100 00")
        .0
}

fn integrated() -> Vec<u8> {
    Script::on(3)
        .pace(INTEGRATED, CAN, RIGHT)
        .protected(SELECT_APPLICATION)
        .protected("B08100 0100 00")
        .0
}

/// A PIN that is suspended, and resumed inside a session of the CAN.
fn suspended() -> Vec<u8> {
    Script::on(3)
        .pace(GENERIC, PIN, WRONG)
        .pace(GENERIC, PIN, WRONG)
        .pace(GENERIC, PIN, RIGHT)
        .pace(INTEGRATED, CAN, RIGHT)
        .pace(CHIP_AUTHENTICATION_MAPPING, PIN, RIGHT | WITHIN)
        .protected("2C0203 00 06313233343536")
        .0
}

/// A PIN that is blocked, and unblocked by the PUK.
fn unblocked() -> Vec<u8> {
    Script::on(3)
        .pace(GENERIC, PIN, WRONG)
        .pace(GENERIC, PIN, WRONG)
        .pace(GENERIC, CAN, RIGHT)
        .pace(GENERIC, PIN, WRONG | WITHIN)
        .pace(GENERIC, PUK, RIGHT)
        .protected("2C0303 00 00")
        .then(RESET, &[])
        .pace(GENERIC, PIN, RIGHT)
        .0
}

/// A whole card, from the issuer's keys to a session.
fn load_card() -> Vec<u8> {
    Script::on(1)
        .then(ISSUER, &[0, 0x33])
        .wrapped([0xE4, 0, 0], &[])
        .then(GENERATE, &[2, 1, 1])
        .file(0x011C, 0x1C, 0x00, &bytes(CARD_ACCESS_G1))
        .wrapped([0xE0, 0, 0], &bytes("6210 820138 83023F01 8407A0000002471001"))
        .file(0x011E, 0x1E, 0x41, &bytes(EF_COM))
        .file(0x011D, 0x1D, 0x41, &bytes("77023000"))
        .file(0x0101, 0x01, 0x41, &bytes(DG1))
        .file(0x0102, 0x02, 0x42, b"a face")
        .password(2, 1, b"123456")
        .password(3, 1, b"123456")
        .wrapped([0xDA, 0x5F, 0x25], &[2, 6, 0, 1, 1, 5])
        .wrapped([0x44, 0, 0], &[])
        .then(READER, &[1])
        .protected(SELECT_APPLICATION)
        .protected("B08200 0100 00")
        .0
}

fn administer() -> Vec<u8> {
    Script::on(3)
        .then(READER, &[1])
        .then(ISSUER, &[1, 0x11])
        .wrapped([0x04, 0, 0], &[])
        .wrapped([0x44, 0, 0], &[])
        .wrapped([0xFE, 0, 0], &[])
        .plain("00A4000C023F00")
        .0
}

fn power_cut() -> Vec<u8> {
    Script::on(2)
        .then(ISSUER, &[0, 0x01])
        .then(CUT, &[0, 9, 2])
        .wrapped([0xE0, 0, 0], &bytes("621280020010820101830201068801308C020141"))
        .then(ISSUER, &[0, 0x03])
        .wrapped([0xA4, 0, 0x0C], &bytes("3F00"))
        .then(READER, &[1])
        .0
}

/// For the target of wrapped commands, whose operations are numbered on their own.
fn wrapped(level: u8) -> Vec<u8> {
    let mut out = vec![0, level];
    let mut step = |operation: u8, header: [u8; 3], data: &[u8]| {
        out.push(operation);
        out.extend(header);
        out.extend((data.len() as u16).to_be_bytes());
        out.extend(data);
    };
    let fcp = bytes("621280020010820101830201068801308C020141");
    step(1, [0xA4, 0, 0x0C], &bytes("3F00"));
    step(1, [0xE0, 0, 0], &fcp);
    step(1, [0xD6, 0, 0], b"sixteen bytes at");
    step(1, [0xA4, 2, 0x0C], &[0x01, 0x06]);
    step(1, [0xE4, 0, 0], &[]);
    out.extend([3, 2, 1, 6]);
    out.extend(b"123456");
    let mut step = |operation: u8, header: [u8; 3], data: &[u8]| {
        out.push(operation);
        out.extend(header);
        out.extend((data.len() as u16).to_be_bytes());
        out.extend(data);
    };
    step(2, [0xA4, 0, 0x0C], &[0x5A; 16]);
    out
}
