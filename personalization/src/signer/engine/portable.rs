//! RustCrypto: every curve that it has, and RSA verification.

use elliptic_curve::SecretKey;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use pkcs8::{EncodePrivateKey, PrivateKeyInfoRef};
use rsa::pkcs1::DecodeRsaPublicKey;
use zeroize::Zeroizing;

use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;
use crate::signer::algorithm::SignatureAlgorithm;
use crate::signer::public_key::PublicKey;

/// Evaluates an expression in which `$C` is the type of a curve; `$otherwise` for the curve that has none.
macro_rules! on_curve {
    ($curve:expr, $C:ident => $value:expr, $otherwise:expr) => {
        match $curve {
            NamedCurve::P256 => {
                type $C = p256::NistP256;
                $value
            }
            NamedCurve::P384 => {
                type $C = p384::NistP384;
                $value
            }
            NamedCurve::P521 => {
                type $C = p521::NistP521;
                $value
            }
            NamedCurve::BrainpoolP256r1 => {
                type $C = bp256::BrainpoolP256r1;
                $value
            }
            NamedCurve::BrainpoolP384r1 => {
                type $C = bp384::BrainpoolP384r1;
                $value
            }
            NamedCurve::BrainpoolP512r1 => $otherwise,
        }
    };
}

/// From a digest to an `ECDSA-Sig-Value`.
type SignDigest = dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync;

/// A private key on a curve; it is wiped when dropped.
pub(in crate::signer) struct PortableKey {
    curve: NamedCurve,
    /// The point that belongs to the key, `04 ‖ x ‖ y`.
    pub point: Vec<u8>,
    sign: Box<SignDigest>,
}

impl PortableKey {
    /// From the scalar, big-endian, as long as a field element. None when it is outside 1..n or the curve is not one of
    /// this engine's.
    pub fn from_scalar(curve: NamedCurve, scalar: &[u8]) -> Option<Self> {
        on_curve!(
            curve,
            C => {
                let key = ecdsa::SigningKey::<C>::from_slice(scalar).ok()?;
                let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                let sign = move |digest: &[u8]| {
                    let signature: ecdsa::Signature<C> = key.sign_prehash(&padded(curve, digest)).ok()?;
                    Some(signature.to_der().as_bytes().to_vec())
                };
                Some(Self { curve, point, sign: Box::new(sign) })
            },
            None
        )
    }

    /// Signs a digest with a deterministic nonce (RFC 6979 §3.2). None for an algorithm of another kind of key.
    pub fn sign(&self, algorithm: SignatureAlgorithm, digest: &[u8]) -> Option<Vec<u8>> {
        match algorithm {
            SignatureAlgorithm::Ecdsa(_) => (self.sign)(digest),
            _ => None,
        }
    }

    /// The curve.
    pub const fn curve(&self) -> NamedCurve {
        self.curve
    }
}

/// The scalar of an EC key in PKCS #8 and its curve. The error says what is wrong; among else, that the public key
/// inside belongs to another private key.
pub(in crate::signer) fn scalar_from_pkcs8(
    info: PrivateKeyInfoRef<'_>,
) -> Result<(NamedCurve, Zeroizing<Vec<u8>>), String> {
    let curve = info
        .algorithm
        .parameters_oid()
        .ok()
        .and_then(NamedCurve::from_oid)
        .ok_or("not a key on a curve that is known by name")?;
    on_curve!(
        curve,
        C => {
            // `SecretKey` compares the public key inside with the private key.
            let secret = SecretKey::<C>::try_from(info).map_err(|error| error.to_string())?;
            let scalar = Zeroizing::new(secret.to_bytes());
            Ok((curve, Zeroizing::new(scalar.to_vec())))
        },
        Err("brainpoolP512r1 is verified, not signed with".to_owned())
    )
}

/// DER of the PKCS #8 structure of a key on a curve, with its public key inside. None when the scalar is none.
pub(in crate::signer) fn scalar_to_pkcs8(curve: NamedCurve, scalar: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    on_curve!(
        curve,
        C => {
            let document = SecretKey::<C>::from_slice(scalar).ok()?.to_pkcs8_der().ok()?;
            Some(document.to_bytes())
        },
        None
    )
}

/// Verifies a signature over a digest; false for what this engine does not know.
pub(super) fn verify(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    match (key, algorithm) {
        (PublicKey::Ec { curve, point }, SignatureAlgorithm::Ecdsa(_)) => on_curve!(
            curve,
            C => {
                let key = ecdsa::VerifyingKey::<C>::from_sec1_bytes(point);
                let signature = ecdsa::Signature::<C>::from_der(signature);
                match (key, signature) {
                    (Ok(key), Ok(signature)) => key.verify_prehash(&padded(*curve, digest), &signature).is_ok(),
                    _ => false,
                }
            },
            false
        ),
        (PublicKey::Rsa(key), SignatureAlgorithm::RsaPss(hash)) => {
            let Ok(key) = rsa::PublicKey::from_pkcs1_der(key.der()) else {
                return false;
            };
            let Ok(signature) = rsa::pss::Signature::try_from(signature) else {
                return false;
            };
            use rsa::pss::VerifyingKey;
            match hash {
                HashAlgorithm::Sha256 => {
                    VerifyingKey::<sha2::Sha256>::new(key).verify_prehash(digest, &signature)
                }
                HashAlgorithm::Sha384 => {
                    VerifyingKey::<sha2::Sha384>::new(key).verify_prehash(digest, &signature)
                }
                HashAlgorithm::Sha512 => {
                    VerifyingKey::<sha2::Sha512>::new(key).verify_prehash(digest, &signature)
                }
            }
            .is_ok()
        }
        (PublicKey::Rsa(key), SignatureAlgorithm::RsaPkcs1(hash)) => {
            let Ok(key) = rsa::PublicKey::from_pkcs1_der(key.der()) else {
                return false;
            };
            let Ok(signature) = rsa::pkcs1v15::Signature::try_from(signature) else {
                return false;
            };
            use rsa::pkcs1v15::VerifyingKey;
            match hash {
                HashAlgorithm::Sha256 => {
                    VerifyingKey::<sha2::Sha256>::new(key).verify_prehash(digest, &signature)
                }
                HashAlgorithm::Sha384 => {
                    VerifyingKey::<sha2::Sha384>::new(key).verify_prehash(digest, &signature)
                }
                HashAlgorithm::Sha512 => {
                    VerifyingKey::<sha2::Sha512>::new(key).verify_prehash(digest, &signature)
                }
            }
            .is_ok()
        }
        _ => false,
    }
}

/// A digest shorter than half the field is refused by the ecdsa crate; as a number (bits2int of RFC 6979 §2.3.2) it is
/// the same with zeros in front.
fn padded(curve: NamedCurve, digest: &[u8]) -> Vec<u8> {
    let mut padded = vec![0; curve.field_len().saturating_sub(digest.len())];
    padded.extend_from_slice(digest);
    padded
}
