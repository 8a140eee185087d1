//! Signatures of CV certificates and of terminals: ECDSA as r ‖ s, RSA with either padding (ICAO Doc 9303-11 §7.1.4).

use card_applet::crypto::curve::{Curve, Generator, PrivateKey, PublicPoint};
use card_applet::crypto::digest::HashFunction;
use card_applet::crypto::signature;
use card_applet::wire::cvc::{CvPublicKey, DomainParameters, RsaPadding, RsaPublicKey, SignatureScheme};
use card_applet::wire::tlv;
use rand_core::TryCryptoRng;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::inspect::{SignatureError, verify_plain_ecdsa};

/// Why a key does not do what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A curve that this terminal does not have.
    #[error("a curve that this terminal does not have")]
    Curve,
    /// Not a public key of its algorithm.
    #[error("not a public key of its algorithm")]
    Malformed,
    /// Not a PKCS#8 private key.
    #[error("not a PKCS#8 private key of RSA or of a curve that this terminal has")]
    PrivateKey,
    /// The private key is not that of the terminal's certificate.
    #[error("the private key does not belong to the terminal's certificate")]
    OtherKey,
    /// An algorithm of another kind than the key.
    #[error("the key's algorithm is another")]
    Algorithm,
    /// The random number generator failed, or the key cannot sign.
    #[error("the signature could not be made")]
    Sign,
}

const CURVES: [Curve; 4] = [
    Curve::P256,
    Curve::BrainpoolP256r1,
    Curve::P384,
    Curve::BrainpoolP384r1,
];

/// Whether `signature` over `message` is by the owner of this certificate's key. `inherited` are the domain parameters of the
/// CVCA, for keys that do not have their own.
///
/// # Errors
/// [`KeyError::Curve`], [`KeyError::Malformed`].
pub fn verify(
    key: &CvPublicKey<'_>,
    inherited: Option<&DomainParameters<'_>>,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, KeyError> {
    match key {
        CvPublicKey::Ec(key) => {
            let domain = key.domain.as_ref().or(inherited).ok_or(KeyError::Malformed)?;
            let digest = key.hash.digest(&[message]);
            let digest = digest.as_bytes();
            let Some(curve) = domain.curve() else {
                return verify_on_other_curve(domain, key.point, digest, signature);
            };
            let point = PublicPoint::from_uncompressed(curve, key.point).map_err(|_| KeyError::Malformed)?;
            Ok(signature::verify(&point, digest, signature).is_ok())
        }
        CvPublicKey::Rsa(key) => {
            let public = rsa_key(key)?;
            let digest = key.hash.digest(&[message]);
            let digest = digest.as_bytes();
            let verified = match (key.padding, key.hash) {
                (RsaPadding::Pkcs1v15, hash) => public.verify(pkcs1v15(hash), digest, signature),
                (RsaPadding::Pss, HashFunction::Sha1) => public.verify(Pss::<Sha1>::new(), digest, signature),
                (RsaPadding::Pss, HashFunction::Sha224) => {
                    public.verify(Pss::<Sha224>::new(), digest, signature)
                }
                (RsaPadding::Pss, HashFunction::Sha256) => {
                    public.verify(Pss::<Sha256>::new(), digest, signature)
                }
                (RsaPadding::Pss, HashFunction::Sha384) => {
                    public.verify(Pss::<Sha384>::new(), digest, signature)
                }
                (RsaPadding::Pss, HashFunction::Sha512) => {
                    public.verify(Pss::<Sha512>::new(), digest, signature)
                }
            };
            Ok(verified.is_ok())
        }
    }
}

/// On a curve that this project's chip does not have.
fn verify_on_other_curve(
    domain: &DomainParameters<'_>,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<bool, KeyError> {
    let curve = domain.named_curve().ok_or(KeyError::Curve)?;
    match verify_plain_ecdsa(curve, point, digest, signature) {
        Ok(()) => Ok(true),
        Err(SignatureError::Unsupported(_)) => Err(KeyError::Curve),
        Err(SignatureError::Wrong | SignatureError::Malformed(_)) => Ok(false),
    }
}

fn rsa_key(key: &RsaPublicKey<'_>) -> Result<rsa::PublicKey, KeyError> {
    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    // Certificates of the past have 1024 bits; whether that is enough is not this function's to say.
    rsa::PublicKey::new_with_size_limits(number(key.modulus), number(key.exponent), 1024..=4096)
        .map_err(|_| KeyError::Malformed)
}

