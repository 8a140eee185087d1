//! The document signer's certificate (TR-03105-5.1 unit LDS_H, from LDS_H_48 on).
//!
//! Places in TBSCertificate: 0 version, 1 serialNumber, 2 signature, 3 issuer, 4 validity, 5 subject, 6 subjectPublicKeyInfo,
//! 7 [3] { 0 extensions }.

use super::{Cases, Edit, Tr};
use crate::test_issuer::der::{algorithm, oid};
use crate::test_issuer::{
    CertificateRecipe, DIGITAL_SIGNATURE, KEY_CERT_SIGN_AND_CRL_SIGN, extension, tls_server_extension, tlv,
    unknown_extension,
};

const CMS: &str = "cms_structure";
const PROFILE: &str = "ds_profile";
const MD5_WITH_RSA: &str = "2A864886F70D010104";
const DSA: &str = "2A8648CE380401";

type Change = fn(&mut CertificateRecipe);

pub fn add(cases: &mut Cases) {
    let structure: [(&str, Tr, Edit); 8] = [
        ("ds without serial number", &["LDS_H_50"], |tbs| tbs.remove(&[1])),
        ("ds with two signature algorithms", &["LDS_H_51"], |tbs| {
            tbs.replace(&[2], &algorithm(MD5_WITH_RSA));
        }),
        ("ds without inner signature algorithm", &["LDS_H_52"], |tbs| {
            tbs.remove(&[2])
        }),
        ("ds without issuer", &["LDS_H_55"], |tbs| tbs.remove(&[3])),
        ("ds with a validity that is none", &["LDS_H_56"], |tbs| {
            tbs.set(&[4, 0], b"20261301000000Z")
        }),
        ("ds without validity", &["LDS_H_57"], |tbs| tbs.remove(&[4])),
        ("ds without key", &["LDS_H_59"], |tbs| tbs.remove(&[6])),
        ("ds of version 4", &["LDS_H_48"], |tbs| tbs.set(&[0, 0], &[3])),
    ];
    for (name, tr, change) in structure {
        cases.fails(name, tr, CMS, |recipe| recipe.ds.edit_tbs = change);
    }
    let outer: [(&str, Tr, Edit); 2] = [
        ("ds without signature algorithm", &["LDS_H_66"], |certificate| {
            certificate.remove(&[1])
        }),
        ("ds without signature", &["LDS_H_68"], |certificate| {
            certificate.remove(&[2])
        }),
    ];
    for (name, tr, change) in outer {
        cases.fails(name, tr, CMS, |recipe| recipe.ds.edit = change);
    }
    let profile: [(&str, Tr, Change); 8] = [
        ("ds without authority key identifier", &["LDS_H_61"], |ds| {
            ds.authority_key = None
        }),
        (
            "ds with an authority key identifier without key",
            &["LDS_H_60"],
            |ds| {
                ds.authority_key = None;
                ds.more_extensions
                    .push(extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &tlv(0x30, &[])));
            },
        ),
        ("ds with a key usage that is not critical", &["LDS_H_62"], |ds| {
            ds.key_usage = Some((false, DIGITAL_SIGNATURE));
        }),
        ("ds that may not sign", &["LDS_H_63"], |ds| {
            ds.key_usage = Some((true, KEY_CERT_SIGN_AND_CRL_SIGN))
        }),
        ("ds without key usage", &["LDS_H_64"], |ds| ds.key_usage = None),
        ("ds that is a CA", &[], |ds| ds.is_ca = true),
        ("ds with an unknown critical extension", &[], |ds| {
            ds.more_extensions = vec![unknown_extension(true)]
        }),
        ("ds for TLS servers", &[], |ds| {
            ds.more_extensions = vec![tls_server_extension()]
        }),
    ];
    for (name, tr, change) in profile {
        cases.fails(name, tr, PROFILE, |recipe| change(&mut recipe.ds));
    }
    // Version 1 has no extensions.
    cases.fails("ds without version", &["LDS_H_49"], PROFILE, |recipe| {
        recipe.ds.edit_tbs = |tbs| {
            tbs.remove(&[7]);
            tbs.remove(&[0]);
        };
    });
    // What cannot be computed is no proof, and no evidence against the document.
    cases.missing("ds with a key of DSA", &["LDS_H_58"], "sod_signature", |recipe| {
        recipe.ds.edit_tbs = |tbs| {
            let key = tlv(0x30, &[&algorithm(DSA), &tlv(0x03, &[&[0, 2, 1, 5]])]);
            tbs.replace(&[6], &key);
        };
    });
    cases.fails("ds signed with MD5", &["LDS_H_65"], "hash_policy", |recipe| {
        recipe.ds.edit_tbs = |tbs| tbs.replace(&[2], &algorithm(MD5_WITH_RSA));
        recipe.ds.edit = |certificate| certificate.replace(&[1], &algorithm(MD5_WITH_RSA));
    });
    for (name, when) in [("before", "20260531"), ("after", "20260902")] {
        cases.fails(
            &format!("signed {name} the key was in use"),
            &[],
            "ds_key_usage_period",
            |recipe| recipe.signing_time = Some(when),
        );
    }
    cases.fails(
        "issued after the key was in use",
        &[],
        "ds_key_usage_period",
        |recipe| {
            recipe.signing_time = None;
            recipe.national[4].1 = "01/10/2026".into();
        },
    );
    cases.fails("ds for passports", &[], "document_type", |recipe| {
        recipe.ds.document_types = Some("P")
    });
    cases.genuine("ds for all of one letter", &[], |recipe| {
        recipe.ds.document_types = Some("I")
    });
    cases.fails("ds of another country", &[], "country", |recipe| {
        recipe.ds.subject.0 = "DE".into()
    });
}
