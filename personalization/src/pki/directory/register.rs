//! `register.json`: what a CSCA has revoked, why, and the number of its newest CRL.

use der::{Decode, Encode};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use x509_cert::name::Name;

use super::super::PkiError;
use super::super::crl::RevokedCertificate;

const SCHEMA: &str = "eid.csca-register/1";
const WHAT: &str = "the register";

/// Why a certificate was revoked (RFC 5280 §5.3.1). Kept in the register: 9303-12 Table 10 bars it from the CRL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    /// No reason given.
    Unspecified,
    /// The private key is or may be in other hands.
    KeyCompromise,
    /// The CSCA's own key is or may be in other hands.
    CaCompromise,
    /// Another certificate took its place.
    Superseded,
    /// It is not used any more.
    CessationOfOperation,
    /// It may not be used any more.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// The word for it on the command line and in the register.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key-compromise",
            Self::CaCompromise => "ca-compromise",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation-of-operation",
            Self::PrivilegeWithdrawn => "privilege-withdrawn",
        }
    }

    /// The reason that [`word`](Self::word) names. None for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// A revocation as the register keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredRevocation {
    /// Serial number, upper-case hexadecimal without leading zero bytes.
    pub serial: String,
    /// Since when, RFC 3339, UTC.
    pub since: String,
    /// Why.
    pub reason: RevocationReason,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    schema: String,
    /// Number of the newest CRL, or one higher after a crash in between.
    pub crl_number: u64,
    pub revoked: Vec<RegisteredRevocation>,
    /// Names that this CSCA had before (DER in hexadecimal): certificates issued under them are in its CRL too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former_names: Vec<String>,
    /// Key identifier of the CSCA that took over: this one issues nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
}

impl Register {
    pub fn first(crl_number: u64) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            crl_number,
            revoked: Vec::new(),
            former_names: Vec::new(),
            successor: None,
        }
    }

    /// The register with which a renewed CSCA begins: everything of the old one, the next CRL number.
    pub fn renewed(&self, crl_number: u64, former_name: Option<&Name>) -> Result<Self, PkiError> {
        let mut former_names = self.former_names.clone();
        if let Some(name) = former_name {
            former_names.push(hex::encode_upper(name.to_der()?));
        }
        Ok(Self {
            schema: SCHEMA.to_owned(),
            crl_number,
            revoked: self.revoked.clone(),
            former_names,
            successor: None,
        })
    }

    /// Names that this CSCA had before.
    pub fn former_names(&self) -> Result<Vec<Name>, PkiError> {
        let name = |text: &String| {
            let der = hex::decode(text)
                .map_err(|_| PkiError::certificate(WHAT, "a former name is not hexadecimal"))?;
            Ok(Name::from_der(&der)?)
        };
        self.former_names.iter().map(name).collect()
    }

    pub fn from_json(json: &[u8]) -> Result<Self, PkiError> {
        let register: Self =
            serde_json::from_slice(json).map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        if register.schema != SCHEMA {
            return Err(PkiError::certificate(WHAT, format!("its schema is not {SCHEMA}")));
        }
        Ok(register)
    }

    pub fn to_json(&self) -> Result<Vec<u8>, PkiError> {
        let mut json = serde_json::to_vec_pretty(self)
            .map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        json.push(b'\n');
        Ok(json)
    }

    pub fn contains(&self, serial: &[u8]) -> bool {
        let serial = hex::encode_upper(serial);
        self.revoked.iter().any(|entry| entry.serial == serial)
    }

    pub fn revoke(
        &mut self,
        serial: &[u8],
        reason: RevocationReason,
        since: OffsetDateTime,
    ) -> Result<(), PkiError> {
        if self.contains(serial) {
            return Ok(());
        }
        let since = since
            .to_offset(time::UtcOffset::UTC)
            .format(&Rfc3339)
            .map_err(|error| PkiError::input("time", error.to_string()))?;
        self.revoked.push(RegisteredRevocation {
            serial: hex::encode_upper(serial),
            since,
            reason,
        });
        Ok(())
    }

    pub fn entries(&self) -> Result<Vec<RevokedCertificate>, PkiError> {
        let entry = |registered: &RegisteredRevocation| {
            let serial = hex::decode(&registered.serial)
                .map_err(|_| PkiError::certificate(WHAT, "a serial number is not hexadecimal"))?;
            let since = OffsetDateTime::parse(&registered.since, &Rfc3339)
                .map_err(|_| PkiError::certificate(WHAT, "a time is not RFC 3339"))?;
            Ok(RevokedCertificate { serial, since })
        };
        self.revoked.iter().map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn reasons_are_the_same_word_everywhere() {
        for reason in RevocationReason::ALL {
            assert_eq!(
                serde_json::to_string(&reason).unwrap(),
                format!("\"{}\"", reason.word())
            );
            assert_eq!(RevocationReason::from_word(reason.word()), Some(reason));
        }
    }

    #[test]
    fn a_register_is_read_back_and_a_foreign_one_is_refused() {
        let mut register = Register::first(7);
        let at = datetime!(2026-11-24 13:00 +7);
        register
            .revoke(&[0x4A, 0x01], RevocationReason::KeyCompromise, at)
            .unwrap();
        register
            .revoke(&[0x4A, 0x01], RevocationReason::Superseded, at)
            .unwrap();
        let json = register.to_json().unwrap();
        let read = Register::from_json(&json).unwrap();
        assert_eq!(read.crl_number, 7);
        assert_eq!(
            read.entries().unwrap(),
            [RevokedCertificate {
                serial: vec![0x4A, 0x01],
                since: at
            }]
        );
        assert_eq!(read.revoked[0].reason, RevocationReason::KeyCompromise);

        let foreign = String::from_utf8(json)
            .unwrap()
            .replace("register/1", "register/2");
        assert!(Register::from_json(foreign.as_bytes()).is_err());
    }
}
