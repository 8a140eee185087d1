//! A card on a test bench: scripted random numbers, counted delays, memory that can be cut, and a naive issuer that
//! loads it by SCP03 with C-MAC alone, written here on its own.

use crate::BenchEngine;
use crate::secure_messaging::SecureMessaging;
use card_applet::card::{Card, TransportKeys};
use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::curve::PublicPoint;
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;
use card_applet::platform::{Platform, ResponseSink, Timer};
use card_applet::sim::memory::RamMemory;
use rand_core::{TryCryptoRng, TryRng};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;

pub const SERIAL: [u8; 10] = *b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A";
pub const ISSUER_DOMAIN: [u8; 8] = [0xA0, 0, 0, 1, 0x51, 0, 0, 0];
pub const TRANSPORT: [[u8; 16]; 3] = [[0x11; 16], [0x22; 16], [0x33; 16]];
pub const ISSUER: [[u8; 16]; 3] = [[0xA1; 16], [0xB2; 16], [0xC3; 16]];
/// The naive issuer's challenge.
const HOST_CHALLENGE: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
pub const ADMINISTRATION: [[u8; 16]; 3] = [[0xD1; 16], [0xD2; 16], [0xD3; 16]];

/// Random numbers: scripted ones first, then a counter.
#[derive(Clone, Default)]
pub struct ScriptedRng {
    pub script: Rc<RefCell<VecDeque<Vec<u8>>>>,
    /// Everything that was drawn.
    pub drawn: Rc<RefCell<Vec<u8>>>,
    counter: Rc<RefCell<u64>>,
}

impl ScriptedRng {
    /// Forgets the script, and counts from the start again.
    pub fn restart(&self) {
        self.script.borrow_mut().clear();
        *self.counter.borrow_mut() = 0;
    }
}

impl TryRng for ScriptedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("the chip draws bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("the chip draws bytes")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        if let Some(scripted) = self.script.borrow_mut().pop_front() {
            out.copy_from_slice(&scripted);
            self.drawn.borrow_mut().extend_from_slice(out);
            return Ok(());
        }
        for byte in out.iter_mut() {
            let mut counter = self.counter.borrow_mut();
            *counter = counter
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (*counter >> 33) as u8;
        }
        self.drawn.borrow_mut().extend_from_slice(out);
        Ok(())
    }
}

impl TryCryptoRng for ScriptedRng {}

#[derive(Clone, Default)]
pub struct Waits(pub Rc<RefCell<Vec<u32>>>);

impl Timer for Waits {
    fn delay_milliseconds(&mut self, milliseconds: u32) {
        self.0.borrow_mut().push(milliseconds);
    }
}

pub struct Bench;

impl Platform for Bench {
    type Nvm = RamMemory;
    type Rng = ScriptedRng;
    type Engine = BenchEngine;
    type Timer = Waits;
}

#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    abandoned: bool,
}

impl ResponseSink for Sink {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn abandon(&mut self) {
        self.abandoned = true;
    }
}

/// The chip's own work, apart from the bench's: `make bench` counts the instructions below this name.
#[inline(never)]
fn chip_process(card: &mut Card<Bench>, command: &mut [u8], sink: &mut Sink) {
    card.process(command, sink);
}

pub struct TestCard {
    card: Card<Bench>,
    /// As the manufacture said; `None` for a chip that was made elsewhere.
    pub attestation_key: Option<PublicPoint>,
    pub rng: ScriptedRng,
    pub waits: Waits,
    /// What was sent since somebody asked for it; a reset has no bytes.
    pub sent: Option<Vec<Vec<u8>>>,
}

impl TestCard {
    /// A chip as it leaves its manufacturer.
    pub fn manufactured() -> Self {
        Self::manufactured_with(RamMemory::new())
    }

    /// The same with a memory of another size.
    pub fn manufactured_with(nvm: RamMemory) -> Self {
        Self::manufactured_as(nvm, &SERIAL, ScriptedRng::default())
    }

    /// The same with another serial number, and an attestation key of these random numbers.
    pub fn manufactured_as(mut nvm: RamMemory, serial: &[u8; 10], mut rng: ScriptedRng) -> Self {
        let [enc, mac, dek] = &TRANSPORT;
        let attestation_key = Card::<Bench>::manufacture(
            &mut nvm,
            &mut rng,
            &mut BenchEngine::default(),
            serial,
            TransportKeys { enc, mac, dek },
        )
        .unwrap();
        Self {
            attestation_key: Some(attestation_key),
            ..Self::with_memory(nvm)
        }
    }

    pub fn with_memory(nvm: RamMemory) -> Self {
        let (rng, waits) = (ScriptedRng::default(), Waits::default());
        Self {
            card: Card::power_on(nvm, rng.clone(), BenchEngine::default(), waits.clone()),
            attestation_key: None,
            rng,
            waits,
            sent: None,
        }
    }

