//! Reading files.

use super::Bench;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::Command;

/// Bytes of one READ BINARY: fits a short answer under secure messaging with any cipher.
const CHUNK: usize = 0xDF;
/// The longest file that is read; no data group of a real card comes near.
const LONGEST: usize = 1 << 20;

impl Bench<'_> {
    /// Reads a file of the current directory whole, in the session if there is one: SELECT, then READ BINARY to the end that its
    /// outermost length says. Only those bytes are given.
    ///
    /// # Errors
    /// When the card refuses, or the file has no such length.
    pub fn read_file(&mut self, fid: u16) -> Played<Vec<u8>> {
        let name = format!("SELECT of {fid:04X}");
        self.send(&Command::select_file(fid))?
            .expect(&name, StatusSet::SUCCESS)?;
        let name = format!("READ BINARY of {fid:04X}");
        let head = self.send(&Command::read_binary(0, 8))?;
        let mut content = head.expect(&name, StatusSet::SUCCESS_OR_WARNING)?.data;
        let whole = whole_length(&content)
            .filter(|len| *len <= LONGEST)
            .ok_or_else(|| {
                Finding::failed(format!("{name}: the file does not begin with a tag and a length"))
            })?;
        while content.len() < whole {
            let len = CHUNK.min(whole - content.len());
            let answer = match u16::try_from(content.len()) {
                Ok(offset) if offset < 0x8000 => self.send(&Command::read_binary(offset, len))?,
                _ => self.send(&Command::read_binary_odd(0, content.len() as u32, len))?,
            };
            let odd = content.len() >= 0x8000;
            let data = answer.expect(&name, StatusSet::SUCCESS_OR_WARNING)?.data;
            let data = match odd {
                true => crate::naive::find(&data, 0x53).unwrap_or_default().to_vec(),
                false => data,
            };
            if data.is_empty() {
                return Err(Finding::failed(format!(
                    "{name}: the card gives {} of {whole} bytes",
                    content.len()
                )));
            }
            content.extend(data);
        }
        content.truncate(whole);
        Ok(content)
    }
}

/// Tag, length and value together, by the first bytes of a file.
fn whole_length(head: &[u8]) -> Option<usize> {
    let tag = if head.first()? & 0x1F == 0x1F { 2 } else { 1 };
    let first = *head.get(tag)?;
    if first < 0x80 {
        return Some(tag + 1 + usize::from(first));
    }
    let digits = usize::from(first & 0x7F);
    if !(1..=3).contains(&digits) {
        return None;
    }
    let value = head.get(tag + 1..tag + 1 + digits)?;
    let length = value.iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
    Some(tag + 1 + digits + length)
}
