//! Layer E: Terminal Authentication. The document has fingers and irises, which the chip gives to terminals with the right to them.
//! The texts of E_20, E_21 and E_25 were deleted from the guideline; what their headings ask is played all the same.

use host_issuer::conformance::verifier::Judgement::NotAsked;
use test_vectors::faulty_chip::{ChipKey, Cipher, Curve, Fault, Hash, Misdeed, ModP, Step};

use super::cases::chip_key_mod_p;
use super::pace_cases::key_info;
use super::{Play, granted, no_rights};
use crate::cv_parties::{
    AUTHORITY, BOTH, CVCA_1, CVCA_2, CVCA_3, DV, DV_OF_2, FINGERS, IRISES, IS, IS_OF_2, Party, Recipe,
    Scheme, TERMINAL, VERIFIER,
};
use crate::faulty_reader::Bench;
use crate::test_issuer::der::{object_identifier, tlv};
use crate::test_issuer::groups::{JPEG_2000, WSQ, finger, group, iris};

const EC: Scheme = Scheme::Ecdsa(Hash::Sha256);
const CVCA_FILE: u16 = 0x011C;

/// TerminalAuthenticationInfo, with where EF.CVCA is.
fn terminal_authentication_info(file: &[u8]) -> Vec<u8> {
    let content = [
        object_identifier("04007F0007020202"),
        vec![0x02, 0x01, 0x01],
        file.to_vec(),
    ];
    tlv(0x30, &[&content.concat()])
}

/// EF.CVCA with these names.
fn ef_cvca(names: &[&str]) -> Vec<u8> {
    let mut file: Vec<u8> = names
        .iter()
        .flat_map(|name| tlv(0x42, &[name.as_bytes()]))
        .collect();
    file.resize(file.len().max(36), 0);
    file
}

fn authority(scheme: Scheme) -> Vec<u8> {
    Recipe::new(scheme, CVCA_1, CVCA_1, AUTHORITY | BOTH).build()
}

fn verifier(scheme: Scheme, rights: u8) -> Recipe {
    Recipe::new(scheme, CVCA_1, DV, VERIFIER | rights)
}

fn terminal(scheme: Scheme) -> Recipe {
    Recipe::new(scheme, DV, IS, TERMINAL | BOTH)
}

fn link(old: Party, new: Party) -> Vec<u8> {
    Recipe::new(EC, old, new, AUTHORITY | BOTH).build()
}

/// The chain of a terminal below the second authority.
fn below_the_second() -> [Vec<u8>; 2] {
    [
        Recipe::new(EC, CVCA_2, DV_OF_2, VERIFIER | BOTH).build(),
        Recipe::new(EC, DV_OF_2, IS_OF_2, TERMINAL | BOTH).build(),
    ]
}

/// What guards fingers and irises, in a chip that is opened in this way.
fn guarded(opened: Bench, scheme: Scheme) -> Bench {
    opened.change(|bench| {
        let recipe = &mut bench.recipe;
        recipe.groups.insert(3, group(0x63, &[finger(0x09, 2, &WSQ)]));
        recipe.groups.insert(4, group(0x76, &[iris(1, 6, &JPEG_2000)]));
        recipe.com.extend([0x63, 0x76]);
        recipe.security_infos.push(terminal_authentication_info(&[]));
        if !recipe.announced_infos.is_empty() {
            recipe.announced_infos.push(terminal_authentication_info(&[]));
        }
        bench.setup.application.insert(CVCA_FILE, ef_cvca(&[CVCA_1.name]));
        bench.setup.trust_points = vec![authority(scheme)];
    })
}

/// The same with a terminal that has these certificates and the key of the last.
fn shown(bench: Bench, scheme: Scheme, certificates: Vec<Vec<u8>>) -> Bench {
    bench.change(|bench| bench.terminal = Some((certificates, IS.pkcs8(scheme))))
}

