//! Certificates and CRLs, right and wrong.

use p256::ecdsa::SigningKey;

use super::Node;
use super::der::{algorithm, extension, generalized_time, name, oid, public_key_info, signed, tlv};

/// A certificate that can be wrong in every way.
#[derive(Clone)]
pub struct CertificateRecipe {
    pub serial: u8,
    pub issuer: (String, String),
    pub subject: (String, String),
    pub valid: (&'static str, &'static str),
    pub subject_key: SigningKey,
    pub issuer_key: SigningKey,
    pub key_usage: Option<(bool, [u8; 2])>,
    pub is_ca: bool,
    pub authority_key: Option<[u8; 4]>,
    pub own_key_identifier: [u8; 4],
    pub usage_period: Option<(&'static str, &'static str)>,
    pub document_types: Option<&'static str>,
    pub more_extensions: Vec<Vec<u8>>,
    /// Changes TBSCertificate before it is signed.
    pub edit_tbs: fn(&mut Node),
    /// Changes the certificate when it is done.
    pub edit: fn(&mut Node),
}

impl CertificateRecipe {
    pub fn build(&self) -> Vec<u8> {
        let mut extensions = self.more_extensions.clone();
        if let Some((critical, bits)) = self.key_usage {
            extensions.push(extension(oid::KEY_USAGE, critical, &tlv(0x03, &[&bits])));
        }
        if self.is_ca {
            let constraints = tlv(0x30, &[&[0x01, 0x01, 0xFF], &[0x02, 0x01, 0x00]]);
            extensions.push(extension(oid::BASIC_CONSTRAINTS, true, &constraints));
        }
        if let Some(identifier) = self.authority_key {
            let value = tlv(0x30, &[&tlv(0x80, &[&identifier])]);
            extensions.push(extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &value));
        }
        extensions.push(extension(
            oid::SUBJECT_KEY_IDENTIFIER,
            false,
            &tlv(0x04, &[&self.own_key_identifier]),
        ));
        if let Some((from, until)) = self.usage_period {
            let time = |tag, date: &str| tlv(tag, &[format!("{date}000000Z").as_bytes()]);
            let value = tlv(0x30, &[&time(0x80, from), &time(0x81, until)]);
            extensions.push(extension(oid::PRIVATE_KEY_USAGE_PERIOD, false, &value));
        }
        if let Some(code) = self.document_types {
            let list = tlv(0x31, &[&tlv(0x13, &[code.as_bytes()])]);
            let value = tlv(0x30, &[&[0x02, 0x01, 0x00], &list]);
            extensions.push(extension(oid::DOCUMENT_TYPE_LIST, false, &value));
        }
        let to_be_signed = tlv(
            0x30,
            &[
                &[0xA0, 0x03, 0x02, 0x01, 0x02],
                &[0x02, 0x01, self.serial],
                &algorithm(oid::ECDSA_SHA_256),
                &name(&self.issuer.0, &self.issuer.1),
                &tlv(
                    0x30,
                    &[&generalized_time(self.valid.0), &generalized_time(self.valid.1)],
                ),
                &name(&self.subject.0, &self.subject.1),
                &public_key_info(&self.subject_key),
                &tlv(0xA3, &[&tlv(0x30, &[&extensions.concat()])]),
            ],
        );
        let mut to_be_signed = Node::parse(&to_be_signed);
        (self.edit_tbs)(&mut to_be_signed);
        let mut certificate = Node::parse(&signed(&self.issuer_key, &to_be_signed.encode()));
        (self.edit)(&mut certificate);
        certificate.encode()
    }
}

/// A CRL that can be wrong in every way.
#[derive(Clone)]
pub struct CrlRecipe {
    pub issuer: (String, String),
    pub issuer_key: SigningKey,
    pub valid: (&'static str, &'static str),
    pub revoked: Vec<u8>,
}

impl CrlRecipe {
    pub fn build(&self) -> Vec<u8> {
        self.build_with(&[])
    }

    /// With `crlExtensions` as given.
    pub fn build_with(&self, extensions: &[u8]) -> Vec<u8> {
        let entry = |serial: &u8| tlv(0x30, &[&[0x02, 0x01, *serial], &generalized_time(self.valid.0)]);
        let entries: Vec<u8> = self.revoked.iter().flat_map(entry).collect();
        let entries = if entries.is_empty() {
            Vec::new()
        } else {
            tlv(0x30, &[&entries])
        };
        let to_be_signed = tlv(
            0x30,
            &[
                &[0x02, 0x01, 0x01],
                &algorithm(oid::ECDSA_SHA_256),
                &name(&self.issuer.0, &self.issuer.1),
                &generalized_time(self.valid.0),
                &generalized_time(self.valid.1),
                &entries,
                extensions,
            ],
        );
        signed(&self.issuer_key, &to_be_signed)
    }
}
