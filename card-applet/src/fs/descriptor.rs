//! What the chip knows of a file, as stored in the journal, as read from CREATE FILE and as answered to SELECT
//! (file control parameters, ISO/IEC 7816-4 table 12).

use crate::auth::terminal::trust::EF_CVCA_LEN;
use crate::error::Error;
use crate::life_cycle::LifeCycle;
use crate::wire::access::{AccessRule, SecurityAttribute, UpdateRule};
use crate::wire::lds::{DataGroup, fid};
use crate::wire::tlv::{TlvReader, TlvWriter, read_exact};
use heapless::Vec;

/// Longest application identifier (7816-5).
pub(crate) const MAX_AID: usize = 16;
/// An application identifier.
pub(crate) type Aid = Vec<u8, MAX_AID, u8>;
/// Longest FCP template that this chip answers.
pub(crate) const MAX_FCP: usize = 48;
/// File control parameters.
const FCP: u32 = 0x62;
/// File descriptor byte of a dedicated file.
const DEDICATED: u8 = 0x38;
/// File descriptor byte of a transparent working EF.
const TRANSPARENT: u8 = 0x01;

/// Index of a dedicated file in the file table; the MF is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The master file.
    MasterFile,
    /// The dedicated file with this index.
    Dedicated(u8),
}

impl Parent {
    /// As one byte.
    pub(super) const fn stored(self) -> u8 {
        match self {
            Self::MasterFile => 0xFF,
            Self::Dedicated(index) => index,
        }
    }

    /// From that byte.
    pub(super) const fn from_stored(stored: u8) -> Self {
        match stored {
            0xFF => Self::MasterFile,
            index => Self::Dedicated(index),
        }
    }
}

/// A transparent EF's properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transparent {
    /// Short file identifier, 1 to 30.
    pub(crate) sfi: Option<u8>,
    /// Length in bytes.
    pub(crate) size: u32,
    /// Address of the body in the memory.
    pub(crate) start: u32,
    /// Who may read it.
    pub(crate) read: AccessRule,
    /// Who may update it.
    pub(crate) update: UpdateRule,
}

/// What kind of file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A dedicated file, an application, directly under the MF.
    Dedicated {
        /// Its application identifier.
        aid: Aid,
    },
    /// A transparent elementary file.
    Transparent(Transparent),
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Descriptor {
    /// The dedicated file that it is in.
    pub(crate) parent: Parent,
    /// File identifier.
    pub(crate) fid: u16,
    /// The rest.
    pub(crate) kind: Kind,
}

impl Descriptor {
    /// As the journal stores it, at most 20 bytes. The rule for updates stands behind the rest, where there is one.
    pub(crate) fn store(&self) -> Result<Vec<u8, 24>, Error> {
        let mut out = Vec::new();
        let mut push = |bytes: &[u8]| out.extend_from_slice(bytes).map_err(|_| Error::Memory);
        push(&[self.parent.stored()])?;
        push(&self.fid.to_be_bytes())?;
        match &self.kind {
            Kind::Dedicated { aid } => {
                push(&[DEDICATED])?;
                push(aid)?;
            }
            Kind::Transparent(file) => {
                push(&[
                    TRANSPARENT,
                    file.sfi.unwrap_or(0),
                    file.read.to_security_condition(),
                ])?;
                push(&file.size.to_be_bytes())?;
                push(&file.start.to_be_bytes())?;
                if file.update != UpdateRule::Never {
                    push(&[file.update.to_security_condition()])?;
                }
            }
        }
        Ok(out)
    }

    /// From what the journal stores.
    pub(crate) fn from_stored(stored: &[u8]) -> Result<Self, Error> {
        let (parent, fid, kind) = match stored {
            [parent, high, low, DEDICATED, aid @ ..] => (
                *parent,
                [*high, *low],
                Kind::Dedicated {
                    aid: Vec::from_slice(aid).map_err(|_| Error::Memory)?,
                },
            ),
            [
                parent,
                high,
                low,
                TRANSPARENT,
                sfi,
                condition,
                a,
                b,
                c,
                d,
                e,
                f,
                g,
                h,
                update @ ..,
            ] => {
                let update = match update {
                    [] => UpdateRule::Never,
                    [condition] => UpdateRule::from_security_condition(*condition),
                    _ => return Err(Error::Memory),
                };
                let file = Transparent {
                    sfi: Some(*sfi).filter(|sfi| *sfi != 0),
                    size: u32::from_be_bytes([*a, *b, *c, *d]),
                    start: u32::from_be_bytes([*e, *f, *g, *h]),
                    read: AccessRule::from_security_condition(*condition),
                    update,
                };
                (*parent, [*high, *low], Kind::Transparent(file))
            }
            _ => return Err(Error::Memory),
        };
        Ok(Self {
            parent: Parent::from_stored(parent),
            fid: u16::from_be_bytes(fid),
            kind,
        })
    }

