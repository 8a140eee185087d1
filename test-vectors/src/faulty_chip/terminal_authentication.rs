//! Terminal Authentication version 1, the chip's side (ICAO Doc 9303-11 §7.1; BSI TR-03110-1 §3.5).

#[cfg(test)]
mod tests;

use super::card_verifiable::{AUTHORITY, Certificate, DOMESTIC, FOREIGN, Holder, TERMINAL};
use super::command::Command;
use super::fault::Misdeed;
use super::lapse::{Lapse, Lapses};
use super::{Answer, FaultyChip};
use crate::naive::data_object::{find, object, objects_exactly};

/// Rights in the lower bits of a CHAT.
const FINGERS: u8 = 0x01;
const IRISES: u8 = 0x02;
/// EF.CVCA.
const CVCA: u16 = 0x011C;

/// Bytes that a chain of commands brings at most, and a command more.
const LONGEST_CHAIN: usize = 16 * 1024;

/// Whom the chip believes, and how far it has come with the terminal before it.
#[derive(Clone, Debug)]
pub(super) struct Terminals {
    /// The newest first; at most two.
    trusted: Vec<Holder>,
    /// YYMMDD, a digit a byte.
    today: Vec<u8>,
    /// Whose signature the next certificate is checked against.
    verifying: Option<Holder>,
    /// The certificate that was believed last in this session, with the rights of all before it.
    shown: Option<Holder>,
    terminal: Option<Holder>,
    /// The last is what must be signed.
    challenges: Vec<Vec<u8>>,
    /// Pieces of a chain of commands.
    pieces: Vec<u8>,
    /// What was granted.
    rights: Option<u8>,
}

impl Terminals {
    pub(super) fn new(trust_points: &[Vec<u8>], today: &str) -> Self {
        // What the issuer put in is believed as it is.
        let lapses = Lapses::new(&[Lapse::TerminalNeedsNoChat]);
        let read = |bytes: &Vec<u8>| Some(Certificate::read(find(bytes, 0x7F21)?, &lapses)?.holder);
        Terminals {
            trusted: trust_points.iter().filter_map(read).collect(),
            today: today.bytes().map(|digit| digit & 0x0F).collect(),
            verifying: None,
            shown: None,
            terminal: None,
            challenges: Vec::new(),
            pieces: Vec::new(),
            rights: None,
        }
    }

    /// All that a terminal showed and earned is gone.
    pub(super) fn forget(&mut self) {
        *self = Terminals {
            trusted: std::mem::take(&mut self.trusted),
            today: std::mem::take(&mut self.today),
            ..Terminals::new(&[], "")
        };
    }

    /// The session is over.
    pub(super) fn end_session(&mut self, lapses: &Lapses) {
        let (shown, rights) = (self.shown.take(), self.rights.take());
        self.forget();
        self.shown = shown.filter(|_| lapses.has(Lapse::TerminalKeepsKeys));
        self.rights = rights.filter(|_| lapses.has(Lapse::TerminalKeepsRights));
    }

    pub(super) fn trust_points(&self) -> Vec<String> {
        let name = |holder: &Holder| String::from_utf8_lossy(&holder.name).into_owned();
        self.trusted.iter().map(name).collect()
    }

    fn named(&self, reference: &[u8]) -> Option<&Holder> {
        let known = self.shown.iter().chain(&self.trusted);
        known.into_iter().find(|holder| holder.name == reference)
    }

    /// All pieces, once the last is there; nothing of a chain that has no end.
    fn whole(&mut self, command: &Command) -> Option<Vec<u8>> {
        if self.pieces.len() > LONGEST_CHAIN {
            self.pieces.clear();
        }
        self.pieces.extend_from_slice(&command.data);
        (command.class & 0x10 == 0).then(|| std::mem::take(&mut self.pieces))
    }

