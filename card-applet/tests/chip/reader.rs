//! A naive reader: PACE over ECDH, written here on its own.

use crate::BenchEngine;
pub use crate::secure_messaging::SecureMessaging as Session;
use crate::support::*;
use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::curve::{Curve, PublicPoint};
use card_applet::crypto::mac::MacKey;
use card_applet::platform::Engine;
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// Numbers of the passwords.
pub const CAN: u8 = 2;
pub const PIN: u8 = 3;
pub const PUK: u8 = 4;

const CURVE: Curve = Curve::BrainpoolP256r1;

/// How a nonce becomes a generator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mapping {
    Generic,
    Integrated,
}

/// A protocol.
#[derive(Clone, Copy)]
pub struct Protocol {
    /// Below id-PACE: mapping and cipher.
    arcs: [u8; 2],
    mapping: Mapping,
    cipher: SymmetricAlgorithm,
}

/// Protocol of appendix G.1: generic mapping, AES-128.
pub const GENERIC: Protocol = Protocol {
    arcs: [2, 2],
    mapping: Mapping::Generic,
    cipher: SymmetricAlgorithm::Aes128,
};
/// Integrated mapping, AES-256.
pub const INTEGRATED: Protocol = Protocol {
    arcs: [4, 4],
    mapping: Mapping::Integrated,
    cipher: SymmetricAlgorithm::Aes256,
};
/// Chip authentication mapping, AES-192; what the chip proves with it is not looked at.
pub const CHIP_AUTHENTICATION: Protocol = Protocol {
    arcs: [6, 3],
    mapping: Mapping::Generic,
    cipher: SymmetricAlgorithm::Aes192,
};

impl Protocol {
    fn oid(self) -> Vec<u8> {
        [&[4, 0, 0x7F, 0, 7, 2, 2, 4][..], &self.arcs].concat()
    }

    fn key(self, secret: &[u8], counter: u8) -> Vec<u8> {
        let input = [secret, &[0, 0, 0, counter]].concat();
        match self.cipher {
            SymmetricAlgorithm::TripleDes | SymmetricAlgorithm::Aes128 => Sha1::digest(input)[..16].to_vec(),
            SymmetricAlgorithm::Aes192 => Sha256::digest(input)[..24].to_vec(),
            SymmetricAlgorithm::Aes256 => Sha256::digest(input).to_vec(),
        }
    }
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, value.len() as u8], value].concat()
}

/// Sends in plain, or in a session: the data and the status word, `silence` for none. An answer without a MAC is an
/// error of the session.
fn exchange(
    card: &mut TestCard,
    session: &mut Option<&mut Session>,
    header: [u8; 4],
    data: &[u8],
    le: Option<&[u8]>,
) -> (Vec<u8>, String) {
    let command = match session {
        Some(session) => session.protect(header, data, le, false),
        None => {
            let mut command = [&header[..], &[data.len() as u8], data].concat();
            command.extend(le.unwrap_or_default());
            command
        }
    };
    let Some(mut response) = card.try_send(&command) else {
        return (Vec::new(), "silence".to_owned());
    };
    match session {
        Some(session) if response.len() > 2 => session.open_response(&response),
        _ => {
            let status = response.split_off(response.len() - 2);
            (response, hex::encode_upper(status))
        }
    }
}

/// MSE:Set AT for PACE with this password: the status word.
pub fn set_at(card: &mut TestCard, within: Option<&mut Session>, password: u8) -> String {
    set_at_by(GENERIC, card, within, password)
}

fn set_at_by(
    protocol: Protocol,
    card: &mut TestCard,
    mut within: Option<&mut Session>,
    password: u8,
) -> String {
    let template = [tlv(0x80, &protocol.oid()), tlv(0x83, &[password])].concat();
    exchange(card, &mut within, [0, 0x22, 0xC1, 0xA4], &template, None).1
}

/// PACE up to its last command: what both sides have agreed on.
pub struct Agreed {
    /// The terminal's token.
    pub t_ifd: Vec<u8>,
    t_ic: Vec<u8>,
    session: Session,
    /// Comp of the chip's ephemeral key, and of the terminal's.
    id_ic: Vec<u8>,
    terminal_key: Vec<u8>,
}

/// A session, and what Terminal Authentication in it is bound to.
pub struct Opened {
    pub session: Session,
    pub id_ic: Vec<u8>,
    pub terminal_key: Vec<u8>,
}

/// GENERAL AUTHENTICATE, in plain or in a session: the content of DO'7C' without the header of its first object.
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

/// PACE with generic mapping up to its last command, in plain or inside a session; the status word that ended it
/// otherwise.
pub fn agree(
    card: &mut TestCard,
    within: &mut Option<&mut Session>,
    password: u8,
    secret: &[u8],
) -> Result<Agreed, String> {
    agree_by(GENERIC, card, within, password, secret)
}

