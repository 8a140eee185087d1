//! PACE with every mapping, the chip's side (ICAO Doc 9303-11 §4.4).

use sha1::{Digest, Sha1};

use super::fault::{BadMappingProof, BadPoint, Misdeed};
use super::session::Session;
use super::setup::{Mapping, PaceSet};
use super::{Answer, FaultyChip};
use crate::naive::cipher::Cipher;
use crate::naive::data_object::{find, object};
use crate::naive::group::Group;
use crate::naive::integrated_mapping::nonce_len;

/// What the chip remembers between two steps.
#[derive(Clone, Debug)]
pub(super) struct PaceRun {
    set: PaceSet,
    /// What K_π is derived from.
    password: Vec<u8>,
    /// The terminal said what it means to prove its rights to.
    asks_for_rights: bool,
    nonce: Vec<u8>,
    map_private: Vec<u8>,
    generator: Vec<u8>,
    public: Vec<u8>,
    terminal_public: Vec<u8>,
    session: Option<Session>,
}

impl FaultyChip {
    /// MSE:Set AT: protocol, password, domain parameters.
    pub(super) fn pace_set_at(&mut self, data: &[u8]) -> Answer {
        self.pace = None;
        let (Some(oid), Some(reference)) = (find(data, 0x80), find(data, 0x83)) else {
            return Answer::status(0x6A80);
        };
        let parameters = find(data, 0x84);
        let fits = |set: &&PaceSet| {
            set.oid() == oid && parameters.is_none_or(|parameters| parameters == [set.group.parameter_id()])
        };
        let Some(set) = self.setup.pace.iter().find(fits).copied() else {
            return Answer::status(0x6A88);
        };
        let password = match reference {
            [0x01] => Sha1::digest(self.setup.mrz_information.as_bytes()).to_vec(),
            [0x02] => self.setup.can.as_bytes().to_vec(),
            _ => return Answer::status(0x6A88),
        };
        self.pace = Some(PaceRun {
            set,
            password,
            asks_for_rights: find(data, 0x7F4C).is_some(),
            nonce: Vec::new(),
            map_private: Vec::new(),
            generator: Vec::new(),
            public: Vec::new(),
            terminal_public: Vec::new(),
            session: None,
        });
        Answer::status(0x9000)
    }

    /// First GENERAL AUTHENTICATE: the encrypted nonce.
    pub(super) fn pace_nonce(&mut self, misdeed: Option<&Misdeed>) -> Answer {
        let Some(mut run) = self.pace.take() else {
            return Answer::status(0x6985);
        };
        let cipher = run.set.cipher;
        let len = match misdeed {
            Some(Misdeed::NonceOf(len)) => *len,
            _ if run.set.mapping == Mapping::Integrated => nonce_len(cipher),
            _ => 16,
        };
        run.nonce = self.random.bytes(len);
        let mut whole_blocks = run.nonce.clone();
        whole_blocks.resize(len.next_multiple_of(cipher.block_len()), 0);
        let k_pi = cipher.derive(&run.password, 3);
        let mut encrypted = cipher.encrypt(&k_pi, &vec![0; cipher.block_len()], &whole_blocks);
        encrypted.truncate(len);
        if misdeed == Some(&Misdeed::OtherNonce) {
            run.nonce = self.random.bytes(len);
        }
        self.pace = Some(run);
        dynamic(0x80, &encrypted, misdeed)
    }

    /// Second: the mapping keys.
    pub(super) fn pace_mapping(&mut self, terminal: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        let Some(mut run) = self.pace.take() else {
            return Answer::status(0x6985);
        };
        let group = run.set.group;
        if run.set.mapping == Mapping::Integrated {
            // The terminal sends a nonce, and the chip an empty object.
            let Some(generator) = group.map_integrated(run.set.cipher, &run.nonce, terminal) else {
                return Answer::status(0x6A80);
            };
            run.generator = generator;
            self.pace = Some(run);
            return dynamic(0x82, &[], misdeed);
        }
        run.map_private = self.random.private(group);
        let public = group.public(&run.map_private).unwrap_or_default();
        let mapped = group
            .multiply(terminal, &run.map_private)
            .and_then(|h| group.map(&run.nonce, &h));
        // A nonce that cannot be mapped is answered all the same: what the terminal makes of it is the question.
        run.generator = mapped.unwrap_or_else(|| public.clone());
        let sent = bad_point(group, public, terminal, misdeed);
        self.pace = Some(run);
        dynamic(0x82, &sent, misdeed)
    }

    /// Third: the ephemeral keys.
    pub(super) fn pace_key_agreement(&mut self, terminal: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        let Some(mut run) = self.pace.take() else {
            return Answer::status(0x6985);
        };
        let group = run.set.group;
        let private = self.random.private(group);
        let agreed = group.multiply(terminal, &private);
        let (Some(public), Some(agreed)) = (group.multiply(&run.generator, &private), agreed) else {
            return Answer::status(0x6A80);
        };
        run.session = Some(Session::derive(run.set.cipher, &group.secret(&agreed), None));
        run.terminal_public = terminal.to_vec();
        let sent = bad_point(group, public, terminal, misdeed);
        // The tokens are over what was sent.
        run.public = sent.clone();
        self.pace = Some(run);
        dynamic(0x84, &sent, misdeed)
    }

