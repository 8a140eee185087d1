//! An issuer of its own for tests of the inspector: writes DER by hand, so that it can also write what no issuer may,
//! and shares no line with `personalization` or with the inspector.

#[path = "test_issuer/certificate.rs"]
mod certificate;

use host_issuer::inspect::{Read, ReadDocument, TrustStore};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use sha2::{Digest as _, Sha256};

pub use certificate::{CertificateRecipe, CrlRecipe};

/// Object identifiers as DER contents.
mod oid {
    pub const SIGNED_DATA: &str = "2A864886F70D010702";
    pub const LDS_SECURITY_OBJECT: &str = "678108010101";
    pub const CONTENT_TYPE: &str = "2A864886F70D010903";
    pub const MESSAGE_DIGEST: &str = "2A864886F70D010904";
    pub const SIGNING_TIME: &str = "2A864886F70D010905";
    pub const SHA_1: &str = "2B0E03021A";
    pub const SHA_256: &str = "608648016503040201";
    pub const ECDSA_SHA_256: &str = "2A8648CE3D040302";
    pub const EC_PUBLIC_KEY: &str = "2A8648CE3D0201";
    pub const P_256: &str = "2A8648CE3D030107";
    pub const COUNTRY: &str = "550406";
    pub const COMMON_NAME: &str = "550403";
    pub const KEY_USAGE: &str = "551D0F";
    pub const EXTENDED_KEY_USAGE: &str = "551D25";
    pub const BASIC_CONSTRAINTS: &str = "551D13";
    pub const AUTHORITY_KEY_IDENTIFIER: &str = "551D23";
    pub const SUBJECT_KEY_IDENTIFIER: &str = "551D0E";
    pub const PRIVATE_KEY_USAGE_PERIOD: &str = "551D10";
    pub const DOCUMENT_TYPE_LIST: &str = "67810801010602";
    pub const NATIONAL_ENCODING: &str = "28D316010008";
}

/// KeyUsage bit strings.
pub const DIGITAL_SIGNATURE: [u8; 2] = [7, 0x80];
pub const KEY_CERT_SIGN_AND_CRL_SIGN: [u8; 2] = [1, 0x06];

/// A TLV with a definite length.
pub fn tlv(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out: Vec<u8> = tag
        .to_be_bytes()
        .into_iter()
        .skip_while(|&byte| byte == 0)
        .collect();
    match body.len() {
        short @ 0..0x80 => out.push(short as u8),
        medium @ 0x80..0x100 => out.extend([0x81, medium as u8]),
        long => {
            out.push(0x82);
            out.extend((long as u16).to_be_bytes());
        }
    }
    out.extend(body);
    out
}

fn object_identifier(hexadecimal: &str) -> Vec<u8> {
    tlv(0x06, &[&hex::decode(hexadecimal).expect("OID")])
}

fn algorithm(hexadecimal: &str) -> Vec<u8> {
    tlv(0x30, &[&object_identifier(hexadecimal)])
}

fn name(country: &str, common_name: &str) -> Vec<u8> {
    let attribute = |kind: &str, tag: u32, text: &str| {
        tlv(
            0x31,
            &[&tlv(
                0x30,
                &[&object_identifier(kind), &tlv(tag, &[text.as_bytes()])],
            )],
        )
    };
    tlv(
        0x30,
        &[
            &attribute(oid::COUNTRY, 0x13, country),
            &attribute(oid::COMMON_NAME, 0x0C, common_name),
        ],
    )
}

/// `YYYYMMDDHHMMSSZ`
fn generalized_time(date: &str) -> Vec<u8> {
    tlv(0x18, &[format!("{date}000000Z").as_bytes()])
}

/// An extension of a certificate; `critical` writes the BOOLEAN.
pub fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
    tlv(0x30, &[&object_identifier(kind), flag, &tlv(0x04, &[value])])
}

/// A key pair that is the same in every run.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("a scalar")
}

fn public_key_info(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    let parameters = tlv(
        0x30,
        &[
            &object_identifier(oid::EC_PUBLIC_KEY),
            &object_identifier(oid::P_256),
        ],
    );
    tlv(0x30, &[&parameters, &tlv(0x03, &[&[0], point.as_bytes()])])
}

fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign(message);
    signature.as_bytes().to_vec()
}

