//! A chip that is not there: what it will answer to a loading, foretold from its keys and the value of its sequence counter.
//!
//! The loader talks to it as to a chip, and every command that it sends is written down with the answer. This works because the
//! card challenge is pseudo-random (GlobalPlatform Amendment D §6.2.2.1) and because the answers to loading commands are known:
//! nothing, or the check values of the keys that were put. It stores nothing and believes everything, so it is good for writing
//! down what a real chip will be asked, and for nothing else.

use card_applet::crypto::cipher::{BlockCipherKey, MAX_BLOCK, SymmetricAlgorithm};
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;
use card_applet::crypto::pad;
use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{
    KEY_VERSION_ISSUER, S8, SCP03, SERIAL_LEN, Scp03Mode, derivation, security_level,
};
use card_applet::wire::instruction;
use card_applet::wire::lds::AID_ISSUER_SECURITY_DOMAIN;
use card_applet::wire::status::StatusWord;
use personalization::script::offline::Exchange;
use zeroize::Zeroizing;

use super::super::scp03::StaticKeys;
use crate::transport::{Limits, Transport, TransportError};

/// First byte of the counter block of an answer (Amendment D §6.2.7).
const RESPONSE_COUNTER: u8 = 0x80;

/// The foretold chip.
pub(in crate::load) struct ForetoldChip<'a> {
    serial: [u8; SERIAL_LEN],
    keys: &'a StaticKeys,
    sequence: u32,
    limits: Limits,
    session: Option<Session>,
    written_down: Vec<Exchange>,
}

struct Session {
    s_enc: BlockCipherKey,
    s_mac: MacKey,
    s_rmac: MacKey,
    chaining: [u8; MAX_BLOCK],
    counter: u128,
    level: u8,
}

impl<'a> ForetoldChip<'a> {
    /// The chip with this serial number, these keys for personalisation and this many sessions behind it.
    pub(in crate::load) fn new(
        serial: [u8; SERIAL_LEN],
        keys: &'a StaticKeys,
        sequence: u32,
        limits: Limits,
    ) -> Self {
        Self {
            serial,
            keys,
            sequence,
            limits,
            session: None,
            written_down: Vec::new(),
        }
    }

    /// Everything from INITIALIZE UPDATE on.
    pub(in crate::load) fn into_exchanges(self) -> Vec<Exchange> {
        self.written_down
    }

    /// The answer to a command; `None` for what no loader sends.
    fn answer(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let command = CommandApdu::parse(bytes).ok()?;
        match (command.class, command.instruction) {
            (0x80, instruction::INITIALIZE_UPDATE) => self.initialize_update(command.data),
            (0x84, instruction::EXTERNAL_AUTHENTICATE) => {
                let session = self.session.as_mut()?;
                session.chain(bytes, &command)?;
                session.level = command.p1;
                Some(success())
            }
            (0x84, _) => {
                let session = self.session.as_mut()?;
                let data = session.unwrap(bytes, &command)?;
                let answer = match command.instruction {
                    instruction::PUT_KEY => check_values(&data)?,
                    _ => Vec::new(),
                };
                session.wrap(answer)
            }
            _ => None,
        }
    }

    fn initialize_update(&mut self, host_challenge: &[u8]) -> Option<Vec<u8>> {
        let mode = Scp03Mode::from_len(host_challenge.len())?;
        let algorithm = SymmetricAlgorithm::aes_with_key_len(self.keys.enc.len())?;
        let key_enc = MacKey::new(algorithm, &self.keys.enc).ok()?;
        let key_mac = MacKey::new(algorithm, &self.keys.mac).ok()?;
        let [_, sequence @ ..] = self.sequence.to_be_bytes();
        let derive = |key: &MacKey, constant, context: &[u8], len| {
            let mut derived = Zeroizing::new(vec![0; len]);
            kdf::scp03(key, constant, context, &mut derived).ok()?;
            Some(derived)
        };
        let challenge_context = [&sequence[..], &AID_ISSUER_SECURITY_DOMAIN].concat();
        let card_challenge = derive(
            &key_enc,
            derivation::CARD_CHALLENGE,
            &challenge_context,
            mode.size(),
        )?;
        let context = [host_challenge, &card_challenge].concat();
        let s_enc = derive(&key_enc, derivation::S_ENC, &context, algorithm.key_len())?;
        let s_mac = derive(&key_mac, derivation::S_MAC, &context, algorithm.key_len())?;
        let s_rmac = derive(&key_mac, derivation::S_RMAC, &context, algorithm.key_len())?;
        let s_mac = MacKey::new(algorithm, &s_mac).ok()?;
        let cryptogram = derive(&s_mac, derivation::CARD_CRYPTOGRAM, &context, mode.size())?;
        self.session = Some(Session {
            s_enc: BlockCipherKey::new(algorithm, &s_enc).ok()?,
            s_mac,
            s_rmac: MacKey::new(algorithm, &s_rmac).ok()?,
            chaining: [0; MAX_BLOCK],
            counter: 0,
            level: 0,
        });
        let key_information = [KEY_VERSION_ISSUER, SCP03, mode.i_parameter()];
        let mut answer = [&self.serial[..], &key_information].concat();
        answer.extend_from_slice(&card_challenge);
        answer.extend_from_slice(&cryptogram);
        answer.extend_from_slice(&sequence);
        answer.extend(success());
        Some(answer)
    }
}