    /// Fourth: the tokens, and with chip authentication mapping the chip's proof.
    pub(super) fn pace_token(&mut self, terminal: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        let Some(run) = self.pace.take() else {
            return Answer::status(0x6985);
        };
        let Some(session) = run.session.clone() else {
            return Answer::status(0x6985);
        };
        if token(&run, &session, &run.public) != terminal {
            return Answer::status(0x6300);
        }
        let mut own = token(&run, &session, &run.terminal_public);
        if misdeed == Some(&Misdeed::WrongMac) {
            own[0] ^= 0x01;
        }
        let mut content = object(0x86, &own);
        if run.asks_for_rights {
            content.extend(self.authorities());
        }
        if run.set.mapping == Mapping::ChipAuthentication || matches!(misdeed, Some(Misdeed::MappingProof(_)))
        {
            let bad = match misdeed {
                Some(Misdeed::MappingProof(bad)) => Some(*bad),
                _ => None,
            };
            content.extend(self.mapping_proof(&run, &session, bad));
        }
        match misdeed {
            Some(Misdeed::Retag(tag)) => content[0] = *tag,
            Some(Misdeed::Twice) => content = [&content[..], &content[..]].concat(),
            _ => {}
        }
        let group = run.set.group;
        self.identity = group.compressed(&run.public);
        self.terminal_key =
            (run.set.mapping == Mapping::ChipAuthentication).then(|| group.compressed(&run.terminal_public));
        Answer::data(object(0x7C, &content)).opening(session)
    }

    /// DO'8A': CA_IC = SK_Map,IC / SK_IC, encrypted with IV = E(KS_Enc, −1).
    fn mapping_proof(&self, run: &PaceRun, session: &Session, bad: Option<BadMappingProof>) -> Vec<u8> {
        let cipher = session.cipher();
        let block = cipher.block_len();
        let group = run.set.group;
        // The key whose number is that of the domain parameters.
        let of_group = |named: bool| {
            let mut keys = self.setup.chip_keys.iter();
            keys.find(|key| key.group == group && (!named || key.id == Some(group.parameter_id())))
        };
        let key = of_group(true).or_else(|| of_group(false));
        let mut number = key
            .and_then(|key| group.curve()?.quotient(&run.map_private, &key.private))
            .unwrap_or_else(|| run.map_private.clone());
        if bad == Some(BadMappingProof::Wrong) {
            number.clone_from(&run.map_private);
        }
        let padded = match bad {
            Some(BadMappingProof::Malformed) => vec![0x11; block * 3],
            _ => cipher.pad(&number),
        };
        let iv = cipher.encrypt(session.ks_enc(), &vec![0; block], &vec![0xFF; block]);
        let encrypted = cipher.encrypt(session.ks_enc(), &iv, &padded);
        match bad {
            Some(BadMappingProof::Missing) => Vec::new(),
            Some(BadMappingProof::Untagged) => encrypted,
            Some(BadMappingProof::Tag(tag)) => object(tag.into(), &encrypted),
            Some(BadMappingProof::Empty) => object(0x8A, &[]),
            Some(BadMappingProof::Wrong | BadMappingProof::Malformed) | None => object(0x8A, &encrypted),
        }
    }
}

/// MAC over 7F49 { 06 protocol, 86 point } or 7F49 { 06 protocol, 84 number }.
fn token(run: &PaceRun, session: &Session, public: &[u8]) -> Vec<u8> {
    let tag = if run.set.group.curve().is_some() {
        0x86
    } else {
        0x84
    };
    let content = [object(0x06, &run.set.oid()), object(tag, public)].concat();
    let message = object(0x7F49, &content);
    let cipher = session.cipher();
    match cipher {
        Cipher::TripleDes => cipher.mac(session.ks_mac(), &cipher.pad(&message)),
        _ => cipher.mac(session.ks_mac(), &message),
    }
}

/// `7C { tag { value } }`, or what the fault makes of it.
fn dynamic(tag: u32, value: &[u8], misdeed: Option<&Misdeed>) -> Answer {
    let content = match misdeed {
        Some(Misdeed::Retag(other)) => object((*other).into(), value),
        Some(Misdeed::Twice) => [object(tag, value), object(tag, value)].concat(),
        _ => object(tag, value),
    };
    Answer::data(object(0x7C, &content))
}

fn bad_point(group: Group, public: Vec<u8>, terminal: &[u8], misdeed: Option<&Misdeed>) -> Vec<u8> {
    let Some(Misdeed::Point(bad)) = misdeed else {
        return public;
    };
    let field = group.field_len();
    let marked = |coordinates: Vec<u8>| [vec![0x04], coordinates].concat();
    match (bad, group) {
        (BadPoint::Infinity, Group::Curve(_)) => vec![0x00],
        (BadPoint::Infinity, Group::ModP(_)) => vec![0x01],
        (BadPoint::Zeros, Group::Curve(_)) => marked(vec![0; 2 * field]),
        (BadPoint::Zeros, Group::ModP(_)) => vec![0; field],
        (BadPoint::OutOfRange, Group::Curve(_)) => marked(vec![0xFF; 2 * field]),
        (BadPoint::OutOfRange, Group::ModP(_)) => vec![0xFF; field],
        (BadPoint::Reflected, _) => terminal.to_vec(),
        (BadPoint::Short, _) => public[..public.len() - 1].to_vec(),
        (BadPoint::Compressed, _) => [&[0x02 | public[2 * field] & 1][..], &public[1..=field]].concat(),
        (BadPoint::OffCurve, _) => {
            let mut off = public;
            *off.last_mut().expect("a byte") ^= 0x01;
            off
        }
    }
}