    /// A chip with the issuer's keys.
    pub fn blank() -> Self {
        Self::blank_with(RamMemory::new())
    }

    /// The same with a memory of another size.
    pub fn blank_with(nvm: RamMemory) -> Self {
        let mut card = Self::manufactured_with(nvm);
        let mut issuer = Issuer::open(&mut card, 0x01, &TRANSPORT);
        assert_eq!(issuer.put_issuer_keys(&ISSUER), "3090009000");
        card.reset();
        card
    }

    pub fn cut_after_words(&mut self, words: usize) {
        self.card.nvm_mut().cut_after_words(words);
    }

    pub fn nvm_mut(&mut self) -> &mut RamMemory {
        self.card.nvm_mut()
    }

    pub fn into_memory(self) -> RamMemory {
        self.card.into_nvm()
    }

    pub fn reset(&mut self) {
        self.sent.iter_mut().for_each(|sent| sent.push(Vec::new()));
        self.card.reset();
    }

    /// The response; `None` when the chip fell silent.
    pub fn try_send(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.sent.iter_mut().for_each(|sent| sent.push(command.to_vec()));
        let mut sink = Sink::default();
        chip_process(&mut self.card, &mut command.to_vec(), &mut sink);
        (!sink.abandoned).then_some(sink.bytes)
    }

    /// Sends a command in hexadecimal digits, returns the response in the same.
    pub fn send(&mut self, command: &str) -> String {
        hex::encode_upper(self.try_send(&bytes(command)).expect("an answer"))
    }

    /// The status word alone.
    pub fn status(&mut self, command: &str) -> String {
        let response = self.send(command);
        response[response.len() - 4..].to_owned()
    }
}

pub fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits.replace(' ', "")).expect("hexadecimal digits")
}

/// The naive issuer: C-MAC only (security level 01).
pub struct Issuer<'a> {
    pub card: &'a mut TestCard,
    s_mac: MacKey,
    chaining: [u8; 16],
    dek: [u8; 16],
}

fn aes(key: &[u8]) -> MacKey {
    MacKey::new(SymmetricAlgorithm::Aes128, key).unwrap()
}

impl<'a> Issuer<'a> {
    pub fn open(card: &'a mut TestCard, key_version: u8, keys: &[[u8; 16]; 3]) -> Self {
        Self::open_at(card, &ISSUER_DOMAIN, key_version, keys)
    }

    /// The same where this application is selected.
    pub fn open_at(card: &'a mut TestCard, aid: &[u8], key_version: u8, keys: &[[u8; 16]; 3]) -> Self {
        let select = [&[0x00, 0xA4, 0x04, 0x0C, aid.len() as u8], aid].concat();
        assert_eq!(card.try_send(&select), Some(vec![0x90, 0x00]));
        let (issuer, command) = Self::initialize(card, key_version, keys);
        issuer.authenticated(&command)
    }

    /// The same in an operational card, which tells its serial number inside a reader's session alone; SCP03 goes on
    /// outside it.
    pub fn open_inside(
        card: &'a mut TestCard,
        session: &mut SecureMessaging,
        aid: &[u8],
        key_version: u8,
        keys: &[[u8; 16]; 3],
    ) -> Self {
        let selected = session.status(card, [0, 0xA4, 4, 0x0C], aid);
        assert!(matches!(&*selected, "9000" | "6283"), "{selected}");
        let (answer, status) = session.send(card, [0x80, 0x50, key_version, 0], &HOST_CHALLENGE, Some(&[0]));
        assert_eq!(status, "9000");
        let (issuer, command) = Self::greeted(card, &answer, keys);
        issuer.authenticated(&command)
    }

    /// Sends EXTERNAL AUTHENTICATE.
    fn authenticated(self, command: &[u8]) -> Self {
        let answer = self.card.try_send(command).expect("an answer");
        assert_eq!(hex::encode_upper(answer), "9000");
        self
    }

    /// The EXTERNAL AUTHENTICATE that opens a session, not yet sent.
    pub fn open_command(card: &'a mut TestCard, key_version: u8, keys: &[[u8; 16]; 3]) -> Vec<u8> {
        Self::initialize(card, key_version, keys).1
    }

    fn initialize(card: &'a mut TestCard, key_version: u8, keys: &[[u8; 16]; 3]) -> (Self, Vec<u8>) {
        let answer = bytes(&card.send(&format!("8050{key_version:02X}0008 0102030405060708 00")));
        assert_eq!(answer[answer.len() - 2..], [0x90, 0x00]);
        Self::greeted(card, &answer, keys)
    }

