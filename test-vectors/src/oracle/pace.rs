//! PACE with generic and integrated mapping, and the run of chip authentication mapping (ICAO Doc 9303-11 §4.4), the terminal's side.

use super::command::{Command, Le, Response};
use super::session::Session;
use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::integrated_mapping::nonce_len;
use crate::naive::{Cipher, Group, Random, find, object};

/// A run of PACE. The parts are public: a case may change them between two steps.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Mapping, cipher and group.
    pub set: PaceSet,
    /// DO'83': 1 the MRZ, 2 the CAN, 3 the PIN, 4 the PUK.
    pub reference: u8,
    /// DO'84' is sent.
    pub names_parameters: bool,
    /// DO'7F4C', if rights are asked for.
    pub chat: Option<Vec<u8>>,
    /// K_π.
    pub k_pi: Vec<u8>,
    /// s, once the chip gave it.
    pub nonce: Vec<u8>,
    /// The private mapping key, or t of integrated mapping.
    pub map_private: Vec<u8>,
    /// The chip's public mapping key.
    pub map_public_ic: Vec<u8>,
    /// The mapped generator.
    pub generator: Vec<u8>,
    /// The ephemeral private key.
    pub private: Vec<u8>,
    /// The ephemeral public key.
    pub public: Vec<u8>,
    /// The chip's.
    pub public_ic: Vec<u8>,
    /// The session that begins once the tokens fit.
    pub session: Option<Session>,
    /// DO'8A', if the chip sent it.
    pub chip_authentication_data: Option<Vec<u8>>,
    /// Names of authorities in DO'87' and DO'88'.
    pub authorities: Vec<Vec<u8>>,
}

impl Pace {
    /// A run with this password: SHA-1 of the MRZ information, or the digits of CAN, PIN or PUK.
    pub fn new(set: PaceSet, reference: u8, password: &[u8], random: &mut Random) -> Self {
        let map_private = match set.mapping {
            Mapping::Integrated => random.bytes(match set.cipher {
                Cipher::TripleDes | Cipher::Aes128 => 16,
                Cipher::Aes192 => 24,
                Cipher::Aes256 => 32,
            }),
            _ => random.private(set.group),
        };
        Pace {
            set,
            reference,
            names_parameters: false,
            chat: None,
            k_pi: set.cipher.derive(password, 3),
            nonce: Vec::new(),
            map_private,
            map_public_ic: Vec::new(),
            generator: Vec::new(),
            private: random.private(set.group),
            public: Vec::new(),
            public_ic: Vec::new(),
            session: None,
            chip_authentication_data: None,
            authorities: Vec::new(),
        }
    }

    /// MSE:Set AT.
    pub fn set_at(&self) -> Command {
        let mut data = [object(0x80, &self.set.oid()), object(0x83, &[self.reference])].concat();
        if self.names_parameters {
            data.extend(object(0x84, &[self.set.group.parameter_id()]));
        }
        if let Some(chat) = &self.chat {
            data.extend_from_slice(chat);
        }
        Command::manage_security_environment(0xC1, 0xA4, data)
    }

    /// The first GENERAL AUTHENTICATE.
    pub fn ask_nonce(&self) -> Command {
        Command::general_authenticate(&[], false)
    }

