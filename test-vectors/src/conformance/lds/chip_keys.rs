//! What DG14, DG15 and EF.CardSecurity say of the chip's own keys and of Terminal Authentication (9303-11 §6.1, §6.2, §9.2).

use super::der::{self, Sets, only, tag};
use super::files::{File, Files};
use super::objects::Object;
use super::outer;
use super::public_key::{EC_PUBLIC_KEY, KeyInfo, PublicKey, RSA_ENCRYPTION};
use super::security_infos::{Info, Protocol, Source, none};
use super::signature::PLAIN_ECDSA_ARC;
use crate::conformance::verdict::Played;

/// dhpublicnumber (1.2.840.10046.2.1) and dhKeyAgreement (1.2.840.113549.1.3.1).
const DH: [&[u8]; 2] = [
    &[0x2A, 0x86, 0x48, 0xCE, 0x3E, 0x02, 0x01],
    &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x03, 0x01],
];

fn is_public_key(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::PublicKey(_))
}

fn is_chip_authentication(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::ChipAuthentication(..))
}

/// Each ChipAuthenticationPublicKeyInfo: a key of the kind that its protocol says; each has a number where there are several, and where
/// PACE-CAM uses it.
pub(super) fn public_keys(files: &Files, source: Source) -> Played {
    let field = "ChipAuthenticationPublicKeyInfo";
    let keys = source.of(files, is_public_key)?;
    if keys.is_empty() && source == Source::CardSecurity {
        let mapped = source.of(files, Protocol::is_chip_authentication_mapping)?;
        if mapped.is_empty() {
            return Err(none(
                source,
                "key of Chip Authentication, and PACE-CAM is not offered",
            ));
        }
    }
    source.set(files)?.must(!keys.is_empty(), field, || {
        "expected at least one, found none".into()
    })?;
    for key in &keys {
        check_public_key(key)?;
        let number = key.number("keyId")?;
        key.object.must(keys.len() == 1 || number.is_some(), field, || {
            "expected a keyId, because there are several keys, found none".into()
        })?;
    }
    Ok(())
}

fn check_public_key(info: &Info<'_>) -> Played {
    let key = KeyInfo::read(&info.required)?;
    if info.protocol == Protocol::PublicKey(1) {
        key.algorithm
            .must(DH.contains(&key.algorithm.value), "algorithm", || {
                format!(
                    "expected that of a DH key, found {}",
                    hex::encode_upper(key.algorithm.value)
                )
            })?;
        let mut bits = key.key.inside();
        bits.skip(1);
        only(bits, tag::INTEGER, "DHPublicKey")?.positive("DHPublicKey")?;
        return Ok(());
    }
    match key.public_key()? {
        PublicKey::Ec { .. } => Ok(()),
        _ => Err(key
            .algorithm
            .flaw("algorithm", "expected that of a key on a curve, found another")),
    }
}

/// Each ChipAuthenticationInfo: version 1, and there is the key that it means.
pub(super) fn infos(files: &Files) -> Played {
    let field = "ChipAuthenticationInfo";
    let keys = Source::Dg14.of(files, is_public_key)?;
    for info in Source::Dg14.of(files, is_chip_authentication)? {
        info.check_version(1)?;
        let number = info.number("keyId")?;
        info.object.must(keys.len() <= 1 || number.is_some(), field, || {
            "expected a keyId, because there are several keys, found none".into()
        })?;
        has_key(&info, &keys)?;
    }
    Ok(())
}

/// There is a key of the info's kind, with its number where it has one.
fn has_key(info: &Info<'_>, keys: &[Info<'_>]) -> Played {
    let Protocol::ChipAuthentication(kind, _) = info.protocol else {
        return Ok(());
    };
    let number = info.number("keyId")?;
    let fits = |key: &&Info<'_>| {
        key.protocol == Protocol::PublicKey(kind) && key.number("keyId").ok() == Some(number)
    };
    info.object.must(
        keys.iter().any(|key| fits(&key)),
        "ChipAuthenticationInfo",
        || "expected a ChipAuthenticationPublicKeyInfo of its kind with its keyId, found none".into(),
    )
}

/// At least one info of Chip Authentication with its key: what a chip with PACE-CAM must have (9303-11 §4.4.3.5).
pub(super) fn chip_authentication_too(files: &Files) -> Played {
    let field = "SecurityInfos";
    let (infos, keys) = (
        Source::Dg14.of(files, is_chip_authentication)?,
        Source::Dg14.of(files, is_public_key)?,
    );
    let is_whole = infos.iter().any(|info| has_key(info, &keys).is_ok());
    Source::Dg14.set(files)?.must(is_whole, field, || {
        "expected a ChipAuthenticationInfo and its key, because the chip does PACE-CAM, found none".into()
    })
}