fn signed(key: &SigningKey, to_be_signed: &[u8]) -> Vec<u8> {
    let signature = sign(key, to_be_signed);
    tlv(
        0x30,
        &[
            to_be_signed,
            &algorithm(oid::ECDSA_SHA_256),
            &tlv(0x03, &[&[0], &signature]),
        ],
    )
}

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
}

fn pace_info(parameter_id: u8) -> Vec<u8> {
    // id-PACE-ECDH-GM-AES-CBC-CMAC-128, version 2
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
    let image = [0xFF, 0xD8, 0xFF, 0xE0, 0x12, 0x34];
    let mut record = b"FAC\x00010\x00".to_vec();
    let facial = 20 + 12 + image.len();
    record.extend((14 + facial as u32).to_be_bytes());
    record.extend([0, 1]);
    record.extend((facial as u32).to_be_bytes());
    record.extend([0; 16]);
    record.extend([1, 0, 0x01, 0x9D, 0x02, 0x13, 0, 0, 0, 0, 0, 0]);
    record.extend(image);
    let header = tlv(0xA1, &[&tlv(0x87, &[&[0x01, 0x01]])]);
    let template = tlv(0x7F60, &[&header, &tlv(0x5F2E, &[&record])]);
    tlv(0x75, &[&tlv(0x7F61, &[&[0x02, 0x01, 0x01], &template])])
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
        let groups = [
            (1, tlv(0x61, &[&tlv(0x5F1F, &[self.zone.as_bytes()])])),
            (2, self.dg2.clone()),
            (13, self.dg13()),
            (14, tlv(0x6E, &[&tlv(0x31, &[&self.security_infos.concat()])])),
        ];
        let mut document = ReadDocument::empty();
        document.card_access = Read::Bytes(tlv(0x31, &[&self.announced_infos.concat()]));
        let com = [
            &tlv(0x5F01, &[b"0107"])[..],
            &tlv(0x5F36, &[b"040000"]),
            &tlv(0x5C, &[&self.com]),
        ]
        .concat();
        document.com = Read::Bytes(tlv(0x60, &[&com]));
        document.sod = Read::Bytes(self.security_object(&groups));
        document.data_groups = groups
            .into_iter()
            .map(|(number, bytes)| (number, Read::Bytes(bytes)))
            .collect();
        document
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

    fn security_object(&self, groups: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let content = self.lds_security_object(groups);
        let attributes = self.attributes(&content);
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
        let signature = sign(&self.ds.subject_key, &tlv(0x31, &[&as_signed]));
        let (version, sid) = if self.signer_by_key_identifier {
            (3, tlv(0x80, &[&self.ds.own_key_identifier]))
        } else {
            (
                1,
                tlv(
                    0x30,
                    &[
                        &name(&self.ds.issuer.0, &self.ds.issuer.1),
                        &[0x02, 0x01, self.ds.serial],
                    ],
                ),
            )
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
        let signed_data = tlv(
            0x30,
            &[
                &[0x02, 0x01, self.cms_version],
                &tlv(0x31, &[&algorithm(oid::SHA_256)]),
                &tlv(
                    0x30,
                    &[
                        &object_identifier(oid::LDS_SECURITY_OBJECT),
                        &tlv(0xA0, &[&tlv(0x04, &[&content])]),
                    ],
                ),
                &tlv(0xA0, &[&self.ds.build()]),
                &tlv(0x31, &[&signer_info]),
            ],
        );
        tlv(
            0x77,
            &[&tlv(
                0x30,
                &[&object_identifier(oid::SIGNED_DATA), &tlv(0xA0, &[&signed_data])],
            )],
        )
    }

    fn lds_security_object(&self, groups: &[(u8, Vec<u8>)]) -> Vec<u8> {
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
        tlv(
            0x30,
            &[&[0x02, 0x01, 0x00], &hash_algorithm, &tlv(0x30, &[&entries])],
        )
    }

    /// contentType, signingTime, messageDigest: sorted as DER asks.
    fn attributes(&self, content: &[u8]) -> [Vec<u8>; 3] {
        let attribute =
            |kind: &str, value: &[u8]| tlv(0x30, &[&object_identifier(kind), &tlv(0x31, &[value])]);
        let mut digest = Sha256::digest(content).to_vec();
        if self.wrong_message_digest {
            digest[0] ^= 1;
        }
        let content_type = if self.wrong_content_type {
            oid::SIGNED_DATA
        } else {
            oid::LDS_SECURITY_OBJECT
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
