//! The kinds of deviations (Doc 9303-3 §7.3.5, Doc 9303-12 §10.2).

use const_oid::ObjectIdentifier;

use crate::inspect::asn1::{Asn1Error, Element, tag};

/// id-icao-DeviationList: the arc of all kinds.
const ARC: &str = "2.23.136.1.1.7.";

/// A kind of deviation, and its parameter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviationKind {
    /// Its object identifier.
    pub oid: ObjectIdentifier,
    /// Its name without `id-Deviation-`; none for one that the standard does not name.
    pub name: Option<&'static str>,
    /// What it is about: a certificate field, an extension's OID, a data group, a field of the MRZ. Otherwise the bytes, in
    /// hexadecimal.
    pub parameter: Option<String>,
}

#[derive(Clone, Copy)]
enum Parameter {
    None,
    CertificateField,
    DataGroup,
    MrzField,
}

/// Suffix of the OID, name, parameter.
const KINDS: [(&str, &str, Parameter); 15] = [
    ("1", "CertOrKey", Parameter::None),
    ("1.1", "CertOrKey-DSSignature", Parameter::None),
    ("1.2", "CertOrKey-DSEncoding", Parameter::CertificateField),
    ("1.3", "CertOrKey-CSCAEncoding", Parameter::CertificateField),
    ("1.4", "CertOrKey-AAKeyCompromised", Parameter::None),
    ("2", "LDS", Parameter::None),
    ("2.1", "LDS-DGMalformed", Parameter::DataGroup),
    ("2.2", "LDS-DGHashWrong", Parameter::DataGroup),
    ("2.3", "LDS-SODSignatureWrong", Parameter::None),
    ("2.4", "LDS-COMInconsistent", Parameter::None),
    ("3", "MRZ", Parameter::None),
    ("3.1", "MRZ-WrongData", Parameter::MrzField),
    ("3.2", "MRZ-WrongCheckDigit", Parameter::MrzField),
    ("4", "Chip", Parameter::None),
    ("5", "NationalUse", Parameter::None),
];

const CERTIFICATE_FIELDS: [&str; 10] = [
    "generic",
    "version",
    "serialNumber",
    "signature",
    "issuer",
    "validity",
    "subject",
    "subjectPublicKeyInfo",
    "issuerUniqueID",
    "subjectUniqueID",
];

const MRZ_FIELDS: [&str; 10] = [
    "generic",
    "documentCode",
    "issuingState",
    "personName",
    "documentNumber",
    "nationality",
    "dateOfBirth",
    "sex",
    "dateOfExpiry",
    "optionalData",
];

impl DeviationKind {
    /// `parameters`: the tagged element as read.
    pub(super) fn read(oid: ObjectIdentifier, parameters: Option<&Element<'_>>) -> Result<Self, Asn1Error> {
        let text = oid.to_string();
        let known = text
            .strip_prefix(ARC)
            .and_then(|suffix| KINDS.iter().find(|(known, ..)| *known == suffix));
        let parameter = match parameters {
            None => None,
            Some(element) => {
                let mut reader = element.reader();
                let value = reader.next("parameters")?;
                reader.finish("parameters")?;
                let meaning = known.map_or(Parameter::None, |(.., meaning)| *meaning);
                Some(in_words(meaning, &value).unwrap_or_else(|| hex::encode_upper(value.raw)))
            }
        };
        Ok(Self {
            oid,
            name: known.map(|(_, name, _)| *name),
            parameter,
        })
    }
}

fn in_words(meaning: Parameter, value: &Element<'_>) -> Option<String> {
    if let (Parameter::CertificateField, tag::OBJECT_IDENTIFIER) = (meaning, value.tag) {
        return value.oid("extension").ok().map(|oid| format!("extension {oid}"));
    }
    let number = value.small_integer("parameter").ok()?;
    let named = |names: &[&str; 10]| names.get(usize::from(number)).map(|name| (*name).to_owned());
    match meaning {
        Parameter::None => None,
        Parameter::CertificateField => named(&CERTIFICATE_FIELDS),
        Parameter::MrzField => named(&MRZ_FIELDS),
        Parameter::DataGroup => match number {
            1..=16 => Some(format!("DG{number}")),
            20 => Some("EF.SOD".to_owned()),
            21 => Some("EF.COM".to_owned()),
            _ => None,
        },
    }
}
