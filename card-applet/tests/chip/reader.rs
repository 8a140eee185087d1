//! A naive reader: PACE with generic mapping and AES-128, written here on its own.

pub use crate::secure_messaging::SecureMessaging as Session;
use crate::support::*;
use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::curve::{Curve, Generator, PrivateKey, PublicPoint};
use card_applet::crypto::mac::MacKey;
use sha1::{Digest, Sha1};

/// Numbers of the passwords.
pub const CAN: u8 = 2;
pub const PIN: u8 = 3;
pub const PUK: u8 = 4;

/// Protocol of appendix G.1: ECDH, generic mapping, AES-128.
const OID: [u8; 10] = [4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 2];
const CURVE: Curve = Curve::BrainpoolP256r1;

fn key(secret: &[u8], counter: u8) -> Vec<u8> {
    let digest = Sha1::new()
        .chain_update(secret)
        .chain_update([0, 0, 0, counter])
        .finalize();
    digest[..16].to_vec()
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, value.len() as u8], value].concat()
}

/// Sends in plain, or in a session: the data and the status word.
fn exchange(
    card: &mut TestCard,
    session: &mut Option<&mut Session>,
    header: [u8; 4],
    data: &[u8],
    le: Option<&[u8]>,
) -> (Vec<u8>, String) {
    if let Some(session) = session {
        return session.send(card, header, data, le);
    }
    let mut command = [&header[..], &[data.len() as u8], data].concat();
    command.extend(le.unwrap_or_default());
    let mut response = card.try_send(&command).unwrap();
    let status = response.split_off(response.len() - 2);
    (response, hex::encode_upper(status))
}

/// MSE:Set AT for PACE with this password: the status word.
pub fn set_at(card: &mut TestCard, mut within: Option<&mut Session>, password: u8) -> String {
    let template = [tlv(0x80, &OID), tlv(0x83, &[password])].concat();
    exchange(card, &mut within, [0, 0x22, 0xC1, 0xA4], &template, None).1
}

/// PACE up to its last command: what both sides have agreed on.
pub struct Agreed {
    /// The terminal's token.
    pub t_ifd: Vec<u8>,
    t_ic: Vec<u8>,
    session: Session,
}

/// GENERAL AUTHENTICATE, in plain or in a session: the content of DO'7C' without the header of its one object.
fn general_authenticate(
    card: &mut TestCard,
    within: &mut Option<&mut Session>,
    class: u8,
    inner: &[u8],
) -> Result<Vec<u8>, String> {
    let data = tlv(0x7C, inner);
    let (answer, status) = exchange(card, within, [class, 0x86, 0, 0], &data, Some(&[0]));
    match &*status {
        "9000" => Ok(answer[4..].to_vec()),
        _ => Err(status),
    }
}

/// PACE up to its last command, in plain or inside a session; the status word that ended it otherwise.
pub fn agree(
    card: &mut TestCard,
    within: &mut Option<&mut Session>,
    password: u8,
    secret: &[u8],
) -> Result<Agreed, String> {
    let status = set_at(card, within.as_deref_mut(), password);
    if status != "9000" && !status.starts_with("63C") {
        return Err(status);
    }
    let mut step = |inner: &[u8]| general_authenticate(card, within, 0x10, inner);
    let mut nonce = step(&[])?;
    BlockCipherKey::new(SymmetricAlgorithm::Aes128, &key(secret, 3))
        .unwrap()
        .cbc_decrypt(&mut [0; 16], &mut nonce)
        .unwrap();
    let private = |byte: u8| PrivateKey::from_bytes(CURVE, &[byte; 32]).unwrap();
    let point = |bytes: &[u8]| PublicPoint::from_uncompressed(CURVE, bytes).unwrap();

    let mapping = private(0x17);
    let public = Generator::Standard(CURVE).public_key(&mapping).unwrap();
    let h = mapping
        .agree(&point(&step(&tlv(0x81, public.as_bytes()))?))
        .unwrap();
    let generator = Generator::map_generic(&nonce, &h).unwrap();

    let ephemeral = private(0x23);
    let public = generator.public_key(&ephemeral).unwrap();
    let chip = point(&step(&tlv(0x83, public.as_bytes()))?);
    let k = ephemeral.agree(&chip).unwrap();
    let (ks_enc, ks_mac_key) = (key(k.x(), 1), key(k.x(), 2));
    let ks_mac = MacKey::new(SymmetricAlgorithm::Aes128, &ks_mac_key).unwrap();
    let token = |of: &PublicPoint| {
        let inner = [tlv(0x06, &OID), tlv(0x86, of.as_bytes())].concat();
        let object = [&[0x7F, 0x49, inner.len() as u8], &inner[..]].concat();
        ks_mac.mac(&object)[..8].to_vec()
    };
    Ok(Agreed {
        t_ifd: token(&chip),
        t_ic: token(&public),
        session: Session::new(SymmetricAlgorithm::Aes128, &ks_enc, &ks_mac_key),
    })
}

/// The last command of a PACE in plain that carries this token.
pub fn last_command(t_ifd: &[u8]) -> Vec<u8> {
    let data = tlv(0x7C, &tlv(0x85, t_ifd));
    [&[0x00, 0x86, 0x00, 0x00, data.len() as u8], &data[..], &[0x00]].concat()
}

/// PACE, in plain or inside a session: the new session, or the status word that ended it.
pub fn pace(
    card: &mut TestCard,
    mut within: Option<&mut Session>,
    password: u8,
    secret: &[u8],
) -> Result<Session, String> {
    let agreed = agree(card, &mut within, password, secret)?;
    let t_ic = general_authenticate(card, &mut within, 0x00, &tlv(0x85, &agreed.t_ifd))?;
    assert_eq!(t_ic, agreed.t_ic, "the chip's token");
    Ok(agreed.session)
}
