//! Terminal Authentication version 1, the chip's side (ICAO Doc 9303-11 §7.1; BSI TR-03110-1 §3.5).

use super::card_verifiable::{AUTHORITY, Certificate, DOMESTIC, FOREIGN, Holder, TERMINAL};
use super::command::Command;
use super::fault::Misdeed;
use super::{Answer, FaultyChip};
use crate::naive::data_object::{find, object};

/// Rights in the lower bits of a CHAT.
const FINGERS: u8 = 0x01;
const IRISES: u8 = 0x02;

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
    challenge: Option<Vec<u8>>,
    /// Pieces of a chain of commands.
    pieces: Vec<u8>,
    /// What was granted.
    rights: Option<u8>,
}

impl Terminals {
    pub(super) fn new(trust_points: &[Vec<u8>], today: &str) -> Self {
        let read = |bytes: &Vec<u8>| Some(Certificate::read(find(bytes, 0x7F21)?)?.holder);
        Terminals {
            trusted: trust_points.iter().filter_map(read).collect(),
            today: today.bytes().map(|digit| digit & 0x0F).collect(),
            verifying: None,
            shown: None,
            terminal: None,
            challenge: None,
            pieces: Vec::new(),
            rights: None,
        }
    }

    /// The session is over.
    pub(super) fn forget(&mut self) {
        *self = Terminals {
            trusted: std::mem::take(&mut self.trusted),
            today: std::mem::take(&mut self.today),
            ..Terminals::new(&[], "")
        };
    }

    pub(super) fn trust_points(&self) -> Vec<String> {
        let name = |holder: &Holder| String::from_utf8_lossy(&holder.name).into_owned();
        self.trusted.iter().map(name).collect()
    }

    fn named(&self, reference: &[u8]) -> Option<&Holder> {
        let known = self.shown.iter().chain(&self.trusted);
        known.into_iter().find(|holder| holder.name == reference)
    }

    /// All pieces, once the last is there.
    fn whole(&mut self, command: &Command) -> Option<Vec<u8>> {
        self.pieces.extend_from_slice(&command.data);
        (command.class & 0x10 == 0).then(|| std::mem::take(&mut self.pieces))
    }

