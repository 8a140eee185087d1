//! A document in a chip, for readers that judge nothing but what they read themselves.

use card_applet::wire::security_info::{PaceInfo, security_infos};
use test_vectors::faulty_chip::{
    ChipKey, Cipher, Curve, Fault, Group, Mapping, Misdeed, PaceSet, Setup, SigningKey, Step, find,
};

use super::super::chip::{ChipPlay, Counter, SCHEMA};
use super::super::fields::{FieldError, bytes};
use super::super::judgement::Judgement;
use super::DocumentPlay;
use crate::terminal::password::Password;

/// The MRZ information of the corpus' specimen person.
const SPECIMEN: &str = "196000017096081223608120";
/// EF.DG15: it has a key for Active Authentication.
const DG15: u16 = 0x010F;
/// EF.DG1.
const DG1: u16 = 0x0101;
/// What a file holds that the chip refuses anyway.
const REFUSED: [u8; 2] = [0x00, 0x00];

impl DocumentPlay {
    /// The document in a chip that opens as its [`access`](Self::access) says, with the MRZ that is printed, else that of DG1, else the
    /// specimen's. Where a chip proof was made or failed, the chip proves [`chip_key`](Self::chip_key), or nothing where that is not
    /// known; a proof that a reader only left out cannot be had from a chip.
    ///
    /// # Errors
    /// [`FieldError`] for a field that does not hold what it must.
    pub fn as_chip(&self) -> Result<ChipPlay, FieldError> {
        let mut setup = Setup {
            guarded: Vec::new(),
            pace: Vec::new(),
            ..Setup::default()
        };
        for name in &self.refused {
            put(&mut setup, name, REFUSED.to_vec())?;
            setup.guarded.extend(place(name).map(|(_, fid)| fid));
        }
        for (name, text) in &self.files {
            put(&mut setup, name, bytes(&format!("files.{name}"), text)?)?;
        }
        let mut faults = Vec::new();
        match self.access.by.as_str() {
            "plain" => setup.plain = true,
            "bac" => setup.bac = true,
            "not_said" => {
                setup.pace = announced(&setup);
                setup.bac = setup.pace.is_empty();
            }
            info => {
                setup.pace = announced(&setup);
                let opened = set_of(self.access.pace_info(info)?);
                let hidden = opened.filter(|set| !setup.pace.contains(set));
                setup.pace.extend(hidden);
            }
        }
        if self.access.pace_failed.is_some() {
            setup.bac = true;
            faults.push(Fault::new(Step::PaceSetAt, Misdeed::Refuse(0x6A80)));
        }
        if let Some(text) = &self.chip_key {
            let private = bytes("chip_key", text)?;
            put_key(&mut setup, &private);
        }
        setup.mrz_information = self.mrz_information(&setup);
        Ok(ChipPlay {
            schema: SCHEMA.into(),
            tr_03105_5_1: self.tr_03105_5_1.clone(),
            on: self.on.clone(),
            expected: self.judgement(),
            counter: Counter {
                mrz: setup.mrz_information.clone(),
                terminal: None,
                tolerate: self.tolerate.clone(),
                printed_mrz: self.printed_mrz.clone(),
                qr: self.qr.clone(),
            },
            trust: self.trust.clone(),
            faults,
            setup,
        })
    }

    fn judgement(&self) -> Judgement {
        match self.expected.verdict.as_str() {
            "GENUINE" => Judgement::Genuine,
            verdict => Judgement::Against {
                verdict: verdict.into(),
                check: self.expected.rule.rsplit(':').next().unwrap_or_default().into(),
            },
        }
    }

    /// What the chip derives its keys from.
    fn mrz_information(&self, setup: &Setup) -> String {
        let in_chip = || {
            let zone = find(find(setup.application.get(&DG1)?, 0x61)?, 0x5F1F)?;
            String::from_utf8(zone.to_vec()).ok()
        };
        let zones = self.printed_mrz.clone().into_iter().chain(in_chip());
        let mut usable = zones.filter_map(|zone| Password::mrz_information(&zone).ok());
        usable
            .next()
            .map_or_else(|| SPECIMEN.to_owned(), |found| found.to_string())
    }
}

/// Where a file is: in the eMRTD application or not, and its identifier (Doc 9303-10 §3.6, §4.6).
fn place(name: &str) -> Option<(bool, u16)> {
    Some(match name {
        "EF.CardAccess" => (false, 0x011C),
        "EF.CardSecurity" => (false, 0x011D),
        "EF.COM" => (true, 0x011E),
        "EF.SOD" => (true, 0x011D),
        name => {
            let number: u16 = name.strip_prefix("DG")?.parse().ok()?;
            (true, (1..=16).contains(&number).then_some(0x0100 | number)?)
        }
    })
}

/// Puts a file into a chip under its name in the corpus.
fn put(setup: &mut Setup, name: &str, content: Vec<u8>) -> Result<(), FieldError> {
    let (in_application, fid) =
        place(name).ok_or_else(|| FieldError::new(format!("files.{name}"), "no file has this name"))?;
    // A file of no bytes is one that is not there.
    if !content.is_empty() {
        let files = if in_application {
            &mut setup.application
        } else {
            &mut setup.master_file
        };
        files.insert(fid, content);
    }
    Ok(())
}

/// Gives a chip its private key on P-256, for everything that it may prove with it.
fn put_key(setup: &mut Setup, private: &[u8]) {
    let key = |id| ChipKey {
        id,
        group: Curve::P256.into(),
        private: private.to_vec(),
    };
    setup.chip_keys = vec![key(None), key(Some(Curve::P256.parameter_id()))];
    let signs = setup.application.contains_key(&DG15);
    setup.signing_key = signs.then(|| SigningKey::P256(private.to_vec()));
}

/// The ways to run PACE that EF.CardAccess announces, as far as this chip has them.
fn announced(setup: &Setup) -> Vec<PaceSet> {
    let file = setup.master_file.get(&0x011C).map(Vec::as_slice);
    let infos = file.and_then(|file| security_infos(file).ok());
    let infos = infos.into_iter().flatten().map_while(Result::ok);
    infos.filter_map(|info| set_of(info.as_pace_info()?)).collect()
}

/// The way that a PACEInfo means.
fn set_of(info: PaceInfo) -> Option<PaceSet> {
    let mut encoded = [0; 32];
    let length = info.encode(&mut encoded).ok()?;
    let mappings = [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication];
    let ciphers = [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256];
    let all = mappings.into_iter().flat_map(|mapping| {
        ciphers.into_iter().flat_map(move |cipher| {
            Group::all().map(move |group| PaceSet {
                mapping,
                cipher,
                group,
            })
        })
    });
    all.into_iter()
        .find(|set| encoded.get(..length) == Some(&set.info()[..]))
}
