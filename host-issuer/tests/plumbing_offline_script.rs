//! Sessions that were written down ahead, played on our chip: the right one and others, whole and pulled, in time and too late.

#[allow(dead_code, reason = "shared with other tests, which use more of it")]
#[path = "support/blank_chip.rs"]
mod blank_chip;

use blank_chip::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::access::AccessRule;
use card_applet::wire::key_generation::KeyPurpose;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::ChipAuthenticationProtocol;
use getrandom::SysRng;
use host_issuer::load::foretell::{Attempts, foretell};
use host_issuer::load::manufacture::manufacture_in_memory;
use host_issuer::load::offline::issue_offline;
use host_issuer::load::read_back::ReadBackError;
use host_issuer::load::scp03::Scp03Error;
use host_issuer::load::{LoadError, draw_keys_ahead, issue};
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::pulled::{Moment, PulledCard};
use host_issuer::transport::{Limits, Transport, TransportError};
use personalization::attestation::{ChipKeySpec, StockManifest};
use personalization::image::{Application, CardFile, CardImage};
use personalization::keys::{ChipKeySets, IssuerMasterKeys};
use personalization::lds;
use personalization::lds::security_infos::SecurityInfos;
use personalization::prepared::PreparedCard;
use personalization::script::offline::{Exchange, OfflineScript, OfflineScriptError};
use zeroize::Zeroizing;

fn key_sets() -> ChipKeySets {
    IssuerMasterKeys::from_bytes(*b"a master key for tests, 32 bytes").key_sets(&SERIAL)
}

/// A blank chip and its manifest.
fn chip() -> (InProcess, StockManifest) {
    let (mut chip, manifest) = manufacture_in_memory(&SERIAL, &mut SysRng, chip_keys).unwrap();
    chip.reset().unwrap();
    (chip, manifest)
}

fn card(image: CardImage, manifest: StockManifest) -> PreparedCard {
    PreparedCard {
        manifest,
        image,
        profile: "icao-td1".to_owned(),
        document_signer: "01".to_owned(),
        print: Zeroizing::new(b"{}".to_vec()),
    }
}

fn attempts(first_sequence: u32, count: usize) -> Attempts {
    Attempts {
        serial: SERIAL,
        first_sequence,
        count,
    }
}

/// A script for that card, which went through its file form.
fn script(card: PreparedCard, attempts: Attempts, limits: Limits) -> OfflineScript {
    let sessions = foretell(attempts, &key_sets(), &card.image, limits, &mut SysRng).unwrap();
    let script = OfflineScript::new(card, sessions).unwrap();
    let stored = script.to_der().unwrap();
    let read = OfflineScript::from_der(&stored).unwrap();
    assert_eq!(read, script);
    read
}

fn play(chip: &mut InProcess, script: &OfflineScript) -> Result<(), LoadError> {
    chip.reset().unwrap();
    issue_offline(chip, &mut SysRng, script, &mut |progress| {
        assert!(progress.done <= progress.total, "{progress:?}");
    })
    .map(|issued| assert_eq!(issued.serial, SERIAL))
}

#[test]
fn plumbing_a_script_makes_the_same_card_as_the_issuer() {
    for (image, limits) in [
        (image(Access::PaceAndBac), Limits::EXTENDED),
        (image(Access::BacOnly), Limits::SHORT),
    ] {
        let (mut chip, manifest) = chip();
        let script = script(card(image.clone(), manifest), attempts(1, 2), limits);
        let longest = script.sessions()[0]
            .load
            .iter()
            .map(|exchange| exchange.command.len())
            .max();
        assert!(longest.unwrap() <= limits.command);
        // No key and no password stands in what the station sends.
        let sets = key_sets();
        for exchange in script.sessions().iter().flat_map(|session| &session.load) {
            for secret in [
                &sets.personalisation.dek[..],
                &sets.administration.as_ref().unwrap().enc,
                CAN.as_bytes(),
            ] {
                assert!(
                    !exchange
                        .command
                        .windows(secret.len())
                        .any(|window| window == secret)
                );
            }
        }
        play(&mut chip, &script).unwrap();
        // Operational: a second run finds no blank chip, and the issuer's session neither.
        let again = play(&mut chip, &script).unwrap_err();
        assert!(again.is_no_blank_chip(), "{again}");
        chip.reset().unwrap();
        let again = issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap_err();
        assert!(again.is_no_blank_chip(), "{again}");
    }
}

