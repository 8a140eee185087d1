//! PACE with every mapping, the chip's side (ICAO Doc 9303-11 §4.4).

mod mapping_proof;
mod set_at;

use super::command::Command;
use super::fault::{BadPoint, Misdeed, Step};
use super::lapse::Lapse;
use super::public_key::{Flaw, flaw};
use super::session::Session;
use super::setup::{Mapping, PaceSet};
use super::{Answer, FaultyChip, Opening};
use crate::naive::cipher::Cipher;
use crate::naive::data_object::{object, objects_exactly};
use crate::naive::group::Group;
use crate::naive::integrated_mapping::nonce_len;

pub(super) use set_at::CAN;

/// What the chip remembers between two steps.
#[derive(Clone, Debug)]
pub(super) struct PaceRun {
    set: PaceSet,
    /// DO'83'.
    reference: u8,
    /// What K_π is derived from.
    password: Vec<u8>,
    /// The terminal said what it means to prove its rights to.
    asks_for_rights: bool,
    /// What is due.
    next: Step,
    nonce: Vec<u8>,
    map_private: Vec<u8>,
    generator: Vec<u8>,
    public: Vec<u8>,
    terminal_public: Vec<u8>,
    session: Option<Session>,
}

impl PaceRun {
    fn new(set: PaceSet, reference: u8, password: Vec<u8>, asks_for_rights: bool) -> Self {
        PaceRun {
            set,
            reference,
            password,
            asks_for_rights,
            next: Step::PaceNonce,
            nonce: Vec::new(),
            map_private: Vec::new(),
            generator: Vec::new(),
            public: Vec::new(),
            terminal_public: Vec::new(),
            session: None,
        }
    }

    /// What is due.
    pub(super) fn next(&self) -> Step {
        self.next
    }

    fn then(self, next: Step) -> Option<Self> {
        Some(PaceRun { next, ..self })
    }
}

impl FaultyChip {
    /// The run, if this step is due. The handler puts it back: whatever goes wrong ends it.
    fn pace_run(&mut self, step: Step) -> Result<PaceRun, u16> {
        let run = self.pace.take().ok_or(0x6985_u16)?;
        let again = step == Step::PaceNonce && self.neglects(Lapse::PaceGivesNoncesTwice);
        if run.next == step || again {
            Ok(run)
        } else {
            Err(0x6985)
        }
    }

    /// What GENERAL AUTHENTICATE brings: the object with this tag in DO'7C', or nothing in it.
    fn pace_object(&self, command: &Command, tag: Option<u32>) -> Result<Vec<u8>, u16> {
        let chained = command.class & 0x10 != 0;
        if chained != (tag != Some(0x85)) && !self.neglects(Lapse::PaceIgnoresChaining) {
            return Err(0x6A80);
        }
        let outer = objects_exactly(&command.data).unwrap_or_default();
        let content = match outer.as_slice() {
            [(0x7C, content)] => *content,
            [(_, content)] if self.neglects(Lapse::PaceTakesAnyTemplate) => content,
            [(inner, _)] if tag == Some(*inner) && self.neglects(Lapse::PaceNeedsNoTemplate) => &command.data,
            [] if command.data.is_empty() && self.neglects(Lapse::PaceNeedsNoTemplate) => &[],
            _ => return Err(0x6A80),
        };
        let inner = objects_exactly(content).ok_or(0x6A80_u16)?;
        match (inner.as_slice(), tag) {
            ([], None) => Ok(Vec::new()),
            ([(found, value)], Some(tag)) if *found == tag => Ok(value.to_vec()),
            ([(_, value)], Some(_)) if self.neglects(Lapse::PaceTakesAnyObject) => Ok(value.to_vec()),
            ([..], None) if self.neglects(Lapse::PaceTakesMoreObjects) => Ok(Vec::new()),
            ([(found, value), _, ..], Some(tag))
                if *found == tag && self.neglects(Lapse::PaceTakesMoreObjects) =>
            {
                Ok(value.to_vec())
            }
            _ => Err(0x6A80),
        }
    }

