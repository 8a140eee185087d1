//! A card whose data are encoded and which waits for the chip's keys.

use std::sync::Arc;

use card_applet::limits::{COMMAND_BUFFER, RESPONSE_LIMIT};
use card_applet::wire::access::AccessRule;
use card_applet::wire::key_generation::KeyPurpose;
use card_applet::wire::lds::{DataGroup, fid, sfi};
use time::OffsetDateTime;

use super::PrepareError;
use crate::attestation::{AttestedKey, ChipKeySpec};
use crate::image::{Application, CardFile, CardImage, CardKeys, CardPasswords, HolderSecrets, TerminalTrust};
use crate::lds;
use crate::lds::security_infos::SecurityInfos;
use crate::profile::CheckedProfile;
use crate::signer::Signer;
use crate::sod::{SecurityObject, SignerCertificate, SodError};

/// Everything of a card but its chip's keys and what is signed over them.
pub struct UnsignedCard<'a> {
    pub(super) profile: &'a CheckedProfile,
    pub(super) card_id: &'a str,
    pub(super) data_groups: Vec<(DataGroup, Vec<u8>)>,
    pub(super) passwords: CardPasswords,
    pub(super) terminal_trust: Option<TerminalTrust>,
    pub(super) certificate: Arc<SignerCertificate>,
    pub(super) signing_time: OffsetDateTime,
}

