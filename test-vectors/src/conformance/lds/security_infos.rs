//! SecurityInfos (9303-11 §9.2): those of EF.CardAccess, DG14 and EF.CardSecurity.

use super::der::tag;
use super::files::{File, Files};
use super::objects::{Object, Objects};
use super::outer;
use super::signed_data::{Signed, SignedData};
use crate::conformance::verdict::{Finding, Played};

/// 0.4.0.127.0.7.2.2: protocols for chip cards (TR-03110-3 §A.1.1).
const PROTOCOLS: [u8; 7] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];
/// id-icao-mrtd-security-aaProtocolObject: 2.23.136.1.1.5.
const ACTIVE_AUTHENTICATION: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x05];

/// Which infos.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// EF.CardAccess.
    CardAccess,
    /// DG14.
    Dg14,
    /// EF.CardSecurity.
    CardSecurity,
}

/// What a protocol's OBJECT IDENTIFIER stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// id-PK-DH (1) and id-PK-ECDH (2).
    PublicKey(u8),
    /// id-TA.
    TerminalAuthentication,
    /// id-TA with a mechanism, which belongs into certificates.
    TerminalMechanism,
    /// id-CA-DH (1) and id-CA-ECDH (2) with a cipher.
    ChipAuthentication(u8, u8),
    /// id-PACE with a mapping and a cipher.
    Pace(u8, u8),
    /// id-PACE with a mapping alone: domain parameters.
    PaceDomain(u8),
    /// Active Authentication.
    ActiveAuthentication,
    /// Anything else.
    Other,
}

/// The mapping of PACE-CAM in an OBJECT IDENTIFIER: id-PACE-ECDH-CAM.
pub(super) const CHIP_AUTHENTICATION_MAPPING: u8 = 6;

/// A SecurityInfo.
#[derive(Clone, Copy)]
pub(super) struct Info<'a> {
    /// The whole.
    pub(super) object: Object<'a>,
    /// What it is about.
    pub(super) protocol: Protocol,
    /// requiredData.
    pub(super) required: Object<'a>,
    /// optionalData.
    pub(super) optional: Option<Object<'a>>,
}

impl Info<'_> {
    /// optionalData as an INTEGER: a key's or a parameter's number.
    pub(super) fn number(&self, field: &str) -> Played<Option<u32>> {
        match self.optional {
            None => Ok(None),
            Some(number) => {
                number.expect_tag(tag::INTEGER, field)?;
                number.number(field).map(Some)
            }
        }
    }

    /// requiredData is this version.
    pub(super) fn check_version(&self, version: u8) -> Played {
        self.required.expect_tag(tag::INTEGER, "version")?;
        self.required.expect_value(&[version], "version")
    }
}

impl Source {
    /// The set.
    pub(super) fn set(self, files: &Files) -> Played<Object<'_>> {
        let field = "SecurityInfos";
        match self {
            Source::CardAccess => {
                Objects::of_file(File::CardAccess.name(), files.get(File::CardAccess)?).next(field)
            }
            Source::Dg14 => outer::content(files, File::DataGroup(14))?.next(field),
            Source::CardSecurity => {
                let content = SignedData::of(files, Signed::CardSecurity)?.content.value;
                Objects::of_file("content of EF.CardSecurity", content).next(field)
            }
        }
    }

    /// What stands behind the set.
    fn rest(self, files: &Files) -> Played<Objects<'_>> {
        let mut objects = match self {
            Source::CardAccess => Objects::of_file(File::CardAccess.name(), files.get(File::CardAccess)?),
            Source::Dg14 => outer::content(files, File::DataGroup(14))?,
            Source::CardSecurity => Objects::of_file(
                "content of EF.CardSecurity",
                SignedData::of(files, Signed::CardSecurity)?.content.value,
            ),
        };
        objects.next("SecurityInfos")?;
        Ok(objects)
    }

    /// The infos.
    pub(super) fn infos(self, files: &Files) -> Played<Vec<Info<'_>>> {
        self.set(files)?
            .inside()
            .all("SecurityInfos")?
            .iter()
            .map(read)
            .collect()
    }

    /// Infos of these protocols.
    pub(super) fn of(self, files: &Files, of: fn(Protocol) -> bool) -> Played<Vec<Info<'_>>> {
        let mut infos = self.infos(files)?;
        infos.retain(|info| of(info.protocol));
        Ok(infos)
    }
}

fn read<'a>(object: &Object<'a>) -> Played<Info<'a>> {
    let field = "SecurityInfo";
    object.expect_tag(tag::SEQUENCE, field)?;
    let mut parts = object.inside();
    let protocol = parts.expect(tag::OBJECT_IDENTIFIER, "protocol")?;
    let required = parts.next("requiredData")?;
    let optional = match parts.rest() {
        [] => None,
        _ => Some(parts.next("optionalData")?),
    };
    parts.end(field)?;
    Ok(Info {
        object: *object,
        protocol: Protocol::of(protocol.value),
        required,
        optional,
    })
}

impl Protocol {
    fn of(oid: &[u8]) -> Self {
        if oid == ACTIVE_AUTHENTICATION {
            return Protocol::ActiveAuthentication;
        }
        match oid.strip_prefix(&PROTOCOLS) {
            Some([1, kind @ (1 | 2)]) => Protocol::PublicKey(*kind),
            Some([2]) => Protocol::TerminalAuthentication,
            Some([2, ..]) => Protocol::TerminalMechanism,
            Some([3, kind @ (1 | 2), cipher @ 1..=4]) => Protocol::ChipAuthentication(*kind, *cipher),
            Some([4, mapping @ 1..=4, cipher @ 1..=4] | [4, mapping @ 6, cipher @ 2..=4]) => {
                Protocol::Pace(*mapping, *cipher)
            }
            Some([4, mapping @ (1..=4 | 6)]) => Protocol::PaceDomain(*mapping),
            _ => Protocol::Other,
        }
    }

    /// Of PACE with Chip Authentication Mapping.
    pub(super) fn is_chip_authentication_mapping(self) -> bool {
        matches!(self, Protocol::Pace(CHIP_AUTHENTICATION_MAPPING, _))
    }
}

/// One SET in DER, whose elements are SecurityInfos, and nothing behind it. That its elements are sorted is not asked for: the
/// specimens of the BSI have them in another order.
pub(super) fn check_der(files: &Files, source: Source) -> Played {
    let set = source.set(files)?;
    set.expect_tag(tag::SET, "SecurityInfos")?;
    super::der::check(&set, super::der::Sets::AnyOrder)?;
    source.infos(files)?;
    source.rest(files)?.end("SecurityInfos")
}

/// Every info of EF.CardAccess is among these, byte by byte (9303-11 §9.2.11).
pub(super) fn check_card_access(files: &Files, source: Source) -> Played {
    let set = source.set(files)?;
    let ours = source.infos(files)?;
    for info in Source::CardAccess.infos(files)? {
        let is_there = ours
            .iter()
            .any(|other| other.object.encoded == info.object.encoded);
        set.must(is_there, "SecurityInfos", || {
            format!(
                "expected {}, which EF.CardAccess has, found it not",
                hex::encode_upper(info.object.encoded)
            )
        })?;
    }
    Ok(())
}

/// There is none of these, so that a case does not apply.
pub(super) fn none(source: Source, what: &str) -> Finding {
    let name = match source {
        Source::CardAccess => "EF.CardAccess",
        Source::Dg14 => "DG14",
        Source::CardSecurity => "EF.CardSecurity",
    };
    Finding::NotApplicable(format!("{name} has no {what}"))
}
