//! Certificates read: what they say, and who signed them.

use super::part::parts_of;
use super::{CvBody, CvCertificate, CvDate, CvPublicKey, Part, Role, tag};
use crate::naive::find;

/// Longest certificate that is looked at: RSA with 4096 bits takes 1200 bytes.
const LONGEST: usize = 4096;

impl CvCertificate {
    /// Reads a 7F21. What is inside is looked at when it is asked for.
    ///
    /// # Errors
    /// What is missing.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > LONGEST {
            return Err("it is longer than any certificate");
        }
        let content = find(bytes, tag::CERTIFICATE).ok_or("it does not begin with 7F21")?;
        let part = |tag, missing| {
            find(content, tag)
                .map(|value| Part::new(tag, value))
                .ok_or(missing)
        };
        Ok(CvCertificate {
            parts: vec![
                part(tag::BODY, "it has no body (7F4E)")?,
                part(tag::SIGNATURE, "it has no signature (5F37)")?,
            ],
        })
    }

    fn value(&self, tag: u32) -> &[u8] {
        let part = self.parts.iter().find(|part| part.tag == tag);
        part.map_or(&[], |part| &part.value)
    }

    /// Its body.
    pub fn body(&self) -> CvBody {
        CvBody {
            parts: parts_of(self.value(tag::BODY)),
        }
    }

    /// Whether the owner of this key signed it. `None` for a key on a curve that this crate does not have.
    pub fn is_signed_by(&self, key: &CvPublicKey) -> Option<bool> {
        let signed = Part::new(tag::BODY, self.value(tag::BODY)).to_bytes();
        key.has_signed(&signed, self.value(tag::SIGNATURE))
    }
}

impl CvBody {
    /// The value of the object with this tag.
    pub fn value(&self, tag: u32) -> Option<&[u8]> {
        let part = self.parts.iter().find(|part| part.tag == tag);
        part.map(|part| &part.value[..])
    }

    /// Who signed it, by its own word.
    pub fn authority(&self) -> Option<&[u8]> {
        self.value(tag::AUTHORITY)
    }

    /// Whom it is of.
    pub fn holder(&self) -> Option<&[u8]> {
        self.value(tag::HOLDER)
    }

    /// Role and rights.
    pub fn authorization(&self) -> Option<(Role, u8)> {
        let bits = *find(self.value(tag::AUTHORIZATION)?, tag::DISCRETIONARY)?.last()?;
        Some((Role::from_bits(bits), bits & 0x3F))
    }

    /// The first and the last day.
    pub fn valid(&self) -> Option<(CvDate, CvDate)> {
        let date = |tag| CvDate::from_bytes(self.value(tag)?);
        Some((date(tag::EFFECTIVE)?, date(tag::EXPIRATION)?))
    }

    /// The key.
    pub fn public_key(&self) -> Option<CvPublicKey> {
        CvPublicKey::read(self.value(tag::PUBLIC_KEY)?)
    }
}
