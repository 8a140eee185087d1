//! Structures of certificates and of SignedData, by the order of their fields.

use super::format::Format::{Asn1, Bytes};
use super::shape::{Field, Shape, leaf, node};

/// The name of a universal type (X.680 §8.4).
pub(super) const fn universal(tag: u32) -> Option<&'static str> {
    Some(match tag {
        0x01 => "BOOLEAN",
        0x02 => "INTEGER",
        0x03 => "BIT STRING",
        0x04 | 0x24 => "OCTET STRING",
        0x05 => "NULL",
        0x06 => "OBJECT IDENTIFIER",
        0x0A => "ENUMERATED",
        0x0C => "UTF8String",
        0x12 => "NumericString",
        0x13 => "PrintableString",
        0x14 => "TeletexString",
        0x16 => "IA5String",
        0x17 => "UTCTime",
        0x18 => "GeneralizedTime",
        0x1E => "BMPString",
        0x30 => "SEQUENCE",
        0x31 => "SET",
        _ => return None,
    })
}

/// EF.SOD.
pub(super) const SOD: Shape = Shape::Tags(&[node!(0x77, "EF.SOD", &CONTENT_INFO_FILE)]);
/// A ContentInfo (RFC 5652 §3).
pub(super) const CONTENT_INFO_FILE: Shape = Shape::Order(&[node!(
    0x30,
    "ContentInfo",
    &Shape::Order(&[
        leaf!(0x06, "contentType", Asn1),
        node!(0xA0, "content", &Shape::Order(&[SIGNED_DATA])),
    ]),
    "RFC 5652 §3"
)]);
/// A certificate.
pub(super) const CERTIFICATE_FILE: Shape = Shape::Order(&[CERTIFICATE]);
/// A CRL.
pub(super) const REVOCATION_LIST_FILE: Shape = Shape::Order(&[REVOCATION_LIST]);
/// A certification request.
pub(super) const REQUEST_FILE: Shape = Shape::Order(&[node!(
    0x30,
    "CertificationRequest",
    &Shape::Order(&[
        node!(
            0x30,
            "certificationRequestInfo",
            &Shape::Order(&[
                leaf!(0x02, "version", Asn1),
                node!(0x30, "subject", &NAME),
                node!(0x30, "subjectPKInfo", &PUBLIC_KEY),
                node!(0xA0, "attributes", &Shape::Each(&ATTRIBUTE)),
            ]),
        ),
        ALGORITHM,
        leaf!(0x03, "signature", Asn1),
    ]),
)]);
/// A SubjectPublicKeyInfo.
pub(super) const PUBLIC_KEY_FILE: Shape = Shape::Order(&[node!(
    0x30,
    "SubjectPublicKeyInfo",
    &PUBLIC_KEY,
    "RFC 5280 §4.1.2.7"
)]);
/// EF.CardAccess.
pub(super) const CARD_ACCESS: Shape = Shape::Order(&[SECURITY_INFOS]);
/// The set inside DG14.
pub(super) const SECURITY_INFOS_INSIDE: Shape = Shape::Order(&[SECURITY_INFOS]);

const SECURITY_INFOS: Field = node!(
    0x31,
    "SecurityInfos",
    &Shape::Each(&SECURITY_INFO),
    "Doc 9303-11 §9.2"
);
const SECURITY_INFO: Field = node!(0x30, "SecurityInfo", &Shape::ByIdentifier(security_info));

/// What stands behind the protocol of a SecurityInfo.
fn security_info(protocol: &[u8]) -> &'static Shape {
    const BSI_SMARTCARD: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];
    const ACTIVE_AUTHENTICATION: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x05];
    const PUBLIC_KEY_INFO: Shape = Shape::Order(&[
        leaf!(0x06, "protocol", Asn1),
        node!(0x30, "public key", &PUBLIC_KEY),
        leaf!(0x02, "keyId", Asn1),
    ]);
    const PACE_INFO: Shape = Shape::Order(&[
        leaf!(0x06, "protocol", Asn1),
        leaf!(0x02, "version", Asn1),
        leaf!(0x02, "parameterId", Asn1),
    ]);
    const KEY_INFO: Shape = Shape::Order(&[
        leaf!(0x06, "protocol", Asn1),
        leaf!(0x02, "version", Asn1),
        leaf!(0x02, "keyId", Asn1),
    ]);
    const ACTIVE: Shape = Shape::Order(&[
        leaf!(0x06, "protocol", Asn1),
        leaf!(0x02, "version", Asn1),
        leaf!(0x06, "signatureAlgorithm", Asn1),
    ]);
    const OTHER: Shape = Shape::Order(&[leaf!(0x06, "protocol", Asn1)]);
    static SHAPES: [Shape; 5] = [PUBLIC_KEY_INFO, PACE_INFO, KEY_INFO, ACTIVE, OTHER];
    let [public_key, pace, key, active, other] = &SHAPES;
    if protocol == ACTIVE_AUTHENTICATION {
        return active;
    }
    match protocol.strip_prefix(BSI_SMARTCARD) {
        Some([1, ..]) => public_key,
        Some([4, ..]) => pace,
        Some([2 | 3, ..]) => key,
        _ => other,
    }
}

