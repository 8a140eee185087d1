//! How the chip was opened, what it offered in clear and signed (TR-03105-5.1 unit LDS_J), and what it proved of its keys.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::domain_parameters::NamedCurve;
use card_applet::wire::security_info::{PaceInfo, PaceProtocol};
use host_issuer::inspect::{Access, AgreementKey, ChipProof, ChipProofs, Opened, ProvedKey, Read};
use p256::ecdsa::SigningKey;

use super::Cases;
use crate::test_issuer::der::object_identifier;
use crate::test_issuer::groups::{chip_key_info, dg15};
use crate::test_issuer::{
    CardSecurityRecipe, Recipe, chip_authentication_info, key, pace_info, tlv, weaker_pace_info,
};

/// The chip's own key.
fn chip_key() -> SigningKey {
    key(5)
}

fn proved(key: &SigningKey) -> ChipProof {
    ChipProof::Held {
        key: ProvedKey::Agreement(AgreementKey::Point {
            curve: NamedCurve::P256,
            point: key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        }),
        how: "Chip Authentication".into(),
    }
}

fn pace(parameter_id: u8) -> Opened {
    let protocol = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128);
    Opened::Pace(PaceInfo::new(protocol, parameter_id))
}

/// PACEInfo with chip authentication mapping over P-256.
fn mapping_info() -> Vec<u8> {
    tlv(
        0x30,
        &[
            &object_identifier("04007F00070202040602"),
            &[2, 1, 2],
            &[2, 1, 12],
        ],
    )
}

/// A chip that offers chip authentication mapping, was opened with it, and proved its key.
fn with_mapping(recipe: &mut Recipe) {
    let infos = vec![pace_info(13), mapping_info()];
    recipe.announced_infos = infos.clone();
    recipe.security_infos = [infos.clone(), vec![chip_key_info(&chip_key(), Some(12))]].concat();
    let signed = [infos, vec![chip_key_info(&chip_key(), Some(12))]].concat();
    recipe.card_security = Some(CardSecurityRecipe::of(recipe, signed));
    recipe.access = Access::by(Opened::NotSaid);
    recipe.chip_proofs.pace_cam = proved(&chip_key());
}

fn card_security(recipe: &mut Recipe) -> &mut CardSecurityRecipe {
    recipe.card_security.as_mut().expect("EF.CardSecurity")
}

/// A chip that offers Chip Authentication, and came out of it so.
fn with_chip_authentication(recipe: &mut Recipe, proof: ChipProof) {
    let infos = [chip_authentication_info(), chip_key_info(&chip_key(), None)];
    recipe.security_infos.extend(infos);
    recipe.chip_proofs.chip_authentication = proof;
}

/// A chip with a key for Active Authentication, and came out of it so.
fn with_active_authentication(recipe: &mut Recipe, proof: ChipProof) {
    recipe.groups.insert(15, dg15(&chip_key()));
    recipe.com.push(0x6F);
    recipe.chip_proofs.active_authentication = proof;
}

fn failed() -> ChipProof {
    ChipProof::Failed("the chip does not have the private key".into())
}

pub fn add(cases: &mut Cases) {
    add_access(cases);
    add_card_security(cases);
    let no_copy = "all_passed:no_copy";
    cases
        .genuine("chip authentication", &[], |recipe| {
            with_chip_authentication(recipe, proved(&chip_key()));
        })
        .rule = no_copy.into();
    cases.fails(
        "chip authentication that failed",
        &[],
        "chip_authentication",
        |recipe| {
            with_chip_authentication(recipe, failed());
        },
    );
    cases.fails(
        "chip authentication with another key",
        &[],
        "chip_authentication",
        |recipe| {
            with_chip_authentication(recipe, proved(&key(6)));
        },
    );
    cases.missing(
        "chip authentication that was not made",
        &[],
        "chip_authentication",
        |recipe| {
            with_chip_authentication(recipe, ChipProof::NotAttempted);
        },
    );
    let signed = |key: &SigningKey| ChipProof::Held {
        key: ProvedKey::Dg15(dg15(key)),
        how: "Active Authentication".into(),
    };
    cases
        .genuine("active authentication", &[], |recipe| {
            with_active_authentication(recipe, signed(&chip_key()));
        })
        .rule = no_copy.into();
    cases.fails(
        "active authentication that failed",
        &[],
        "active_authentication",
        |recipe| {
            with_active_authentication(recipe, failed());
        },
    );
    cases.fails(
        "active authentication with another key",
        &[],
        "active_authentication",
        |recipe| {
            with_active_authentication(recipe, signed(&key(6)));
        },
    );
    cases.missing(
        "active authentication that was not made",
        &[],
        "active_authentication",
        |recipe| {
            with_active_authentication(recipe, ChipProof::NotAttempted);
        },
    );
}

