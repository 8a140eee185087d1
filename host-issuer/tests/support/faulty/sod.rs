//! EF.SOD (TR-03105-5.1 unit LDS_H): CMS and the LDS security object.
//!
//! Places in SignedData: 0 version, 1 digestAlgorithms, 2 encapContentInfo { 0 type, 1 [0] { 0 content } }, 3 certificates,
//! 4 signerInfos { 0 SignerInfo { 0 version, 1 sid, 2 digestAlgorithm, 3 signedAttrs, 4 signatureAlgorithm, 5 signature } }.
//! In the LDS security object: 0 version, 1 hashAlgorithm, 2 dataGroupHashValues { DataGroupHash { 0 number, 1 value } }.

use host_issuer::inspect::{Read, ReadDocument, Verdict};

use super::{Cases, Edit, Tr, with_length, with_tag};
use crate::test_issuer::der::{algorithm, sign};
use crate::test_issuer::{Node, Recipe, key, plain, tlv};

const MD5: &str = "2A864886F70D0205";
const MD5_WITH_RSA: &str = "2A864886F70D010104";
const CMS: &str = "cms_structure";
const OBJECT: &str = "lds_security_object";

fn edit(document: &mut ReadDocument, change: impl FnOnce(&[u8]) -> Vec<u8>) {
    let Read::Bytes(sod) = &mut document.sod else {
        panic!("EF.SOD is there");
    };
    *sod = change(sod);
}

pub fn add(cases: &mut Cases) {
    cases
        .fails("sod with tag 78", &["LDS_H_17"], CMS, |_| {})
        .then(|document| {
            edit(document, |sod| with_tag(sod, 0x78));
        });
    cases
        .fails("sod with a length too small", &["LDS_H_18"], CMS, |_| {})
        .then(|document| {
            edit(document, |sod| with_length(sod, -1));
        });
    cases
        .fails("sod with a length too big", &["LDS_H_19"], CMS, |_| {})
        .then(|document| {
            edit(document, |sod| with_length(sod, 1));
        });
    for version in [1, 4] {
        let tr: &[&str] = if version == 1 { &["LDS_H_20"] } else { &[] };
        cases.fails(&format!("SignedData version {version}"), tr, CMS, |recipe| {
            recipe.cms_version = version;
        });
    }
    let structure: [(&str, Tr, Edit); 15] = [
        ("SignedData without version", &["LDS_H_21"], |data| {
            data.remove(&[0])
        }),
        ("SignedData without digest algorithms", &["LDS_H_23"], |data| {
            data.remove(&[1])
        }),
        ("another content type", &["LDS_H_24"], |data| {
            data.set(&[2, 0], &[0x67, 0x81, 0x08, 1, 1, 2])
        }),
        ("no content type", &["LDS_H_25"], |data| data.remove(&[2, 0])),
        ("SignerInfo version 2", &["LDS_H_26"], |data| {
            data.set(&[4, 0, 0], &[2])
        }),
        ("SignerInfo without version", &["LDS_H_27"], |data| {
            data.remove(&[4, 0, 0])
        }),
        ("another serial number of the signer", &["LDS_H_28"], |data| {
            data.set(&[4, 0, 1, 1], &[0x7F])
        }),
        ("SignerInfo without digest algorithm", &["LDS_H_31"], |data| {
            data.remove(&[4, 0, 2])
        }),
        ("SignerInfo without signature", &["LDS_H_38"], |data| {
            data.remove(&[4, 0, 5])
        }),
        (
            "SignerInfo version 3 with issuer and serial number",
            &["LDS_H_84"],
            |data| {
                data.set(&[4, 0, 0], &[3]);
            },
        ),
        ("no certificate", &["LDS_H_15"], |data| data.remove(&[3])),
        ("no signer", &[], |data| data.remove(&[4, 0])),
        ("no content", &[], |data| data.remove(&[2, 1])),
        ("two signers", &[], |data| {
            let signer = data.at(&[4, 0]).encode();
            data.replace(&[4], &tlv(0x31, &[&signer, &signer]));
        }),
        ("nine certificates", &[], |data| {
            let certificate = data.at(&[3, 0]).encode();
            data.replace(&[3], &tlv(0xA0, &[&certificate.repeat(9)]));
        }),
    ];
    for (name, tr, change) in structure {
        cases.fails(name, tr, CMS, |recipe| recipe.edit_signed_data = change);
    }
    // A key identifier that is no certificate's, and one under the wrong version.
    for (name, tr, change) in [
        (
            "another key identifier of the signer",
            &["LDS_H_29"],
            (|data: &mut Node| data.set(&[4, 0, 1], &[9, 9, 9, 9])) as Edit,
        ),
        (
            "SignerInfo version 1 with a key identifier",
            &["LDS_H_85"],
            |data: &mut Node| data.set(&[4, 0, 0], &[1]),
        ),
    ] {
        cases.fails(name, tr, CMS, |recipe| {
            recipe.signer_by_key_identifier = true;
            recipe.edit_signed_data = change;
        });
    }
    add_signature(cases);
    add_object(cases);
    add_forms(cases);
}

