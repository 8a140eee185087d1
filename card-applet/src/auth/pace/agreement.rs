//! The steps of PACE that all mappings share: nonce, key agreement, tokens (ICAO Doc 9303-11, 4.4.1 and 4.4.3).

use super::chip_authentication::EncryptedData;
use super::mapping::nonce_len;
use super::{Chosen, Mapped, Parameters, Parts, chip_authentication};
use crate::auth::chip::ChipAuthEvidence;
use crate::auth::password::{self, Opens, PasswordId, pin};
use crate::auth::terminal::{CompressedKey, compress};
use crate::channel::session::Session;
use crate::crypto::chip_authentication_mapping::ChipAuthenticationData;
use crate::crypto::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use crate::crypto::curve::{MAX_POINT, PublicPoint};
use crate::crypto::integrated_mapping::MAX_NONCE;
use crate::crypto::kdf::{KeyUse, derive_key};
use crate::crypto::mac::TRUNCATED_MAC_LEN;
use crate::crypto::secret::{Secret, constant_time_eq};
use crate::crypto::ssc::SendSequenceCounter;
use crate::error::Error;
use crate::platform::{Engine, Nvm};
use crate::wire::security_info::PaceProtocol;
use crate::wire::tlv::TlvWriter;
use heapless::Vec;
use rand_core::TryCryptoRng;
use zeroize::Zeroize;

/// Proof that PACE succeeded, and with which password; only [`Agreed::authenticate`] makes one.
#[derive(Debug)]
pub(crate) struct PaceEvidence {
    password: PasswordId,
    id_ic: CompressedKey,
}

impl PaceEvidence {
    /// The password.
    pub(crate) const fn password(&self) -> PasswordId {
        self.password
    }

    /// ID_IC of Terminal Authentication: Comp of the chip's ephemeral key.
    pub(crate) fn id_ic(&self) -> &[u8] {
        &self.id_ic
    }
}

/// The encrypted nonce was sent.
pub(crate) struct NonceSent {
    pub(super) parameters: Parameters,
    pub(super) nonce: Secret<MAX_NONCE>,
}

/// Keys were agreed. Of the ephemeral public keys only what is still needed is kept.
pub(crate) struct Agreed<E: Engine> {
    password: PasswordId,
    names_authorities: bool,
    session: Session<E>,
    /// The token that the terminal must send.
    t_ifd: Token,
    /// The chip's.
    t_ic: Token,
    /// Comp of the chip's ephemeral key.
    id_ic: CompressedKey,
    /// Of chip authentication mapping.
    mapping: Option<MappingProof>,
}

/// What chip authentication mapping has more.
struct MappingProof {
    data: ChipAuthenticationData,
    /// Comp of the terminal's ephemeral key.
    terminal_key: CompressedKey,
}

/// An authentication token.
type Token = [u8; TRUNCATED_MAC_LEN];

/// The tokens were right.
pub(crate) struct Done<E: Engine> {
    /// The chip's token.
    pub(super) t_ic: Token,
    /// Of chip authentication mapping: A_IC.
    pub(super) encrypted_data: Option<EncryptedData>,
    pub(super) session: Session<E>,
    pub(super) evidence: PaceEvidence,
    pub(super) chip_evidence: Option<ChipAuthEvidence>,
}

