//! An issuer of its own for tests of the inspector: writes DER by hand, so that it can also write what no issuer may,
//! and shares no line with `personalization` or with the inspector.

#[path = "test_issuer/card_security.rs"]
mod card_security;
#[path = "test_issuer/certificate.rs"]
mod certificate;
#[path = "test_issuer/der.rs"]
pub mod der;
#[path = "test_issuer/groups.rs"]
pub mod groups;
#[path = "test_issuer/plain.rs"]
pub mod plain;
#[path = "test_issuer/tree.rs"]
mod tree;

use std::collections::BTreeMap;

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::security_info::{PaceInfo, PaceProtocol};
use host_issuer::inspect::{Access, ChipProofs, Opened, Printed, Read, ReadDocument, TrustStore};
use sha2::{Digest as _, Sha256};

pub use card_security::CardSecurityRecipe;
pub use certificate::{CertificateRecipe, CrlRecipe};
use der::{algorithm, generalized_time, name, object_identifier, oid, sign};
pub use der::{extension, key, tlv};
pub use tree::Node;

/// KeyUsage bit strings.
pub const DIGITAL_SIGNATURE: [u8; 2] = [7, 0x80];
pub const KEY_CERT_SIGN_AND_CRL_SIGN: [u8; 2] = [1, 0x06];

/// A document with its issuer; every part can be changed before it is sealed.
#[derive(Clone)]
pub struct Recipe {
    pub csca: CertificateRecipe,
    pub ds: CertificateRecipe,
    pub crl: Option<CrlRecipe>,
    pub zone: String,
    pub national: Vec<(u8, String)>,
    pub dg2: Vec<u8>,
    pub security_infos: Vec<Vec<u8>>,
    pub announced_infos: Vec<Vec<u8>>,
    pub access: Access,
    /// Tags in EF.COM.
    pub com: Vec<u8>,
    pub cms_version: u8,
    pub extra_listed: Vec<u8>,
    pub weak_hash: bool,
    pub signing_time: Option<&'static str>,
    pub wrong_message_digest: bool,
    pub wrong_content_type: bool,
    pub attributes_reversed: bool,
    pub signed_over_sorted: bool,
    pub signer_by_key_identifier: bool,
    /// Data groups that are signed as they are here, instead of those above or beside them.
    pub groups: BTreeMap<u8, Vec<u8>>,
    /// EF.COM as it is here.
    pub com_file: Option<Vec<u8>>,
    /// LDS and Unicode version in EF.COM.
    pub com_versions: (&'static str, &'static str),
    /// LDS and Unicode version in an LDS security object of version 1.
    pub lds_version: Option<(&'static str, &'static str)>,
    pub card_security: Option<CardSecurityRecipe>,
    pub chip_proofs: ChipProofs,
    pub printed: Printed,
    /// Changes the LDS security object before it is signed.
    pub edit_lds_object: fn(&mut Node),
    /// Changes SignedData when it is done.
    pub edit_signed_data: fn(&mut Node),
}

/// Changes nothing.
pub fn as_it_is(_: &mut Node) {}

/// PACEInfo: id-PACE-ECDH-GM-AES-CBC-CMAC-128, version 2.
pub fn pace_info(parameter_id: u8) -> Vec<u8> {
    tlv(
        0x30,
        &[
            &object_identifier("04007F00070202040202"),
            &[0x02, 0x01, 0x02],
            &[0x02, 0x01, parameter_id],
        ],
    )
}

/// A PACEInfo over another curve, as an attacker would announce it.
pub fn weaker_pace_info() -> Vec<u8> {
    pace_info(0)
}

/// ChipAuthenticationInfo: the chip can prove that it is no copy.
pub fn chip_authentication_info() -> Vec<u8> {
    tlv(
        0x30,
        &[&object_identifier("04007F00070202030202"), &[0x02, 0x01, 0x01]],
    )
}

/// An extension that nobody knows.
pub fn unknown_extension(critical: bool) -> Vec<u8> {
    extension("2A0304", critical, &[0x05, 0x00])
}

/// extendedKeyUsage for TLS servers.
pub fn tls_server_extension() -> Vec<u8> {
    let value = tlv(0x30, &[&object_identifier("2B06010505070301")]);
    extension(oid::EXTENDED_KEY_USAGE, false, &value)
}

/// DG2 with a face record of ISO/IEC 19794-5 around a few bytes that begin like a JPEG.
fn dg2() -> Vec<u8> {
    groups::group(0x75, &[groups::Face::default().template()])
}