    /// Takes DO'80'.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn take_nonce(&mut self, answer: &Response) -> Result<(), &'static str> {
        let encrypted = dynamic(answer, 0x80)?;
        let cipher = self.set.cipher;
        let len = match self.set.mapping {
            Mapping::Integrated => nonce_len(cipher),
            _ => 16,
        };
        if encrypted.len() != len {
            return Err("the encrypted nonce has another length");
        }
        self.nonce = cipher.decrypt(&self.k_pi, &vec![0; cipher.block_len()], encrypted);
        Ok(())
    }

    /// The second, with DO'81'.
    pub fn map(&self) -> Command {
        match self.set.mapping {
            Mapping::Integrated => Command::general_authenticate(&object(0x81, &self.map_private), false),
            _ => self.exchange_key(
                0x81,
                &self.set.group.public(&self.map_private).unwrap_or_default(),
            ),
        }
    }

    /// Takes DO'82' and maps the nonce.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn take_map(&mut self, answer: &Response) -> Result<(), &'static str> {
        let sent = dynamic(answer, 0x82)?;
        let group = self.set.group;
        self.map_public_ic = sent.to_vec();
        let mapped = match self.set.mapping {
            Mapping::Integrated if !sent.is_empty() => {
                return Err("DO'82' of integrated mapping is not empty");
            }
            Mapping::Integrated => group.map_integrated(self.set.cipher, &self.nonce, &self.map_private),
            _ => group
                .multiply(sent, &self.map_private)
                .and_then(|h| group.map(&self.nonce, &h)),
        };
        self.generator = mapped.ok_or("the mapping key is none")?;
        self.public = group
            .multiply(&self.generator, &self.private)
            .ok_or("the generator is none")?;
        Ok(())
    }

    /// The third, with DO'83'.
    pub fn agree(&self) -> Command {
        self.exchange_key(0x83, &self.public)
    }

    /// The second or third GENERAL AUTHENTICATE with this object in it. The answer may have an element, too, and one of a long group does
    /// not fit a short response.
    pub fn exchange_key(&self, tag: u32, key: &[u8]) -> Command {
        let command = Command::general_authenticate(&object(tag, key), false);
        match self.set.group {
            Group::ModP(_) if self.set.group.field_len() > 0xF0 => command.le(Le::Extended(65_536)),
            _ => command,
        }
    }

    /// Takes DO'84' and derives the session's keys.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn take_agreement(&mut self, answer: &Response) -> Result<(), &'static str> {
        let sent = dynamic(answer, 0x84)?;
        if sent == self.public {
            return Err("the chip's ephemeral key is the terminal's");
        }
        let group = self.set.group;
        let shared = group
            .multiply(sent, &self.private)
            .ok_or("the ephemeral key is none")?;
        self.public_ic = sent.to_vec();
        self.session = Some(Session::derive(self.set.cipher, &group.secret(&shared), None));
        Ok(())
    }

    /// What a token is of: 7F49 { 06 protocol, 86 point } or 7F49 { 06 protocol, 84 number }.
    pub fn token_input(&self, public: &[u8]) -> Vec<u8> {
        let tag = match self.set.group {
            Group::Curve(_) => 0x86,
            Group::ModP(_) => 0x84,
        };
        let content = [object(0x06, &self.set.oid()), object(tag, public)].concat();
        object(0x7F49, &content)
    }

    /// The token over a public key.
    pub fn token_over(&self, public: &[u8]) -> Vec<u8> {
        self.mac(&self.token_input(public))
    }

    /// The MAC of the session's keys over any message; nothing before there are keys.
    pub fn mac(&self, message: &[u8]) -> Vec<u8> {
        let Some(session) = &self.session else {
            return Vec::new();
        };
        let cipher = session.cipher;
        match cipher {
            Cipher::TripleDes => cipher.mac(&session.ks_mac, &cipher.pad(message)),
            _ => cipher.mac(&session.ks_mac, message),
        }
    }

    /// The fourth, with DO'85'.
    pub fn prove(&self) -> Command {
        Command::general_authenticate(&object(0x85, &self.token_over(&self.public_ic)), true)
    }

    /// Takes DO'86' and what comes with it: the session that begins.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn take_proof(&mut self, answer: &Response) -> Result<Session, &'static str> {
        let token = dynamic(answer, 0x86)?;
        if token != self.token_over(&self.public) {
            return Err("the chip's token does not fit");
        }
        let content = find(&answer.data, 0x7C).unwrap_or_default();
        self.chip_authentication_data = find(content, 0x8A).map(<[u8]>::to_vec);
        let names = [0x87, 0x88].map(|tag| find(content, tag));
        self.authorities = names.into_iter().flatten().map(<[u8]>::to_vec).collect();
        self.session.clone().ok_or("the keys are missing")
    }
}

/// The object with this tag, first in `7C { … }`.
fn dynamic(answer: &Response, tag: u32) -> Result<&[u8], &'static str> {
    let content = find(&answer.data, 0x7C).ok_or("the answer has no DO'7C'")?;
    match crate::naive::objects(content).first() {
        Some((found, value)) if *found == tag => Ok(value),
        _ => Err("DO'7C' does not begin with the object of this step"),
    }
}