/// Pulled at every command of the loading and of the activation: the same script makes the card in the end, or says that the
/// card may be operational.
#[test]
fn plumbing_a_pulled_card_is_issued_with_the_next_session() {
    let image = small_image();
    let (mut whole, manifest) = chip();
    let script = script(card(image.clone(), manifest), attempts(1, 3), Limits::EXTENDED);
    let load = script.sessions()[0].load.len();
    let mut counted = Counted(&mut whole, 0);
    issue_offline(&mut counted, &mut SysRng, &script, &mut |_| {}).unwrap();
    let commands = counted.1;
    let activation = script.sessions()[0].activate.len();
    // SELECT, the loading, the reading, SELECT, the activation.
    assert!(commands > 1 + load + 1 + activation + 10);
    let interesting = (0..=load)
        .chain(commands - activation - 1..commands)
        .chain([load + 5]);
    let mut unknown = 0;
    for carried in interesting {
        for moment in [Moment::BeforeCommand, Moment::BeforeAnswer] {
            let (mut chip, _) = chip();
            let mut pulled = PulledCard::new(&mut chip, carried, moment);
            let error = issue_offline(&mut pulled, &mut SysRng, &script, &mut |_| {}).unwrap_err();
            assert_eq!(error.transport(), Some(&TransportError::CardRemoved), "{error}");
            if let LoadError::ActivationUnknown { .. } = error {
                unknown += 1;
                assert_eq!(carried, commands - 1);
            }
            if carried == commands - 1 && moment == Moment::BeforeAnswer {
                assert!(play(&mut chip, &script).unwrap_err().is_no_blank_chip());
            } else {
                play(&mut chip, &script).unwrap();
            }
        }
    }
    assert_eq!(unknown, 2);
}

/// Counts the commands.
struct Counted<'a>(&'a mut InProcess, usize);

impl Transport for Counted<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.1 += 1;
        self.0.transmit(command, response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    fn atr(&self) -> &[u8] {
        self.0.atr()
    }
}

#[test]
fn plumbing_other_chips_and_other_keys() {
    let (mut chip, manifest) = chip();
    let image = small_image();
    let script = script(card(image.clone(), manifest), attempts(1, 2), Limits::EXTENDED);
    let mut other = blank_chip_with(b"SPECIMEN02");
    let error = play(&mut other, &script).unwrap_err();
    let LoadError::OtherChip { found, expected } = error else {
        panic!("{error}");
    };
    assert_eq!(
        (found, expected),
        (hex::encode_upper(b"SPECIMEN02"), hex::encode_upper(SERIAL))
    );
    // A chip that only says to be that one: it does not have the keys, and learns nothing.
    let (mut copy, _) = manufacture_in_memory(&SERIAL, &mut SysRng, other_issuers_keys).unwrap();
    let error = play(&mut copy, &script).unwrap_err();
    assert_eq!(error, LoadError::Scp03(Scp03Error::WrongKey));
    assert!(error.is_wrong_issuer_key());
    // Neither cost the right chip a session.
    play(&mut chip, &script).unwrap();
    // A reader that carries too little: said before the chip counts anything.
    let (mut chip, _) = self::chip();
    let mut narrow = Narrow(&mut chip);
    let error = issue_offline(&mut narrow, &mut SysRng, &script, &mut |_| {}).unwrap_err();
    assert!(
        matches!(error.transport(), Some(TransportError::TooLong { .. })),
        "{error}"
    );
    play(&mut chip, &script).unwrap();
}

struct Narrow<'a>(&'a mut InProcess);

impl Transport for Narrow<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.0.transmit(command, response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }

    fn limits(&self) -> Limits {
        Limits::SHORT
    }

    fn atr(&self) -> &[u8] {
        self.0.atr()
    }
}