fn pkcs1v15(hash: HashFunction) -> Pkcs1v15Sign {
    match hash {
        HashFunction::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        HashFunction::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        HashFunction::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        HashFunction::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        HashFunction::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

/// A terminal's private key, wiped when dropped.
pub enum TerminalKey {
    /// Of ECDSA.
    Ec(PrivateKey),
    /// Of RSA.
    Rsa(Box<rsa::PrivateKey>),
}

impl TerminalKey {
    /// Reads a PKCS#8 private key (DER) that belongs to `public`, the key of the terminal's certificate. The curve is the one on
    /// which it does: what the file says of its parameters is not looked at.
    ///
    /// # Errors
    /// [`KeyError::PrivateKey`], [`KeyError::OtherKey`].
    pub fn from_pkcs8(der: &[u8], public: &CvPublicKey<'_>) -> Result<Self, KeyError> {
        match public {
            CvPublicKey::Rsa(public) => {
                let private = rsa::PrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::PrivateKey)?;
                let expected = rsa_key(public)?;
                if private.n() != expected.n() || private.e() != expected.e() {
                    return Err(KeyError::OtherKey);
                }
                Ok(Self::Rsa(Box::new(private)))
            }
            CvPublicKey::Ec(public) => {
                let scalar = ec_scalar(der).ok_or(KeyError::PrivateKey)?;
                CURVES
                    .into_iter()
                    .filter_map(|curve| {
                        let mut padded = Zeroizing::new(vec![0; curve.field_len()]);
                        let start = padded.len().checked_sub(scalar.len())?;
                        padded[start..].copy_from_slice(scalar);
                        let private = PrivateKey::from_bytes(curve, &padded).ok()?;
                        let point = Generator::Standard(curve).public_key(&private).ok()?;
                        (point.as_bytes() == public.point).then_some(Self::Ec(private))
                    })
                    .next()
                    .ok_or(KeyError::OtherKey)
            }
        }
    }

    /// Signs a message as the terminal's certificate says.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`], [`KeyError::Sign`].
    pub fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, KeyError> {
        let digest = scheme.hash().digest(&[message]);
        let digest = digest.as_bytes();
        match (self, scheme) {
            (Self::Ec(private), SignatureScheme::Ecdsa(_)) => {
                let mut added = Zeroizing::new([0; 32]);
                rng.try_fill_bytes(added.as_mut_slice())
                    .map_err(|_| KeyError::Sign)?;
                let signature =
                    signature::sign(private, digest, added.as_slice()).map_err(|_| KeyError::Sign)?;
                Ok(signature.as_bytes().to_vec())
            }
            (Self::Rsa(private), SignatureScheme::Rsa(padding, hash)) => match (padding, hash) {
                (RsaPadding::Pkcs1v15, hash) => private.sign_with_rng(rng, pkcs1v15(hash), digest),
                (RsaPadding::Pss, HashFunction::Sha1) => {
                    private.sign_with_rng(rng, Pss::<Sha1>::new(), digest)
                }
                (RsaPadding::Pss, HashFunction::Sha224) => {
                    private.sign_with_rng(rng, Pss::<Sha224>::new(), digest)
                }
                (RsaPadding::Pss, HashFunction::Sha256) => {
                    private.sign_with_rng(rng, Pss::<Sha256>::new(), digest)
                }
                (RsaPadding::Pss, HashFunction::Sha384) => {
                    private.sign_with_rng(rng, Pss::<Sha384>::new(), digest)
                }
                (RsaPadding::Pss, HashFunction::Sha512) => {
                    private.sign_with_rng(rng, Pss::<Sha512>::new(), digest)
                }
            }
            .map_err(|_| KeyError::Sign),
            _ => Err(KeyError::Algorithm),
        }
    }
}

/// The private key in PrivateKeyInfo { version, algorithm, OCTET STRING { ECPrivateKey { 1, OCTET STRING … } } } (RFC 5208 §5,
/// RFC 5915 §3).
fn ec_scalar(der: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u32 = 0x30;
    const OCTET_STRING: u32 = 0x04;
    let info = tlv::read_exact(der, SEQUENCE).ok()?;
    let (_, rest) = tlv::read_one(info).ok()?;
    let (algorithm, rest) = tlv::read_one(rest).ok()?;
    let (key, _) = tlv::read_one(rest).ok()?;
    if algorithm.tag != SEQUENCE || key.tag != OCTET_STRING {
        return None;
    }
    let key = tlv::read_exact(key.value, SEQUENCE).ok()?;
    let (_, rest) = tlv::read_one(key).ok()?;
    let (scalar, _) = tlv::read_one(rest).ok()?;
    let start = scalar.value.iter().position(|byte| *byte != 0)?;
    (scalar.tag == OCTET_STRING).then(|| &scalar.value[start..])
}