fn add_access(cases: &mut Cases) {
    cases.fails(
        "card access with what DG14 does not have",
        &[],
        "card_access_matches_dg14",
        |recipe| {
            recipe.announced_infos.push(weaker_pace_info());
        },
    );
    cases
        .missing("card access hidden", &[], "card_access_matches_dg14", |recipe| {
            recipe.access = Access::default();
        })
        .then(|document| document.card_access = Read::NotSupplied);
    cases.fails(
        "opened with BAC though DG14 offers PACE",
        &[],
        "downgrade",
        |recipe| {
            recipe.access = Access::by(Opened::Bac);
        },
    );
    cases.fails(
        "read without a session though DG14 offers PACE",
        &[],
        "downgrade",
        |recipe| {
            recipe.access = Access::by(Opened::Plain);
        },
    );
    cases.fails("PACE that failed before BAC", &[], "downgrade", |recipe| {
        recipe.access = Access {
            pace_failed: Some("the chip answered 6300".into()),
            ..Access::by(Opened::Bac)
        };
    });
    cases
        .genuine("PACE that failed before BAC, tolerated", &[], |recipe| {
            recipe.access = Access {
                pace_failed: Some("the chip answered 6300".into()),
                ..Access::by(Opened::Bac)
            };
        })
        .tolerating(&["pace-fails"]);
    cases.fails(
        "opened with a weaker group than DG14 offers",
        &[],
        "downgrade",
        |recipe| {
            recipe.announced_infos = vec![pace_info(0)];
            recipe.security_infos.push(pace_info(0));
            recipe.access = Access::by(pace(0));
        },
    );
    cases.undecided("opened with what was not announced", &[], "access", |recipe| {
        recipe.access = Access::by(pace(12));
    });
    cases
        .genuine("a card with BAC alone", &[], |recipe| {
            recipe.announced_infos.clear();
            recipe.security_infos.clear();
            recipe.access = Access::by(Opened::Bac);
        })
        .then(|document| document.card_access = Read::NotSupplied);
    cases
        .genuine("a plain chip", &[], |recipe| {
            recipe.announced_infos.clear();
            recipe.security_infos.clear();
            recipe.access = Access::by(Opened::Plain);
        })
        .then(|document| document.card_access = Read::NotSupplied);
}

fn add_card_security(cases: &mut Cases) {
    cases
        .genuine("chip authentication mapping", &[], with_mapping)
        .rule = "all_passed:no_copy".into();
    cases
        .genuine("card security with an info more", &["LDS_J_01"], |recipe| {
            with_mapping(recipe);
            card_security(recipe).infos.push(weaker_pace_info());
        })
        .rule = "all_passed:no_copy".into();
    const MATCHES: &str = "card_access_matches_card_security";
    cases.fails(
        "card security with an info less",
        &["LDS_J_02"],
        MATCHES,
        |recipe| {
            with_mapping(recipe);
            card_security(recipe).infos.remove(0);
        },
    );
    cases.fails(
        "card security with another info",
        &["LDS_J_03"],
        MATCHES,
        |recipe| {
            with_mapping(recipe);
            card_security(recipe).infos[0] = weaker_pace_info();
        },
    );
    cases.fails(
        "card security with a key without protocol",
        &["LDS_J_04"],
        "card_security",
        |recipe| {
            with_mapping(recipe);
            let infos = &mut card_security(recipe).infos;
            *infos.last_mut().expect("the key") = tlv(0x30, &[&[2, 1, 12]]);
        },
    );
    cases.fails(
        "card security with a wrong signature",
        &["LDS_H_93"],
        "card_security",
        |recipe| {
            with_mapping(recipe);
            card_security(recipe).wrong_signature = true;
        },
    );
    cases.missing(
        "card security of an unknown issuer",
        &[],
        "card_security",
        |recipe| {
            with_mapping(recipe);
            card_security(recipe).signer.issuer.1 = "Other CSCA".into();
        },
    );
    cases.fails(
        "card security with another key than DG14",
        &[],
        "card_security_matches_dg14",
        |recipe| {
            with_mapping(recipe);
            *card_security(recipe).infos.last_mut().expect("the key") = chip_key_info(&key(6), Some(12));
            recipe.chip_proofs = ChipProofs {
                chip_authentication: proved(&chip_key()),
                ..ChipProofs::default()
            };
        },
    );
    cases.fails("mapping with another key", &[], "pace_cam", |recipe| {
        with_mapping(recipe);
        recipe.chip_proofs.pace_cam = proved(&key(6));
    });
    cases.fails("mapping that failed", &[], "pace_cam", |recipe| {
        with_mapping(recipe);
        recipe.chip_proofs.pace_cam = failed();
    });
}