    /// The host's keys and proof after INITIALIZE UPDATE was answered.
    fn greeted(card: &'a mut TestCard, answer: &[u8], keys: &[[u8; 16]; 3]) -> (Self, Vec<u8>) {
        let context = [&HOST_CHALLENGE, &answer[13..21]].concat();
        let derive = |key: &MacKey, constant: u8, len: usize| {
            let mut out = vec![0; len];
            kdf::scp03(key, constant, &context, &mut out).unwrap();
            out
        };
        let s_mac = aes(&derive(&aes(&keys[1]), 0x06, 16));
        assert_eq!(derive(&s_mac, 0x00, 8), answer[21..29], "card cryptogram");
        let host_cryptogram = derive(&s_mac, 0x01, 8);
        let mut issuer = Self {
            card,
            s_mac,
            chaining: [0; 16],
            dek: keys[2],
        };
        let command = issuer.wrap(0x82, 0x01, 0x00, &host_cryptogram);
        (issuer, command)
    }

    /// A command with its C-MAC.
    pub fn wrap(&mut self, instruction: u8, p1: u8, p2: u8, data: &[u8]) -> Vec<u8> {
        let len = data.len() + 8;
        let mut command = vec![0x84, instruction, p1, p2];
        match u8::try_from(len) {
            Ok(len) => command.push(len),
            Err(_) => command.extend([0, (len >> 8) as u8, len as u8]),
        }
        command.extend_from_slice(data);
        self.chaining = self.s_mac.mac(&[&self.chaining[..], &command].concat());
        command.extend_from_slice(&self.chaining[..8]);
        command
    }

    pub fn send(&mut self, instruction: u8, p1: u8, p2: u8, data: &[u8]) -> String {
        let command = self.wrap(instruction, p1, p2, data);
        hex::encode_upper(self.card.try_send(&command).expect("an answer"))
    }

    fn encrypt(&self, value: &[u8]) -> Vec<u8> {
        let mut padded = value.to_vec();
        padded.resize(value.len().next_multiple_of(16), 0);
        let dek = BlockCipherKey::new(SymmetricAlgorithm::Aes128, &self.dek).unwrap();
        dek.cbc_encrypt(&mut [0; 16], &mut padded).unwrap();
        padded
    }

    /// Puts SCP03 keys and returns key version number and status word, check values left out.
    pub fn put_issuer_keys(&mut self, keys: &[[u8; 16]; 3]) -> String {
        self.put_keys(0x30, 0x00, keys)
    }

    /// The same, for any key version number, in place of the version that P1 says.
    pub fn put_keys(&mut self, key_version: u8, replaces: u8, keys: &[[u8; 16]; 3]) -> String {
        let command = self.put_keys_command(key_version, replaces, keys);
        let answer = hex::encode_upper(self.card.try_send(&command).expect("an answer"));
        if answer.len() == 24 {
            format!("{}9000{}", &answer[..2], &answer[20..])
        } else {
            answer
        }
    }

    /// The same as a command, not yet sent.
    pub fn put_keys_command(&mut self, key_version: u8, replaces: u8, keys: &[[u8; 16]; 3]) -> Vec<u8> {
        let mut data = vec![key_version];
        for key in keys {
            let mut ones = [1; 16];
            BlockCipherKey::new(SymmetricAlgorithm::Aes128, key)
                .unwrap()
                .encrypt_block(&mut ones)
                .unwrap();
            data.extend([0x88, 17, 16]);
            data.extend(self.encrypt(key));
            data.push(3);
            data.extend_from_slice(&ones[..3]);
        }
        self.wrap(0xD8, replaces, 0x81, &data)
    }

    pub fn put_password(&mut self, id: u8, key_type: u8, value: &[u8]) -> String {
        let command = self.password_command(id, key_type, value);
        hex::encode_upper(self.card.try_send(&command).expect("an answer"))
    }

    /// The same as a command, not yet sent.
    pub fn password_command(&mut self, id: u8, key_type: u8, value: &[u8]) -> Vec<u8> {
        let cryptogram = self.encrypt(value);
        let mut data = vec![0xF0, key_type, cryptogram.len() as u8 + 1, value.len() as u8];
        data.extend(cryptogram);
        data.push(0);
        self.wrap(0xD8, 0x00, id, &data)
    }

    pub fn create(&mut self, fcp: &str) -> String {
        self.send(0xE0, 0, 0, &bytes(fcp))
    }

    /// Creates an EF and fills it.
    pub fn load(&mut self, fid: u16, sfi: u8, condition: u8, content: &[u8]) {
        let fcp = format!(
            "62128002{:04X}8201018302{fid:04X}8801{:02X}8C0201{condition:02X}",
            content.len(),
            sfi << 3
        );
        self.load_as(&fcp, content);
    }