fn add_signature(cases: &mut Cases) {
    cases.fails(
        "digest algorithm MD5",
        &["LDS_H_22", "LDS_H_30"],
        "hash_policy",
        |recipe| {
            recipe.edit_signed_data = |data| {
                data.replace(&[1], &tlv(0x31, &[&algorithm(MD5)]));
                data.replace(&[4, 0, 2], &algorithm(MD5));
            };
        },
    );
    cases.fails(
        "signature algorithm RSA with MD5",
        &["LDS_H_36"],
        "hash_policy",
        |recipe| {
            recipe.edit_signed_data = |data| data.replace(&[4, 0, 4], &algorithm(MD5_WITH_RSA));
        },
    );
    cases.fails(
        "another message digest",
        &["LDS_H_32"],
        "signed_attributes",
        |recipe| {
            recipe.wrong_message_digest = true;
        },
    );
    cases.fails(
        "another content type among the signed attributes",
        &[],
        "signed_attributes",
        |recipe| {
            recipe.wrong_content_type = true;
        },
    );
    for (name, tr, place) in [
        ("no message digest", &["LDS_H_33"] as Tr, [4, 0, 3, 2]),
        ("no content type among the signed attributes", &[], [4, 0, 3, 0]),
    ] {
        let change: Edit = if place[3] == 2 {
            |data| data.remove(&[4, 0, 3, 2])
        } else {
            |data| data.remove(&[4, 0, 3, 0])
        };
        let case = cases.fails(name, tr, "signed_attributes", |recipe| {
            recipe.edit_signed_data = change
        });
        // What is left was not signed.
        case.failed.push("sod_signature".into());
    }
    let case = cases.fails("no signed attributes", &[], "signed_attributes", |recipe| {
        recipe.edit_signed_data = |data| data.remove(&[4, 0, 3]);
    });
    case.failed.push("sod_signature".into());
    cases
        .fails(
            "a signature with one bit changed",
            &["LDS_H_37"],
            "sod_signature",
            |_| {},
        )
        .then(|document| {
            edit(document, |sod| {
                let mut sod = sod.to_vec();
                *sod.last_mut().expect("bytes") ^= 1;
                sod
            });
        });
    cases.fails("signed by another key", &[], "sod_signature", |recipe| {
        recipe.edit_signed_data = |data| {
            let attributes = data.at(&[4, 0, 3]).encode();
            let message = [&[0x31], &attributes[1..]].concat();
            data.set(&[4, 0, 5], &sign(&key(7), &message));
        };
    });
}

