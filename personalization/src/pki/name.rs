//! Names in certificates: who issues (9303-12 §7.1.1.1) and the ICAO country code (§7.1.1.2).

use const_oid::ObjectIdentifier;
use der::asn1::{Ia5String, PrintableStringRef, Utf8StringRef};
use der::{Any, Decode, Encode};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::name::{GeneralName, GeneralNames};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use super::PkiError;

/// `countryName` (X.520).
pub const COUNTRY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
/// `commonName`.
pub const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// `organizationName`.
pub const ORGANIZATION_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
/// `localityName`.
pub const LOCALITY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");

/// Longest commonName and organizationName, in characters (RFC 5280 appendix A, ub-common-name).
const MAX_NAME_CHARS: usize = 64;

/// The issuing State as certificates name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuingState {
    two_letter: String,
    mrz: String,
}

impl IssuingState {
    /// `two_letter`: the two-letter code of 9303-3 §5 for countryName ("VN"). `mrz`: the code as the MRZ
    /// has it, without fillers ("VNM", "D").
    ///
    /// # Errors
    /// [`PkiError::Input`] when either is not upper-case letters of that length.
    pub fn new(two_letter: &str, mrz: &str) -> Result<Self, PkiError> {
        let upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
        if two_letter.len() != 2 || !upper(two_letter) {
            return Err(PkiError::input(
                "country",
                "must be two upper-case letters, such as VN",
            ));
        }
        if !(1..=3).contains(&mrz.len()) || !upper(mrz) {
            return Err(PkiError::input(
                "MRZ country code",
                "must be one to three upper-case letters as in the MRZ, such as VNM",
            ));
        }
        Ok(Self {
            two_letter: two_letter.to_owned(),
            mrz: mrz.to_owned(),
        })
    }

    /// The two-letter code.
    pub fn two_letter(&self) -> &str {
        &self.two_letter
    }

    /// The code as it appears in the MRZ.
    pub fn mrz(&self) -> &str {
        &self.mrz
    }

    /// Where the ICAO Public Key Directory serves this State's CRL (9303-12 §7.1.1.4).
    pub fn pkd_crl_urls(&self) -> Vec<String> {
        ["pkddownload1", "pkddownload2"]
            .iter()
            .map(|host| format!("https://{host}.icao.int/CRLs/{}.crl", self.mrz))
            .collect()
    }
}

/// How to reach whoever stands behind a certificate (9303-12 §7.1.1.2: there should be one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// An e-mail address (`rfc822Name`).
    Email(String),
    /// A host (`dNSName`).
    Dns(String),
    /// A web address (`uniformResourceIdentifier`).
    Uri(String),
}

impl Contact {
    fn general_name(&self) -> Result<GeneralName, PkiError> {
        let ia5 = |text: &str| {
            if text.is_empty() || text.chars().any(|character| !character.is_ascii_graphic()) {
                return Err(PkiError::input(
                    "contact",
                    "must be visible ASCII characters without spaces",
                ));
            }
            Ok(Ia5String::new(text)?)
        };
        Ok(match self {
            Self::Email(text) => GeneralName::Rfc822Name(ia5(text)?),
            Self::Dns(text) => GeneralName::DnsName(ia5(text)?),
            Self::Uri(text) => GeneralName::UniformResourceIdentifier(ia5(text)?),
        })
    }
}

/// A distinguished name `C=…, O=…, CN=…`: country PrintableString, the rest UTF8String (9303-12 Table 5).
///
/// # Errors
/// [`PkiError::Input`] when a part is empty, too long or has control characters.
pub fn distinguished_name(
    state: &IssuingState,
    organization: Option<&str>,
    common_name: &str,
) -> Result<Name, PkiError> {
    let mut parts = vec![printable(COUNTRY_NAME, state.two_letter())?];
    if let Some(organization) = organization {
        parts.push(utf8(ORGANIZATION_NAME, "organization", organization)?);
    }
    parts.push(utf8(COMMON_NAME, "common name", common_name)?);
    name(parts)
}

/// Alternative names: the contact, and a directory name that holds the country code of the MRZ and nothing
/// else (9303-12 §7.1.1.2).
///
/// # Errors
/// [`PkiError::Input`] for a contact that is not visible ASCII.
pub fn alternative_names(state: &IssuingState, contact: Option<&Contact>) -> Result<GeneralNames, PkiError> {
    let mut names = GeneralNames::new();
    if let Some(contact) = contact {
        names.push(contact.general_name()?);
    }
    names.push(GeneralName::DirectoryName(name(vec![printable(
        LOCALITY_NAME,
        state.mrz(),
    )?])?));
    Ok(names)
}