    /// Whether a certificate may be believed; keeps what comes of it.
    fn take(&mut self, certificate: Certificate, lapses: &Lapses) -> bool {
        let neglects = |lapse| lapses.has(lapse);
        let unnamed = |terminals: &Self| terminals.trusted.first().cloned();
        let issuer = match self.verifying.take() {
            None if neglects(Lapse::TerminalNeedsNoSetDst) => unnamed(self),
            named => named,
        };
        let Some(issuer) = issuer else {
            return false;
        };
        let mut holder = certificate.holder.clone();
        let in_order = match (issuer.role, holder.role) {
            (AUTHORITY, AUTHORITY | DOMESTIC | FOREIGN) => true,
            (DOMESTIC | FOREIGN, role) => role == TERMINAL,
            _ => false,
        };
        // A link is believed after its last day, too: a chip that lay in a drawer has no other way on.
        let in_time = holder.role == AUTHORITY || holder.expires >= self.today;
        let believed = (in_order || neglects(Lapse::TerminalIgnoresRoles))
            && (in_time || neglects(Lapse::TerminalTakesExpired))
            && holder.authority == issuer.name
            && (certificate.is_signed_by(&issuer) || neglects(Lapse::TerminalTakesAnySignature));
        if !believed {
            return false;
        }
        if holder.effective > self.today && moves_date(&issuer, &holder, lapses) {
            self.today.clone_from(&holder.effective);
        }
        if holder.role == AUTHORITY && in_order {
            if !neglects(Lapse::TerminalKeepsTrustPoint) {
                self.trusted.insert(0, holder);
                self.trusted.truncate(2);
            }
            return true;
        }
        if holder.rights & !issuer.rights != 0 && !neglects(Lapse::TerminalTakesOwnRights) {
            holder.rights &= issuer.rights;
        }
        if holder.role == TERMINAL && neglects(Lapse::TerminalNeedsNoProof) {
            self.rights = Some(holder.rights);
        }
        self.shown = Some(holder);
        true
    }
}

/// Foreign verifiers' terminals do not move the date.
fn moves_date(issuer: &Holder, holder: &Holder, lapses: &Lapses) -> bool {
    let neglects = |lapse| lapses.has(lapse);
    match holder.role {
        AUTHORITY => true,
        TERMINAL if issuer.role == DOMESTIC => !neglects(Lapse::TerminalKeepsDateOfTerminals),
        TERMINAL => neglects(Lapse::TerminalMovesDateByForeign),
        DOMESTIC => !neglects(Lapse::TerminalKeepsDateOfVerifiers),
        _ => false,
    }
}

impl FaultyChip {
    /// Whether the terminal before it may read a guarded file: fingers and irises each by its right, any other by any.
    pub(super) fn grants(&self, fid: u16) -> bool {
        self.terminals.rights.is_some_and(|rights| match fid {
            0x0103 => rights & FINGERS != 0,
            0x0104 => rights & IRISES != 0,
            _ => true,
        })
    }

    /// DO'87' and DO'88' in PACE: the names of the trust points.
    pub(super) fn authorities(&self) -> Vec<u8> {
        let named = self.terminals.trusted.iter().zip([0x87, 0x88]);
        named
            .flat_map(|(holder, tag)| object(tag, &holder.name))
            .collect()
    }

    /// It comes in a session, and once in each.
    fn may_authenticate_terminal(&self) -> Result<(), u16> {
        if self.neglects(Lapse::TerminalKnowsNothing) {
            return Err(0x6D00);
        }
        if self.session.is_none() && !self.neglects(Lapse::TerminalNeedsNoSession) {
            return Err(0x6982);
        }
        if self.terminals.rights.is_some() && !self.neglects(Lapse::TerminalNeedsNoProof) {
            return Err(0x6985);
        }
        Ok(())
    }

    /// MSE:Set DST.
    pub(super) fn set_verifying_key(&mut self, data: &[u8]) -> Result<Answer, u16> {
        self.may_authenticate_terminal()?;
        let lapses = &self.lapses;
        let terminals = &mut self.terminals;
        terminals.pieces.clear();
        terminals.verifying = None;
        let name = match objects_exactly(data).as_deref() {
            Some([(0x83, name)]) => *name,
            _ => return Err(0x6A80),
        };
        let any = || lapses.has(Lapse::TerminalTakesAnyAuthority);
        let first = || terminals.trusted.first().filter(|_| any());
        terminals.verifying = terminals.named(name).or_else(first).cloned();
        match terminals.verifying {
            Some(_) => Ok(Answer::status(0x9000)),
            None => Err(0x6A88),
        }
    }

    /// PSO:VERIFY CERTIFICATE.
    pub(super) fn verify_certificate(&mut self, command: &Command) -> Result<Answer, u16> {
        self.may_authenticate_terminal()?;
        let Some(content) = self.terminals.whole(command) else {
            return Ok(Answer::status(0x9000));
        };
        let before = self.terminals.trust_points();
        let believed = Certificate::read(&content, &self.lapses)
            .is_some_and(|certificate| self.terminals.take(certificate, &self.lapses));
        if self.terminals.trust_points() != before && !self.neglects(Lapse::TerminalKeepsEfCvca) {
            self.name_trust_points();
        }
        if believed || self.neglects(Lapse::TerminalTakesAnyCertificate) {
            return Ok(Answer::status(0x9000));
        }
        let effective = Certificate::effective_date_in(&content);
        if let Some(effective) = effective.filter(|_| self.neglects(Lapse::TerminalMovesDateByRefused))
            && effective > self.terminals.today
        {
            self.terminals.today = effective;
        }
        Err(0x6300)
    }

