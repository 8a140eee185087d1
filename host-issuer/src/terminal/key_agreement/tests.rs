//! Against every published run of PACE, and the groups against themselves.

use test_vectors::pace;

use super::*;
use crate::terminal::scripted::ScriptedRng;

mod wycheproof_vectors;

fn groups() -> Vec<Group> {
    (0..=31).filter_map(Group::from_parameter_id).collect()
}

fn pair(generator: &Generator, private: &[u8]) -> KeyPair {
    generator
        .key_pair(Zeroizing::new(private.to_vec()))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn algorithm(oid: &[u8]) -> SymmetricAlgorithm {
    card_applet::wire::security_info::PaceProtocol::from_oid(oid)
        .unwrap()
        .cipher
}

/// Appendix G.2 of 9303-11 (MODP 1024/160), G.1, the BSI example and the second implementations' runs in every group.
#[test]
fn generic_mapping_and_agreement() {
    let mut covered = Vec::new();
    let mut vectors = pace::generic_mapping_vectors();
    vectors.push(pace::dh_worked_example());
    vectors.extend(pace::generic_mapping_in_further_groups());
    for vector in vectors {
        let group = Group::from_parameter_id(vector.parameter_id).unwrap();
        let standard = Generator::standard(group);
        let map_term = pair(&standard, &vector.map_term_priv);
        let map_chip = pair(&standard, &vector.map_chip_priv);
        assert_eq!(map_term.public(), vector.map_term_pub, "{}", vector.id);
        assert_eq!(map_chip.public(), vector.map_chip_pub, "{}", vector.id);
        let h = map_term.agree(&vector.map_chip_pub).unwrap();
        assert_eq!(*h.element, vector.map_shared_h, "{}", vector.id);
        let generator = Generator::map_generic(&vector.nonce, &h).unwrap();
        assert_eq!(
            **generator.mapped.as_ref().unwrap(),
            vector.mapped_generator,
            "{}",
            vector.id
        );
        let ka_term = pair(&generator, &vector.ka_term_priv);
        assert_eq!(ka_term.public(), vector.ka_term_pub, "{}", vector.id);
        let shared = ka_term.agree(&vector.ka_chip_pub).unwrap();
        assert_eq!(shared.secret(), vector.shared_secret, "{}", vector.id);
        covered.push(group);
    }
    // libssl's curves are covered by Wycheproof's agreements.
    assert!(
        groups()
            .iter()
            .all(|group| covered.contains(group) || matches!(group, Group::Legacy(_))),
        "{covered:?}"
    );
}

/// The private keys of appendix H.2 are as long as the modulus. The subgroup's order makes no difference between them and their
/// remainders, which is how this terminal's keys are.
#[test]
fn integrated_mapping_and_agreement() {
    let mut vectors = pace::integrated_mapping_vectors();
    vectors.push(pace::integrated_dh_worked_example());
    vectors.extend(pace::integrated_mapping_in_further_groups());
    for vector in vectors {
        let group = Group::from_parameter_id(vector.parameter_id).unwrap();
        let generator =
            Generator::map_integrated(group, algorithm(&vector.oid), &vector.nonce, &vector.nonce_t).unwrap();
        assert_eq!(
            **generator.mapped.as_ref().unwrap(),
            vector.mapped_generator,
            "{}",
            vector.id
        );
        let (private, chip_private) = match group {
            Group::ModP(group) => (
                group.reduce_private_key(&vector.ka_term_priv),
                group.reduce_private_key(&vector.ka_chip_priv),
            ),
            _ => (vector.ka_term_priv, vector.ka_chip_priv),
        };
        let ka_term = pair(&generator, &private);
        assert_eq!(ka_term.public(), vector.ka_term_pub, "{}", vector.id);
        assert_eq!(
            pair(&generator, &chip_private).public(),
            vector.ka_chip_pub,
            "{}",
            vector.id
        );
        let shared = ka_term.agree(&vector.ka_chip_pub).unwrap();
        assert_eq!(shared.secret(), vector.shared_secret, "{}", vector.id);
    }
}

/// Whatever the group, two parties who map alike agree on one secret, with the nonce's every bit in it.
#[test]
fn both_parties_agree_in_every_group() {
    for (index, group) in groups().into_iter().enumerate() {
        let mut rng = ScriptedRng::new(&[&[0x5A + index as u8; 4096]]);
        let draw = |generator: &Generator, rng: &mut ScriptedRng| generator.draw_key_pair(rng).unwrap();
        let standard = Generator::standard(group);
        let (a, b) = (
            draw(&standard, &mut rng),
            pair(&standard, &one_less(&draw(&standard, &mut rng))),
        );
        let (h, same) = (a.agree(b.public()).unwrap(), b.agree(a.public()).unwrap());
        assert_eq!(h.secret(), same.secret());
        let integrated = [(SymmetricAlgorithm::Aes128, 16), (SymmetricAlgorithm::Aes256, 32)]
            .map(|(cipher, len)| Generator::map_integrated(group, cipher, &vec![7; len], &vec![8; len]));
        let mut generators = vec![Generator::map_generic(&[7; 16], &h).unwrap()];
        for generator in integrated {
            assert_eq!(generator.is_ok(), group.has_integrated_mapping(), "{group}");
            generators.extend(generator);
        }
        for generator in generators {
            let (a, b) = (
                draw(&generator, &mut rng),
                pair(&generator, &one_less(&draw(&generator, &mut rng))),
            );
            assert_ne!(a.public(), b.public());
            assert_eq!(
                a.agree(b.public()).unwrap().secret(),
                b.agree(a.public()).unwrap().secret()
            );
        }
        let other = Generator::map_generic(&[[7; 15].as_slice(), &[6]].concat(), &h).unwrap();
        let one = Generator::map_generic(&[7; 16], &h).unwrap();
        assert_ne!(one.mapped, other.mapped, "{group}");
    }
}

fn one_less(pair: &KeyPair) -> Vec<u8> {
    let mut private = pair.private.to_vec();
    *private.last_mut().unwrap() -= 1;
    private
}

#[test]
fn what_is_no_element_is_refused_in_every_group() {
    for group in groups() {
        let standard = Generator::standard(group);
        let len = group.arithmetic().order_bits().div_ceil(8);
        let mut private = vec![0; len];
        private[len - 1] = 5;
        let pair = pair(&standard, &private);
        let good = pair.public().to_vec();
        assert!(pair.agree(&good).is_ok());
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let mut bad = vec![
            vec![],
            vec![0],
            vec![1],
            vec![0; good.len()],
            vec![0xFF; good.len()],
            vec![0xFF; good.len() + 1],
            [good.clone(), vec![0]].concat(),
            flipped,
        ];
        if let Group::ModP(group) = group {
            // The neutral element, the element of order two, and one outside the subgroup.
            bad.extend([
                group.minus_one(),
                vec![2],
                [vec![0; good.len() - 1], vec![1]].concat(),
            ]);
        } else {
            bad.push([&[0x02], &good[1..good.len().div_ceil(2)]].concat());
        }
        for element in bad {
            assert_eq!(
                pair.agree(&element).err(),
                Some(KeyAgreementError::InvalidElement),
                "{group}: {element:02X?}"
            );
        }
        for private in [
            vec![0; len],
            vec![0xFF; len],
            vec![1; len - 1],
            vec![1; len + 1],
            vec![],
        ] {
            assert!(!group.arithmetic().is_private_key(&private), "{group}");
            assert_eq!(
                standard.key_pair(Zeroizing::new(private)).err(),
                Some(KeyAgreementError::InvalidPrivateKey),
                "{group}"
            )
        }
        let h = pair.agree(&good).unwrap();
        assert!(
            Generator::map_generic(&[0; 16], &h).is_err(),
            "{group}: nonce zero"
        );
        assert!(
            Generator::map_generic(&[1; 300], &h).is_err(),
            "{group}: nonce too long"
        );
        assert!(Generator::map_integrated(group, SymmetricAlgorithm::Aes192, &[1; 16], &[1; 24]).is_err());
    }
}

/// A generator that fails, and one that never yields a key, are the host's fault.
#[test]
fn random_numbers_that_cannot_be_keys() {
    for group in groups() {
        let standard = Generator::standard(group);
        for mut rng in [ScriptedRng::new(&[]), ScriptedRng::new(&[&[0; 128 * 66]])] {
            assert_eq!(
                standard.draw_key_pair(&mut rng).err(),
                Some(KeyAgreementError::Random),
                "{group}"
            );
        }
    }
}

#[cfg(feature = "legacy-curves")]
#[test]
fn the_groups_of_table_12() {
    let names: Vec<_> = groups().iter().map(|group| group.name()).collect();
    assert_eq!(
        names,
        [
            "MODP 1024/160",
            "MODP 2048/224",
            "MODP 2048/256",
            "P-192",
            "brainpoolP192r1",
            "P-224",
            "brainpoolP224r1",
            "P-256",
            "brainpoolP256r1",
            "brainpoolP320r1",
            "P-384",
            "brainpoolP384r1",
            "brainpoolP512r1",
            "P-521"
        ]
    );
}
