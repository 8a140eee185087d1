//! ISO7816_R: Active Authentication (ICAO Doc 9303-11 §6.1).

use crate::conformance::bench::{Bench, EF_DG14, EF_DG15, refused};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::{AccessProtocol, Need, public_key};
use crate::conformance::verdict::{Finding, Played};
use crate::naive::{Group, find};
use crate::oracle::active_authentication::{ActiveKey, Hash};
use crate::oracle::{Command, Le};

/// A step of every case.
const STEP: &str = "INTERNAL AUTHENTICATE";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("ISO7816_R_2", |bench| signs(bench, AccessProtocol::Bac)),
        Case::new("ISO7816_R_3", |bench| refuses(bench, 4)),
        Case::new("ISO7816_R_4", |bench| refuses(bench, 9)),
        Case::new("ISO7816_R_5", |bench| signed(bench, rsa)),
        Case::new("ISO7816_R_6", |bench| signed(bench, ecdsa)),
        Case::new("ISO7816_R_7", |bench| signs(bench, AccessProtocol::Pace)),
    ]
}

/// INTERNAL AUTHENTICATE. The signature of a long RSA key fits no short answer.
fn command(bench: &Bench<'_>, challenge: &[u8]) -> Command {
    let is_long = bench.statement.has(Need::ActiveAuthenticationRsa);
    let le = match bench.statement.extended_length {
        Some((_, longest)) if is_long => Le::Extended(longest.min(65_536)),
        _ => Le::Short(256),
    };
    Command::internal_authenticate(challenge, 256).le(le)
}

/// A signature comes, protected.
fn signs(bench: &mut Bench<'_>, protocol: AccessProtocol) -> Played {
    bench.open_by(protocol)?;
    let challenge = bench.random.bytes(8);
    sign(bench, &challenge)?;
    bench.expect_session_alive()
}

fn sign(bench: &mut Bench<'_>, challenge: &[u8]) -> Played<Vec<u8>> {
    let command = command(bench, challenge);
    let answer = bench.send(&command)?.expect(STEP, StatusSet::SUCCESS)?;
    let signature = answer.expect_protected(STEP)?.data;
    expected(!signature.is_empty(), STEP, "a signature")?;
    Ok(signature)
}

/// RND.IFD has eight bytes; anything else is refused without a signature, and the session goes on.
fn refuses(bench: &mut Bench<'_>, len: usize) -> Played {
    bench.open()?;
    let challenge = bench.random.bytes(len);
    let command = command(bench, &challenge);
    let step = format!("{STEP} with a challenge of {len} bytes");
    refused(bench.send(&command)?, &step)?.expect_protected(&step)?;
    bench.expect_session_alive()
}

/// The signatures over two challenges are right under the key of DG15.
fn signed(bench: &mut Bench<'_>, key: fn(&mut Bench<'_>, &[u8]) -> Played<ActiveKey>) -> Played {
    bench.open()?;
    let dg15 = bench.read_file(EF_DG15.fid)?;
    let content = find(&dg15, EF_DG15.tag.into()).and_then(|spki| find(spki, 0x30));
    let content = content.ok_or_else(|| Finding::failed("DG15 holds no SubjectPublicKeyInfo"))?;
    let key = key(bench, content)?;
    for _ in 0..2 {
        let challenge = bench.random.bytes(8);
        let signature = sign(bench, &challenge)?;
        key.check(&challenge, &signature)
            .map_err(|why| Finding::failed(format!("the signature: {why}")))?;
    }
    bench.expect_session_alive()
}

fn rsa(_: &mut Bench<'_>, spki: &[u8]) -> Played<ActiveKey> {
    ActiveKey::rsa(spki).ok_or_else(|| Finding::failed("the key of DG15 is no RSA key"))
}

/// With ECDSA the hash function is in DG14.
fn ecdsa(bench: &mut Bench<'_>, spki: &[u8]) -> Played<ActiveKey> {
    let Some((Group::Curve(curve), public)) = public_key(spki) else {
        return Err(Finding::NotApplicable(
            "the key of DG15 is on a curve that the suite does not compute on".into(),
        ));
    };
    let dg14 = bench.read_file(EF_DG14.fid)?;
    let hash = Hash::in_dg14(&dg14).ok_or_else(|| {
        Finding::failed(
            "DG14 has no ActiveAuthenticationInfo with a plain ECDSA signature that the suite knows",
        )
    })?;
    Ok(ActiveKey::Ecdsa { curve, public, hash })
}