/// A chip with BAC and a terminal that it believes.
fn with_scheme(scheme: Scheme) -> Bench {
    let chain = vec![
        authority(scheme),
        verifier(scheme, BOTH).build(),
        terminal(scheme).build(),
    ];
    shown(guarded(Bench::bac(), scheme), scheme, chain)
}

pub(super) fn usual() -> Bench {
    with_scheme(EC)
}

/// The usual chip, with a terminal that has these instead; the authority's own certificate is not among them.
fn with_chain(certificates: impl IntoIterator<Item = Vec<u8>>) -> Bench {
    shown(guarded(Bench::bac(), EC), EC, certificates.into_iter().collect())
}

fn with_rights(rights: u8) -> Bench {
    with_chain([verifier(EC, rights).build(), terminal(EC).build()])
}

fn without(bench: Bench, number: u8, tag: u8) -> Bench {
    bench.change(|bench| {
        bench.recipe.groups.remove(&number);
        bench.recipe.com.retain(|listed| *listed != tag);
    })
}

/// The chip believes these and says so.
fn believing(bench: Bench, trust_points: &[(Party, Party)]) -> Bench {
    bench.change(|bench| {
        let names: Vec<&str> = trust_points.iter().map(|(_, holder)| holder.name).collect();
        bench.setup.application.insert(CVCA_FILE, ef_cvca(&names));
        bench.setup.trust_points = trust_points
            .iter()
            .map(|(issuer, holder)| link(*issuer, *holder))
            .collect();
    })
}

pub(super) fn cvca_file(bench: Bench, content: Vec<u8>) -> Bench {
    bench.change(|bench| {
        bench.setup.application.insert(CVCA_FILE, content);
    })
}

fn fault(step: Step, misdeed: Misdeed) -> Bench {
    usual().fault(Fault::new(step, misdeed))
}

/// DG14 says that EF.CVCA is here.
fn named_file(file: &[u8]) -> Bench {
    usual().change(|bench| {
        *bench.recipe.security_infos.last_mut().expect("an entry") = terminal_authentication_info(file);
    })
}

/// FileID { fid, sfid }
fn file_id(fid: u16, sfi: Option<u8>) -> Vec<u8> {
    let sfi = sfi.map(|sfi| tlv(0x04, &[&[sfi]])).unwrap_or_default();
    tlv(0x30, &[&tlv(0x04, &[&fid.to_be_bytes()]), &sfi])
}

/// The chip's date is behind that of the usual certificates.
fn on_the_day(bench: Bench, today: &str) -> Bench {
    bench.change(|bench| bench.setup.today = today.into())
}

/// DG11 and DG12, guarded like fingers.
fn with_guarded_details(bench: Bench) -> Bench {
    bench.change(|bench| {
        let details = tlv(
            0x6B,
            &[&tlv(0x5C, &[&[0x5F, 0x0E]]), &tlv(0x5F0E, &[b"NGUYEN<<THI<MAU"])],
        );
        let document = tlv(0x6C, &[&tlv(0x5C, &[&[0x5F, 0x19]]), &tlv(0x5F19, &[b"TEST"])]);
        bench.recipe.groups.insert(11, details);
        bench.recipe.groups.insert(12, document);
        bench.recipe.com.extend([0x6B, 0x6C]);
        bench.setup.guarded.extend([0x010B, 0x010C]);
    })
}

/// Chip Authentication on P-384, where the terminal's keys are on P-256.
fn longer_chip_key(bench: Bench) -> Bench {
    bench.change(|bench| {
        let key = ChipKey {
            id: None,
            group: Curve::P384.into(),
            private: vec![0x09; 48],
        };
        let infos = &mut bench.recipe.security_infos;
        infos[1] = key_info(&key);
        bench.setup.chip_keys = vec![key];
    })
}

