//! Names of object identifiers with their standards.

use const_oid::ObjectIdentifier;
use const_oid::db::DB;

/// Those of travel documents and of elliptic curves: dotted form, name, standard. A name that ends in a dot stands for all below it.
const TABLE: [(&str, &str, &str); 62] = [
    (
        "2.23.136.1.1.1",
        "id-icao-mrtd-security-ldsSecurityObject",
        "Doc 9303-10 §4.6.2",
    ),
    ("2.23.136.1.1.2", "id-icao-cscaMasterList", "Doc 9303-12 §8"),
    (
        "2.23.136.1.1.3",
        "id-icao-cscaMasterListSigningKey",
        "Doc 9303-12 §7.1",
    ),
    (
        "2.23.136.1.1.4",
        "id-icao-mrtd-security-documentTypeList",
        "Doc 9303-12 §7.1.1.6",
    ),
    (
        "2.23.136.1.1.5",
        "id-icao-mrtd-security-aaProtocolObject",
        "Doc 9303-11 §9.2.5",
    ),
    (
        "2.23.136.1.1.6.1",
        "id-icao-mrtd-security-extensions-nameChange",
        "Doc 9303-12 §7.1.1",
    ),
    (
        "2.23.136.1.1.6.2",
        "id-icao-mrtd-security-extensions-documentTypeList",
        "Doc 9303-12 §7.1.1.6",
    ),
    ("2.23.136.1.1.7", "id-icao-DeviationList", "Doc 9303-3"),
    (
        "2.23.136.1.1.8",
        "id-icao-DeviationListSigningKey",
        "Doc 9303-12 §7.1",
    ),
    (
        "0.4.0.127.0.7.3.2.1",
        "id-SecurityObject",
        "BSI TR-03110-3 §A.1.2.5",
    ),
    ("0.4.0.127.0.7.3.1.2.1", "id-IS", "BSI TR-03110-4 §2.2.3"),
    ("0.4.0.127.0.7.3.1.2.2", "id-AT", "BSI TR-03110-4 §2.2.3"),
    ("0.4.0.127.0.7.3.1.2.3", "id-ST", "BSI TR-03110-4 §2.2.3"),
    ("0.4.0.127.0.7.3.1.3.1", "id-description", "BSI TR-03110-3 §C.3"),
    ("0.4.0.127.0.7.2.2.1.1", "id-PK-DH", "Doc 9303-11 §9.2.6"),
    ("0.4.0.127.0.7.2.2.1.2", "id-PK-ECDH", "Doc 9303-11 §9.2.6"),
    ("0.4.0.127.0.7.2.2.2", "id-TA", "Doc 9303-11 §9.2.8"),
    ("0.4.0.127.0.7.2.2.2.1.", "id-TA-RSA", "BSI TR-03110-3 §A.1.1.3"),
    (
        "0.4.0.127.0.7.2.2.2.2.1",
        "id-TA-ECDSA-SHA-1",
        "BSI TR-03110-3 §A.1.1.3",
    ),
    (
        "0.4.0.127.0.7.2.2.2.2.2",
        "id-TA-ECDSA-SHA-224",
        "BSI TR-03110-3 §A.1.1.3",
    ),
    (
        "0.4.0.127.0.7.2.2.2.2.3",
        "id-TA-ECDSA-SHA-256",
        "BSI TR-03110-3 §A.1.1.3",
    ),
    (
        "0.4.0.127.0.7.2.2.2.2.4",
        "id-TA-ECDSA-SHA-384",
        "BSI TR-03110-3 §A.1.1.3",
    ),
    (
        "0.4.0.127.0.7.2.2.2.2.5",
        "id-TA-ECDSA-SHA-512",
        "BSI TR-03110-3 §A.1.1.3",
    ),
    (
        "0.4.0.127.0.7.2.2.3.1.1",
        "id-CA-DH-3DES-CBC-CBC",
        "Doc 9303-11 §9.2.7",
    ),
    (
        "0.4.0.127.0.7.2.2.3.1.",
        "id-CA-DH-AES-CBC-CMAC",
        "Doc 9303-11 §9.2.7",
    ),
    (
        "0.4.0.127.0.7.2.2.3.2.1",
        "id-CA-ECDH-3DES-CBC-CBC",
        "Doc 9303-11 §9.2.7",
    ),
    (
        "0.4.0.127.0.7.2.2.3.2.2",
        "id-CA-ECDH-AES-CBC-CMAC-128",
        "Doc 9303-11 §9.2.7",
    ),
    (
        "0.4.0.127.0.7.2.2.3.2.3",
        "id-CA-ECDH-AES-CBC-CMAC-192",
        "Doc 9303-11 §9.2.7",
    ),
    (
        "0.4.0.127.0.7.2.2.3.2.4",
        "id-CA-ECDH-AES-CBC-CMAC-256",
        "Doc 9303-11 §9.2.7",
    ),
    ("0.4.0.127.0.7.2.2.4.1.", "id-PACE-DH-GM", "Doc 9303-11 §9.2.3"),
    (
        "0.4.0.127.0.7.2.2.4.2.1",
        "id-PACE-ECDH-GM-3DES-CBC-CBC",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.2.2",
        "id-PACE-ECDH-GM-AES-CBC-CMAC-128",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.2.3",
        "id-PACE-ECDH-GM-AES-CBC-CMAC-192",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.2.4",
        "id-PACE-ECDH-GM-AES-CBC-CMAC-256",
        "Doc 9303-11 §9.2.3",
    ),
    ("0.4.0.127.0.7.2.2.4.3.", "id-PACE-DH-IM", "Doc 9303-11 §9.2.3"),
    (
        "0.4.0.127.0.7.2.2.4.4.1",
        "id-PACE-ECDH-IM-3DES-CBC-CBC",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.4.2",
        "id-PACE-ECDH-IM-AES-CBC-CMAC-128",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.4.3",
        "id-PACE-ECDH-IM-AES-CBC-CMAC-192",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.4.4",
        "id-PACE-ECDH-IM-AES-CBC-CMAC-256",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.6.2",
        "id-PACE-ECDH-CAM-AES-CBC-CMAC-128",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.6.3",
        "id-PACE-ECDH-CAM-AES-CBC-CMAC-192",
        "Doc 9303-11 §9.2.3",
    ),
    (
        "0.4.0.127.0.7.2.2.4.6.4",
        "id-PACE-ECDH-CAM-AES-CBC-CMAC-256",
        "Doc 9303-11 §9.2.3",
    ),
    ("0.4.0.127.0.7.2.2.5.", "id-RI", "BSI TR-03110-3 §A.1.1.4"),
    ("0.4.0.127.0.7.2.2.6", "id-CI", "BSI TR-03110-3 §A.1.1.6"),
    ("0.4.0.127.0.7.2.2.7", "id-eIDSecurity", "BSI TR-03110-3 §A.1.1.7"),
    ("0.4.0.127.0.7.2.2.8", "id-PT", "BSI TR-03110-3 §A.1.1.8"),
    (
        "0.4.0.127.0.7.1.1.4.1.1",
        "ecdsa-plain-SHA1",
        "BSI TR-03111 §5.2.1",
    ),
    (
        "0.4.0.127.0.7.1.1.4.1.2",
        "ecdsa-plain-SHA224",
        "BSI TR-03111 §5.2.1",
    ),
    (
        "0.4.0.127.0.7.1.1.4.1.3",
        "ecdsa-plain-SHA256",
        "BSI TR-03111 §5.2.1",
    ),
    (
        "0.4.0.127.0.7.1.1.4.1.4",
        "ecdsa-plain-SHA384",
        "BSI TR-03111 §5.2.1",
    ),
    (
        "0.4.0.127.0.7.1.1.4.1.5",
        "ecdsa-plain-SHA512",
        "BSI TR-03111 §5.2.1",
    ),
    ("1.0.10646.1.0.8", "UTF-8", "ISO/IEC 10646"),
    ("1.2.840.10045.1.1", "prime-field", "RFC 3279 §2.3.5"),
    ("1.2.840.10046.2.1", "dhpublicnumber", "RFC 3279 §2.3.3"),
    ("1.2.840.113549.1.3.1", "dhKeyAgreement", "PKCS #3"),
    ("1.2.840.113549.1.1.8", "id-mgf1", "RFC 8017 §A.2.1"),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1", "RFC 5639"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", "RFC 5639"),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1", "RFC 5639"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", "RFC 5639"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", "RFC 5639"),
    ("2.5.29.16", "id-ce-privateKeyUsagePeriod", "RFC 3280 §4.2.1.4"),
];

/// Dotted form with name and standard, as far as they are known.
pub(super) fn describe(content: &[u8]) -> String {
    let Ok(oid) = ObjectIdentifier::from_bytes(content) else {
        return format!("{} (no object identifier)", super::preview::hex_preview(content));
    };
    let dotted = oid.to_string();
    let known = TABLE.iter().find(|(known, ..)| *known == dotted).or_else(|| {
        TABLE
            .iter()
            .find(|(known, ..)| known.ends_with('.') && dotted.starts_with(known))
    });
    if let Some((_, name, standard)) = known {
        return format!("{dotted} ({name}, {standard})");
    }
    match DB.by_oid(&oid) {
        Some(name) => format!("{dotted} ({name})"),
        None => dotted,
    }
}
