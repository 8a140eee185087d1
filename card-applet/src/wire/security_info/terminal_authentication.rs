//! TerminalAuthenticationInfo (ICAO Doc 9303-11, 9.2.8): the chip judges terminals.
//!
//! ```asn1
//! TerminalAuthenticationInfo ::= SEQUENCE { protocol OBJECT IDENTIFIER (id-TA), version INTEGER }
//! ```

use super::{OBJECT_IDENTIFIER, SEQUENCE, SecurityInfo, small_integer, write_unsigned};
use crate::wire::oid;
use crate::wire::tlv::{TlvError, TlvWriter};

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
    /// The TerminalAuthenticationInfo in it; `None` when it is another kind of info, or malformed. The file identifier of
    /// EF.CVCA, which BSI TR-03110 allows behind the version, is passed over.
    pub fn as_terminal_authentication_info(&self) -> Option<TerminalAuthenticationInfo> {
        if self.protocol != oid::TERMINAL_AUTHENTICATION {
            return None;
        }
        let (version, _ef_cvca) = small_integer(self.data)?;
        Some(TerminalAuthenticationInfo { version })
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::security_info::security_infos;

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