    /// The terminal's public key, or one that can be computed with instead of it.
    fn pace_public_key(&self, group: Group, sent: Vec<u8>, own: &[u8]) -> Result<Vec<u8>, u16> {
        let lapse = match flaw(group, &sent) {
            None => return Ok(sent),
            Some(Flaw::Size) => Lapse::PaceTakesKeysOfAnotherSize,
            Some(Flaw::Form) => Lapse::PaceTakesKeysOfAnotherForm,
            Some(Flaw::Zero) => Lapse::PaceTakesZeroKeys,
            Some(Flaw::Range) => Lapse::PaceTakesKeysBeyondThePrime,
            Some(Flaw::OffTheCurve) => Lapse::PaceTakesPointsOffTheCurve,
        };
        if self.neglects(lapse) {
            Ok(own.to_vec())
        } else {
            Err(0x6A80)
        }
    }

    /// First GENERAL AUTHENTICATE: the encrypted nonce.
    pub(super) fn pace_nonce(&mut self, command: &Command, misdeed: Option<&Misdeed>) -> Result<Answer, u16> {
        let mut run = self.pace_run(Step::PaceNonce)?;
        self.pace_object(command, None)?;
        self.may_use_password(run.reference)?;
        let cipher = run.set.cipher;
        let len = match misdeed {
            Some(Misdeed::NonceOf(len)) => *len,
            _ if run.set.mapping == Mapping::Integrated => nonce_len(cipher),
            _ => 16,
        };
        // Within a run there is none yet, unless it was asked for before.
        if run.nonce.is_empty() {
            run.nonce = self.random.bytes(len);
        }
        let mut whole_blocks = run.nonce.clone();
        whole_blocks.resize(len.next_multiple_of(cipher.block_len()), 0);
        let k_pi = cipher.derive(&run.password, 3);
        let mut encrypted = cipher.encrypt(&k_pi, &vec![0; cipher.block_len()], &whole_blocks);
        encrypted.truncate(len);
        if misdeed == Some(&Misdeed::OtherNonce) {
            run.nonce = self.random.bytes(len);
        }
        self.pace = run.then(Step::PaceMapping);
        Ok(dynamic(0x80, &encrypted, misdeed))
    }

    /// Second: the mapping keys.
    pub(super) fn pace_mapping(
        &mut self,
        command: &Command,
        misdeed: Option<&Misdeed>,
    ) -> Result<Answer, u16> {
        let mut run = self.pace_run(Step::PaceMapping)?;
        let mut terminal = self.pace_object(command, Some(0x81))?;
        let group = run.set.group;
        if run.set.mapping == Mapping::Integrated {
            // The terminal sends a nonce, and the chip an empty object.
            let key_len = run.set.cipher.derive(&[], 1).len();
            if terminal.len() != key_len && self.neglects(Lapse::PaceTakesNoncesOfAnyLength) {
                terminal.resize(key_len, 0);
            }
            let generator = group.map_integrated(run.set.cipher, &run.nonce, &terminal);
            run.generator = generator.ok_or(0x6A80_u16)?;
            self.pace = run.then(Step::PaceKeyAgreement);
            return Ok(dynamic(0x82, &[], misdeed));
        }
        run.map_private = self.random.private(group);
        let public = group.public(&run.map_private).unwrap_or_default();
        let terminal = self.pace_public_key(group, terminal, &public)?;
        let mapped = group
            .multiply(&terminal, &run.map_private)
            .and_then(|h| group.map(&run.nonce, &h));
        // A nonce that cannot be mapped is answered all the same: what the terminal makes of it is the question.
        run.generator = mapped.unwrap_or_else(|| public.clone());
        let sent = bad_point(group, public, &terminal, misdeed);
        self.pace = run.then(Step::PaceKeyAgreement);
        Ok(dynamic(0x82, &sent, misdeed))
    }

