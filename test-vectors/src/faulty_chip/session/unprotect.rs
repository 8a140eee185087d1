//! Taking the protection off a command (ICAO Doc 9303-11 §9.8.4).

use super::Session;
use crate::faulty_chip::command::Command;
use crate::faulty_chip::lapse::{Lapse, Lapses};
use crate::naive::data_object::{objects, objects_exactly};

impl Session {
    /// Takes the protection off a command.
    ///
    /// # Errors
    /// 6987 or 6988.
    pub(in crate::faulty_chip) fn unprotect(
        &mut self,
        outer: &Command,
        lapses: &Lapses,
    ) -> Result<Command, u16> {
        self.keys.count();
        let odd = outer.instruction & 1 == 1;
        let sent = objects_exactly(&outer.data).ok_or(0x6988_u16)?;
        let (carried, mac) = match sent.split_last() {
            Some(((0x8E, mac), carried)) => (carried, Some(*mac)),
            _ if lapses.has(Lapse::TakesMissingMac) => (&sent[..], None),
            _ => return Err(0x6987),
        };
        if let Some(mac) = mac {
            let right = self.covers(outer, mac)
                || (lapses.has(Lapse::TakesCountersAhead) && self.find_ahead(outer, mac))
                || lapses.has(Lapse::TakesWrongMac);
            if !right {
                return Err(0x6988);
            }
        }
        let (cryptogram, le) = match carried {
            [] => (None, None),
            [(0x97, le)] => (None, Some(*le)),
            [(0x85 | 0x87, cryptogram)] => (Some((carried[0].0, *cryptogram)), None),
            [(0x85 | 0x87, cryptogram), (0x97, le)] => (Some((carried[0].0, *cryptogram)), Some(*le)),
            _ => return Err(0x6988),
        };
        let data = match cryptogram {
            None => Vec::new(),
            Some((tag, bytes)) => {
                let bytes = match (tag, odd) {
                    (0x85, true) => bytes,
                    (0x87, false) => bytes.strip_prefix(&[0x01]).ok_or(0x6988_u16)?,
                    _ => return Err(0x6988),
                };
                if bytes.is_empty() || !bytes.len().is_multiple_of(self.keys.cipher.block_len()) {
                    return Err(0x6988);
                }
                let padded = self
                    .keys
                    .cipher
                    .decrypt(&self.keys.ks_enc, &self.keys.iv(), bytes);
                self.keys.cipher.unpad(&padded).ok_or(0x6988_u16)?
            }
        };
        let expected = match le {
            None => None,
            Some([0]) => Some(256),
            Some([0, 0]) => Some(65_536),
            Some(le @ ([_] | [_, _])) => Some(le.iter().fold(0, |n, byte| n << 8 | usize::from(*byte))),
            Some(_) => return Err(0x6988),
        };
        Ok(Command {
            class: outer.class & !0x0C,
            data,
            expected,
            ..outer.clone()
        })
    }

    /// Whether this is the MAC of all that is before it.
    fn covers(&self, outer: &Command, mac: &[u8]) -> bool {
        let mac_len = objects(&outer.data)
            .last()
            .map_or(0, |(_, value)| value.len() + 2);
        let covered = &outer.data[..outer.data.len() - mac_len];
        let mut message = outer.header().to_vec();
        if !covered.is_empty() {
            // The padded header alone is not padded again.
            message = [&self.keys.cipher.pad(&message), covered].concat();
        }
        self.keys.mac(&message) == mac
    }

    /// Counts on to where this is the MAC, if that is near; else stays.
    fn find_ahead(&mut self, outer: &Command, mac: &[u8]) -> bool {
        let before = self.keys.ssc.clone();
        for _ in 0..3 {
            self.keys.count();
            if self.covers(outer, mac) {
                return true;
            }
        }
        self.keys.ssc = before;
        false
    }
}
