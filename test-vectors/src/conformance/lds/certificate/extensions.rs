//! The extensions of a document signer's certificate (9303-12, table 6).

use super::super::der::{only, tag};
use super::super::objects::{Object, Objects};
use crate::conformance::verdict::Played;

/// 2.5.29: the arc of the extensions of certificates.
const CE: [u8; 2] = [0x55, 0x1D];
/// id-icao-mrtd-security-extensions-documentTypeList: 2.23.136.1.1.6.2.
const DOCUMENT_TYPE_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02];
/// id-icao-mrtd-security-extensions-nameChange: 2.23.136.1.1.6.1.
const NAME_CHANGE: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x01];
/// netscape-cert-type: 2.16.840.1.113730.1.1.
const NETSCAPE_CERTIFICATE_TYPE: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x86, 0xF8, 0x42, 0x01, 0x01];

/// Numbers under [`CE`].
mod ce {
    pub(super) const SUBJECT_KEY_IDENTIFIER: u8 = 14;
    pub(super) const KEY_USAGE: u8 = 15;
    pub(super) const PRIVATE_KEY_USAGE_PERIOD: u8 = 16;
    pub(super) const SUBJECT_ALT_NAME: u8 = 17;
    pub(super) const ISSUER_ALT_NAME: u8 = 18;
    pub(super) const CRL_DISTRIBUTION_POINTS: u8 = 31;
    pub(super) const AUTHORITY_KEY_IDENTIFIER: u8 = 35;
    /// Those that a document signer must not have, with their names.
    pub(super) const FORBIDDEN: [(u8, &str); 8] = [
        (9, "subjectDirectoryAttributes"),
        (19, "basicConstraints"),
        (30, "nameConstraints"),
        (33, "policyMappings"),
        (36, "policyConstraints"),
        (37, "extKeyUsage"),
        (46, "freshestCRL"),
        (54, "inhibitAnyPolicy"),
    ];
}

/// One extension.
struct Extension<'a> {
    object: Object<'a>,
    id: &'a [u8],
    critical: Option<Object<'a>>,
    value: Object<'a>,
}

/// All of a certificate.
pub(super) struct Extensions<'a> {
    object: Object<'a>,
    extensions: Vec<Extension<'a>>,
}

impl<'a> Extensions<'a> {
    /// Reads the field.
    pub(super) fn read(object: &Object<'a>) -> Played<Self> {
        let list = only(object.inside(), tag::SEQUENCE, "extensions")?;
        let extensions = list.inside().all("extensions")?;
        let extensions = extensions.iter().map(Extension::read).collect::<Played<_>>()?;
        Ok(Extensions {
            object: *object,
            extensions,
        })
    }