    /// Third: the ephemeral keys.
    pub(super) fn pace_key_agreement(
        &mut self,
        command: &Command,
        misdeed: Option<&Misdeed>,
    ) -> Result<Answer, u16> {
        let mut run = self.pace_run(Step::PaceKeyAgreement)?;
        let terminal = self.pace_object(command, Some(0x83))?;
        let group = run.set.group;
        let private = self.random.private(group);
        let public = group.multiply(&run.generator, &private).ok_or(0x6A80_u16)?;
        let terminal = self.pace_public_key(group, terminal, &public)?;
        let agreed = group.multiply(&terminal, &private).ok_or(0x6A80_u16)?;
        run.session = Some(Session::derive(run.set.cipher, &group.secret(&agreed), None));
        run.terminal_public = terminal.clone();
        let sent = bad_point(group, public, &terminal, misdeed);
        // The tokens are over what was sent.
        run.public = sent.clone();
        self.pace = run.then(Step::PaceToken);
        Ok(dynamic(0x84, &sent, misdeed))
    }

    /// Fourth: the tokens, and with chip authentication mapping the chip's proof.
    pub(super) fn pace_token(&mut self, command: &Command, misdeed: Option<&Misdeed>) -> Result<Answer, u16> {
        let run = self.pace_run(Step::PaceToken)?;
        let terminal = self.pace_object(command, Some(0x85))?;
        let session = run.session.clone().ok_or(0x6985_u16)?;
        if !self.takes_token(&run, &session, &terminal) {
            return Err(self.pace_failure(run.reference));
        }
        let mut own = token(&run, &session, &run.terminal_public);
        if misdeed == Some(&Misdeed::WrongMac) || self.neglects(Lapse::PaceAnswersWrongTokens) {
            own[0] ^= 0x01;
        }
        let mut content = object(0x86, &own);
        if run.asks_for_rights {
            content.extend(self.authorities());
        }
        let proves = run.set.mapping == Mapping::ChipAuthentication || self.proves_unasked();
        if proves || matches!(misdeed, Some(Misdeed::MappingProof(_))) {
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
        self.pace_success(run.reference);
        if self.session.is_some() && !self.neglects(Lapse::PaceKeepsRights) {
            self.terminals.forget();
        }
        self.identity = group.compressed(&run.public);
        self.terminal_key =
            (run.set.mapping == Mapping::ChipAuthentication).then(|| group.compressed(&run.terminal_public));
        self.opening = Some(Opening::Pace(run.reference));
        Ok(Answer::data(object(0x7C, &content)).opening(session))
    }

    /// A chip that has the mapping proves its key in the others, too.
    fn proves_unasked(&self) -> bool {
        let mut sets = self.setup.pace.iter();
        let has_mapping = sets.any(|set| set.mapping == Mapping::ChipAuthentication);
        has_mapping && self.neglects(Lapse::PaceProvesUnasked)
    }

    fn takes_token(&self, run: &PaceRun, session: &Session, sent: &[u8]) -> bool {
        let expected = token(run, session, &run.public);
        if sent == expected || self.neglects(Lapse::PaceTakesWrongTokens) {
            return true;
        }
        let common = sent.len().min(expected.len());
        let partly = self.neglects(Lapse::PaceComparesTokensPartly)
            && sent.len() != expected.len()
            && common > 0
            && sent[..common] == expected[..common];
        let bare = self.neglects(Lapse::PaceTakesTokensOfTheBareKey)
            && sent == mac(session, &token_content(run, &run.public));
        partly || bare
    }
}

/// 06 protocol, and 86 point or 84 number.
fn token_content(run: &PaceRun, public: &[u8]) -> Vec<u8> {
    let tag = if run.set.group.curve().is_some() {
        0x86
    } else {
        0x84
    };
    [object(0x06, &run.set.oid()), object(tag, public)].concat()
}

/// MAC over DO'7F49'.
fn token(run: &PaceRun, session: &Session, public: &[u8]) -> Vec<u8> {
    mac(session, &object(0x7F49, &token_content(run, public)))
}

fn mac(session: &Session, message: &[u8]) -> Vec<u8> {
    let cipher = session.cipher();
    match cipher {
        Cipher::TripleDes => cipher.mac(session.ks_mac(), &cipher.pad(message)),
        _ => cipher.mac(session.ks_mac(), message),
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