    /// EF.CVCA after the trust point moved: DO'42' with each name, then zeros.
    fn name_trust_points(&mut self) {
        let names = self.terminals.trusted.iter();
        let content: Vec<u8> = names.flat_map(|holder| object(0x42, &holder.name)).collect();
        if let Some(file) = self.setup.application.get_mut(&CVCA) {
            let len = file.len().max(content.len());
            *file = content;
            file.resize(len, 0);
        }
    }

    /// MSE:Set AT: which terminal.
    pub(super) fn terminal_authentication_set(&mut self, data: &[u8]) -> Result<Answer, u16> {
        self.may_authenticate_terminal()?;
        let lapses = &self.lapses;
        let terminals = &mut self.terminals;
        terminals.terminal = None;
        let sent = objects_exactly(data);
        let name = match sent.as_deref() {
            Some([(0x83, name)]) => *name,
            _ if lapses.has(Lapse::TerminalTakesStrayReferences) => terminals
                .shown
                .as_ref()
                .map_or(&[][..], |holder| holder.name.as_slice()),
            _ => return Err(0x6A80),
        };
        let any = || lapses.has(Lapse::TerminalTakesAnyReference);
        let shown = || terminals.shown.as_ref().filter(|_| any());
        let named = terminals.named(name).or_else(shown);
        terminals.terminal = named
            .filter(|holder| holder.role == TERMINAL || lapses.has(Lapse::TerminalTakesAnyHolder))
            .cloned();
        match terminals.terminal {
            Some(_) => Ok(Answer::status(0x9000)),
            None => Err(0x6A88),
        }
    }

    /// GET CHALLENGE in a session.
    pub(super) fn terminal_challenge(&mut self, command: &Command) -> Answer {
        let len = match command.expected {
            Some(len @ 1..8) if self.neglects(Lapse::TerminalTakesShortChallenges) => len,
            Some(8) => 8,
            _ => return Answer::status(0x6700),
        };
        let challenge = self.random.bytes(len);
        let before = !self.terminals.challenges.is_empty();
        if before && !self.neglects(Lapse::TerminalKeepsChallenges) {
            self.terminals.challenges.clear();
        }
        self.terminals.challenges.push(challenge.clone());
        Answer::data(challenge)
    }

    /// EXTERNAL AUTHENTICATE in a session: the terminal's signature over ID_IC ‖ r_IC ‖ Comp(PK_IFD).
    pub(super) fn terminal_proof(
        &mut self,
        command: &Command,
        misdeed: Option<&Misdeed>,
    ) -> Result<Answer, u16> {
        self.may_authenticate_terminal()?;
        let Some(signature) = self.terminals.whole(command) else {
            return Ok(Answer::status(0x9000));
        };
        let shown = self.terminals.shown.clone();
        let terminal = match self.terminals.terminal.take() {
            None => shown.filter(|_| self.neglects(Lapse::TerminalNeedsNoSetAt)),
            named => named,
        };
        let terminal = terminal.ok_or(0x6985_u16)?;
        let challenges = std::mem::take(&mut self.terminals.challenges);
        let key = self.terminal_key.clone().ok_or(0x6985_u16)?;
        if challenges.is_empty() && !self.neglects(Lapse::TerminalNeedsNoChallenge) {
            return Err(0x6985);
        }
        let mut identity = self.identity.clone();
        if misdeed == Some(&Misdeed::OtherIdentity) {
            identity.reverse();
        }
        let has_signed = |identity: &[u8], challenge: &[u8]| {
            terminal.has_signed(&[identity, challenge, &key].concat(), &signature)
        };
        let signed_shorter =
            |challenge: &Vec<u8>| (0..challenge.len()).any(|len| has_signed(&identity, &challenge[..len]));
        let signed_for_another = |challenge: &Vec<u8>| {
            let others = [self.document_number(), Vec::new()];
            others.iter().any(|other| has_signed(other, challenge))
        };
        let proved = challenges.is_empty()
            || challenges
                .iter()
                .any(|challenge| has_signed(&identity, challenge))
            || (self.neglects(Lapse::TerminalTakesShortChallenges) && challenges.iter().any(signed_shorter))
            || (self.neglects(Lapse::TerminalIgnoresIdentity) && challenges.iter().any(signed_for_another))
            || self.neglects(Lapse::TerminalTakesAnyProof);
        if !proved {
            return Err(0x6300);
        }
        self.terminals.rights = Some(terminal.rights);
        Ok(Answer::status(0x9000))
    }
}