    /// The same with conditions for READ and for UPDATE.
    pub fn load_with_rules(&mut self, fid: u16, sfi: u8, read: u8, update: u8, content: &[u8]) {
        let fcp = format!(
            "62138002{:04X}8201018302{fid:04X}8801{:02X}8C0303{update:02X}{read:02X}",
            content.len(),
            sfi << 3
        );
        self.load_as(&fcp, content);
    }

    fn load_as(&mut self, fcp: &str, content: &[u8]) {
        assert_eq!(self.create(fcp), "9000", "{fcp}");
        for (index, chunk) in content.chunks(200).enumerate() {
            let offset = index * 200;
            let status = if offset < 0x8000 {
                self.send(0xD6, (offset >> 8) as u8, offset as u8, chunk)
            } else {
                let head = [
                    0x54,
                    2,
                    (offset >> 8) as u8,
                    offset as u8,
                    0x53,
                    0x81,
                    chunk.len() as u8,
                ];
                self.send(0xD7, 0, 0, &[&head[..], chunk].concat())
            };
            assert_eq!(status, "9000");
        }
    }

    pub fn create_application(&mut self) {
        assert_eq!(self.create("6210 820138 83023F01 8407A0000002471001"), "9000");
    }
}

/// DG2 of the loaded card: long enough for extended reads.
pub fn dg2() -> Vec<u8> {
    let content: Vec<u8> = (0..36_000u32).map(|index| (index * 7 % 251) as u8).collect();
    let mut file = vec![0x75, 0x82, (content.len() >> 8) as u8, content.len() as u8];
    file.extend(content);
    file
}

pub const EF_COM: &str = "60145F0104303130365F36063034303030305C026175";
pub const DG1: &str = "6104 5F1F0101";

/// Loads a card: EF.CardAccess as given, the eMRTD application, the MRZ of the published examples as password for
/// PACE and BAC, 123456 as CAN. DG3 is there, behind Terminal Authentication.
pub fn load(card: &mut TestCard, card_access: &str, mrz_information: &[u8]) {
    use sha1::{Digest, Sha1};
    let mut issuer = Issuer::open(card, 0x30, &ISSUER);
    issuer.load(0x011C, 0x1C, 0x00, &bytes(card_access));
    issuer.create_application();
    issuer.load(0x011E, 0x1E, 0x41, &bytes(EF_COM));
    issuer.load(0x011D, 0x1D, 0x41, &[0x77, 0x02, 0x30, 0x00]);
    issuer.load(0x0101, 0x01, 0x41, &bytes(DG1));
    issuer.load(0x0102, 0x02, 0x41, &dg2()[..dg2().len()]);
    issuer.load(0x0103, 0x03, 0xE1, b"fingers");
    assert_eq!(
        issuer.put_password(1, 0x02, &Sha1::digest(mrz_information)),
        "F09000"
    );
    assert_eq!(issuer.put_password(2, 0x01, b"123456"), "F09000");
    card.reset();
}

/// Loads a card with files of a few bytes, anew whatever was there.
pub fn load_small(card: &mut TestCard) {
    use sha1::{Digest, Sha1};
    let mut issuer = Issuer::open(card, 0x30, &ISSUER);
    assert_eq!(issuer.send(0xE4, 0, 0, &[]), "9000");
    issuer.load(0x011C, 0x1C, 0x00, &bytes(CARD_ACCESS_G1));
    issuer.create_application();
    issuer.load(0x011E, 0x1E, 0x41, &bytes(EF_COM));
    issuer.load(0x011D, 0x1D, 0x41, &[0x77, 0x02, 0x30, 0x00]);
    issuer.load(0x0101, 0x01, 0x41, &bytes(DG1));
    issuer.load(0x0102, 0x02, 0x41, b"a face");
    let mrz_information = test_vectors::pace::worked_example().password;
    assert_eq!(
        issuer.put_password(1, 0x02, &Sha1::digest(mrz_information)),
        "F09000"
    );
    assert_eq!(issuer.put_password(2, 0x01, b"123456"), "F09000");
    assert_eq!(issuer.put_password(3, 0x01, b"271828"), "F09000");
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "5090009000");
    card.reset();
}

pub fn activate(card: &mut TestCard) -> String {
    let status = Issuer::open(card, 0x30, &ISSUER).send(0x44, 0, 0, &[]);
    card.reset();
    status
}

/// EF.CardAccess with PACE-ECDH-GM, AES-128, brainpoolP256r1: that of 9303-11, G.1.
pub const CARD_ACCESS_G1: &str = "31143012060A04007F0007020204020202010202010D";

/// An operational card of the published examples.
pub fn operational(mrz_information: &[u8]) -> TestCard {
    let mut card = TestCard::blank();
    load(&mut card, CARD_ACCESS_G1, mrz_information);
    assert_eq!(activate(&mut card), "9000");
    card
}
