//! The cards that are changed: one person each, so that no file of one fits another.

use std::ops::Range;
use std::sync::OnceLock;

use host_issuer::inspect::{Read, ReadDocument, TrustStore, VerificationReport};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::test_issuer::groups::{Face, MAU, WSQ, Zone, dg15, finger, group};
use crate::test_issuer::{CardSecurityRecipe, Node, Recipe, key, pace_info, tlv};

/// When they are inspected.
pub const NOW: OffsetDateTime = datetime!(2026-08-01 12:00 UTC);

/// A card as it was issued.
pub struct Card {
    pub name: &'static str,
    pub document: ReadDocument,
    pub store: TrustStore,
    /// The LDS security object and the signed attributes (from their tag on), as issued.
    pub object: Vec<u8>,
    pub attributes: Vec<u8>,
    /// Regions of EF.SOD by name.
    pub regions: Vec<(&'static str, Range<usize>)>,
    pub report: OnceLock<VerificationReport>,
}

struct Person {
    number: &'static str,
    twelve: &'static str,
    optional: &'static str,
    name: &'static str,
    full_name: &'static str,
}

const PERSONS: [Person; 5] = [
    Person {
        number: "196000017",
        twelve: "001196000017",
        optional: "001196000017<<1",
        name: "NGUYEN<<THI<MAU",
        full_name: "Nguyễn Thị Mẫu",
    },
    Person {
        number: "196000025",
        twelve: "001196000025",
        optional: "001196000025<<1",
        name: "TRAN<<THI<HAI",
        full_name: "Trần Thị Hai",
    },
    Person {
        number: "196000033",
        twelve: "001196000033",
        optional: "001196000033<<1",
        name: "LE<<THI<BA",
        full_name: "Lê Thị Ba",
    },
    Person {
        number: "196000041",
        twelve: "001196000041",
        optional: "001196000041<<1",
        name: "PHAM<<THI<BON",
        full_name: "Phạm Thị Bốn",
    },
    Person {
        number: "196000050",
        twelve: "001196000050",
        optional: "001196000050<<1",
        name: "VO<<THI<NAM",
        full_name: "Võ Thị Năm",
    },
];

/// A genuine document of the person, with a face of her own.
fn of(person: &Person) -> Recipe {
    let mut recipe = Recipe::genuine();
    recipe.zone = Zone {
        number: person.number,
        optional: person.optional,
        name: person.name,
        ..MAU
    }
    .td1();
    recipe.national[0].1 = person.twelve.into();
    recipe.national[1].1 = person.full_name.into();
    let mut face = Face::default();
    face.image.extend(person.number.as_bytes());
    recipe.dg2 = group(0x75, &[face.template()]);
    recipe
}

/// One card for each way in which a chip may be.
pub fn all() -> Vec<Card> {
    let [plain, identifier, newer, rich, mapping] = &PERSONS;
    let plain = of(plain);
    let mut by_identifier = of(identifier);
    (
        by_identifier.signer_by_key_identifier,
        by_identifier.attributes_reversed,
    ) = (true, true);
    let mut of_lds_1_8 = of(newer);
    (of_lds_1_8.com_versions.0, of_lds_1_8.lds_version) = ("0108", Some(("0108", "040000")));
    let mut with_fingers = of(rich);
    with_fingers
        .groups
        .insert(3, group(0x63, &[finger(0x09, 2, &WSQ), finger(0x0A, 2, &WSQ)]));
    with_fingers.groups.insert(
        11,
        tlv(
            0x6B,
            &[&tlv(0x5C, &[&[0x5F, 0x11]]), &tlv(0x5F11, &["HÀ NỘI".as_bytes()])],
        ),
    );
    with_fingers.com.extend([0x63, 0x6B]);
    let mut with_keys = of(mapping);
    with_keys.card_security = Some(CardSecurityRecipe::of(&with_keys, vec![pace_info(13)]));
    with_keys.groups.insert(15, dg15(&key(5)));
    with_keys.com.push(0x6F);
    with_keys.chip_proofs.active_authentication = host_issuer::inspect::ChipProof::Held {
        key: host_issuer::inspect::ProvedKey::Dg15(dg15(&key(5))),
        how: "Active Authentication".into(),
    };
    [
        ("a plain card", plain),
        ("a card with a key identifier", by_identifier),
        ("a card of LDS 1.8", of_lds_1_8),
        ("a card with fingers", with_fingers),
        ("a card with keys", with_keys),
    ]
    .into_iter()
    .map(|(name, recipe)| Card::new(name, &recipe))
    .collect()
}

impl Card {
    fn new(name: &'static str, recipe: &Recipe) -> Self {
        let document = recipe.seal();
        let Read::Bytes(sod) = &document.sod else {
            panic!("EF.SOD is there");
        };
        let mut tree = Node::parse(sod);
        // 77 { ContentInfo { type, [0] { SignedData } } }; the rest as in the places of `faulty/sod.rs`.
        let mut piece = |path: &[usize]| tree.at(&[&[0, 1, 0], path].concat()).encode();
        let content = piece(&[2, 1, 0]);
        let object = Node::parse(&content).contents().to_vec();
        let attributes = piece(&[4, 0, 3]);
        let regions = [
            ("LDS security object", object.clone()),
            ("signed attributes", attributes.clone()),
            ("signature", piece(&[4, 0, 5])),
            ("DS certificate, signed part", piece(&[3, 0, 0])),
            ("DS certificate, signature", piece(&[3, 0, 2])),
        ];
        let place = |bytes: &[u8]| {
            let start = sod.windows(bytes.len()).position(|window| window == bytes);
            let start = start.expect("the piece is in EF.SOD");
            start..start + bytes.len()
        };
        let regions = regions.map(|(name, bytes)| (name, place(&bytes))).to_vec();
        Self {
            name,
            store: recipe.trust(),
            object,
            attributes,
            regions,
            report: OnceLock::new(),
            document,
        }
    }
}
