//! EF.CardAccess: the parameter sets of PACE (9303-11 §9.2.1 to §9.2.3, §9.5).

use super::der::tag;
use super::files::Files;
use super::security_infos::{Info, Protocol, Source, none};
use crate::conformance::verdict::Played;

/// Numbers from here on are a chip's own domain parameters (9303-11, table 6: 0 to 2 and 8 to 18 are standardized).
const FIRST_OF_ITS_OWN: u32 = 32;

fn is_pace(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Pace(..))
}

fn is_domain(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::PaceDomain(_))
}

/// Whether a mapping is over a curve.
fn is_ecdh(mapping: u8) -> bool {
    matches!(mapping, 2 | 4 | 6)
}

/// Each PACEInfo: version 2, and a parameter set of its kind, standardized or with its own PACEDomainParameterInfo.
pub(super) fn pace_infos(files: &Files) -> Played {
    let source = Source::CardAccess;
    let infos = source.of(files, is_pace)?;
    let domains = source.of(files, is_domain)?;
    source.set(files)?.must(!infos.is_empty(), "PACEInfo", || {
        "expected at least one, found none".into()
    })?;
    for info in infos {
        info.check_version(2)?;
        let Protocol::Pace(mapping, _) = info.protocol else {
            continue;
        };
        let parameter = info.number("parameterId")?;
        let (fits, expected) = match parameter {
            None => (
                domains.len() == 1,
                "a parameterId, or one PACEDomainParameterInfo",
            ),
            Some(number) if number < FIRST_OF_ITS_OWN && is_ecdh(mapping) => {
                ((8..=18).contains(&number), "8 to 18, a curve")
            }
            Some(number) if number < FIRST_OF_ITS_OWN => (number <= 2, "0 to 2, a MODP group"),
            Some(_) => (
                domains
                    .iter()
                    .any(|domain| domain.number("parameterId").ok() == Some(parameter)),
                "that of a PACEDomainParameterInfo",
            ),
        };
        info.object.must(fits, "parameterId", || {
            format!("expected {expected}, found {parameter:?}")
        })?;
    }
    Ok(())
}

/// Each PACEDomainParameterInfo: an AlgorithmIdentifier with parameters, and a number where there are several.
pub(super) fn domain_parameter_infos(files: &Files) -> Played {
    let source = Source::CardAccess;
    let domains = source.of(files, is_domain)?;
    if domains.is_empty() {
        return Err(none(source, "PACEDomainParameterInfo"));
    }
    for domain in &domains {
        check_domain(domain)?;
        let number = domain.number("parameterId")?;
        domain
            .object
            .must(domains.len() == 1 || number.is_some(), "parameterId", || {
                "expected one, because there are several PACEDomainParameterInfos, found none".into()
            })?;
        let others = domains
            .iter()
            .filter(|other| other.number("parameterId").ok() == Some(number))
            .count();
        domain.object.must(others == 1, "parameterId", || {
            "expected each once, found one twice".into()
        })?;
        domain.object.must(
            number.is_none_or(|number| number >= FIRST_OF_ITS_OWN),
            "parameterId",
            || format!("expected {FIRST_OF_ITS_OWN} and more, which are not standardized, found {number:?}"),
        )?;
    }
    Ok(())
}

fn check_domain(domain: &Info<'_>) -> Played {
    let field = "domainParameter";
    domain.required.expect_tag(tag::SEQUENCE, field)?;
    let mut parts = domain.required.inside();
    parts.expect(tag::OBJECT_IDENTIFIER, field)?;
    parts.next("parameters of the domain")?;
    parts.end(field)
}

/// With Chip Authentication Mapping there is Generic or Integrated Mapping, too (9303-11 §4.4.3.5).
pub(super) fn another_mapping(files: &Files) -> Played {
    let source = Source::CardAccess;
    let infos = source.of(files, is_pace)?;
    if !infos
        .iter()
        .any(|info| info.protocol.is_chip_authentication_mapping())
    {
        return Err(none(source, "PACEInfo with Chip Authentication Mapping"));
    }
    let other = infos
        .iter()
        .any(|info| !info.protocol.is_chip_authentication_mapping() && info.check_version(2).is_ok());
    source.set(files)?.must(other, "PACEInfo", || {
        "expected one with Generic or Integrated Mapping beside Chip Authentication Mapping, found none"
            .into()
    })
}
