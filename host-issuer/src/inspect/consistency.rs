//! Parts of a document that must agree with each other. Only bytes whose digest is the signed one
//! come here: what is compared is what the issuer wrote.

use std::collections::BTreeSet;

use ::time::{Date, Month, OffsetDateTime};

use super::asn1::{Asn1Error, only};
use super::certificate::Certificate;
use super::check::{Check, CheckId};
use super::countries;
use super::document::Read;
use super::mrz::Zone;
use super::security_infos::{PACE, any_of, offers, security_infos};
use super::security_object::SecurityObject;

/// `com_matches_sod`: EF.COM (Doc 9303-10 §4.6.1) lists what EF.SOD lists, and their versions agree.
pub(crate) fn com_matches_sod(com: &Read, object: &SecurityObject) -> Check {
    let id = CheckId::ComMatchesSod;
    let Some(bytes) = com.bytes() else {
        return Check::not_applicable(id, "EF.COM was not read; EF.SOD says which data groups there are");
    };
    let parsed = match parse_com(bytes) {
        Ok(parsed) => parsed,
        Err(error) => return Check::failed(id, error.to_string()),
    };
    let listed: BTreeSet<u8> = object.hashes.keys().copied().collect();
    let names = |groups: Vec<&u8>| {
        groups
            .iter()
            .map(|number| format!("DG{number}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let only_in_com: Vec<_> = parsed.data_groups.difference(&listed).collect();
    let only_in_sod: Vec<_> = listed.difference(&parsed.data_groups).collect();
    if !only_in_com.is_empty() {
        return Check::failed(id, format!("only EF.COM lists {}", names(only_in_com)));
    }
    if !only_in_sod.is_empty() {
        return Check::failed(id, format!("only EF.SOD lists {}", names(only_in_sod)));
    }
    let (lds, unicode) = match &object.lds_version {
        Some((lds, unicode)) => (lds.as_str(), unicode.as_str()),
        // Doc 9303-10 §4.6.2.3: an object of version 0 is of LDS 1.7.
        None => LDS_1_7,
    };
    for (what, in_com, in_sod) in [
        ("LDS", parsed.lds_version.as_str(), lds),
        ("Unicode", parsed.unicode_version.as_str(), unicode),
    ] {
        if in_com != in_sod {
            return Check::failed(
                id,
                format!("EF.COM is of {what} {in_com}, EF.SOD of {what} {in_sod}"),
            );
        }
    }
    Check::passed(id, names(listed.iter().collect()))
}

/// LDS and Unicode version before EF.SOD told them.
const LDS_1_7: (&str, &str) = ("0107", "040000");

struct Com {
    lds_version: String,
    unicode_version: String,
    data_groups: BTreeSet<u8>,
}

/// `60 { 5F01 LDS version, 5F36 Unicode version, 5C tags of the data groups }`
fn parse_com(bytes: &[u8]) -> Result<Com, Asn1Error> {
    let mut fields = only(bytes, 0x60, "EF.COM")?.reader();
    let lds_version = fields.expect(0x5F01, "EF.COM LDS version")?.body;
    let unicode_version = fields.expect(0x5F36, "EF.COM Unicode version")?.body;
    let tags = fields.expect(0x5C, "EF.COM tag list")?.body;
    fields.finish("EF.COM")?;
    let mut data_groups = BTreeSet::new();
    for tag in tags {
        // Doc 9303-10 Table 31: the tags are not in the order of the numbers.
        let number = [
            0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
        ]
        .iter()
        .position(|known| known == tag)
        .and_then(|index| u8::try_from(index + 1).ok())
        .ok_or_else(|| Asn1Error::Value(format!("EF.COM: {tag:02X} is no data group")))?;
        data_groups.insert(number);
    }
    Ok(Com {
        lds_version: String::from_utf8_lossy(lds_version).into_owned(),
        unicode_version: String::from_utf8_lossy(unicode_version).into_owned(),
        data_groups,
    })
}

/// `card_access_matches_dg14`: EF.CardAccess is read in clear and unsigned; each SecurityInfo in it
/// must be in the signed DG14 byte for byte, or someone may have talked the terminal into a weaker
/// protocol (Doc 9303-11 §9.2). DG14 may hold more. An EF.CardAccess that is not there or offers no PACE, on a
/// card whose DG14 does, may have been hidden so that the terminal falls back to BAC.
pub(crate) fn card_access_matches_dg14(card_access: &Read, dg14: Option<&[u8]>, listed: bool) -> Check {
    let id = CheckId::CardAccessMatchesDg14;
    let Some(announced) = card_access.bytes() else {
        return match dg14.map(|file| offers(file, &[PACE])) {
            Some(Ok(true)) => Check::missing(id, "DG14 offers PACE, and EF.CardAccess was not read"),
            Some(Err(_)) => Check::blocked(id, CheckId::DgStructure(14)),
            Some(Ok(false)) | None => {
                Check::not_applicable(id, "no EF.CardAccess was read, and DG14 offers no PACE")
            }
        };
    };
    let Some(dg14) = dg14 else {
        if listed {
            return Check::blocked(id, CheckId::DgDigest(14));
        }
        return Check::missing(id, "EF.SOD lists no DG14, so EF.CardAccess is not signed");
    };
    let signed = only(dg14, 0x6E, "DG14").and_then(|file| security_infos(file.body, "DG14"));
    let Ok(signed) = signed else {
        return Check::blocked(id, CheckId::DgStructure(14));
    };
    let compare = || -> Result<Check, Asn1Error> {
        let announced = security_infos(announced, "EF.CardAccess")?;
        if !announced.is_subset(&signed) {
            return Ok(Check::failed(
                id,
                "EF.CardAccess announces what the signed DG14 does not",
            ));
        }
        if !any_of(&announced, &[PACE])? && any_of(&signed, &[PACE])? {
            return Ok(Check::missing(
                id,
                "DG14 offers PACE, and EF.CardAccess announces none",
            ));
        }
        let count = announced.len();
        Ok(Check::passed(
            id,
            format!("{count} SecurityInfo of EF.CardAccess are in DG14"),
        ))
    };
    compare().unwrap_or_else(|error| Check::failed(id, error.to_string()))
}

/// `country`: document signer, CSCA and DG1 name the same state, in the names of the certificates and, where they have them, in the
/// alternative names of the document signer's.
pub(crate) fn country(ds: &Certificate, csca: Option<&Certificate>, zone: &Zone) -> Check {
    let id = CheckId::Country;
    let Some(signer) = ds.country() else {
        return Check::failed(id, "the document signer certificate names no country");
    };
    if let Some(csca) = csca
        && csca
            .country()
            .is_none_or(|country| !countries::same(&country, &signer))
    {
        let other = csca.country().unwrap_or_else(|| "no country".into());
        return Check::failed(
            id,
            format!("the document signer is of {signer}, its CSCA of {other}"),
        );
    }
    if !countries::same(&zone.issuing_state, &signer) {
        return Check::failed(
            id,
            format!(
                "the document signer is of {signer}, DG1 of {}",
                zone.issuing_state
            ),
        );
    }
    let extensions = ds.extensions();
    let states = [
        ("subject", &extensions.subject_state),
        ("issuer", &extensions.issuer_state),
    ];
    for (whose, state) in states {
        if let Some(state) = state
            && !countries::same(state, &zone.issuing_state)
        {
            return Check::failed(
                id,
                format!(
                    "the {whose}'s alternative name in the document signer certificate is of {state}, DG1 of {}",
                    zone.issuing_state
                ),
            );
        }
    }
    Check::passed(id, format!("{signer}, {}", zone.issuing_state))
}

/// `document_type`: the signer's document type list allows DG1's document code.
pub(crate) fn document_type(ds: &Certificate, zone: &Zone) -> Check {
    let id = CheckId::DocumentType;
    let Some(types) = &ds.extensions().document_types else {
        return Check::not_applicable(id, "the document signer certificate has no document type list");
    };
    // One letter stands for every document code that starts with it (Doc 9303-12 §7.1.1.6).
    let allowed = types
        .iter()
        .map(|listed| listed.trim_end_matches('<'))
        .any(|listed| {
            listed == zone.document_code || (listed.len() == 1 && zone.document_code.starts_with(listed))
        });
    if !allowed {
        return Check::failed(
            id,
            format!("{} is not among {}", zone.document_code, types.join(", ")),
        );
    }
    Check::passed(
        id,
        format!("{} is among {}", zone.document_code, types.join(", ")),
    )
}

/// A date as DG13 writes it.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::from_calendar_date(
        year.parse().ok()?,
        Month::try_from(month.parse::<u8>().ok()?).ok()?,
        day.parse().ok()?,
    )
    .ok()
}

/// `document_expiry`
pub(crate) fn document_expiry(zone: &Zone, now: OffsetDateTime) -> Check {
    let id = CheckId::DocumentExpiry;
    match zone.expiry() {
        None => Check::not_applicable(id, "DG1 has no date of expiry"),
        Some(expiry) if now.date() > expiry => Check::failed(id, format!("the document expired on {expiry}")),
        Some(expiry) => Check::passed(id, format!("valid until {expiry}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn com_of_doc_9303_10_appendix_a() {
        let com = hex::decode("60165F0104303130375F36063034303030305C046175766C").unwrap();
        let com = parse_com(&com).unwrap();
        assert_eq!(com.lds_version, "0107");
        assert_eq!(com.data_groups.into_iter().collect::<Vec<_>>(), [1, 2, 4, 12]);
        assert!(parse_com(&[0x60, 0x00]).is_err());
    }
}