    /// From the FCP template of CREATE FILE (7816-9, 7.2.1): file descriptor byte 82, identifier 83, and for an EF
    /// size 80, short identifier 88 and conditions 8C (compact format), for a DF its name 84. The body's address is not set
    /// yet.
    ///
    /// # Errors
    /// [`Error::Data`] for templates that are incomplete, say something twice or hold anything else, for fingers
    /// and irises that would not be behind Terminal Authentication (ICAO Doc 9303-10, 3.11.3), and for a file of the MF
    /// that could be updated.
    pub(crate) fn from_fcp(template: &[u8], parent: Parent) -> Result<Self, Error> {
        let (mut kind, mut fid, mut size, mut sfi, mut conditions, mut aid) =
            (None, None, None, None, None, None);
        for object in TlvReader::new(read_exact(template, FCP)?) {
            let object = object?;
            let fresh = match (object.tag, object.value) {
                (0x80, bytes) if matches!(bytes.len(), 2 | 3) => {
                    let value = bytes
                        .iter()
                        .fold(0u32, |value, byte| (value << 8) | u32::from(*byte));
                    size.replace(value).is_none()
                }
                (0x82, [byte]) => kind.replace(*byte).is_none(),
                (0x83, [high, low]) => fid.replace(u16::from_be_bytes([*high, *low])).is_none(),
                (0x84, name) => aid.replace(name).is_none(),
                (0x88, [byte]) => sfi.replace(*byte).is_none(),
                (0x8C, compact) => {
                    let attribute = SecurityAttribute::from_compact(compact).ok_or(Error::Data)?;
                    conditions.replace(attribute).is_none()
                }
                _ => return Err(Error::Data),
            };
            if !fresh {
                return Err(Error::Data);
            }
        }
        let fid = fid.ok_or(Error::Data)?;
        // 3F00 is the MF, 3FFF the current DF in a path, FFFF reserved.
        if matches!(fid, fid::MF | 0x3FFF | 0xFFFF | 0x0000) {
            return Err(Error::Data);
        }
        let kind = match (kind, size, aid) {
            (Some(DEDICATED), None, Some(aid)) if sfi.is_none() && conditions.is_none() => {
                if !(5..=MAX_AID).contains(&aid.len()) || parent != Parent::MasterFile {
                    return Err(Error::Data);
                }
                Kind::Dedicated {
                    aid: Vec::from_slice(aid).map_err(|_| Error::Data)?,
                }
            }
            (Some(TRANSPARENT), Some(size), None) if size > 0 => {
                let sfi = match sfi {
                    None => None,
                    Some(byte) if byte & 0x07 == 0 && matches!(byte >> 3, 1..=30) => Some(byte >> 3),
                    Some(_) => return Err(Error::Data),
                };
                let SecurityAttribute { read, update } = conditions.unwrap_or_default();
                // Applications beside the eMRTD have keys of their own; the MF has none.
                if update != UpdateRule::Never && parent == Parent::MasterFile {
                    return Err(Error::Data);
                }
                if is_ef_cvca(parent, fid) && size as usize != EF_CVCA_LEN {
                    return Err(Error::Data);
                }
                if let Some(required) = required_rule(parent, fid)
                    && read != required
                {
                    return Err(Error::Data);
                }
                Kind::Transparent(Transparent {
                    sfi,
                    size,
                    start: 0,
                    read,
                    update,
                })
            }
            _ => return Err(Error::Data),
        };
        Ok(Self { parent, fid, kind })
    }

    /// Writes the FCP template that answers SELECT.
    pub(crate) fn fcp(&self, life_cycle: LifeCycle) -> Result<Vec<u8, MAX_FCP>, Error> {
        match &self.kind {
            Kind::Dedicated { aid } => dedicated_fcp(self.fid, Some(aid), life_cycle),
            Kind::Transparent(file) => {
                let mut out = [0; MAX_FCP];
                let mut writer = TlvWriter::new(&mut out);
                let [_, high, middle, low] = file.size.to_be_bytes();
                if high == 0 {
                    writer.tlv(0x80, &[middle, low])?;
                } else {
                    writer.tlv(0x80, &[high, middle, low])?;
                }
                writer.tlv(0x82, &[TRANSPARENT])?;
                writer.tlv(0x83, &self.fid.to_be_bytes())?;
                if let Some(sfi) = file.sfi {
                    writer.tlv(0x88, &[sfi << 3])?;
                }
                writer.tlv(0x8A, &[life_cycle.status_byte()])?;
                let len = writer.len();
                wrap_fcp(out.get(..len).unwrap_or_default())
            }
        }
    }
}

/// The FCP template of a dedicated file; of the MF without a name.
pub(crate) fn dedicated_fcp(
    fid: u16,
    aid: Option<&[u8]>,
    life_cycle: LifeCycle,
) -> Result<Vec<u8, MAX_FCP>, Error> {
    let mut out = [0; MAX_FCP];
    let mut writer = TlvWriter::new(&mut out);
    writer.tlv(0x82, &[DEDICATED])?;
    writer.tlv(0x83, &fid.to_be_bytes())?;
    if let Some(aid) = aid {
        writer.tlv(0x84, aid)?;
    }
    writer.tlv(0x8A, &[life_cycle.status_byte()])?;
    let len = writer.len();
    wrap_fcp(out.get(..len).unwrap_or_default())
}

fn wrap_fcp(content: &[u8]) -> Result<Vec<u8, MAX_FCP>, Error> {
    let mut out = [0; MAX_FCP];
    let mut writer = TlvWriter::new(&mut out);
    writer.tlv(FCP, content)?;
    let len = writer.len();
    Vec::from_slice(out.get(..len).unwrap_or_default()).map_err(|_| Error::Memory)
}

/// EF.CVCA, whose content and length are the chip's affair.
const fn is_ef_cvca(parent: Parent, fid: u16) -> bool {
    matches!(parent, Parent::Dedicated(_)) && fid == fid::CVCA
}

/// Fingers and irises in the eMRTD application are behind Terminal Authentication, whatever a profile says.
const fn required_rule(parent: Parent, fid: u16) -> Option<AccessRule> {
    match (parent, DataGroup::from_fid(fid)) {
        (Parent::Dedicated(_), Some(DataGroup::DG3)) => Some(AccessRule::TerminalFingers),
        (Parent::Dedicated(_), Some(DataGroup::DG4)) => Some(AccessRule::TerminalIrises),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