    /// Whether a certificate may be believed; keeps what comes of it.
    fn take(&mut self, certificate: Certificate) -> bool {
        let Some(issuer) = self.verifying.take() else {
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
        if !in_order || !in_time || holder.authority != issuer.name || !certificate.is_signed_by(&issuer) {
            return false;
        }
        // Foreign verifiers and their terminals do not move the date.
        let accurate = matches!(holder.role, AUTHORITY | DOMESTIC) || issuer.role == DOMESTIC;
        if accurate && holder.effective > self.today {
            self.today.clone_from(&holder.effective);
        }
        if holder.role == AUTHORITY {
            self.trusted.insert(0, holder);
            self.trusted.truncate(2);
        } else {
            holder.rights &= issuer.rights;
            self.shown = Some(holder);
        }
        true
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

    /// MSE:Set DST.
    pub(super) fn set_verifying_key(&mut self, data: &[u8]) -> Answer {
        let terminals = &mut self.terminals;
        terminals.pieces.clear();
        terminals.verifying = find(data, 0x83).and_then(|name| terminals.named(name)).cloned();
        Answer::status(if terminals.verifying.is_some() {
            0x9000
        } else {
            0x6A88
        })
    }

    /// PSO:VERIFY CERTIFICATE.
    pub(super) fn verify_certificate(&mut self, command: &Command) -> Answer {
        let Some(content) = self.terminals.whole(command) else {
            return Answer::status(0x9000);
        };
        let believed =
            Certificate::read(&content).is_some_and(|certificate| self.terminals.take(certificate));
        Answer::status(if believed { 0x9000 } else { 0x6300 })
    }

    /// MSE:Set AT: which terminal.
    pub(super) fn terminal_authentication_set(&mut self, data: &[u8]) -> Answer {
        let terminals = &mut self.terminals;
        let named = find(data, 0x83).and_then(|name| terminals.named(name));
        terminals.terminal = named.filter(|holder| holder.role == TERMINAL).cloned();
        Answer::status(if terminals.terminal.is_some() {
            0x9000
        } else {
            0x6A88
        })
    }

    /// GET CHALLENGE in a session.
    pub(super) fn terminal_challenge(&mut self) -> Answer {
        let challenge = self.random.bytes(8);
        self.terminals.challenge = Some(challenge.clone());
        Answer::data(challenge)
    }

    /// EXTERNAL AUTHENTICATE in a session: the terminal's signature over ID_IC ‖ r_IC ‖ Comp(PK_IFD).
    pub(super) fn terminal_proof(&mut self, command: &Command, misdeed: Option<&Misdeed>) -> Answer {
        let Some(signature) = self.terminals.whole(command) else {
            return Answer::status(0x9000);
        };
        let (terminal, challenge) = (self.terminals.terminal.take(), self.terminals.challenge.take());
        let (Some(terminal), Some(challenge), Some(key)) = (terminal, challenge, &self.terminal_key) else {
            return Answer::status(0x6985);
        };
        let mut identity = self.identity.clone();
        if misdeed == Some(&Misdeed::OtherIdentity) {
            identity.reverse();
        }
        if !terminal.has_signed(&[identity, challenge, key.clone()].concat(), &signature) {
            return Answer::status(0x6300);
        }
        self.terminals.rights = Some(terminal.rights);
        Answer::status(0x9000)
    }
}

#[cfg(test)]
mod tests {
    use sha1::{Digest, Sha1};

    use super::*;
    use crate::load::{hex, list, load};

    fn command(class: u8, data: Vec<u8>) -> Command {
        Command {
            class,
            instruction: 0x2A,
            p1: 0x00,
            p2: 0xBE,
            data,
            expected: None,
            extended: false,
        }
    }

    /// The BSI's worked example with RSA: its chain from CVCA to terminal, and the terminal's signature.
    #[test]
    fn terminal_of_the_worked_example() {
        let file = load("bsi-eac2-worked-example");
        let values = &list(&file["vectors"])[1]["values"];
        let value = |name: &str| hex(&values[name]);
        let content = |name: &str| find(&value(name), 0x7F21).expect("a certificate").to_vec();
        let mut terminals = Terminals::new(&[value("cvca_cert")], "100401");
        let authority = terminals.trusted[0].clone();
        assert_eq!(
            terminals.trust_points(),
            [String::from_utf8(authority.name.clone()).expect("ASCII")]
        );

        // A terminal's certificate is not the authority's to sign, and nobody but who was named signs.
        let read = |name: &str| Certificate::read(&content(name)).expect("a certificate");
        terminals.verifying = Some(authority.clone());
        assert!(!terminals.take(read("ta_cert")));
        assert!(!terminals.take(read("dv_cert")), "no MSE:Set DST");

        // In two pieces.
        let dv = content("dv_cert");
        assert_eq!(terminals.whole(&command(0x10, dv[..200].to_vec())), None);
        assert_eq!(terminals.whole(&command(0x00, dv[200..].to_vec())), Some(dv));

        terminals.verifying = Some(authority);
        assert!(terminals.take(read("dv_cert")));
        terminals.verifying = terminals.named(&read("ta_cert").holder.authority).cloned();
        assert!(terminals.take(read("ta_cert")));
        let terminal = terminals.shown.clone().expect("a terminal");
        let message = [
            Sha1::digest(value("picc_pub_key")).to_vec(),
            value("ta_nonce"),
            Sha1::digest(value("ca_pcd_pub_key")).to_vec(),
        ]
        .concat();
        assert!(terminal.has_signed(&message, &value("ta_pcd_signature")));
        assert!(!terminal.has_signed(&message[1..], &value("ta_pcd_signature")));

        // After the last day of all of them.
        let mut later = Terminals::new(&[value("cvca_cert")], "990101");
        later.verifying = later.trusted.first().cloned();
        assert!(!later.take(read("dv_cert")));
    }
}
