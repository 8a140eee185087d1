//! The faulty chip in a reader, with a document of the test issuer in it.
#![allow(dead_code, reason = "each test file uses its part of this module")]

pub use host_issuer::conformance::verifier::ChipReader as FaultyReader;
use host_issuer::inspect::{Read, ReadDocument};
use host_issuer::verify::{Password, ReadCardError, TerminalCredentials, Verification, Verifier};
use test_vectors::faulty_chip::{ChipKey, Curve, Fault, PaceSet, Setup, SigningKey, object};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::test_issuer::der::{object_identifier, tlv};
use crate::test_issuer::groups::{chip_key_info, dg15};
use crate::test_issuer::{Recipe, chip_authentication_info, key};

/// The time of every verification.
pub const NOW: OffsetDateTime = datetime!(2026-08-01 12:00 UTC);
/// Document number, birth date and expiry date of the recipe's zone, each with its check digit.
pub const MRZ_INFORMATION: &str = "196000017096081223608120";
/// Seeds of the chip's keys for Chip and Active Authentication.
pub const CHIP_KEY: u8 = 7;
pub const SIGNING_KEY: u8 = 8;
/// More commands than any card of these tests takes, even one that promises more and more bytes.
pub const MANY_COMMANDS: usize = 420;

/// A document, the chip that it is in, and whoever verifies it.
pub struct Bench {
    pub recipe: Recipe,
    pub setup: Setup,
    pub faults: Vec<Fault>,
    /// The terminal's certificates and private key (PKCS#8), if it has any.
    pub terminal: Option<(Vec<Vec<u8>>, Vec<u8>)>,
}

/// ActiveAuthenticationInfo: ECDSA in plain form with SHA-256.
fn active_authentication_info() -> Vec<u8> {
    tlv(
        0x30,
        &[
            &object_identifier("678108010105"),
            &[0x02, 0x01, 0x01],
            &object_identifier("04007F00070101040103"),
        ],
    )
}

impl Bench {
    /// A chip with PACE, Chip Authentication and Active Authentication.
    pub fn pace() -> Self {
        let mut recipe = Recipe::genuine();
        recipe.announced_infos.push(chip_authentication_info());
        recipe.security_infos.extend([
            chip_authentication_info(),
            chip_key_info(&key(CHIP_KEY), None),
            active_authentication_info(),
        ]);
        recipe.groups.insert(15, dg15(&key(SIGNING_KEY)));
        recipe.com.push(0x6F);
        let setup = Setup {
            mrz_information: MRZ_INFORMATION.into(),
            chip_keys: vec![ChipKey {
                id: None,
                group: Curve::P256.into(),
                private: vec![CHIP_KEY; 32],
            }],
            signing_key: Some(SigningKey::P256(vec![SIGNING_KEY; 32])),
            ..Setup::default()
        };
        Self {
            recipe,
            setup,
            faults: Vec::new(),
            terminal: None,
        }
    }

    /// The same with BAC instead of PACE, and without EF.CardAccess.
    pub fn bac() -> Self {
        let mut bench = Self::pace();
        bench.recipe.security_infos.remove(0);
        bench.recipe.announced_infos.clear();
        bench.setup.pace.clear();
        bench.setup.bac = true;
        bench
    }

    /// The same without access control.
    pub fn plain() -> Self {
        let mut bench = Self::bac();
        bench.setup.bac = false;
        bench.setup.plain = true;
        bench
    }

    /// PACE with these sets, announced in EF.CardAccess and signed in DG14.
    pub fn with_pace(sets: &[PaceSet]) -> Self {
        let mut bench = Self::pace();
        let infos: Vec<Vec<u8>> = sets.iter().map(PaceSet::info).collect();
        bench.recipe.security_infos.splice(..1, infos.clone());
        bench.recipe.announced_infos.splice(..1, infos);
        bench.setup.pace = sets.to_vec();
        bench
    }

    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    #[must_use]
    pub fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Puts the document into the chip. Files that the setup has already stay as they are.
    pub fn reader(&self) -> FaultyReader {
        self.reader_of(&self.recipe.seal(), self.faults.clone())
    }

    /// The same with a document that was sealed before, and with these faults.
    pub fn reader_of(&self, document: &ReadDocument, faults: Vec<Fault>) -> FaultyReader {
        FaultyReader::new(self.setup_of(document), faults)
    }

    /// The setup with this document in it.
    pub fn setup_of(&self, document: &ReadDocument) -> Setup {
        let mut setup = self.setup.clone();
        let mut put = |in_application: bool, fid: u16, file: &Read| {
            let files = if in_application {
                &mut setup.application
            } else {
                &mut setup.master_file
            };
            if let Some(bytes) = file.bytes() {
                files.entry(fid).or_insert_with(|| bytes.to_vec());
            }
        };
        if !self.recipe.announced_infos.is_empty() {
            put(false, 0x011C, &document.card_access);
        }
        put(false, 0x011D, &document.card_security);
        put(true, 0x011E, &document.com);
        put(true, 0x011D, &document.sod);
        for (number, file) in &document.data_groups {
            put(true, 0x0100 | u16::from(*number), file);
        }
        // A file of no bytes is one that is not there.
        setup.master_file.retain(|_, file| !file.is_empty());
        setup.application.retain(|_, file| !file.is_empty());
        setup
    }

    pub fn verifier(&self) -> Verifier {
        let verifier = Verifier::new(self.recipe.trust()).at(NOW);
        let Some((certificates, key)) = &self.terminal else {
            return verifier;
        };
        let named = certificates.iter().enumerate();
        let named = named.map(|(index, bytes)| (format!("certificate {index}"), bytes.clone()));
        let credentials = TerminalCredentials::new(named.collect(), key);
        verifier.with_terminal(credentials.expect("a terminal's key and certificates"))
    }

    /// Verifies the card by its machine readable zone, and gives the chip for a look.
    pub fn verify(&self) -> (Result<Verification, ReadCardError>, FaultyReader) {
        self.verify_by(&self.verifier())
    }

    pub fn verify_by(&self, verifier: &Verifier) -> (Result<Verification, ReadCardError>, FaultyReader) {
        let reader = self.reader();
        let password = Password::mrz(MRZ_INFORMATION).expect("the zone's own fields");
        let outcome = verifier.verify(reader.clone(), &password);
        assert!(
            reader.chip().commands() < MANY_COMMANDS,
            "{} commands",
            reader.chip().commands()
        );
        (outcome, reader)
    }
}

/// One document for many chips: signing takes longer than all the rest.
pub struct Sealed {
    bench: Bench,
    pub document: ReadDocument,
    verifier: Verifier,
}

impl Sealed {
    pub fn new(bench: Bench) -> Self {
        Self {
            document: bench.recipe.seal(),
            verifier: bench.verifier(),
            bench,
        }
    }

    /// Verifies a chip with this fault.
    pub fn verify(&self, fault: Fault) -> Result<Verification, ReadCardError> {
        let reader = self.bench.reader_of(&self.document, vec![fault]);
        let password = Password::mrz(MRZ_INFORMATION).expect("the zone's own fields");
        let outcome = self.verifier.verify(reader.clone(), &password);
        let commands = reader.chip().commands();
        assert!(commands < MANY_COMMANDS, "{commands} commands");
        outcome
    }
}

/// EF.ATR/INFO that announces extended length.
pub fn atr_info() -> Vec<u8> {
    object(0x7F66, &[0x02, 0x02, 0x08, 0x00, 0x02, 0x02, 0x40, 0x00])
}