impl UnsignedCard<'_> {
    /// The keys that the chip must draw first.
    #[must_use]
    pub fn chip_keys(&self) -> &[ChipKeySpec] {
        self.profile.chip_keys()
    }

    /// The bytes of the data groups that are there: what is known of the card's size.
    #[must_use]
    pub fn content_len(&self) -> usize {
        self.data_groups.iter().map(|(_, content)| content.len()).sum()
    }

    /// Gives the holder a PIN and a PUK.
    pub fn set_holder_secrets(&mut self, secrets: HolderSecrets) {
        self.passwords.holder = Some(secrets);
    }

    /// Gives the card what Terminal Authentication starts from. What is signed then says that the chip judges terminals.
    pub fn set_terminal_trust(&mut self, trust: TerminalTrust) {
        self.terminal_trust = Some(trust);
    }

    /// Adds what the chip drew, signs EF.SOD and, where the card has one, EF.CardSecurity.
    ///
    /// # Errors
    ///
    /// [`PrepareError::ChipKeys`] when the keys are not exactly those of [`chip_keys`](Self::chip_keys);
    /// [`PrepareError::NoTerminalTrust`]; [`PrepareError::SecurityObject`].
    pub fn sign(self, signer: &dyn Signer, keys: &[AttestedKey]) -> Result<CardImage, PrepareError> {
        if self.profile.terminal_authentication() && self.terminal_trust.is_none() {
            return Err(PrepareError::NoTerminalTrust);
        }
        let keys = self.card_keys(keys)?;
        let infos = self.security_infos(&keys)?;
        let mut data_groups = self.data_groups;
        for group in self.profile.data_groups() {
            match (*group, &keys.active_authentication) {
                (DataGroup::DG14, _) => data_groups.push((*group, lds::dg14::encode(infos.clone()))),
                (DataGroup::DG15, Some(key)) => {
                    data_groups.push((*group, lds::dg15::encode(key).map_err(SodError::from)?));
                }
                _ => {}
            }
        }
        data_groups.sort_by_key(|(group, _)| group.number());

        let mut builder =
            SecurityObject::builder(self.profile.hash_algorithm()).lds_version(self.profile.lds_version());
        for (group, content) in &data_groups {
            builder = builder.data_group(group.number(), content);
        }
        let security_object = builder.sign_with(signer, &self.certificate, self.signing_time)?;

        let mut files = master_files(self.profile, self.terminal_trust.is_some());
        if self.profile.has_card_security() {
            let content = lds::card_security::sign(infos, signer, &self.certificate, self.signing_time)?;
            files.push(CardFile {
                access: AccessRule::Pace,
                ..master_file(fid::CARD_SECURITY, sfi::CARD_SECURITY, content)
            });
        }
        files.push(emrtd(
            fid::COM,
            sfi::COM,
            self.profile,
            lds::com::encode_version(self.profile.com_version(), self.profile.data_groups()),
        ));
        for (group, content) in data_groups {
            files.push(CardFile {
                access: self.profile.access_of(group),
                ..emrtd(group.fid(), group.sfi(), self.profile, content)
            });
        }
        files.push(emrtd(fid::SOD, sfi::SOD, self.profile, security_object));
        let image = CardImage {
            card_id: self.card_id.to_owned(),
            files,
            applications: self.profile.applications().to_vec(),
            passwords: self.passwords,
            terminal_trust: None,
            keys,
        };
        Ok(match self.terminal_trust {
            Some(trust) => image.with_terminal_trust(trust),
            None => image,
        })
    }

    /// Gives each key its place; they must be exactly those of the profile.
    fn card_keys(&self, keys: &[AttestedKey]) -> Result<CardKeys, PrepareError> {
        let wanted = self.chip_keys();
        let find = |spec: &ChipKeySpec| keys.iter().find(|key| key.spec() == *spec);
        if keys.len() != wanted.len() || !wanted.iter().all(|spec| find(spec).is_some()) {
            return Err(PrepareError::ChipKeys);
        }
        let mut card_keys = CardKeys::default();
        for (protocol, key_id) in self.profile.chip_authentication() {
            let key = keys.iter().find(|key| {
                let spec = key.spec();
                spec.purpose == KeyPurpose::ChipAuthentication && spec.key_id == *key_id
            });
            let key = key.ok_or(PrepareError::ChipKeys)?.clone();
            card_keys.chip_authentication.push((*protocol, key));
        }
        card_keys.active_authentication = keys
            .iter()
            .find(|key| key.spec().purpose == KeyPurpose::ActiveAuthentication)
            .cloned();
        Ok(card_keys)
    }

    /// The full set, for DG14 and EF.CardSecurity (9303-11, section 9.2.11).
    fn security_infos(&self, keys: &CardKeys) -> Result<SecurityInfos, SodError> {
        let mut infos = SecurityInfos::pace(self.profile.pace_infos());
        for (protocol, key) in &keys.chip_authentication {
            infos = infos
                .chip_authentication(*protocol, key.spec().key_id)
                .chip_authentication_key(key)?;
        }
        if let Some(key) = &keys.active_authentication {
            infos = infos.active_authentication(key.public().curve());
        }
        if self.terminal_trust.is_some() {
            infos = infos.terminal_authentication();
        }
        Ok(infos)
    }
}

/// The files of the master file that the profile calls for, readable in plain.
fn master_files(profile: &CheckedProfile, terminal_authentication: bool) -> Vec<CardFile> {
    let mut files = vec![
        master_file(
            fid::ATR_INFO,
            sfi::ATR_INFO,
            lds::atr_info::encode(COMMAND_BUFFER, RESPONSE_LIMIT),
        ),
        master_file(fid::DIR, sfi::DIR, lds::dir::encode(profile.applications())),
    ];
    if !profile.pace_infos().is_empty() {
        let content = lds::card_access::encode(profile.pace_infos(), terminal_authentication);
        files.push(master_file(fid::CARD_ACCESS, sfi::CARD_ACCESS, content));
    }
    files
}

fn master_file(fid: u16, sfi: u8, content: Vec<u8>) -> CardFile {
    CardFile {
        application: Application::MasterFile,
        fid,
        sfi: Some(sfi),
        access: AccessRule::Always,
        content,
    }
}

fn emrtd(fid: u16, sfi: u8, profile: &CheckedProfile, content: Vec<u8>) -> CardFile {
    CardFile {
        application: Application::Emrtd,
        fid,
        sfi: Some(sfi),
        access: profile.access(),
        content,
    }
}
