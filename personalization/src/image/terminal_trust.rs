//! What a card needs to know before it can judge terminals: its CVCA's keys and the day (ICAO Doc 9303-11 §7.1.4.3.1).

use card_applet::wire::cvc::{CvCertificate, CvcError, Date, Role, tag};
use card_applet::wire::tlv::read_exact;

use crate::lds::tlv;

/// Length of EF.CVCA (9303-10 §4.6.5).
const EF_CVCA_LEN: usize = 36;

/// Why certificates are no start for Terminal Authentication.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerminalTrustError {
    /// A card has one trust point, or two.
    #[error("a card takes one CVCA certificate, or two")]
    Number,
    /// Not a CV certificate.
    #[error("a CV certificate: {}", .0.meaning())]
    Malformed(CvcError),
    /// A certificate of something else.
    #[error("{0} is not the certificate of a CVCA for inspection systems that signs itself")]
    NotACvca(String),
    /// One key twice, or in the wrong order.
    #[error("the certificates must be two different ones, the older first")]
    Order,
}

/// The CVCA's newest certificate, perhaps the one before, and the day of personalisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalTrust {
    /// The older first.
    certificates: Vec<Vec<u8>>,
    current_date: Date,
}

impl TerminalTrust {
    /// Takes certificates (7F21) that sign themselves, the older first, and the day of personalisation. The chip verifies them
    /// too, when they are loaded.
    ///
    /// # Errors
    /// [`TerminalTrustError`].
    pub fn new(certificates: Vec<Vec<u8>>, current_date: Date) -> Result<Self, TerminalTrustError> {
        if !matches!(certificates.len(), 1 | 2) {
            return Err(TerminalTrustError::Number);
        }
        let mut before = None;
        for certificate in &certificates {
            let body = CvCertificate::parse(certificate)
                .map_err(TerminalTrustError::Malformed)?
                .body;
            let is_cvca =
                body.authorization.role() == Role::Cvca && body.authorization.inspection_rights().is_some();
            if !is_cvca || !body.is_self_signed() {
                return Err(TerminalTrustError::NotACvca(body.holder_reference.to_string()));
            }
            if before.is_some_and(|(reference, date)| {
                reference == body.holder_reference || date > body.effective_date
            }) {
                return Err(TerminalTrustError::Order);
            }
            before = Some((body.holder_reference, body.effective_date));
        }
        Ok(Self {
            certificates,
            current_date,
        })
    }

    /// The certificates (7F21), the older first.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The day from which the chip judges certificates.
    #[must_use]
    pub const fn current_date(&self) -> Date {
        self.current_date
    }

    /// What is inside each certificate's 7F21, the older first: as the chip takes it.
    pub fn certificate_contents(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates
            .iter()
            .filter_map(|certificate| read_exact(certificate, tag::CERTIFICATE).ok())
    }

    /// What EF.CVCA will show: the references, the newest first, of keys that are not expired (the newest in any case).
    #[must_use]
    pub fn ef_cvca(&self) -> Vec<u8> {
        let today = self
            .certificates
            .iter()
            .fold(self.current_date, |today, certificate| {
                // The chip's date is never before a trust point's effective date.
                CvCertificate::parse(certificate)
                    .map_or(today, |certificate| today.max(certificate.body.effective_date))
            });
        let mut file = Vec::with_capacity(EF_CVCA_LEN);
        for (index, certificate) in self.certificates.iter().rev().enumerate() {
            if let Ok(certificate) = CvCertificate::parse(certificate)
                && (index == 0 || certificate.body.expiration_date >= today)
            {
                file.extend(tlv(
                    tag::AUTHORITY_REFERENCE,
                    certificate.body.holder_reference.as_bytes(),
                ));
            }
        }
        file.resize(EF_CVCA_LEN, 0);
        file
    }
}