/// ActiveAuthenticationInfo, once: version 1 and a plain ECDSA.
pub(super) fn active_authentication_info(files: &Files) -> Played {
    let field = "ActiveAuthenticationInfo";
    let infos = Source::Dg14.of(files, |protocol| protocol == Protocol::ActiveAuthentication)?;
    let set = Source::Dg14.set(files)?;
    let [info] = infos.as_slice() else {
        return Err(set.flaw(field, &format!("expected one, found {}", infos.len())));
    };
    info.check_version(1)?;
    let algorithm = info
        .optional
        .ok_or_else(|| info.object.flaw("signatureAlgorithm", "expected it, found none"))?;
    algorithm.expect_tag(tag::OBJECT_IDENTIFIER, "signatureAlgorithm")?;
    let is_plain = matches!(algorithm.value.strip_prefix(&PLAIN_ECDSA_ARC), Some([1..=6]));
    algorithm.must(is_plain, "signatureAlgorithm", || {
        format!(
            "expected plain ECDSA with a hash, found {}",
            hex::encode_upper(algorithm.value)
        )
    })
}

/// If there is a TerminalAuthenticationInfo, one has version 1; mechanisms, which belong into certificates, are not among the infos.
pub(super) fn terminal_authentication(files: &Files) -> Played {
    let field = "TerminalAuthenticationInfo";
    let mechanisms = Source::Dg14.of(files, |protocol| protocol == Protocol::TerminalMechanism)?;
    if let Some(info) = mechanisms.first() {
        let what = "expected id-TA, found the identifier of one of its mechanisms";
        return Err(info.object.flaw(field, what));
    }
    let infos = terminal_infos(files)?;
    let has_first = infos.is_empty() || infos.iter().any(|info| info.check_version(1).is_ok());
    Source::Dg14.set(files)?.must(has_first, field, || {
        "expected one of version 1, found none".into()
    })
}

/// Each TerminalAuthenticationInfo of version 1: where EF.CVCA is, in OCTET STRINGs (TR-03110-3 §A.1.1.3).
pub(super) fn terminal_authentication_syntax(files: &Files) -> Played {
    let infos = terminal_infos(files)?;
    if infos.is_empty() {
        return Err(none(Source::Dg14, "TerminalAuthenticationInfo"));
    }
    for info in infos {
        info.required.expect_tag(tag::INTEGER, "version")?;
        let (true, Some(file)) = (info.required.value == [1], info.optional) else {
            continue;
        };
        file.expect_tag(tag::SEQUENCE, "efCVCA")?;
        let mut parts = file.inside();
        let fid = parts.expect(tag::OCTET_STRING, "fid")?;
        fid.expect_len(2, "fid")?;
        if let [_, ..] = parts.rest() {
            let sfi = parts.expect(tag::OCTET_STRING, "sfi")?;
            sfi.must(matches!(sfi.value, [1..=30]), "sfi", || {
                "expected one byte from 01 to 1E".into()
            })?;
        }
        parts.end("efCVCA")?;
    }
    Ok(())
}

fn terminal_infos(files: &Files) -> Played<Vec<Info<'_>>> {
    Source::Dg14.of(files, |protocol| protocol == Protocol::TerminalAuthentication)
}

/// Each parameter of PACE-CAM is the number of a key (9303-11 §4.4.3.5).
pub(super) fn key_of_mapping(files: &Files) -> Played {
    let source = Source::CardSecurity;
    let mapped = source.of(files, Protocol::is_chip_authentication_mapping)?;
    if mapped.is_empty() {
        return Err(none(source, "PACEInfo with Chip Authentication Mapping"));
    }
    let keys = source.of(files, is_public_key)?;
    for info in mapped {
        let parameter = info.number("parameterId")?;
        let has_key =
            parameter.is_some() && keys.iter().any(|key| key.number("keyId").ok() == Some(parameter));
        info.object.must(has_key, "parameterId", || {
            format!("expected the keyId of a ChipAuthenticationPublicKeyInfo, found {parameter:?}")
        })?;
    }
    Ok(())
}

/// DG15's SubjectPublicKeyInfo.
fn dg15(files: &Files) -> Played<Object<'_>> {
    outer::content(files, File::DataGroup(15))?.next("SubjectPublicKeyInfo")
}

/// DG15 holds one SubjectPublicKeyInfo in DER and nothing else.
pub(super) fn active_authentication_key_der(files: &Files) -> Played {
    let mut objects = outer::content(files, File::DataGroup(15))?;
    let info = objects.next("SubjectPublicKeyInfo")?;
    objects.end("SubjectPublicKeyInfo")?;
    der::check(&info, Sets::Sorted)?;
    KeyInfo::read(&info).map(|_| ())
}

/// RSA or ECDSA.
pub(super) fn active_authentication_algorithm(files: &Files) -> Played {
    let key = KeyInfo::read(&dg15(files)?)?;
    let is_known = [RSA_ENCRYPTION, EC_PUBLIC_KEY].contains(&key.algorithm.value);
    key.algorithm.must(is_known, "algorithm", || {
        format!(
            "expected rsaEncryption or id-ecPublicKey, found {}",
            hex::encode_upper(key.algorithm.value)
        )
    })
}

/// The key is one of its algorithm: of RSA modulus and exponent and NULL parameters, of a curve its domain and a point of it.
pub(super) fn active_authentication_key(files: &Files) -> Played {
    let key = KeyInfo::read(&dg15(files)?)?;
    if let (PublicKey::Rsa { .. }, Some(parameters)) = (key.public_key()?, key.parameters) {
        parameters.expect_tag(tag::NULL, "parameters")?;
    }
    Ok(())
}
