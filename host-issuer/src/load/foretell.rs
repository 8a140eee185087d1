//! `bound` issuance, the office's side: the sessions that make one chip one card are written down where the issuer's keys are,
//! to be [played](super::offline) where they are not.

mod chip;

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::global_platform::{KEY_VERSION_ISSUER, S8, SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use personalization::image::CardImage;
use personalization::keys::ChipKeySets;
use personalization::script::offline::{MAX_ATTEMPTS, OfflineSession};
use rand_core::{TryCryptoRng, TryRng};

use self::chip::ForetoldChip;
use super::LoadError;
use super::loader::Loader;
use super::open::{CLASS, Target, accept, exchange, open_session};
use super::scp03::{Scp03Error, StaticKeys};
use crate::terminal::link::CardLink;
use crate::transport::Limits;

/// Greatest value of a chip's sequence counter.
const MAX_SEQUENCE: u32 = 0x00FF_FFFF;

/// Which chip, and from which value of its sequence counter on.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    /// The chip's serial number.
    pub serial: [u8; SERIAL_LEN],
    /// The value of the counter that the first attempt will find.
    pub first_sequence: u32,
    /// For how many attempts there shall be sessions: 1 to [`MAX_ATTEMPTS`].
    pub count: usize,
}

/// Writes down the sessions in which the chip with these keys becomes the card of `image`. `limits` are those of the readers
/// that will carry them.
///
/// # Errors
/// [`LoadError::Attempts`] for more attempts than a script has room for, or than the chip's counter has values left;
/// [`LoadError::Scp03`] when the random number generator fails; others only when the keys are none.
pub fn foretell<R: TryCryptoRng>(
    attempts: Attempts,
    keys: &ChipKeySets,
    image: &CardImage,
    limits: Limits,
    rng: &mut R,
) -> Result<Vec<OfflineSession>, LoadError> {
    let last = u32::try_from(attempts.count)
        .ok()
        .and_then(|count| attempts.first_sequence.checked_add(count))
        .filter(|last| *last <= MAX_SEQUENCE && (1..=MAX_ATTEMPTS).contains(&attempts.count))
        .ok_or(LoadError::Attempts)?;
    let static_keys = StaticKeys::from(&keys.personalisation);
    let administration = keys.administration.as_ref().map(StaticKeys::from);
    let mut load_challenge = Given::draw(rng)?;
    let mut activate_challenge = Given::draw(rng)?;
    let mut sessions = Vec::new();
    for sequence in attempts.first_sequence..=last {
        let chip = || ForetoldChip::new(attempts.serial, &static_keys, sequence, limits);
        let mut loaded = chip();
        // The last one could not be followed by an activation.
        if sequence != last {
            let mut keyed = Loader::new(&mut loaded)
                .authenticate(KEY_VERSION_ISSUER, |_| static_keys.clone(), &mut load_challenge)?
                .keeping_chip_keys(!image.keys.is_empty());
            if let Some(keys) = &administration {
                keyed = keyed.with_administration(keys.clone());
            }
            for (application, keys) in &keys.applications {
                keyed = keyed.with_application(application.clone(), StaticKeys::from(keys));
            }
            keyed.load(image, &mut |_| {})?;
        }
        let mut activated = chip();
        activate(&mut activated, &static_keys, &mut activate_challenge)?;
        sessions.push(OfflineSession {
            sequence,
            load: loaded.into_exchanges(),
            activate: activated.into_exchanges(),
        });
    }
    Ok(sessions)
}

fn activate(chip: &mut ForetoldChip<'_>, keys: &StaticKeys, challenge: &mut Given) -> Result<(), LoadError> {
    let mut link = CardLink::new(chip);
    let target = Target::issuer_domain(KEY_VERSION_ISSUER, Scp03Mode::S8);
    let keys_of = |_: &[u8; SERIAL_LEN]| Ok(keys.clone());
    let (mut session, _) = open_session(&mut link, target, keys_of, challenge)?;
    let command = CommandApdu::new(CLASS, instruction::ACTIVATE_FILE, 0x00, 0x00);
    let response = exchange(&mut link, &mut session, &command)?;
    accept("ACTIVATE FILE", response).map(drop)
}

/// A challenge that is drawn once, for all sessions of a script: gives the same bytes again and again.
struct Given([u8; S8]);

impl Given {
    fn draw<R: TryCryptoRng>(rng: &mut R) -> Result<Self, LoadError> {
        let mut challenge = [0; S8];
        rng.try_fill_bytes(&mut challenge)
            .map_err(|_| Scp03Error::Random)?;
        Ok(Self(challenge))
    }
}

impl TryRng for Given {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let [a, b, c, d, ..] = self.0;
        Ok(u32::from_be_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_be_bytes(self.0))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        for (to, from) in target.iter_mut().zip(self.0.iter().cycle()) {
            *to = *from;
        }
        Ok(())
    }
}

impl TryCryptoRng for Given {}