const ALGORITHM: Field = node!(
    0x30,
    "signatureAlgorithm",
    &Shape::Order(&[leaf!(0x06, "algorithm", Asn1), leaf!(0, "parameters", Asn1)]),
);
const ALGORITHM_INSIDE: Shape = Shape::Order(&[leaf!(0x06, "algorithm", Asn1), leaf!(0, "parameters", Asn1)]);

const PUBLIC_KEY: Shape = Shape::Order(&[
    node!(0x30, "algorithm", &ALGORITHM_INSIDE),
    leaf!(0x03, "subjectPublicKey", Asn1),
]);

const ATTRIBUTE: Field = node!(
    0x30,
    "Attribute",
    &Shape::Order(&[leaf!(0x06, "type", Asn1), leaf!(0x31, "values", Asn1)]),
);

/// Name: relative distinguished names, each a set of type and value.
const NAME: Shape = Shape::Each(&node!(
    0x31,
    "RelativeDistinguishedName",
    &Shape::Each(&node!(
        0x30,
        "AttributeTypeAndValue",
        &Shape::Order(&[leaf!(0x06, "type", Asn1), leaf!(0, "value", Asn1)]),
    )),
));

const EXTENSIONS: Shape = Shape::Order(&[node!(
    0x30,
    "Extensions",
    &Shape::Each(&node!(
        0x30,
        "Extension",
        &Shape::Order(&[
            leaf!(0x06, "extnID", Asn1),
            leaf!(0x01, "critical", Asn1),
            leaf!(0x04, "extnValue", Asn1),
        ]),
    )),
)]);

const CERTIFICATE: Field = node!(
    0x30,
    "Certificate",
    &Shape::Order(&[
        node!(
            0x30,
            "tbsCertificate",
            &Shape::Order(&[
                node!(0xA0, "version", &Shape::Plain),
                leaf!(0x02, "serialNumber", Bytes),
                node!(0x30, "signature", &ALGORITHM_INSIDE),
                node!(0x30, "issuer", &NAME),
                node!(
                    0x30,
                    "validity",
                    &Shape::Order(&[leaf!(0, "notBefore", Asn1), leaf!(0, "notAfter", Asn1)]),
                ),
                node!(0x30, "subject", &NAME),
                node!(0x30, "subjectPublicKeyInfo", &PUBLIC_KEY),
                leaf!(0x81, "issuerUniqueID", Bytes),
                leaf!(0x82, "subjectUniqueID", Bytes),
                node!(0xA3, "extensions", &EXTENSIONS),
            ]),
        ),
        ALGORITHM,
        leaf!(0x03, "signatureValue", Asn1),
    ]),
    "RFC 5280 §4.1"
);

const REVOCATION_LIST: Field = node!(
    0x30,
    "CertificateList",
    &Shape::Order(&[
        node!(
            0x30,
            "tbsCertList",
            &Shape::Order(&[
                leaf!(0x02, "version", Asn1),
                node!(0x30, "signature", &ALGORITHM_INSIDE),
                node!(0x30, "issuer", &NAME),
                leaf!(0x17, "thisUpdate", Asn1),
                leaf!(0x17, "nextUpdate", Asn1),
                node!(
                    0x30,
                    "revokedCertificates",
                    &Shape::Each(&node!(
                        0x30,
                        "revoked",
                        &Shape::Order(&[
                            leaf!(0x02, "userCertificate", Bytes),
                            leaf!(0, "revocationDate", Asn1),
                            leaf!(0x30, "crlEntryExtensions", Asn1),
                        ]),
                    )),
                ),
                node!(0xA0, "crlExtensions", &EXTENSIONS),
            ]),
        ),
        ALGORITHM,
        leaf!(0x03, "signatureValue", Asn1),
    ]),
    "RFC 5280 §5.1"
);