fn add_object(cases: &mut Cases) {
    let edits: [(&str, Tr, Edit); 9] = [
        ("object version 2", &["LDS_H_39"], |object| object.set(&[0], &[2])),
        ("object without version", &["LDS_H_40"], |object| {
            object.remove(&[0])
        }),
        ("object without hash algorithm", &["LDS_H_42"], |object| {
            object.remove(&[1])
        }),
        ("object without DG1", &["LDS_H_44"], |object| {
            object.remove(&[2, 0])
        }),
        ("object with data group 255", &["LDS_H_46"], |object| {
            object.set(&[2, 0, 0], &[0, 0xFF])
        }),
        ("object with a hash without number", &["LDS_H_47"], |object| {
            object.remove(&[2, 1, 0])
        }),
        ("object with DG1 twice", &[], |object| {
            object.set(&[2, 1, 0], &[1])
        }),
        ("object with a short hash", &[], |object| {
            object.set(&[2, 1, 1], &[0xAA; 20])
        }),
        ("object with a version of two bytes", &[], |object| {
            object.set(&[0], &[0, 0])
        }),
    ];
    for (name, tr, change) in edits {
        let case = cases.fails(name, tr, OBJECT, |recipe| recipe.edit_lds_object = change);
        if name.contains("without DG1") {
            // A terminal reads what is listed.
            case.document.data_groups.remove(&1);
        }
    }
    cases.fails("object of MD5 hashes", &["LDS_H_41"], "hash_policy", |recipe| {
        recipe.edit_lds_object = |object| object.replace(&[1], &algorithm(MD5));
    });
    cases.fails(
        "object with DG10 that com does not list",
        &["LDS_H_45"],
        "com_matches_sod",
        |recipe| {
            recipe.extra_listed = vec![10];
        },
    );
    cases.missing("object with DG7 that is not there", &[], "dg7_digest", |recipe| {
        recipe.extra_listed = vec![7];
        recipe.com.push(0x67);
    });
    let case = cases.add(
        "object without DG2",
        &[],
        Verdict::Inconclusive,
        "absent:dg2_digest".into(),
        |recipe| {
            recipe.edit_lds_object = |object| object.remove(&[2, 1]);
            recipe.com.remove(1);
        },
    );
    case.document.data_groups.remove(&2);
    cases.fails("SHA-1", &[], "hash_policy", |recipe| recipe.weak_hash = true);
    cases
        .missing("SHA-1, tolerated", &[], "hash_policy", |recipe| {
            recipe.weak_hash = true
        })
        .tolerating(&["sha-1"]);
}

/// CSCA, document signer and EF.SOD signed in the plain form of BSI TR-03111.
fn plain_ecdsa(recipe: &mut Recipe, bits: u16) {
    let (tbs, certificate, data): (Edit, Edit, Edit) = match bits {
        1 => (plain::tbs::<1>, plain::certificate::<1>, plain::data::<1>),
        224 => (plain::tbs::<224>, plain::certificate::<224>, plain::data::<224>),
        256 => (plain::tbs::<256>, plain::certificate::<256>, plain::data::<256>),
        384 => (plain::tbs::<384>, plain::certificate::<384>, plain::data::<384>),
        _ => (plain::tbs::<512>, plain::certificate::<512>, plain::data::<512>),
    };
    for signed in [&mut recipe.ds, &mut recipe.csca] {
        (signed.edit_tbs, signed.edit) = (tbs, certificate);
    }
    recipe.edit_signed_data = data;
}

/// What real issuers have written, and what is right all the same.
fn add_forms(cases: &mut Cases) {
    cases.genuine("signed attributes in another order", &[], |recipe| {
        recipe.attributes_reversed = true
    });
    cases.genuine("signed attributes sorted when they were signed", &[], |recipe| {
        (recipe.attributes_reversed, recipe.signed_over_sorted) = (true, true);
    });
    cases.genuine("signer by key identifier", &[], |recipe| {
        recipe.signer_by_key_identifier = true
    });
    for (bits, tr) in [
        (224, &["LDS_H_11"]),
        (256, &["LDS_H_12"]),
        (384, &["LDS_H_13"]),
        (512, &["LDS_H_14"]),
    ] {
        cases.genuine(&format!("plain ECDSA with SHA-{bits}"), tr, |recipe| {
            plain_ecdsa(recipe, bits)
        });
    }
    cases.fails("plain ECDSA with SHA-1", &["LDS_H_10"], "hash_policy", |recipe| {
        plain_ecdsa(recipe, 1)
    });
    cases.genuine("no signing time", &[], |recipe| recipe.signing_time = None);
    cases.genuine("sod in BER", &[], |_| {}).then(|document| {
        // 77 82 LLLL 30 82 LLLL …: ContentInfo with an indefinite length.
        edit(document, |sod| tlv(0x77, &[&[0x30, 0x80], &sod[8..], &[0, 0]]));
    });
}
