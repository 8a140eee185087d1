//! Card verifiable certificates by hand (BSI TR-03110-3 appendices C and D): lists of data objects of which everything can be bent
//! before and after they are signed.
//!
//! ```text
//! 7F21 { 7F4E { 5F29 profile, 42 authority, 7F49 key, 5F20 holder, 7F4C authorization, 5F25 from, 5F24 to }, 5F37 signature }
//! ```

mod date;
mod key;
mod part;
mod read;
mod short;
#[cfg(test)]
mod tests;

pub use date::CvDate;
pub use key::{CvKey, CvPublicKey};
pub use part::Part;
pub use short::ShortKey;

use part::{parts_of, to_bytes};

/// Tags of the objects of a certificate.
pub mod tag {
    /// CV certificate.
    pub const CERTIFICATE: u32 = 0x7F21;
    /// Certificate body.
    pub const BODY: u32 = 0x7F4E;
    /// Certificate profile identifier.
    pub const PROFILE: u32 = 0x5F29;
    /// Certification authority reference.
    pub const AUTHORITY: u32 = 0x42;
    /// Public key.
    pub const PUBLIC_KEY: u32 = 0x7F49;
    /// Certificate holder reference.
    pub const HOLDER: u32 = 0x5F20;
    /// Certificate holder authorization template.
    pub const AUTHORIZATION: u32 = 0x7F4C;
    /// Certificate effective date.
    pub const EFFECTIVE: u32 = 0x5F25;
    /// Certificate expiration date.
    pub const EXPIRATION: u32 = 0x5F24;
    /// Signature.
    pub const SIGNATURE: u32 = 0x5F37;
    /// Object identifier.
    pub const OID: u32 = 0x06;
    /// Discretionary data: role and rights.
    pub const DISCRETIONARY: u32 = 0x53;
}

/// id-IS: the authorization is one of an inspection system.
pub const INSPECTION_SYSTEM: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, 0x01];

/// Rights of an inspection system: the lower bits of its authorization.
pub mod rights {
    /// DG3.
    pub const FINGERS: u8 = 0x01;
    /// DG4.
    pub const IRISES: u8 = 0x02;
    /// Both.
    pub const BOTH: u8 = 0x03;
}

/// Role of a certificate's holder: the two upper bits of its authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// CVCA.
    Authority,
    /// Document verifier of the issuing state.
    DomesticVerifier,
    /// Document verifier of another state.
    ForeignVerifier,
    /// Inspection system.
    Terminal,
}

impl Role {
    /// The bits.
    pub fn bits(self) -> u8 {
        match self {
            Self::Authority => 0xC0,
            Self::DomesticVerifier => 0x80,
            Self::ForeignVerifier => 0x40,
            Self::Terminal => 0x00,
        }
    }

    /// The role that an authorization says.
    pub fn from_bits(bits: u8) -> Self {
        match bits & 0xC0 {
            0xC0 => Self::Authority,
            0x80 => Self::DomesticVerifier,
            0x40 => Self::ForeignVerifier,
            _ => Self::Terminal,
        }
    }
}

/// Somebody with a name and a key: authority, verifier or terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Holder reference: country, mnemonic, sequence number.
    pub name: Vec<u8>,
    /// The key pair.
    pub key: CvKey,
}

impl Party {
    /// The body of a certificate that this party gives to `holder`; a right one, without domain parameters.
    pub fn body_for(&self, holder: &Party, role: Role, rights: u8, valid: (CvDate, CvDate)) -> CvBody {
        let authorization = [
            Part::new(tag::OID, INSPECTION_SYSTEM),
            Part::new(tag::DISCRETIONARY, [role.bits() | rights]),
        ];
        CvBody {
            parts: vec![
                Part::new(tag::PROFILE, [0x00]),
                Part::new(tag::AUTHORITY, self.name.clone()),
                Part::new(tag::PUBLIC_KEY, to_bytes(&holder.key.parts(&[]))),
                Part::new(tag::HOLDER, holder.name.clone()),
                Part::new(tag::AUTHORIZATION, to_bytes(&authorization)),
                Part::new(tag::EFFECTIVE, valid.0.to_bytes()),
                Part::new(tag::EXPIRATION, valid.1.to_bytes()),
            ],
        }
    }

    /// A right certificate for `holder`.
    pub fn certify(&self, holder: &Party, role: Role, rights: u8, valid: (CvDate, CvDate)) -> CvCertificate {
        self.body_for(holder, role, rights, valid).sign(&self.key)
    }
}

/// The objects of a certificate's body, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvBody {
    /// The objects.
    pub parts: Vec<Part>,
}

impl CvBody {
    /// Puts this value into the object with this tag.
    #[must_use]
    pub fn with(self, tag: u32, value: impl Into<Vec<u8>>) -> Self {
        let value = value.into();
        self.bent(|parts| {
            for part in parts.iter_mut().filter(|part| part.tag == tag) {
                part.value.clone_from(&value);
            }
        })
    }

    /// Leaves the object with this tag out.
    #[must_use]
    pub fn without(self, tag: u32) -> Self {
        self.bent(|parts| parts.retain(|part| part.tag != tag))
    }

    /// Changes the objects inside the object with this tag.
    #[must_use]
    pub fn within(self, tag: u32, bend: impl Fn(&mut Vec<Part>)) -> Self {
        self.bent(|parts| {
            for part in parts.iter_mut().filter(|part| part.tag == tag) {
                let mut inner = parts_of(&part.value);
                bend(&mut inner);
                part.value = to_bytes(&inner);
            }
        })
    }

    /// Changes the objects.
    #[must_use]
    pub fn bent(mut self, bend: impl FnOnce(&mut Vec<Part>)) -> Self {
        bend(&mut self.parts);
        self
    }

    /// 7F4E: what is signed.
    pub fn to_bytes(&self) -> Vec<u8> {
        Part::new(tag::BODY, to_bytes(&self.parts)).to_bytes()
    }

    /// The certificate with a right signature of this key.
    pub fn sign(&self, key: &CvKey) -> CvCertificate {
        self.signed(key.sign(&self.to_bytes()))
    }

    /// The certificate with this signature.
    pub fn signed(&self, signature: impl Into<Vec<u8>>) -> CvCertificate {
        CvCertificate {
            parts: vec![
                Part::new(tag::BODY, to_bytes(&self.parts)),
                Part::new(tag::SIGNATURE, signature),
            ],
        }
    }
}

/// A certificate: its body and its signature, each as one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvCertificate {
    /// 7F4E and 5F37.
    pub parts: Vec<Part>,
}

impl CvCertificate {
    /// Leaves the object with this tag out.
    #[must_use]
    pub fn without(mut self, tag: u32) -> Self {
        self.parts.retain(|part| part.tag != tag);
        self
    }

    /// Changes the object with this tag.
    #[must_use]
    pub fn bent(mut self, tag: u32, bend: impl Fn(&mut Part)) -> Self {
        self.parts
            .iter_mut()
            .filter(|part| part.tag == tag)
            .for_each(bend);
        self
    }

    /// What PSO:VERIFY CERTIFICATE takes: body and signature without 7F21 around them.
    pub fn content(&self) -> Vec<u8> {
        to_bytes(&self.parts)
    }

    /// 7F21.
    pub fn to_bytes(&self) -> Vec<u8> {
        Part::new(tag::CERTIFICATE, self.content()).to_bytes()
    }
}
