//! Chains of certificates, and the commands that show them.

use super::{Opened, in_session};
use crate::conformance::authority::TerminalAuthority;
use crate::conformance::bench::Bench;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::Played;
use crate::oracle::Command;
use crate::oracle::cv_certificate::{CvCertificate, CvKey, Party, Role};
use crate::oracle::terminal_authentication::{set_at, set_dst, verify_certificate};

/// A document verifier and a terminal with their certificates.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The document verifier.
    pub verifier: Party,
    /// The terminal.
    pub terminal: Party,
    /// Its certificate, signed by the CVCA.
    pub verifier_certificate: CvCertificate,
    /// Its certificate, signed by the verifier.
    pub terminal_certificate: CvCertificate,
}

impl Bench<'_> {
    /// Somebody with a new key on the authority's curve: the authority's country, `mnemonic`, 00001.
    pub fn party(&mut self, authority: &TerminalAuthority, mnemonic: &str) -> Party {
        let country = authority.party.name.get(..2).unwrap_or(b"UT");
        let key = &authority.party.key;
        Party {
            name: [country, mnemonic.as_bytes(), b"00001"].concat(),
            key: CvKey::random(key.curve, key.hash, &mut self.random),
        }
    }

    /// A right chain under a domestic verifier, with these rights of verifier and terminal.
    pub fn chain(&mut self, authority: &TerminalAuthority, of_verifier: u8, of_terminal: u8) -> Chain {
        self.chain_under(authority, Role::DomesticVerifier, of_verifier, of_terminal)
    }

    /// A right chain under a verifier of this role.
    pub fn chain_under(
        &mut self,
        authority: &TerminalAuthority,
        role: Role,
        of_verifier: u8,
        of_terminal: u8,
    ) -> Chain {
        let verifier = self.party(authority, "TESTDV");
        let terminal = self.party(authority, "TESTIS");
        Chain {
            verifier_certificate: authority.verifier(&verifier, role, of_verifier),
            terminal_certificate: verifier.certify(&terminal, Role::Terminal, of_terminal, authority.valid()),
            verifier,
            terminal,
        }
    }

    /// Shows verifier and terminal; both certificates are accepted.
    ///
    /// # Errors
    /// When one is not.
    pub fn show_chain(&mut self, opened: &Opened, chain: &Chain) -> Played {
        let authority = &opened.authority.party.name;
        self.show(
            authority,
            &chain.verifier_certificate,
            "the verifier's certificate",
        )?;
        self.show(
            &chain.verifier.name,
            &chain.terminal_certificate,
            "the terminal's certificate",
        )
    }

    /// MSE:Set DST of `issuer` and PSO:VERIFY CERTIFICATE; the certificate is accepted.
    ///
    /// # Errors
    /// When it is not.
    pub fn show(&mut self, issuer: &[u8], certificate: &CvCertificate, what: &str) -> Played {
        let answer = self.send(&set_dst(issuer))?;
        in_session(answer, &format!("MSE:Set DST for {what}"), StatusSet::SUCCESS)?;
        self.verify(certificate, what, StatusSet::SUCCESS)
    }

    /// MSE:Set DST of `issuer`, a key that is at hand, and PSO:VERIFY CERTIFICATE; the certificate is refused.
    ///
    /// # Errors
    /// When it is not.
    pub fn show_refused(&mut self, issuer: &[u8], certificate: &CvCertificate, what: &str) -> Played {
        let answer = self.send(&set_dst(issuer))?;
        in_session(answer, &format!("MSE:Set DST for {what}"), StatusSet::SUCCESS)?;
        self.verify(certificate, what, StatusSet::REFUSAL)
    }

    /// MSE:Set DST of a key that is not at hand, refused or not, and PSO:VERIFY CERTIFICATE, which is refused.
    ///
    /// # Errors
    /// When the certificate is accepted.
    pub fn show_under_unknown(&mut self, issuer: &[u8], certificate: &CvCertificate, what: &str) -> Played {
        let answer = self.send(&set_dst(issuer))?;
        let set = StatusSet::SUCCESS_OR_CHECKING_ERROR;
        in_session(answer, &format!("MSE:Set DST of an unknown key for {what}"), set)?;
        self.verify(certificate, what, StatusSet::REFUSAL)
    }

    /// PSO:VERIFY CERTIFICATE alone.
    ///
    /// # Errors
    /// When the answer is not in the set.
    pub fn verify(&mut self, certificate: &CvCertificate, what: &str, set: StatusSet) -> Played {
        let answer = self.send(&verify_certificate(certificate))?;
        in_session(answer, &format!("PSO:VERIFY CERTIFICATE of {what}"), set)?;
        Ok(())
    }

    /// MSE:Set AT of the terminal's key and GET CHALLENGE: r_PICC.
    ///
    /// # Errors
    /// When a step fails.
    pub fn terminal_challenge(&mut self, terminal: &[u8]) -> Played<Vec<u8>> {
        let answer = self.send(&set_at(terminal))?;
        in_session(
            answer,
            "MSE:Set AT of Terminal Authentication",
            StatusSet::SUCCESS,
        )?;
        let answer = self.send(&Command::get_challenge())?;
        let answer = in_session(answer, "GET CHALLENGE", StatusSet::SUCCESS)?;
        expected(answer.data.len() == 8, "GET CHALLENGE", "eight bytes")?;
        Ok(answer.data)
    }
}