impl Recipe {
    /// A document with nothing wrong in it.
    pub fn genuine() -> Self {
        let csca_name = ("VN".to_owned(), "Test CSCA".to_owned());
        let csca = CertificateRecipe {
            serial: 1,
            issuer: csca_name.clone(),
            subject: csca_name.clone(),
            valid: ("20260101", "20400101"),
            subject_key: key(1),
            issuer_key: key(1),
            key_usage: Some((true, KEY_CERT_SIGN_AND_CRL_SIGN)),
            is_ca: true,
            authority_key: Some([1; 4]),
            own_key_identifier: [1; 4],
            usage_period: Some(("20260101", "20290101")),
            document_types: None,
            more_extensions: Vec::new(),
            edit_tbs: as_it_is,
            edit: as_it_is,
        };
        let ds = CertificateRecipe {
            serial: 2,
            issuer: csca_name.clone(),
            subject: ("VN".to_owned(), "Test DS".to_owned()),
            valid: ("20260601", "20370101"),
            subject_key: key(2),
            issuer_key: key(1),
            key_usage: Some((true, DIGITAL_SIGNATURE)),
            is_ca: false,
            authority_key: Some([1; 4]),
            own_key_identifier: [2; 4],
            usage_period: Some(("20260601", "20260901")),
            document_types: Some("ID"),
            more_extensions: vec![unknown_extension(false)],
            edit_tbs: as_it_is,
            edit: as_it_is,
        };
        let national = [
            (1, "001196000017"),
            (2, "Nguyễn Thị Mẫu"),
            (3, "12/08/1996"),
            (4, "Nữ"),
            (11, "01/07/2026"),
            (12, "12/08/2036"),
        ];
        Self {
            csca,
            ds,
            crl: Some(CrlRecipe {
                issuer: csca_name,
                issuer_key: key(1),
                valid: ("20260701", "20261001"),
                revoked: vec![99],
            }),
            zone:
                "IDVNM1960000170001196000017<<19608122F3608120VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"
                    .into(),
            national: national.map(|(number, text)| (number, text.to_owned())).to_vec(),
            dg2: dg2(),
            security_infos: vec![pace_info(13)],
            announced_infos: vec![pace_info(13)],
            access: Access::by(Opened::Pace(PaceInfo::new(
                PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128),
                13,
            ))),
            com: vec![0x61, 0x75, 0x6D, 0x6E],
            cms_version: 3,
            extra_listed: Vec::new(),
            weak_hash: false,
            signing_time: Some("20260701"),
            wrong_message_digest: false,
            wrong_content_type: false,
            attributes_reversed: false,
            signed_over_sorted: false,
            signer_by_key_identifier: false,
            groups: BTreeMap::new(),
            com_file: None,
            com_versions: ("0107", "040000"),
            lds_version: None,
            card_security: None,
            chip_proofs: ChipProofs::default(),
            printed: Printed::default(),
            edit_lds_object: as_it_is,
            edit_signed_data: as_it_is,
        }
    }

    /// The trust store of an inspector that knows this issuer.
    pub fn trust(&self) -> TrustStore {
        let lists: Vec<Vec<u8>> = self.crl.iter().map(CrlRecipe::build).collect();
        let lists: Vec<&[u8]> = lists.iter().map(Vec::as_slice).collect();
        TrustStore::new(&[&self.csca.build()], &lists).expect("trust store")
    }

    /// The files of the chip.
    pub fn seal(&self) -> ReadDocument {
        let mut groups = BTreeMap::from([
            (1, tlv(0x61, &[&tlv(0x5F1F, &[self.zone.as_bytes()])])),
            (2, self.dg2.clone()),
            (14, tlv(0x6E, &[&tlv(0x31, &[&self.security_infos.concat()])])),
        ]);
        if !self.national.is_empty() {
            groups.insert(13, self.dg13());
        }
        groups.extend(self.groups.clone());
        let mut document = ReadDocument::empty();
        document.card_access = Read::Bytes(tlv(0x31, &[&self.announced_infos.concat()]));
        document.access = self.access.clone();
        document.chip_proofs = self.chip_proofs.clone();
        document.printed = self.printed.clone();
        if let Some(card_security) = &self.card_security {
            document.card_security = Read::Bytes(card_security.build(self));
        }
        let com = self.com_file.clone().unwrap_or_else(|| self.com(&self.com));
        document.com = Read::Bytes(com);
        document.sod = Read::Bytes(self.security_object(&groups));
        document.data_groups = groups
            .into_iter()
            .map(|(number, bytes)| (number, Read::Bytes(bytes)))
            .collect();
        document
    }

    /// EF.COM with these tags.
    pub fn com(&self, tags: &[u8]) -> Vec<u8> {
        tlv(
            0x60,
            &[
                &tlv(0x5F01, &[self.com_versions.0.as_bytes()]),
                &tlv(0x5F36, &[self.com_versions.1.as_bytes()]),
                &tlv(0x5C, &[tags]),
            ],
        )
    }

    fn dg13(&self) -> Vec<u8> {
        let field = |(number, text): &(u8, String)| {
            tlv(0x30, &[&[0x02, 0x01, *number], &tlv(0x0C, &[text.as_bytes()])])
        };
        let fields: Vec<u8> = self.national.iter().flat_map(field).collect();
        let encoding = object_identifier(oid::NATIONAL_ENCODING);
        tlv(
            0x6D,
            &[&tlv(
                0x30,
                &[&[0x02, 0x01, 0x01], &encoding, &tlv(0x31, &[&fields])],
            )],
        )
    }

    fn security_object(&self, groups: &BTreeMap<u8, Vec<u8>>) -> Vec<u8> {
        let mut content = Node::parse(&self.lds_security_object(groups));
        (self.edit_lds_object)(&mut content);
        let signed_data = self.signed_data(oid::LDS_SECURITY_OBJECT, &content.encode(), &self.ds);
        tlv(0x77, &[&signed_data])
    }

    /// ContentInfo with SignedData over this content, by this signer.
    fn signed_data(&self, content_type: &str, content: &[u8], signer: &CertificateRecipe) -> Vec<u8> {
        let attributes = self.attributes(content_type, content);
        let order = if self.attributes_reversed {
            [2, 1, 0]
        } else {
            [0, 1, 2]
        };
        let written: Vec<u8> = order
            .iter()
            .flat_map(|&index| attributes[index].clone())
            .collect();
        let as_signed = if self.signed_over_sorted {
            let mut sorted = attributes.to_vec();
            sorted.sort();
            sorted.concat()
        } else {
            written.clone()
        };
        let signature = sign(&signer.subject_key, &tlv(0x31, &[&as_signed]));
        let (version, sid) = if self.signer_by_key_identifier {
            (3, tlv(0x80, &[&signer.own_key_identifier]))
        } else {
            let issuer = name(&signer.issuer.0, &signer.issuer.1);
            (1, tlv(0x30, &[&issuer, &[0x02, 0x01, signer.serial]]))
        };
        let signer_info = tlv(
            0x30,
            &[
                &[0x02, 0x01, version],
                &sid,
                &algorithm(oid::SHA_256),
                &tlv(0xA0, &[&written]),
                &algorithm(oid::ECDSA_SHA_256),
                &tlv(0x04, &[&signature]),
            ],
        );
        let encapsulated = [
            object_identifier(content_type),
            tlv(0xA0, &[&tlv(0x04, &[content])]),
        ];
        let signed_data = tlv(
            0x30,
            &[
                &[0x02, 0x01, self.cms_version],
                &tlv(0x31, &[&algorithm(oid::SHA_256)]),
                &tlv(0x30, &[&encapsulated.concat()]),
                &tlv(0xA0, &[&signer.build()]),
                &tlv(0x31, &[&signer_info]),
            ],
        );
        let mut signed_data = Node::parse(&signed_data);
        (self.edit_signed_data)(&mut signed_data);
        tlv(
            0x30,
            &[
                &object_identifier(oid::SIGNED_DATA),
                &tlv(0xA0, &[&signed_data.encode()]),
            ],
        )
    }

    fn lds_security_object(&self, groups: &BTreeMap<u8, Vec<u8>>) -> Vec<u8> {
        let hash = |bytes: &[u8]| -> Vec<u8> {
            if self.weak_hash {
                sha1::Sha1::digest(bytes).to_vec()
            } else {
                Sha256::digest(bytes).to_vec()
            }
        };
        let entry =
            |number: u8, bytes: &[u8]| tlv(0x30, &[&[0x02, 0x01, number], &tlv(0x04, &[&hash(bytes)])]);
        let mut entries: Vec<u8> = groups
            .iter()
            .flat_map(|(number, bytes)| entry(*number, bytes))
            .collect();
        entries.extend(
            self.extra_listed
                .iter()
                .flat_map(|&number| entry(number, b"never seen")),
        );
        let hash_algorithm = algorithm(if self.weak_hash { oid::SHA_1 } else { oid::SHA_256 });
        let version = u8::from(self.lds_version.is_some());
        let info = self.lds_version.map(|(lds, unicode)| {
            let text = |text: &str| tlv(0x13, &[text.as_bytes()]);
            tlv(0x30, &[&text(lds), &text(unicode)])
        });
        tlv(
            0x30,
            &[
                &[0x02, 0x01, version],
                &hash_algorithm,
                &tlv(0x30, &[&entries]),
                &info.unwrap_or_default(),
            ],
        )
    }

    /// contentType, signingTime, messageDigest: sorted as DER asks.
    fn attributes(&self, content_type: &str, content: &[u8]) -> [Vec<u8>; 3] {
        let attribute =
            |kind: &str, value: &[u8]| tlv(0x30, &[&object_identifier(kind), &tlv(0x31, &[value])]);
        let mut digest = Sha256::digest(content).to_vec();
        if self.wrong_message_digest {
            digest[0] ^= 1;
        }
        let content_type = if self.wrong_content_type {
            oid::SIGNED_DATA
        } else {
            content_type
        };
        let time = self
            .signing_time
            .map(|date| attribute(oid::SIGNING_TIME, &generalized_time(date)));
        [
            attribute(oid::CONTENT_TYPE, &object_identifier(content_type)),
            time.unwrap_or_default(),
            attribute(oid::MESSAGE_DIGEST, &tlv(0x04, &[&digest])),
        ]
    }
}
