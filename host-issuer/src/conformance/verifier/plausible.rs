//! Whether a chip can be made of what a file says. The faulty chip trusts its setup: a private key is one, a signature fits its modulus.

use test_vectors::faulty_chip::{BadPoint, ChipKey, Fault, Misdeed, Setup, SigningKey};

use super::fields::FieldError;

/// What a chip answers goes through readers that count its bytes in sixteen bits, protection and status word included.
const MAX_CONTENT: usize = 64_000;
/// Keys, ways to run PACE, trust points, faults.
const MAX_ENTRIES: usize = 100;
/// Bytes of an RSA modulus.
const MODULUS: std::ops::RangeInclusive<usize> = 128..=512;
/// Bytes of a trailer of ISO/IEC 9796-2.
const MAX_TRAILER: usize = 16;
/// Bytes that are given beyond what is there.
const MAX_MORE: usize = 256;
/// Bytes of a nonce.
const MAX_NONCE: usize = 256;

/// Refuses what the faulty chip cannot be, or what would make it use more than it needs.
pub(super) fn check(setup: &Setup, faults: &[Fault]) -> Result<(), FieldError> {
    for (field, files) in [
        ("setup.master_file", &setup.master_file),
        ("setup.application", &setup.application),
    ] {
        if let Some((fid, _)) = files.iter().find(|(_, file)| file.len() > MAX_CONTENT) {
            let cause = format!("longer than {MAX_CONTENT} bytes");
            return Err(FieldError::new(format!("{field}.{fid:04X}"), cause));
        }
    }
    let counts = [
        ("setup.pace", setup.pace.len()),
        ("setup.chip_keys", setup.chip_keys.len()),
        ("setup.trust_points", setup.trust_points.len()),
        ("faults", faults.len()),
    ];
    if let Some((field, _)) = counts.iter().find(|(_, count)| *count > MAX_ENTRIES) {
        return Err(FieldError::new(*field, "too many"));
    }
    for (index, key) in setup.chip_keys.iter().enumerate() {
        check_chip_key(key).map_err(|cause| FieldError::new(format!("setup.chip_keys[{index}]"), cause))?;
    }
    check_signing_key(setup.signing_key.as_ref())
        .map_err(|cause| FieldError::new("setup.signing_key", cause))?;
    if setup.today.len() != 6 || !setup.today.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(FieldError::new("setup.today", "not six digits"));
    }
    if setup.manners.pieces == Some(0) {
        return Err(FieldError::new("setup.manners.pieces", "no bytes at once"));
    }
    for (index, fault) in faults.iter().enumerate() {
        check_misdeed(setup, &fault.misdeed)
            .map_err(|cause| FieldError::new(format!("faults[{index}].misdeed"), cause))?;
    }
    Ok(())
}

fn check_chip_key(key: &ChipKey) -> Result<(), &'static str> {
    let is_private = key.group.is_private(&key.private);
    if is_private {
        Ok(())
    } else {
        Err("no private key of its group")
    }
}

fn check_signing_key(key: Option<&SigningKey>) -> Result<(), &'static str> {
    match key {
        None => Ok(()),
        Some(SigningKey::P256(private)) => {
            let curve = test_vectors::faulty_chip::Curve::P256;
            if curve.is_private(private) {
                Ok(())
            } else {
                Err("no private key on P-256")
            }
        }
        Some(SigningKey::Rsa {
            modulus,
            private_exponent,
            ..
        }) => {
            // The representative 6A… must be smaller than the modulus, and Montgomery arithmetic takes odd moduli only.
            let is_whole = modulus.first().is_some_and(|byte| *byte >= 0x80);
            let is_odd = modulus.last().is_some_and(|byte| byte & 1 == 1);
            let fits = !private_exponent.is_empty() && private_exponent.len() <= modulus.len();
            if MODULUS.contains(&modulus.len()) && is_whole && is_odd && fits {
                Ok(())
            } else {
                Err("no RSA key of 1024 to 4096 bits")
            }
        }
    }
}

fn check_misdeed(setup: &Setup, misdeed: &Misdeed) -> Result<(), &'static str> {
    let is_fine = match misdeed {
        Misdeed::TooMuch(more) => *more <= MAX_MORE,
        Misdeed::Append(data) => data.len() <= MAX_MORE,
        Misdeed::NonceOf(len) => *len <= MAX_NONCE,
        Misdeed::Trailer(trailer) => trailer.len() <= MAX_TRAILER,
        Misdeed::Data(data) => data.len() <= MAX_CONTENT,
        Misdeed::Point(BadPoint::Compressed) => setup.pace.iter().all(|set| set.group.curve().is_some()),
        _ => true,
    };
    if is_fine {
        Ok(())
    } else {
        Err("the chip cannot do this")
    }
}