/// Every session that the chip opens with anybody takes one from the script's.
#[test]
fn plumbing_a_counter_that_went_on() {
    let image = small_image();
    for (drift, works) in [(0, true), (1, true), (2, false)] {
        let (mut chip, manifest) = chip();
        let script = script(card(image.clone(), manifest), attempts(1, 2), Limits::EXTENDED);
        for _ in 0..drift {
            let mut pulled = PulledCard::new(&mut chip, 4, Moment::BeforeCommand);
            issue(&mut pulled, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap_err();
            chip.reset().unwrap();
        }
        match play(&mut chip, &script) {
            Ok(()) => assert!(works, "drift {drift}"),
            Err(error) => {
                let used_up = LoadError::UsedUp {
                    sequence: 3,
                    first: 1,
                    last: 2,
                };
                assert_eq!((error, works), (used_up, false), "drift {drift}");
                // A new script goes on from there.
                let (_, manifest) = self::chip();
                let next = self::script(card(image.clone(), manifest), attempts(3, 1), Limits::EXTENDED);
                play(&mut chip, &next).unwrap();
            }
        }
    }
    let too_many = |first, count| {
        foretell(
            attempts(first, count),
            &key_sets(),
            &image,
            Limits::EXTENDED,
            &mut SysRng,
        )
    };
    for (first, count) in [(1, 0), (1, 33), (0x00FF_FFFF, 1), (u32::MAX, 1)] {
        assert_eq!(too_many(first, count), Err(LoadError::Attempts));
    }
}

/// What the office wrote cannot be changed for the chip: it breaks the session, and the card stays blank.
#[test]
fn plumbing_a_changed_command_is_not_taken() {
    let (mut chip, manifest) = chip();
    let card = card(small_image(), manifest);
    let good = foretell(
        attempts(1, 8),
        &key_sets(),
        &card.image,
        Limits::EXTENDED,
        &mut SysRng,
    )
    .unwrap();
    for at in [1, 2, good[0].load.len() / 2, good[0].load.len() - 1] {
        let mut sessions = good.clone();
        for session in &mut sessions {
            if let Some(exchange) = session.load.get_mut(at) {
                let middle = exchange.command.len() / 2;
                exchange.command[middle] ^= 1;
            }
        }
        let script = OfflineScript::new(card.clone(), sessions).unwrap();
        let error = play(&mut chip, &script).unwrap_err();
        assert!(
            matches!(
                error,
                LoadError::Refused { .. } | LoadError::Scp03(Scp03Error::ProofRefused { .. })
            ),
            "{at}: {error}"
        );
    }
    // Nor can an answer be foretold that the chip does not give.
    let mut sessions = good.clone();
    for session in &mut sessions {
        if let Some(Exchange { answer, .. }) = session.load.get_mut(3) {
            answer[0] ^= 1;
        }
    }
    let script = OfflineScript::new(card.clone(), sessions).unwrap();
    let error = play(&mut chip, &script).unwrap_err();
    assert!(matches!(error, LoadError::Unforeseen { .. }), "{error}");
    let script = OfflineScript::new(card, good).unwrap();
    play(&mut chip, &script).unwrap();
}

#[test]
fn scripts_that_are_none() {
    let (_, manifest) = chip();
    let card = card(small_image(), manifest);
    let good = foretell(
        attempts(1, 2),
        &key_sets(),
        &card.image,
        Limits::EXTENDED,
        &mut SysRng,
    )
    .unwrap();
    let refused = |change: &dyn Fn(&mut Vec<personalization::script::offline::OfflineSession>)| {
        let mut sessions = good.clone();
        change(&mut sessions);
        let error = OfflineScript::new(card.clone(), sessions).unwrap_err();
        assert!(matches!(error, OfflineScriptError::Form(_)), "{error}");
    };
    refused(&|sessions| sessions.truncate(1));
    refused(&|sessions| sessions.swap(0, 1));
    refused(&|sessions| sessions[1].sequence = 7);
    refused(&|sessions| sessions[0].load.clear());
    refused(&|sessions| sessions[1].activate.clear());
    refused(&|sessions| sessions[1].load[0].command[5] ^= 1);
    let script = OfflineScript::new(card.clone(), good.clone()).unwrap();
    assert_eq!(script.attempts(), (1, 2));
    assert!(!format!("{:?}", script.card).contains(CAN));
    let stored = script.to_der().unwrap();
    for len in (0..stored.len()).step_by(stored.len() / 97) {
        assert!(OfflineScript::from_der(&stored[..len]).is_err());
    }
}

/// The chip drew keys ahead and the image's data speak of them: they outlive a loading that broke off, and a chip whose keys
/// were drawn anew since is found out before it is locked.
#[test]
fn plumbing_keys_drawn_ahead_outlive_a_broken_loading() {
    let specs = [ChipKeySpec {
        purpose: KeyPurpose::ChipAuthentication,
        key_id: 13,
        curve: Curve::BrainpoolP256r1,
    }];
    let (mut chip, manifest) = chip();
    let mut draw = |manifest: &StockManifest| {
        chip.reset().unwrap();
        draw_keys_ahead::<_, _, LoadError>(
            &mut chip,
            &mut SysRng,
            chip_keys,
            |_| Ok(manifest.clone()),
            &specs,
        )
        .unwrap()
    };
    let manifest = draw(&manifest);
    assert_eq!(manifest.next_sequence(), Some(2));
    let image_of = |manifest: &StockManifest| {
        let mut image = small_image();
        let key = &manifest.keys()[0];
        let protocol = ChipAuthenticationProtocol::ecdh(SymmetricAlgorithm::Aes128);
        let infos = SecurityInfos::pace(&[pace_info(SymmetricAlgorithm::Aes128, Curve::P256)])
            .chip_authentication(protocol, key.spec().key_id)
            .chip_authentication_key(key)
            .unwrap();
        image.files.push(CardFile {
            application: Application::Emrtd,
            fid: DataGroup::DG14.fid(),
            sfi: Some(DataGroup::DG14.sfi()),
            access: AccessRule::Pace,
            content: lds::dg14::encode(infos),
        });
        image.keys.chip_authentication = vec![(protocol, key.clone())];
        image
    };
    let of = |manifest: &StockManifest, first: u32| {
        script(
            card(image_of(manifest), manifest.clone()),
            attempts(first, 4),
            Limits::EXTENDED,
        )
    };
    let bound = of(&manifest, 2);
    // Drawn anew behind the office's back: the old script finds a chip that cannot prove its key.
    let fresh = draw(&manifest);
    let error = play(&mut chip, &bound).unwrap_err();
    let LoadError::ReadBack(ReadBackError::Key { protocol, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!(protocol, "Chip Authentication");
    // With the keys that the manifest has now it works, after a loading that broke off, too.
    let bound = of(&fresh, 4);
    chip.reset().unwrap();
    let mut pulled = PulledCard::new(&mut chip, 9, Moment::BeforeAnswer);
    issue_offline(&mut pulled, &mut SysRng, &bound, &mut |_| {}).unwrap_err();
    play(&mut chip, &bound).unwrap();
}
