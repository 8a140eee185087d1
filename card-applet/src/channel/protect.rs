//! The chip's side of a protected response: DO'87' (or '85'), DO'99', DO'8E', encrypted and authenticated while they
//! leave (ICAO Doc 9303-11, 9.8.5).

use super::session::Session;
use crate::crypto::cipher::MAX_BLOCK;
use crate::crypto::mac::TRUNCATED_MAC_LEN;
use crate::crypto::pad;
use crate::error::Error;
use crate::fs::body::Body;
use crate::platform::{Engine, Nvm, ResponseSink};
use crate::wire::status::StatusWord;
use crate::wire::tlv;

/// Bytes of a file that are in RAM at a time; a multiple of every block length.
pub(super) const CHUNK: usize = 128;

/// Sends a protected response.
///
/// # Errors
/// When memory or engine fail; part of the response may have left, so the caller must fall silent.
#[inline(never)]
pub(crate) fn protect<E: Engine, N: Nvm>(
    session: &mut Session<E>,
    engine: &mut E,
    nvm: &N,
    instruction: u8,
    mut body: Body,
    status: StatusWord,
    sink: &mut impl ResponseSink,
) -> Result<(), Error> {
    let mut mac = session.start_mac(engine)?;
    if body.remaining() > 0 {
        let block = session.algorithm.block_len();
        let mut iv: [u8; MAX_BLOCK] = session.initial_vector(engine)?;
        let iv = iv.get_mut(..block).ok_or(Error::Fault)?;
        let padded = pad::padded_len(body.remaining(), block);
        let odd = instruction & 1 == 1;
        let (tag, value_len) = if odd {
            (0x85, padded)
        } else {
            (0x87, padded.saturating_add(1))
        };
        let mut header = [0; 8];
        let mut header_len = tlv::write_header(tag, value_len, &mut header)?;
        if !odd {
            *header.get_mut(header_len).ok_or(Error::Fault)? = 0x01;
            header_len = header_len.saturating_add(1);
        }
        send(
            engine,
            &mut mac,
            sink,
            header.get(..header_len).ok_or(Error::Fault)?,
        )?;
        let mut left = padded;
        while left > 0 {
            let mut chunk = [0; CHUNK];
            let chunk = chunk.get_mut(..left.min(CHUNK)).ok_or(Error::Fault)?;
            fill_padded(&mut body, nvm, chunk, block)?;
            engine.cbc_encrypt(&session.ks_enc, iv, chunk)?;
            send(engine, &mut mac, sink, chunk)?;
            left = left.saturating_sub(chunk.len());
        }
    }
    let [sw1, sw2] = status.to_bytes();
    send(engine, &mut mac, sink, &[0x99, 0x02, sw1, sw2])?;
    engine.mac_pad(&mut mac)?;
    let mac = engine.mac_finish(mac)?;
    sink.put(&[0x8E, TRUNCATED_MAC_LEN as u8]);
    sink.put(mac.get(..TRUNCATED_MAC_LEN).ok_or(Error::Fault)?);
    sink.put(&[sw1, sw2]);
    Ok(())
}

/// The next bytes of the body; where it ends, the padding.
pub(super) fn fill_padded<N: Nvm>(
    body: &mut Body,
    nvm: &N,
    chunk: &mut [u8],
    block: usize,
) -> Result<(), Error> {
    let len = body.remaining().min(chunk.len());
    body.read(nvm, chunk.get_mut(..len).ok_or(Error::Fault)?)?;
    if len < chunk.len() {
        pad::pad_in_place(chunk, len, block).ok_or(Error::Fault)?;
    }
    Ok(())
}

fn send<E: Engine>(
    engine: &mut E,
    mac: &mut E::MacState,
    sink: &mut impl ResponseSink,
    bytes: &[u8],
) -> Result<(), Error> {
    engine.mac_update(mac, bytes)?;
    sink.put(bytes);
    Ok(())
}
