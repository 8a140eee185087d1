//! The chip's side of a protected command: check its MAC, decrypt its data in place (ICAO Doc 9303-11, 9.8.4;
//! ISO/IEC 7816-4, 10).

use super::Unprotected;
use super::session::Session;
use crate::crypto::cipher::MAX_BLOCK;
use crate::crypto::mac::TRUNCATED_MAC_LEN;
use crate::crypto::pad;
use crate::crypto::secret::constant_time_eq;
use crate::error::Error;
use crate::platform::Engine;
use crate::wire::apdu::CommandApdu;
use crate::wire::tlv::TlvReader;
use core::ops::Range;

/// Cryptogram for odd instructions, whose data are data objects.
const DO_85: u32 = 0x85;
/// Padding indicator and cryptogram for even instructions.
const DO_87: u32 = 0x87;
/// Le.
const DO_97: u32 = 0x97;
/// MAC.
const DO_8E: u32 = 0x8E;
/// Padding indicator: padding method 2.
const PADDING_METHOD_2: u8 = 0x01;

/// The data objects of a protected command, each at most once and in their order.
#[derive(Default)]
struct Objects<'a> {
    /// Tag and value of DO'85' or DO'87'.
    cryptogram: Option<(u32, &'a [u8])>,
    expected: Option<&'a [u8]>,
    mac: &'a [u8],
    /// Everything before DO'8E', as it was sent.
    authenticated: &'a [u8],
}

impl<'a> Objects<'a> {
    fn parse(data: &'a [u8]) -> Result<Self, Error> {
        let mut objects = Self::default();
        let mut reader = TlvReader::new(data);
        let mut authenticated_len = 0usize;
        while let Some(object) = reader.next() {
            let object = object.map_err(|_| Error::SmIncorrect)?;
            match object.tag {
                DO_85 | DO_87 if objects.cryptogram.is_none() && objects.expected.is_none() => {
                    objects.cryptogram = Some((object.tag, object.value));
                }
                DO_97 if objects.expected.is_none() => objects.expected = Some(object.value),
                DO_8E if reader.remaining().is_empty() => {
                    objects.mac = object.value;
                    objects.authenticated = data.get(..authenticated_len).ok_or(Error::SmIncorrect)?;
                    return Ok(objects);
                }
                _ => return Err(Error::SmIncorrect),
            }
            authenticated_len = authenticated_len.saturating_add(object.raw.len());
        }
        Err(Error::SmMissing)
    }

    fn expected(&self) -> Result<Option<u32>, Error> {
        match self.expected {
            None => Ok(None),
            Some([0]) => Ok(Some(256)),
            Some([le]) => Ok(Some(u32::from(*le))),
            Some([0, 0]) => Ok(Some(65_536)),
            Some([high, low]) => Ok(Some(u32::from(u16::from_be_bytes([*high, *low])))),
            Some(_) => Err(Error::SmIncorrect),
        }
    }
}

/// Checks and decrypts a protected command in its buffer, `command` being the APDU in it.
///
/// # Errors
/// [`Error::SmMissing`] and [`Error::SmIncorrect`]; the session must end on any error.
#[inline(never)]
pub(crate) fn unprotect<E: Engine>(
    session: &mut Session<E>,
    engine: &mut E,
    buffer: &mut [u8],
) -> Result<Unprotected, Error> {
    let command = CommandApdu::parse(buffer).map_err(|_| Error::SmIncorrect)?;
    if command.data.is_empty() {
        return Err(Error::SmMissing);
    }
    let data_start = if command.extended { 7usize } else { 5 };
    let objects = Objects::parse(command.data)?;

    let mut mac = session.start_mac(engine)?;
    engine.mac_update(&mut mac, &command.header())?;
    engine.mac_pad(&mut mac)?;
    if !objects.authenticated.is_empty() {
        engine.mac_update(&mut mac, objects.authenticated)?;
        engine.mac_pad(&mut mac)?;
    }
    let mac = engine.mac_finish(mac)?;
    let mac = mac.get(..TRUNCATED_MAC_LEN).ok_or(Error::Fault)?;
    if !constant_time_eq(mac, objects.mac) {
        return Err(Error::SmIncorrect);
    }

    let expected = objects.expected()?;
    let odd = command.instruction & 1 == 1;
    let cryptogram: Range<usize> = match objects.cryptogram {
        None => return Ok(Unprotected { data: 0..0, expected }),
        Some((DO_87, [PADDING_METHOD_2, cryptogram @ ..])) if !odd => {
            // Tag, length, indicator; the object is the first of the data field.
            let header = offset_of(command.data, cryptogram)?;
            range(data_start, header, cryptogram.len())?
        }
        Some((DO_85, cryptogram)) if odd => {
            let header = offset_of(command.data, cryptogram)?;
            range(data_start, header, cryptogram.len())?
        }
        Some(_) => return Err(Error::SmIncorrect),
    };
    let start = cryptogram.start;
    let block = session.algorithm.block_len();
    let ciphertext = buffer.get_mut(cryptogram).ok_or(Error::SmIncorrect)?;
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(block) {
        return Err(Error::SmIncorrect);
    }
    let mut iv: [u8; MAX_BLOCK] = session.initial_vector(engine)?;
    engine.cbc_decrypt(
        &session.ks_enc,
        iv.get_mut(..block).ok_or(Error::Fault)?,
        ciphertext,
    )?;
    let data = pad::unpad(ciphertext, block).ok_or(Error::SmIncorrect)?;
    let end = start.saturating_add(data.len());
    Ok(Unprotected {
        data: start..end,
        expected,
    })
}

/// How far a part, which ends where its data object ends, stands behind the beginning of the whole. The cryptogram is
/// the first object, so its header is what the whole has more than it before the object ends.
fn offset_of(whole: &[u8], cryptogram: &[u8]) -> Result<usize, Error> {
    let (first, _) = crate::wire::tlv::read_one(whole).map_err(|_| Error::SmIncorrect)?;
    first
        .raw
        .len()
        .checked_sub(cryptogram.len())
        .ok_or(Error::SmIncorrect)
}

fn range(data_start: usize, header: usize, len: usize) -> Result<Range<usize>, Error> {
    let start = data_start.checked_add(header).ok_or(Error::SmIncorrect)?;
    let end = start.checked_add(len).ok_or(Error::SmIncorrect)?;
    Ok(start..end)
}