    /// The value of subjectKeyIdentifier.
    pub(super) fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        let extension = self.find(&ce_id(ce::SUBJECT_KEY_IDENTIFIER))?;
        let identifier = only(
            extension.value.inside(),
            tag::OCTET_STRING,
            "subjectKeyIdentifier",
        )
        .ok()?;
        Some(identifier.value)
    }

    fn find(&self, id: &[u8]) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|extension| extension.id == id)
    }

    /// One that must be there, not critical.
    fn required(&self, id: &[u8], name: &str) -> Played<&Extension<'a>> {
        let found = self
            .find(id)
            .ok_or_else(|| self.object.flaw(name, "expected this extension, found none"))?;
        found.object.must(!found.is_critical(), name, || {
            "expected it not critical, found it critical".into()
        })?;
        Ok(found)
    }

    /// What must be there is, what must not is not, each once, defaults are not written.
    pub(super) fn check(&self) -> Played {
        for (place, extension) in self.extensions.iter().enumerate() {
            let is_default = extension
                .critical
                .is_some_and(|critical| critical.value != [0xFF]);
            extension.object.must(!is_default, "critical", || {
                "expected a default not to be written, found it".into()
            })?;
            let earlier = self.extensions.get(..place).unwrap_or_default();
            extension.object.must(
                earlier.iter().all(|other| other.id != extension.id),
                "extensions",
                || "expected each extension once, found one twice".into(),
            )?;
        }
        for (number, name) in ce::FORBIDDEN {
            self.check_absent(&ce_id(number), name)?;
        }
        self.check_absent(NAME_CHANGE, "nameChange")?;
        self.check_absent(NETSCAPE_CERTIFICATE_TYPE, "Netscape certificate type")?;
        self.check_key_usage()?;
        self.check_authority_key_identifier()?;
        self.check_private_key_usage_period()?;
        for (number, name) in [
            (ce::SUBJECT_ALT_NAME, "subjectAltName"),
            (ce::ISSUER_ALT_NAME, "issuerAltName"),
        ] {
            check_alternative_name(self.required(&ce_id(number), name)?, name)?;
        }
        self.check_distribution_points()?;
        self.check_document_types()
    }

    fn check_absent(&self, id: &[u8], name: &str) -> Played {
        match self.find(id) {
            Some(extension) => Err(extension
                .object
                .flaw(name, "expected no such extension, found one")),
            None => Ok(()),
        }
    }

    /// Critical, digitalSignature and nothing else.
    fn check_key_usage(&self) -> Played {
        let name = "keyUsage";
        let usage = self.find(&ce_id(ce::KEY_USAGE));
        let usage = usage.ok_or_else(|| self.object.flaw(name, "expected this extension, found none"))?;
        usage.object.must(usage.is_critical(), name, || {
            "expected it critical, found it not critical".into()
        })?;
        let bits = only(usage.value.inside(), tag::BIT_STRING, name)?;
        bits.must(bits.value == [0x07, 0x80], name, || {
            format!(
                "expected digitalSignature alone (0780), found {}",
                hex::encode_upper(bits.value)
            )
        })
    }

    fn check_authority_key_identifier(&self) -> Played {
        let name = "authorityKeyIdentifier";
        let extension = self.required(&ce_id(ce::AUTHORITY_KEY_IDENTIFIER), name)?;
        let identifier = only(extension.value.inside(), tag::SEQUENCE, name)?;
        let key = identifier.inside().find(0x80, "keyIdentifier")?;
        key.must(!key.value.is_empty(), "keyIdentifier", || {
            "expected it, found nothing in it".into()
        })
    }

    /// At least one end, each a GeneralizedTime under its tag.
    fn check_private_key_usage_period(&self) -> Played {
        let name = "privateKeyUsagePeriod";
        let extension = self.required(&ce_id(ce::PRIVATE_KEY_USAGE_PERIOD), name)?;
        let period = only(extension.value.inside(), tag::SEQUENCE, name)?;
        let mut ends = period.inside();
        let ends = [ends.optional(0x80, name)?, ends.optional(0x81, name)?];
        period.must(ends.iter().any(Option::is_some), name, || {
            "expected notBefore or notAfter, found neither".into()
        })?;
        for end in ends.into_iter().flatten() {
            let digits = end.value.strip_suffix(b"Z").unwrap_or_default();
            let is_time = digits.len() == 14 && digits.iter().all(u8::is_ascii_digit);
            end.must(is_time, name, || {
                format!("expected YYYYMMDDHHMMSSZ, found {}", end.value.escape_ascii())
            })?;
        }
        Ok(())
    }

    /// At least one, each named by a URI of LDAP, HTTP or HTTPS.
    fn check_distribution_points(&self) -> Played {
        let name = "cRLDistributionPoints";
        let extension = self.required(&ce_id(ce::CRL_DISTRIBUTION_POINTS), name)?;
        let points = only(extension.value.inside(), tag::SEQUENCE, name)?;
        let points = points.inside().all(name)?;
        extension.object.must(!points.is_empty(), name, || {
            "expected at least one point, found none".into()
        })?;
        for point in points {
            let mut fields = point.inside();
            let location = fields.expect(0xA0, "distributionPoint")?;
            fields.end(name)?;
            let full_name = only(location.inside(), 0xA0, "distributionPoint")?;
            for place in full_name.inside().all("distributionPoint")? {
                let known = [&b"ldap://"[..], b"ldaps://", b"http://", b"https://"];
                let is_uri = place.tag == 0x86
                    && known
                        .iter()
                        .any(|scheme| place.value.to_ascii_lowercase().starts_with(scheme));
                place.must(is_uri, "distributionPoint", || {
                    format!(
                        "expected a URI of ldap, http or https, found {}",
                        place.value.escape_ascii()
                    )
                })?;
            }
        }
        Ok(())
    }

    /// Version 0 and types of one or two letters (9303-12 §7.1.1.6).
    fn check_document_types(&self) -> Played {
        let name = "documentTypeList";
        let extension = self.required(DOCUMENT_TYPE_LIST, name)?;
        let list = only(extension.value.inside(), tag::SEQUENCE, name)?;
        let mut fields = list.inside();
        fields
            .expect(tag::INTEGER, "version of documentTypeList")?
            .expect_value(&[0], "version of documentTypeList")?;
        let types = fields.expect(tag::SET, name)?;
        fields.end(name)?;
        let types = types.inside().all(name)?;
        list.must(!types.is_empty(), name, || {
            "expected at least one type, found none".into()
        })?;
        for kind in types {
            kind.expect_tag(tag::PRINTABLE_STRING, name)?;
            kind.must(matches!(kind.value.len(), 1 | 2), name, || {
                "expected one or two letters".into()
            })?;
        }
        Ok(())
    }
}

/// A directory name with the code of the State as localityName (9303-12 §7.1.1.2).
fn check_alternative_name(extension: &Extension<'_>, name: &str) -> Played {
    let names = only(extension.value.inside(), tag::SEQUENCE, name)?;
    let directory = names.inside().find(0xA4, name)?;
    let directory = only(directory.inside(), tag::SEQUENCE, name)?;
    let mut has_locality = false;
    for relative in directory.inside().all(name)? {
        for attribute in relative.inside().all(name)? {
            let kind = attribute.inside().expect(tag::OBJECT_IDENTIFIER, name)?;
            // localityName and stateOrProvinceName; no others.
            kind.must(matches!(kind.value, [0x55, 0x04, 0x07 | 0x08]), name, || {
                "expected localityName and stateOrProvinceName alone, found another attribute".into()
            })?;
            has_locality |= kind.value == [0x55, 0x04, 0x07];
        }
    }
    extension.object.must(has_locality, name, || {
        "expected a localityName, found none".into()
    })
}

fn ce_id(number: u8) -> [u8; 3] {
    [CE[0], CE[1], number]
}

impl<'a> Extension<'a> {
    fn read(object: &Object<'a>) -> Played<Self> {
        object.expect_tag(tag::SEQUENCE, "Extension")?;
        let mut fields: Objects<'a> = object.inside();
        let id = fields.expect(tag::OBJECT_IDENTIFIER, "extnID")?;
        let critical = fields.optional(tag::BOOLEAN, "critical")?;
        let value = fields.expect(tag::OCTET_STRING, "extnValue")?;
        fields.end("Extension")?;
        Ok(Extension {
            object: *object,
            id: id.value,
            critical,
            value,
        })
    }

    fn is_critical(&self) -> bool {
        self.critical.is_some_and(|critical| critical.value != [0])
    }
}