fn agree_by(
    protocol: Protocol,
    card: &mut TestCard,
    within: &mut Option<&mut Session>,
    password: u8,
    secret: &[u8],
) -> Result<Agreed, String> {
    let status = set_at_by(protocol, card, within.as_deref_mut(), password);
    if status != "9000" && !status.starts_with("63C") {
        return Err(status);
    }
    let mut step = |inner: &[u8]| general_authenticate(card, within, 0x10, inner);
    let mut nonce = step(&[])?;
    BlockCipherKey::new(protocol.cipher, &protocol.key(secret, 3))
        .unwrap()
        .cbc_decrypt(&mut [0; 16], &mut nonce)
        .unwrap();
    let mut engine = BenchEngine::default();
    let point = |bytes: &[u8]| PublicPoint::from_uncompressed(CURVE, bytes).unwrap();

    let generator = match protocol.mapping {
        Mapping::Generic => {
            let mapping = engine.load_private_key(CURVE, &[0x17; 32]).unwrap();
            let standard = engine.standard_generator(CURVE).unwrap();
            let public = engine.public_key(&standard, &mapping).unwrap();
            let chip = point(&step(&tlv(0x81, public.as_bytes()))?);
            let h = engine.agree(&mapping, &chip).unwrap();
            engine.map_generic(&nonce, &h).unwrap()
        }
        Mapping::Integrated => {
            let nonce_t = vec![0x17; protocol.cipher.key_len()];
            assert_eq!(step(&tlv(0x81, &nonce_t))?, [0; 0]);
            engine
                .map_integrated(CURVE, protocol.cipher, &nonce, &nonce_t)
                .unwrap()
        }
    };

    let ephemeral = engine.load_private_key(CURVE, &[0x23; 32]).unwrap();
    let public = engine.public_key(&generator, &ephemeral).unwrap();
    let chip = point(&step(&tlv(0x83, public.as_bytes()))?);
    let k = engine.agree(&ephemeral, &chip).unwrap();
    let (ks_enc, ks_mac_key) = (protocol.key(k.x(), 1), protocol.key(k.x(), 2));
    let ks_mac = MacKey::new(protocol.cipher, &ks_mac_key).unwrap();
    let token = |of: &PublicPoint| {
        let inner = [tlv(0x06, &protocol.oid()), tlv(0x86, of.as_bytes())].concat();
        let object = [&[0x7F, 0x49, inner.len() as u8], &inner[..]].concat();
        ks_mac.mac(&object)[..8].to_vec()
    };
    Ok(Agreed {
        t_ifd: token(&chip),
        t_ic: token(&public),
        session: Session::new(protocol.cipher, &ks_enc, &ks_mac_key),
        id_ic: chip.x().to_vec(),
        terminal_key: public.x().to_vec(),
    })
}

/// The last command of a PACE in plain that carries this token.
pub fn last_command(t_ifd: &[u8]) -> Vec<u8> {
    let data = tlv(0x7C, &tlv(0x85, t_ifd));
    [&[0x00, 0x86, 0x00, 0x00, data.len() as u8], &data[..], &[0x00]].concat()
}

/// PACE with generic mapping, in plain or inside a session: the new session, or the status word that ended it.
pub fn pace(
    card: &mut TestCard,
    within: Option<&mut Session>,
    password: u8,
    secret: &[u8],
) -> Result<Session, String> {
    pace_by(GENERIC, card, within, password, secret).map(|opened| opened.session)
}

/// The same with any protocol.
pub fn pace_by(
    protocol: Protocol,
    card: &mut TestCard,
    mut within: Option<&mut Session>,
    password: u8,
    secret: &[u8],
) -> Result<Opened, String> {
    let agreed = agree_by(protocol, card, &mut within, password, secret)?;
    let t_ic = general_authenticate(card, &mut within, 0x00, &tlv(0x85, &agreed.t_ifd))?;
    assert_eq!(t_ic[..8], agreed.t_ic, "the chip's token");
    Ok(Opened {
        session: agreed.session,
        id_ic: agreed.id_ic,
        terminal_key: agreed.terminal_key,
    })
}

/// SCP03 with these keys where this application is selected, in an operational card with this CAN, which is reset first;
/// the status word that ended PACE otherwise.
pub fn issuer<'a>(
    card: &'a mut TestCard,
    can: &[u8],
    aid: &[u8],
    key_version: u8,
    keys: &[[u8; 16]; 3],
) -> Result<Issuer<'a>, String> {
    card.reset();
    let mut session = pace(card, None, CAN, can)?;
    Ok(Issuer::open_inside(card, &mut session, aid, key_version, keys))
}

/// The same with the administration's keys and the usual CAN.
pub fn administration(card: &mut TestCard) -> Issuer<'_> {
    issuer(card, b"123456", &ISSUER_DOMAIN, 0x50, &ADMINISTRATION).expect("a session")
}

/// Chip Authentication with AES-128 and the chip's only key, which is thirty-two times this byte: the session restarts.
/// The status word that ended it otherwise.
pub fn chip_authentication(
    card: &mut TestCard,
    opened: &mut Opened,
    static_scalar: u8,
) -> Result<(), String> {
    let mut engine = BenchEngine::default();
    let standard = engine.standard_generator(CURVE).unwrap();
    let ephemeral = engine.load_private_key(CURVE, &[0x29; 32]).unwrap();
    let public = engine.public_key(&standard, &ephemeral).unwrap();
    let template = tlv(0x80, &[4, 0, 0x7F, 0, 7, 2, 2, 3, 2, 2]);
    let dynamic = tlv(0x7C, &tlv(0x80, public.as_bytes()));
    for (header, data) in [([0, 0x22, 0x41, 0xA4], template), ([0, 0x86, 0, 0], dynamic)] {
        match opened.session.status(card, header, &data) {
            status if status == "9000" => {}
            status => return Err(status),
        }
    }
    let chip = engine.load_private_key(CURVE, &[static_scalar; 32]).unwrap();
    let chip = engine.public_key(&standard, &chip).unwrap();
    let k = engine.agree(&ephemeral, &chip).unwrap();
    opened.session = Session::new(GENERIC.cipher, &GENERIC.key(k.x(), 1), &GENERIC.key(k.x(), 2));
    opened.terminal_key = public.x().to_vec();
    Ok(())
}
