//! TerminalAuthenticationInfo (ICAO Doc 9303-11, 9.2.8): the chip judges terminals.
//!
//! ```asn1
//! TerminalAuthenticationInfo ::= SEQUENCE { protocol OBJECT IDENTIFIER (id-TA), version INTEGER, efCVCA FileID OPTIONAL }
//! FileID ::= SEQUENCE { fid OCTET STRING (SIZE(2)), sfid OCTET STRING (SIZE(1)) OPTIONAL }
//! ```
//!
//! FileID is of BSI TR-03110-3, A.1.1.3, for chips whose EF.CVCA is not where 9303-10 has it.

use super::{OBJECT_IDENTIFIER, SEQUENCE, SecurityInfo, small_integer, write_unsigned};
use crate::wire::oid;
use crate::wire::tlv::{self, TlvError, TlvReader, TlvWriter};

/// ASN.1 OCTET STRING.
const OCTET_STRING: u32 = 0x04;

/// Where a chip says that its EF.CVCA is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvcaFile {
    /// File identifier.
    pub fid: u16,
    /// Short file identifier, where one is named.
    pub sfi: Option<u8>,
}

/// TerminalAuthenticationInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalAuthenticationInfo {
    /// 1 in ICAO's Terminal Authentication; 2 is another protocol under the same object identifier.
    pub version: u8,
}

impl TerminalAuthenticationInfo {
    /// Writes the SEQUENCE and returns its length, 15 bytes. Never panics.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let mut content = [0; 16];
        let mut writer = TlvWriter::new(&mut content);
        writer.tlv(OBJECT_IDENTIFIER, &oid::TERMINAL_AUTHENTICATION)?;
        write_unsigned(&mut writer, &[self.version])?;
        let len = writer.len();
        let mut writer = TlvWriter::new(out);
        writer.tlv(SEQUENCE, content.get(..len).unwrap_or_default())?;
        Ok(writer.len())
    }
}

impl SecurityInfo<'_> {
    /// The TerminalAuthenticationInfo in it; `None` when it is another kind of info, or malformed. [`cvca_file`](Self::cvca_file)
    /// has the rest.
    pub fn as_terminal_authentication_info(&self) -> Option<TerminalAuthenticationInfo> {
        if self.protocol != oid::TERMINAL_AUTHENTICATION {
            return None;
        }
        let (version, _ef_cvca) = small_integer(self.data)?;
        Some(TerminalAuthenticationInfo { version })
    }

    /// Where EF.CVCA is, if this is a TerminalAuthenticationInfo that says so. Never panics.
    pub fn cvca_file(&self) -> Option<CvcaFile> {
        if self.protocol != oid::TERMINAL_AUTHENTICATION {
            return None;
        }
        let (_version, file) = small_integer(self.data)?;
        let mut file = TlvReader::new(tlv::read_exact(file, SEQUENCE).ok()?);
        let mut octets = || {
            let object = file.next()?.ok()?;
            (object.tag == OCTET_STRING).then_some(object.value)
        };
        let fid = u16::from_be_bytes(octets()?.try_into().ok()?);
        let sfi = match octets() {
            None => None,
            Some([sfi]) => Some(*sfi),
            Some(_) => return None,
        };
        Some(CvcaFile { fid, sfi })
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::security_info::security_infos;

    #[test]
    fn the_file_that_is_named() {
        use super::CvcaFile;
        let named = |rest: &str| {
            let content = ["060804007F0007020202", "020101", rest].concat();
            let set = format!(
                "31{:02X}30{:02X}{content}",
                content.len() / 2 + 2,
                content.len() / 2
            );
            let set: Vec<u8> = test_vectors::hex(&set.into());
            security_infos(&set)
                .unwrap()
                .find_map(|info| info.unwrap().cvca_file())
        };
        let file = |fid, sfi| Some(CvcaFile { fid, sfi });
        assert_eq!(named(""), None);
        assert_eq!(named("30040402011C"), file(0x011C, None));
        assert_eq!(named("30070402011C04011C"), file(0x011C, Some(0x1C)));
        assert_eq!(named("30030401011C"), None);
        assert_eq!(named("30080402011C04021C1C"), None);
        assert_eq!(named("0402011C"), None);
    }

    /// EF.CardAccess of the BSI worked example says that the chip does version 2.
    #[test]
    fn of_the_bsi_worked_example() {
        let vectors = test_vectors::load("bsi-eac2-worked-example");
        let set = test_vectors::hex(&vectors["vectors"][0]["values"]["ef_cardaccess"]);
        let found: Vec<_> = security_infos(&set)
            .unwrap()
            .filter_map(|info| {
                let info = info.unwrap();
                let read = info.as_terminal_authentication_info()?;
                Some((read, info.raw.to_vec()))
            })
            .collect();
        assert!(!found.is_empty());
        for (info, raw) in found {
            assert_eq!(info.version, 2);
            let mut out = [0; 16];
            let len = info.encode(&mut out).unwrap();
            assert_eq!(out[..len], raw);
        }
    }
}