impl Chosen {
    /// Draws the nonce and encrypts it with K_π.
    ///
    /// # Errors
    /// [`Error::Blocked`] for a PIN without tries, [`Error::ConditionsOfUse`] for a suspended one.
    #[inline(never)]
    pub(super) fn send_nonce<E: Engine, N: Nvm, R: TryCryptoRng, T>(
        self,
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(Vec<u8, MAX_NONCE>, NonceSent), Error> {
        let Parameters {
            protocol, password, ..
        } = self.parameters;
        pin::admit(password, self.resumed, parts.journal, parts.nvm)?;
        let password = password::read(parts.journal, parts.nvm, password, Opens::Pace)?;
        let k_pi = derive_key(password.expose(), protocol.cipher, KeyUse::Password);
        let k_pi = parts.engine.cipher_key(protocol.cipher, k_pi.expose())?;
        let mut nonce = Secret::zeroed(nonce_len(protocol));
        parts
            .rng
            .try_fill_bytes(nonce.expose_mut())
            .map_err(|_| Error::Fault)?;
        let mut z = Vec::from_slice(nonce.expose()).map_err(|_| Error::Fault)?;
        let mut iv = [0; MAX_BLOCK];
        let iv = iv.get_mut(..protocol.cipher.block_len()).ok_or(Error::Fault)?;
        parts.engine.cbc_encrypt(&k_pi, iv, &mut z)?;
        Ok((
            z,
            NonceSent {
                parameters: self.parameters,
                nonce,
            },
        ))
    }
}

impl<E: Engine> Mapped<E> {
    /// Agrees on a key with the terminal's ephemeral key; answers the chip's.
    ///
    /// # Errors
    /// [`Error::Data`] for what is no point of the curve, or the chip's own.
    #[inline(never)]
    pub(super) fn agree<N: Nvm, R: TryCryptoRng, T>(
        self,
        terminal_public: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(PublicPoint, Agreed<E>), Error> {
        let Parameters { curve, protocol, .. } = self.parameters;
        let terminal_public =
            PublicPoint::from_uncompressed(curve, terminal_public).map_err(|_| Error::Data)?;
        let private = parts.engine.generate_key(curve, parts.rng)?;
        let public = parts.engine.public_key(&self.generator, &private)?;
        if public == terminal_public {
            return Err(Error::Data);
        }
        let mut shared = parts
            .engine
            .agree(&private, &terminal_public)
            .map_err(|_| Error::Data)?;
        let ssc = SendSequenceCounter::zero(protocol.cipher);
        let session = Session::new(parts.engine, protocol.cipher, shared.x(), ssc);
        shared.zeroize();
        let session = session?;
        let mapping = match self.chip_authentication_data {
            Some(data) => Some(MappingProof {
                data,
                terminal_key: compress(&terminal_public)?,
            }),
            None => None,
        };
        // The terminal's token is over the chip's key, the chip's over the terminal's.
        let agreed = Agreed {
            password: self.parameters.password,
            names_authorities: self.parameters.names_authorities,
            t_ifd: token(protocol, &session, parts.engine, &public)?,
            t_ic: token(protocol, &session, parts.engine, &terminal_public)?,
            id_ic: compress(&public)?,
            session,
            mapping,
        };
        Ok((public, agreed))
    }
}

impl<E: Engine> Agreed<E> {
    /// Whether the terminal wants to know the trust points.
    pub(super) const fn names_authorities(&self) -> bool {
        self.names_authorities
    }

    /// Checks the terminal's token and answers the chip's, with the chip authentication data where the mapping has
    /// such.
    ///
    /// # Errors
    /// [`Error::Authentication`] for a wrong token, [`Error::WrongPassword`] where the PIN was proved by it.
    #[inline(never)]
    pub(super) fn authenticate<N: Nvm, R, T: crate::platform::Timer>(
        self,
        t_ifd: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<Done<E>, Error> {
        let attempt = password::begin_proof(parts.journal, parts.nvm, parts.timer, self.password)?;
        if !constant_time_eq(&self.t_ifd, t_ifd) {
            return Err(attempt.was_wrong());
        }
        attempt.was_right(parts.journal, parts.nvm)?;
        let (encrypted_data, chip_evidence) = match self.mapping {
            Some(proof) => (
                Some(chip_authentication::encrypt(
                    &proof.data,
                    &self.session,
                    parts.engine,
                )?),
                Some(ChipAuthEvidence::by_mapping(proof.terminal_key)),
            ),
            None => (None, None),
        };
        Ok(Done {
            t_ic: self.t_ic,
            encrypted_data,
            session: self.session,
            evidence: PaceEvidence {
                password: self.password,
                id_ic: self.id_ic,
            },
            chip_evidence,
        })
    }
}

/// MAC(KS_MAC, 7F49 { 06 protocol, 86 public key }) (9303-11, 4.4.3.4).
#[inline(never)]
fn token<E: Engine>(
    protocol: PaceProtocol,
    session: &Session<E>,
    engine: &mut E,
    public: &PublicPoint,
) -> Result<Token, Error> {
    let oid = protocol.oid();
    let point = public.as_bytes();
    let mut input = [0; MAX_POINT + 24];
    let mut writer = TlvWriter::new(&mut input);
    writer.header(0x7F49, oid.len().saturating_add(point.len()).saturating_add(4))?;
    writer.tlv(0x06, &oid)?;
    writer.tlv(0x86, point)?;
    let len = writer.len();
    let mut mac = engine.mac_start(session.ks_mac())?;
    engine.mac_update(&mut mac, input.get(..len).unwrap_or_default())?;
    if protocol.cipher == SymmetricAlgorithm::TripleDes {
        // CMAC pads by itself.
        engine.mac_pad(&mut mac)?;
    }
    let [a, b, c, d, e, f, g, h, ..] = engine.mac_finish(mac)?;
    Ok([a, b, c, d, e, f, g, h])
}