/// The value of the first attribute of this kind, if it is a PrintableString or UTF8String.
///
/// Never panics.
pub fn attribute(name: &Name, kind: ObjectIdentifier) -> Option<String> {
    let value = &name.iter().find(|attribute| attribute.oid == kind)?.value;
    value
        .decode_as::<PrintableStringRef<'_>>()
        .map(|text| text.as_str().to_owned())
        .or_else(|_| {
            value
                .decode_as::<Utf8StringRef<'_>>()
                .map(|text| text.as_str().to_owned())
        })
        .ok()
}

/// The country code of the MRZ in alternative names. None when there is no such directory name.
///
/// Never panics.
pub fn mrz_country(names: &GeneralNames) -> Option<String> {
    names.iter().find_map(|general_name| match general_name {
        GeneralName::DirectoryName(directory) => attribute(directory, LOCALITY_NAME),
        _ => None,
    })
}

/// The first way to reach somebody in alternative names. None when there is only the country.
///
/// Never panics.
pub fn contact(names: &GeneralNames) -> Option<Contact> {
    names.iter().find_map(|general_name| match general_name {
        GeneralName::Rfc822Name(text) => Some(Contact::Email(text.as_str().to_owned())),
        GeneralName::DnsName(text) => Some(Contact::Dns(text.as_str().to_owned())),
        GeneralName::UniformResourceIdentifier(text) => Some(Contact::Uri(text.as_str().to_owned())),
        _ => None,
    })
}

fn name(attributes: Vec<AttributeTypeAndValue>) -> Result<Name, PkiError> {
    let mut sequence = RdnSequence::default();
    for attribute in attributes {
        let mut part = RelativeDistinguishedName::default();
        part.insert(attribute)?;
        sequence.push(part);
    }
    Ok(Name::from_der(&sequence.to_der()?)?)
}

fn printable(oid: ObjectIdentifier, text: &str) -> Result<AttributeTypeAndValue, PkiError> {
    Ok(AttributeTypeAndValue {
        oid,
        value: Any::encode_from(&PrintableStringRef::new(text)?)?,
    })
}

fn utf8(oid: ObjectIdentifier, field: &'static str, text: &str) -> Result<AttributeTypeAndValue, PkiError> {
    if text.is_empty() || text.chars().count() > MAX_NAME_CHARS {
        return Err(PkiError::input(
            field,
            format!("must have 1 to {MAX_NAME_CHARS} characters"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(PkiError::input(field, "must not have control characters"));
    }
    Ok(AttributeTypeAndValue {
        oid,
        value: Any::encode_from(&Utf8StringRef::new(text)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_upper_case_letters() {
        assert!(IssuingState::new("VN", "VNM").is_ok());
        assert!(IssuingState::new("DE", "D").is_ok());
        for (two_letter, mrz) in [
            ("vn", "VNM"),
            ("VNM", "VNM"),
            ("VN", "vnm"),
            ("VN", ""),
            ("VN", "D<<"),
        ] {
            assert!(IssuingState::new(two_letter, mrz).is_err(), "{two_letter} {mrz}");
        }
    }

    #[test]
    fn names_keep_their_parts_and_their_letters() {
        let state = IssuingState::new("VN", "VNM").unwrap();
        let name = distinguished_name(&state, Some("Cơ quan mẫu"), "CSCA Việt Nam (specimen)").unwrap();
        assert_eq!(attribute(&name, COUNTRY_NAME).as_deref(), Some("VN"));
        assert_eq!(
            attribute(&name, ORGANIZATION_NAME).as_deref(),
            Some("Cơ quan mẫu")
        );
        assert_eq!(
            attribute(&name, COMMON_NAME).as_deref(),
            Some("CSCA Việt Nam (specimen)")
        );
        assert!(distinguished_name(&state, None, "").is_err());
        assert!(distinguished_name(&state, None, "two\nlines").is_err());

        let contact = Contact::Uri("https://pki.example".into());
        let names = alternative_names(&state, Some(&contact)).unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(mrz_country(&names).as_deref(), Some("VNM"));
        assert!(alternative_names(&state, Some(&Contact::Email("hồ@example".into()))).is_err());
    }
}
