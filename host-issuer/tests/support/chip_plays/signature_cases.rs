//! Layer F: Active Authentication.

use host_issuer::conformance::verifier::Judgement::Genuine;
use host_issuer::inspect::Verdict::{Inconclusive, NotGenuine};
use test_vectors::faulty_chip::{Fault, Hash, Misdeed, SigningKey, Step};

use super::{Play, against};
use crate::faulty_reader::Bench;
use crate::rsa_keys::RsaKey;
use crate::test_issuer::der::{object_identifier, tlv};

/// A chip that signs with RSA of 2048 bits.
fn rsa(hash: Hash) -> Bench {
    let key = RsaKey::load("active-authentication");
    Bench::pace().change(|bench| {
        bench.recipe.groups.insert(15, tlv(0x6F, &[&key.public_key_info]));
        // ActiveAuthenticationInfo is of ECDSA alone.
        bench.recipe.security_infos.pop();
        bench.setup.signing_key = Some(SigningKey::Rsa {
            modulus: key.modulus,
            private_exponent: key.private_exponent,
            hash,
        });
    })
}

fn trailer(trailer: &[u8]) -> Bench {
    rsa(Hash::Sha256).fault(Fault::new(
        Step::ActiveAuthentication,
        Misdeed::Trailer(trailer.to_vec()),
    ))
}

/// ActiveAuthenticationInfo that names this for the signature.
fn named(algorithm: &str) -> Bench {
    Bench::pace().change(|bench| {
        bench.recipe.security_infos.pop();
        let info = [
            object_identifier("678108010105"),
            vec![0x02, 0x01, 0x01],
            object_identifier(algorithm),
        ];
        bench.recipe.security_infos.push(tlv(0x30, &[&info.concat()]));
    })
}

#[rustfmt::skip]
pub(super) fn plays() -> Vec<(&'static str, Play)> {
    let wrong = || against(NotGenuine, "active_authentication");
    vec![
        ("ISO7816_F_01", (rsa(Hash::Sha1), Genuine)),
        ("ISO7816_F_02", (Bench::pace(), Genuine)),
        ("ISO7816_F_02", (Bench::pace().fault(Fault::new(Step::ActiveAuthentication, Misdeed::WrongSignature)), wrong())),
        ("ISO7816_F_04", (rsa(Hash::Sha224), Genuine)),
        ("ISO7816_F_05", (rsa(Hash::Sha256), Genuine)),
        ("ISO7816_F_05", (rsa(Hash::Sha256).fault(Fault::new(Step::ActiveAuthentication, Misdeed::WrongSignature)), wrong())),
        ("ISO7816_F_06", (rsa(Hash::Sha384), Genuine)),
        ("ISO7816_F_07", (rsa(Hash::Sha512), Genuine)),
        // No trailer, one of a hash that is not allowed, and one of another hash than the signature has.
        ("ISO7816_F_08", (trailer(&[0x34, 0xCD]), wrong())),
        ("ISO7816_F_08", (trailer(&[0x31, 0xCC]), wrong())),
        ("ISO7816_F_08", (trailer(&[0xBC]), wrong())),
        // ecdsa-plain-SHA224 where the chip hashes with SHA-256; no signature at all.
        ("ISO7816_F_09", (named("04007F00070101040102"), wrong())),
        ("ISO7816_F_09", (named("2A0304"), against(Inconclusive, "active_authentication"))),
    ]
}