#[rustfmt::skip]
pub(super) fn plays() -> Vec<(&'static str, Play)> {
    let not_believed = || no_rights("does not accept the certificate of DETEST");
    let expired = ("250101", "260201");
    vec![
        ("ISO7816_E_01", (with_scheme(Scheme::Pkcs1(Hash::Sha1)), granted(&[3, 4]))),
        ("ISO7816_E_02", (with_scheme(Scheme::Pkcs1(Hash::Sha256)), granted(&[3, 4]))),
        ("ISO7816_E_03", (with_scheme(Scheme::Pss(Hash::Sha1)), granted(&[3, 4]))),
        ("ISO7816_E_04", (with_scheme(Scheme::Pss(Hash::Sha256)), granted(&[3, 4]))),
        ("ISO7816_E_05", (with_scheme(Scheme::Ecdsa(Hash::Sha1)), granted(&[3, 4]))),
        ("ISO7816_E_06", (with_scheme(Scheme::Ecdsa(Hash::Sha224)), granted(&[3, 4]))),
        ("ISO7816_E_07", (usual(), granted(&[3, 4]))),
        // The terminal has no chain from there; and where it has one, the chip does not know its beginning.
        ("ISO7816_E_08", (cvca_file(usual(), ef_cvca(&[CVCA_2.name])), no_rights("no chain of certificates leads from DETESTCVCA00002"))),
        ("ISO7816_E_08", (cvca_file(with_chain(below_the_second()), ef_cvca(&[CVCA_2.name])), no_rights("refuses MSE:Set DST"))),
        ("ISO7816_E_09", (cvca_file(usual(), vec![0x42, 0, 0, 0, 0]), no_rights("names no authority"))),
        ("ISO7816_E_09", (cvca_file(usual(), vec![0; 36]), no_rights("names no authority"))),
        ("ISO7816_E_10", (cvca_file(usual(), ef_cvca(&["DECV00002", "DECV00003", CVCA_1.name])), granted(&[3, 4]))),
        ("ISO7816_E_11", (fault(Step::TerminalProof, Misdeed::OtherIdentity), no_rights("refuses EXTERNAL AUTHENTICATE"))),
        ("ISO7816_E_12", (fault(Step::TerminalChallenge, Misdeed::Data(vec![0xA5; 7])), no_rights("challenge is malformed"))),
        ("ISO7816_E_13", (fault(Step::TerminalChallenge, Misdeed::Data(vec![0xA5; 9])), no_rights("challenge is malformed"))),
        ("ISO7816_E_14", (with_rights(IRISES), granted(&[4]))),
        ("ISO7816_E_15", (with_rights(FINGERS), granted(&[3]))),
        ("ISO7816_E_16", (with_rights(0), granted(&[]))),
        // Found out by the terminal where it has the key, else by the chip.
        ("ISO7816_E_17", (with_chain([authority(EC), Recipe { is_damaged: true, ..verifier(EC, BOTH) }.build(), terminal(EC).build()]), no_rights("DETESTDV00001 is not signed by the authority"))),
        ("ISO7816_E_17", (with_chain([Recipe { is_damaged: true, ..verifier(EC, BOTH) }.build(), terminal(EC).build()]), not_believed())),
        ("ISO7816_E_18", (with_chain([authority(EC), verifier(EC, BOTH).build(), Recipe { is_damaged: true, ..terminal(EC) }.build()]), no_rights("DETESTIS00001 is not signed by the authority"))),
        ("ISO7816_E_18", (with_chain([verifier(EC, BOTH).build(), Recipe { is_damaged: true, ..terminal(EC) }.build()]), not_believed())),
        ("ISO7816_E_19", (on_the_day(usual(), "270201"), not_believed())),
        ("ISO7816_E_20", (on_the_day(with_chain([Recipe { valid: expired, ..verifier(EC, BOTH) }.build(), terminal(EC).build()]), "260301"), no_rights("certificate of DETESTDV00001"))),
        ("ISO7816_E_21", (on_the_day(with_chain([verifier(EC, BOTH).build(), Recipe { valid: expired, ..terminal(EC) }.build()]), "260301"), no_rights("certificate of DETESTIS00001"))),
        ("ISO7816_E_22", (named_file(&file_id(0x011B, None)), no_rights("EF.CVCA is file 011B"))),
        ("ISO7816_E_22", (named_file(&file_id(0x011B, Some(0x1C))), no_rights("EF.CVCA is file 011B"))),
        ("ISO7816_E_22", (named_file(&file_id(0x011B, None)).change(|bench| {
            let file = bench.setup.application.remove(&CVCA_FILE).expect("EF.CVCA");
            bench.setup.application.insert(0x011B, file);
        }), granted(&[3, 4]))),
        ("ISO7816_E_23", (named_file(&file_id(CVCA_FILE, Some(0x1B))), no_rights("EF.CVCA is file 011C"))),
        ("ISO7816_E_23", (named_file(&file_id(CVCA_FILE, Some(0x1C))), granted(&[3, 4]))),
        ("ISO7816_E_24", (guarded(Bench::bac(), EC), NotAsked)),
        ("ISO7816_E_25", (believing(with_chain([verifier(EC, BOTH).build(), terminal(EC).build()].into_iter().chain(below_the_second())), &[(CVCA_2, CVCA_2), (CVCA_1, CVCA_1)]), granted(&[3, 4]))),
        ("ISO7816_E_26", (with_guarded_details(usual()), granted(&[3, 4, 11, 12]))),
        ("ISO7816_E_27", (chip_key_mod_p(with_scheme(Scheme::Pkcs1(Hash::Sha256)), ModP::Bits2048Order224, Cipher::TripleDes), granted(&[3, 4]))),
        // The chip has no curve of 224 bits; 384 are another size than 256, too.
        ("ISO7816_E_28", (longer_chip_key(usual()), granted(&[3, 4]))),
        ("ISO7816_E_29", (without(with_rights(FINGERS), 4, 0x76), granted(&[3]))),
        ("ISO7816_E_30", (without(with_rights(IRISES), 3, 0x63), granted(&[4]))),
        ("ISO7816_E_31", (shown(guarded(Bench::pace(), EC), EC, vec![verifier(EC, BOTH).build(), terminal(EC).build()]), granted(&[3, 4]))),
        ("ISO7816_E_31", (shown(guarded(Bench::pace(), EC), EC, vec![verifier(EC, BOTH).build(), terminal(EC).build()])
            .fault(Fault::new(Step::TerminalProof, Misdeed::OtherIdentity)), no_rights("refuses EXTERNAL AUTHENTICATE"))),
        ("ISO7816_E_32", (with_chain([link(CVCA_1, CVCA_2)].into_iter().chain(below_the_second())), granted(&[3, 4]))),
        ("ISO7816_E_33", (with_chain([link(CVCA_3, CVCA_1), link(CVCA_1, CVCA_2)].into_iter().chain(below_the_second()))
            .change(|bench| {
                bench.setup.application.insert(CVCA_FILE, ef_cvca(&[CVCA_3.name]));
                bench.setup.trust_points = vec![link(CVCA_3, CVCA_3)];
            }), granted(&[3, 4]))),
        ("ISO7816_E_34", (believing(with_chain([link(CVCA_1, CVCA_2)].into_iter().chain(below_the_second())), &[(CVCA_1, CVCA_2), (CVCA_1, CVCA_1)]), granted(&[3, 4]))),
        ("ISO7816_E_35", (with_scheme(Scheme::Pkcs1(Hash::Sha512)), granted(&[3, 4]))),
        ("ISO7816_E_36", (with_scheme(Scheme::Pss(Hash::Sha512)), granted(&[3, 4]))),
        ("ISO7816_E_37", (with_scheme(Scheme::Ecdsa(Hash::Sha384)), granted(&[3, 4]))),
        ("ISO7816_E_38", (with_scheme(Scheme::Ecdsa(Hash::Sha512)), granted(&[3, 4]))),
    ]
}