impl Session {
    /// Takes the command's whole C-MAC into the chain (Amendment D §6.2.4) and gives its data without the MAC.
    fn chain<'c>(&mut self, bytes: &[u8], command: &CommandApdu<'c>) -> Option<&'c [u8]> {
        let data_len = command.data.len().checked_sub(S8)?;
        let header_len = 4 + if command.extended { 3 } else { 1 };
        let mut mac = self.s_mac.start();
        mac.update(&self.chaining);
        mac.update(bytes.get(..header_len + data_len)?);
        self.chaining = mac.finish();
        command.data.get(..data_len)
    }

    fn iv(&self, first_byte: u8) -> Option<[u8; MAX_BLOCK]> {
        let mut block = self.counter.to_be_bytes();
        block[0] |= first_byte;
        self.s_enc.encrypt_block(&mut block).ok()?;
        Some(block)
    }

    fn unwrap(&mut self, bytes: &[u8], command: &CommandApdu<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let data = self.chain(bytes, command)?;
        self.counter += 1;
        let mut data = Zeroizing::new(data.to_vec());
        if self.level & security_level::C_DECRYPTION != 0 && !data.is_empty() {
            self.s_enc.cbc_decrypt(&mut self.iv(0)?, &mut data).ok()?;
            let len = pad::unpad(&data, MAX_BLOCK)?.len();
            data.truncate(len);
        }
        Some(data)
    }

    fn wrap(&self, mut data: Vec<u8>) -> Option<Vec<u8>> {
        if self.level & security_level::R_ENCRYPTION != 0 && !data.is_empty() {
            let len = data.len();
            data.resize(pad::padded_len(len, MAX_BLOCK), 0);
            pad::pad_in_place(&mut data, len, MAX_BLOCK)?;
            self.s_enc
                .cbc_encrypt(&mut self.iv(RESPONSE_COUNTER)?, &mut data)
                .ok()?;
        }
        if self.level & security_level::R_MAC != 0 {
            let mut mac = self.s_rmac.start();
            mac.update(&self.chaining);
            mac.update(&data);
            mac.update(&StatusWord::SUCCESS.to_bytes());
            data.extend_from_slice(mac.finish().get(..S8)?);
        }
        data.extend(success());
        Some(data)
    }
}

/// What PUT KEY is answered: the version, and the check value of every key that was put (GlobalPlatform Card Specification
/// §11.8.3.1), which the command has, too.
fn check_values(data: &[u8]) -> Option<Vec<u8>> {
    let (version, mut rest) = data.split_first()?;
    let mut answer = vec![*version];
    while let [_key_type, len, after @ ..] = rest {
        let after = after.get(usize::from(*len)..)?;
        let (check_len, after) = after.split_first()?;
        let (check_value, after) = after.split_at_checked(usize::from(*check_len))?;
        answer.extend_from_slice(check_value);
        rest = after;
    }
    rest.is_empty().then_some(answer)
}

fn success() -> Vec<u8> {
    StatusWord::SUCCESS.to_bytes().to_vec()
}

impl Transport for ForetoldChip<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        // SELECT of the security domain is no part of the session: chips answer it as they like.
        if let [0x00, instruction::SELECT, ..] = command {
            response.extend(success());
            return Ok(());
        }
        let answer = self.answer(command).ok_or(TransportError::Mute)?;
        response.extend_from_slice(&answer);
        self.written_down.push(Exchange {
            command: command.to_vec(),
            answer,
        });
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.session = None;
        Ok(())
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}