const SIGNED_DATA: Field = node!(
    0x30,
    "SignedData",
    &Shape::Order(&[
        leaf!(0x02, "version", Asn1),
        node!(
            0x31,
            "digestAlgorithms",
            &Shape::Each(&node!(0x30, "digestAlgorithm", &ALGORITHM_INSIDE)),
        ),
        node!(0x30, "encapContentInfo", &Shape::ByIdentifier(content)),
        node!(0xA0, "certificates", &Shape::Each(&CERTIFICATE)),
        node!(0xA1, "crls", &Shape::Each(&REVOCATION_LIST)),
        node!(0x31, "signerInfos", &Shape::Each(&SIGNER_INFO)),
    ]),
    "RFC 5652 §5.1"
);

const SIGNER_INFO: Field = node!(
    0x30,
    "SignerInfo",
    &Shape::Order(&[
        leaf!(0x02, "version", Asn1),
        node!(
            0x30,
            "issuerAndSerialNumber",
            &Shape::Order(&[node!(0x30, "issuer", &NAME), leaf!(0x02, "serialNumber", Bytes)]),
        ),
        leaf!(0x80, "subjectKeyIdentifier", Bytes),
        node!(0x30, "digestAlgorithm", &ALGORITHM_INSIDE),
        node!(0xA0, "signedAttrs", &Shape::Each(&ATTRIBUTE)),
        node!(0x30, "signatureAlgorithm", &ALGORITHM_INSIDE),
        leaf!(0x04, "signature", Asn1),
        node!(0xA1, "unsignedAttrs", &Shape::Each(&ATTRIBUTE)),
    ]),
    "RFC 5652 §5.3"
);

/// The signed content by its type: OCTET STRINGs are looked into where they hold an object.
fn content(content_type: &[u8]) -> &'static Shape {
    macro_rules! around {
        ($content:expr) => {
            Shape::Order(&[
                leaf!(0x06, "eContentType", Asn1),
                node!(0xA0, "eContent", $content),
            ])
        };
    }
    static SHAPES: [Shape; 4] = [
        around!(&Shape::Each(&node!(0, "", &Shape::Order(&[LDS_SECURITY_OBJECT])))),
        around!(&Shape::Each(&node!(0, "", &Shape::Order(&[SECURITY_INFOS])))),
        around!(&Shape::Each(&node!(0, "", &Shape::Order(&[MASTER_LIST])))),
        around!(&Shape::Plain),
    ];
    let [lds, infos, master, any] = &SHAPES;
    match content_type {
        [0x67, 0x81, 0x08, 0x01, 0x01, 0x01] => lds,
        [0x67, 0x81, 0x08, 0x01, 0x01, 0x02] => master,
        [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01] => infos,
        _ => any,
    }
}

const LDS_SECURITY_OBJECT: Field = node!(
    0x30,
    "LDSSecurityObject",
    &Shape::Order(&[
        leaf!(0x02, "version", Asn1),
        node!(0x30, "hashAlgorithm", &ALGORITHM_INSIDE),
        node!(
            0x30,
            "dataGroupHashValues",
            &Shape::Each(&node!(
                0x30,
                "DataGroupHash",
                &Shape::Order(&[
                    leaf!(0x02, "dataGroupNumber", Asn1),
                    leaf!(0x04, "dataGroupHashValue", Bytes),
                ]),
            )),
        ),
        node!(
            0x30,
            "ldsVersionInfo",
            &Shape::Order(&[
                leaf!(0x13, "ldsVersion", Asn1),
                leaf!(0x13, "unicodeVersion", Asn1)
            ]),
        ),
    ]),
    "Doc 9303-10 §4.6.2.3"
);

const MASTER_LIST: Field = node!(
    0x30,
    "CscaMasterList",
    &Shape::Order(&[
        leaf!(0x02, "version", Asn1),
        node!(0x31, "certList", &Shape::Each(&CERTIFICATE)),
    ]),
    "Doc 9303-12 §8"
);
