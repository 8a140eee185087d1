//! What a terminal has to show: its key, its certificate, and the certificates that lead there from a CVCA.

use card_applet::wire::cvc::{
    AuthorizationTemplate, CvCertificate, CvPublicKey, CvcError, InspectionRights, Role, SignatureScheme, tag,
};

use super::data_object;
use super::signature::{KeyError, TerminalKey};

/// More certificates in a chain than any terminal has: links of many years, verifier, terminal.
const MAX_CHAIN: usize = 16;

/// Why a terminal has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// A file is no CV certificate.
    #[error("{file}: {cause}")]
    Certificate {
        /// Its name.
        file: String,
        /// What is wrong.
        cause: CvcError,
    },
    /// No certificate of a terminal.
    #[error("there is no certificate of a terminal among the CV certificates")]
    NoTerminal,
    /// The key is none, or not a certificate's.
    #[error("the terminal's key: {0}")]
    Key(#[from] KeyError),
}

/// A terminal's key and certificates.
pub struct TerminalCredentials {
    certificates: Vec<Vec<u8>>,
    /// Index of the terminal's own.
    terminal: usize,
    key: TerminalKey,
}

impl TerminalCredentials {
    /// Takes certificates (7F21) with the names that errors call them, in any order, and the terminal's private key (PKCS#8 DER).
    /// The key says which certificate is the terminal's; of several the one that is valid longest.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn new(certificates: Vec<(String, Vec<u8>)>, key: &[u8]) -> Result<Self, CredentialsError> {
        let mut found: Option<(usize, TerminalKey)> = None;
        let mut best = None;
        let mut other = CredentialsError::NoTerminal;
        for (index, (file, bytes)) in certificates.iter().enumerate() {
            let body = CvCertificate::parse(bytes)
                .map_err(|cause| CredentialsError::Certificate {
                    file: file.clone(),
                    cause,
                })?
                .body;
            if body.authorization.role() != Role::Terminal {
                continue;
            }
            match TerminalKey::from_pkcs8(key, &body.public_key) {
                Ok(key) if best.is_none_or(|date| date < body.expiration_date) => {
                    best = Some(body.expiration_date);
                    found = Some((index, key));
                }
                Ok(_) => {}
                Err(error) => other = error.into(),
            }
        }
        let (terminal, key) = found.ok_or(other)?;
        Ok(Self {
            certificates: certificates.into_iter().map(|(_, bytes)| bytes).collect(),
            terminal,
            key,
        })
    }

    /// The private key.
    pub(super) fn key(&self) -> &TerminalKey {
        &self.key
    }

    fn parsed(&self) -> impl Iterator<Item = CvCertificate<'_>> {
        // Every certificate was read in `new`.
        self.certificates
            .iter()
            .filter_map(|bytes| CvCertificate::parse(bytes).ok())
    }

    /// The terminal's own certificate.
    pub(super) fn certificate(&self) -> Option<CvCertificate<'_>> {
        self.certificates
            .get(self.terminal)
            .and_then(|bytes| CvCertificate::parse(bytes).ok())
    }

    /// The algorithm with which the terminal signs.
    pub(super) fn scheme(&self) -> Option<SignatureScheme> {
        self.certificate()
            .map(|certificate| certificate.body.public_key.scheme())
    }

    /// A CHAT (7F4C) with the rights of the terminal's certificate, for PACE.
    #[must_use]
    pub fn authorization(&self) -> Vec<u8> {
        let rights = self
            .certificate()
            .and_then(|certificate| certificate.body.authorization.inspection_rights())
            .unwrap_or(InspectionRights::ALL);
        let template = AuthorizationTemplate::inspection(Role::Terminal, rights);
        let content = [
            data_object(0x06, template.terminal_type),
            data_object(0x53, template.template),
        ]
        .concat();
        data_object(tag::AUTHORIZATION, &content)
    }

    /// The certificates to send to a chip that trusts these authorities, in order: the first is signed by one of them. `None` when
    /// no chain leads from any of them to the terminal.
    pub(super) fn chain_from(&self, authorities: &[Vec<u8>]) -> Option<Vec<CvCertificate<'_>>> {
        let mut chain = vec![self.certificate()?];
        while let Some(first) = chain.last() {
            let authority = first.body.authority_reference;
            if authorities.iter().any(|name| name == authority.as_bytes()) {
                chain.reverse();
                return Some(chain);
            }
            // A certificate that signs itself leads nowhere: a chip believes it or does not.
            let issuer = self.parsed().find(|certificate| {
                certificate.body.holder_reference == authority
                    && !certificate.body.is_self_signed()
                    && certificate.body.authorization.role() != Role::Terminal
            })?;
            if chain.len() == MAX_CHAIN {
                return None;
            }
            chain.push(issuer);
        }
        None
    }

    /// Whether every signature of a chain is right, as far as the authority's key is among the certificates: what a chip would say
    /// is better known before it is asked.
    ///
    /// # Errors
    /// The reference of the first certificate that is not signed by the one that it names.
    pub(super) fn check(&self, chain: &[CvCertificate<'_>]) -> Result<(), String> {
        let mut domain = None;
        let mut issuer: Option<CvPublicKey<'_>> = None;
        if let Some(first) = chain.first() {
            let authority = self
                .parsed()
                .find(|certificate| certificate.body.holder_reference == first.body.authority_reference);
            issuer = authority.map(|certificate| certificate.body.public_key);
        }
        for certificate in chain {
            if let Some(key) = &issuer {
                if let CvPublicKey::Ec(key) = key {
                    domain = key.domain.or(domain);
                }
                let verified =
                    super::signature::verify(key, domain.as_ref(), certificate.signed, certificate.signature);
                // A curve that only chips have is theirs to judge.
                if verified == Ok(false) {
                    return Err(certificate.body.holder_reference.to_string());
                }
            }
            issuer = Some(certificate.body.public_key);
        }
        Ok(())
    }
}
