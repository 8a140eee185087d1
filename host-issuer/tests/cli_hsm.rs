//! `eid` with keys in a token (SoftHSM2, really started): made there, used there, an officer's among them, and what is said when
//! it is gone.

#[path = "support/office.rs"]
mod office;
#[allow(
    dead_code,
    reason = "shared with the tests of personalization, which use more of it"
)]
#[path = "../../personalization/tests/pkcs11/soft_token.rs"]
mod soft_token;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use office::{Office, Outcome};
use sha2::{Digest as _, Sha256};
use soft_token::{PIN, SoftToken, TOKEN, module};

/// An office whose programs see this token and know its PIN.
struct TokenOffice {
    office: Office,
    token: SoftToken,
}

impl TokenOffice {
    fn open() -> Self {
        let office = Office::open(Path::new("/nonexistent/pcscd"));
        office.make_chip("one.chip");
        Self {
            office,
            token: SoftToken::new(),
        }
    }

    fn eid(&self, arguments: &[&str]) -> Outcome {
        self.eid_with_pin(PIN, arguments)
    }

    fn eid_with_pin(&self, pin: &str, arguments: &[&str]) -> Outcome {
        let [(name, configuration)] = self.token.environment();
        let environment = [
            (name, configuration.as_os_str()),
            ("EID_HSM_PIN", OsStr::new(pin)),
        ];
        let outcome = self.office.eid_with(&environment, arguments);
        outcome.assert_silent_about(&[pin]);
        outcome
    }

    /// Makes a document signer of this kind in the token.
    fn make_ds(&self, name: &str, key_type: &str) {
        let uri = soft_token::uri(name);
        self.eid(&[
            "pki",
            "ds",
            "issue",
            "--csca",
            "hsm-csca",
            "--out",
            name,
            "--key",
            &uri,
            "--key-type",
            key_type,
        ])
        .expect(0);
        assert!(!self.office.path(name).join("ds.key").exists());
        let kept = fs::read_to_string(self.office.path(name).join("ds.key.uri")).unwrap();
        assert_eq!(kept.trim(), uri);
    }

    fn issue_arguments<'a>(&self, ds: &'a str, out: &'a str) -> Vec<&'a str> {
        // The document signer is the ninth of them.
        let mut arguments = Vec::from(Office::issue_arguments(out));
        arguments[8] = ds;
        arguments
    }
}

/// With the chip of the office as the reader.
fn in_chip<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let mut all = arguments.to_vec();
    all.extend(["--reader", "virtual:one.chip"]);
    all
}

#[test]
fn plumbing_a_card_signed_in_a_token_is_genuine_and_a_dead_token_stops_with_20() {
    let station = TokenOffice::open();
    let csca = soft_token::uri("csca-1");
    station
        .eid(&[
            "pki",
            "csca",
            "init",
            "--out",
            "hsm-csca",
            "--key",
            &csca,
            "--key-type",
            "P-384",
        ])
        .expect(0);
    station
        .eid(&["pki", "crl", "issue", "--csca", "hsm-csca"])
        .expect(0);
    station.make_ds("ds-rsa", "RSA-3072");
    station.make_ds("ds-brainpool", "brainpoolP256r1");

    // A wrong PIN, and a name that says the PIN.
    let arguments = in_chip(&station.issue_arguments("ds-rsa", "out"));
    let refused = station.eid_with_pin("a-wrong-pin", &arguments).expect_failure(20);
    assert!(refused.stderr.contains("PIN"), "{}", refused.stderr);
    let talkative = format!(
        "pkcs11:token={TOKEN};object=x?module-path={}&pin-value={PIN}",
        module()
    );
    station
        .eid(&[
            "pki",
            "ds",
            "issue",
            "--csca",
            "hsm-csca",
            "--out",
            "talkative",
            "--key",
            &talkative,
        ])
        .expect_failure(2);

    // A dead token: a clear stop before the chip is touched, and no result.
    let tokens = station.token.directory().join("tokens");
    let away = station.token.directory().join("away");
    fs::rename(&tokens, &away).unwrap();
    let dead = station.eid(&arguments).expect_failure(20);
    assert!(
        dead.stderr.contains("token") || dead.stderr.contains("module"),
        "{}",
        dead.stderr
    );
    assert!(!station.office.path("out/receipt.json").exists());
    fs::rename(&away, &tokens).unwrap();

    station.eid(&arguments).expect(0);
    let can = station.office.printed_can("out");
    let verified = station
        .eid(&in_chip(&[
            "verify", "--can", &can, "--trust", "hsm-csca", "--save", "seen", "--json",
        ]))
        .expect(0);
    assert_eq!(verified.json()["verdict"], "GENUINE");

    // OpenSSL judges the signature that the token made: RSASSA-PSS.
    let sod = fs::read(station.office.path("seen/EF.SOD.bin")).unwrap();
    station.office.write("sod.cms", &sod[4..]);
    let judged = Command::new("openssl")
        .args("cms -verify -noverify -inform DER -in sod.cms -binary -out content".split(' '))
        .current_dir(station.office.path(""))
        .output()
        .unwrap();
    assert!(
        judged.status.success(),
        "{}",
        String::from_utf8_lossy(&judged.stderr)
    );
    let shown = Command::new("openssl")
        .args("cms -cmsout -print -inform DER -in sod.cms".split(' '))
        .current_dir(station.office.path(""))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains("rsassaPss"));

    // The same with the other document signer, another chip, and a profile whose EF.SOD is of LDS 1.8 with SHA-512.
    let profile = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../personalization/profiles/vn-cc-2024.toml"
    ))
    .unwrap();
    let profile = format!("{profile}\n[security_object]\nhash = \"SHA-512\"\nversion = 1\n");
    station.office.write("signed-version.toml", profile.as_bytes());
    station.office.make_chip("one.chip.2");
    let mut arguments = station.issue_arguments("ds-brainpool", "out2");
    arguments[2] = "signed-version.toml";
    arguments.extend(["--reader", "virtual:one.chip.2"]);
    station.eid(&arguments).expect(0);
    let can = station.office.printed_can("out2");
    station
        .eid(&[
            "verify",
            "--can",
            &can,
            "--trust",
            "hsm-csca",
            "--reader",
            "virtual:one.chip.2",
        ])
        .expect(0);
    station.office.assert_left_no_trace_of(&[PIN]);
}

#[test]
fn plumbing_a_trust_bundle_is_signed_in_a_token_and_a_dead_token_signs_none() {
    let station = TokenOffice::open();
    let csca = fs::read(station.office.path("csca/csca.der")).unwrap();
    let accept = hex::encode_upper(Sha256::digest(csca));
    let import = |folder, file: &str, accept: &str| {
        station.eid(&[
            "trust",
            "import",
            "--trust",
            folder,
            "--accept-fingerprint",
            accept,
            file,
        ])
    };
    import("trust", "csca/csca.der", &accept).expect(0);
    let uri = soft_token::uri("bundle-signer");
    let made = station
        .eid(&["trust", "signer", "--out", "boss", "--key", &uri, "--json"])
        .expect(0)
        .json();
    assert!(!station.office.path("boss/bundle-signer.key").exists());
    let kept = fs::read_to_string(station.office.path("boss/bundle-signer.key.uri")).unwrap();
    assert_eq!(kept.trim(), uri);

    let export = |pin, file| {
        let arguments = [
            "trust", "export", "--trust", "trust", "--signer", "boss", "--out", file, "--json",
        ];
        station.eid_with_pin(pin, &arguments)
    };
    assert_eq!(export(PIN, "1.trust").expect(0).json()["sequence"], 1);
    // Another key than the signer's is not the one that the token has.
    import("counter", "1.trust", &accept).expect_failure(22);
    let key = made["fingerprint"].as_str().unwrap();
    import("counter", "1.trust", key).expect(0);

    let refused = export("a-wrong-pin", "2.trust").expect_failure(20);
    assert!(refused.stderr.contains("PIN"), "{}", refused.stderr);
    let tokens = station.token.directory().join("tokens");
    let away = station.token.directory().join("away");
    fs::rename(&tokens, &away).unwrap();
    export(PIN, "2.trust").expect_failure(20);
    assert!(!station.office.path("2.trust").exists());
    fs::rename(&away, &tokens).unwrap();
    // Nothing was signed, so no number was used up.
    assert_eq!(export(PIN, "2.trust").expect(0).json()["sequence"], 2);
    import("counter", "2.trust", key).expect(0);
    station.office.assert_left_no_trace_of(&[PIN]);
}

#[test]
fn plumbing_an_officer_signs_in_a_token() {
    let station = TokenOffice::open();
    let (an, rsa) = (soft_token::uri("officer-an"), soft_token::uri("officer-rsa"));
    let init = |name: &str, uri: &str| {
        station.eid(&["approve", "init", "--name", name, "--out", name, "--key", uri])
    };
    init("an", &an).expect(0);
    station
        .eid(&["approve", "init", "--name", "binh", "--out", "binh"])
        .expect(0);
    let kept = fs::read_to_string(station.office.path("an/officer.key.uri")).unwrap();
    assert_eq!(kept.trim(), an);
    assert!(!station.office.path("an/officer.key").exists());
    // A key of another kind that is there already.
    station
        .eid(&[
            "pki",
            "csca",
            "init",
            "--out",
            "rsa-csca",
            "--key",
            &rsa,
            "--key-type",
            "RSA-3072",
        ])
        .expect(0);
    init("rsa", &rsa).expect_failure(20);
    assert!(!station.office.path("rsa").exists());

    // Two officers of a CVCA, one with a token: what they approve is certified.
    station
        .eid(&[
            "pki",
            "cvca",
            "init",
            "--out",
            "cvca",
            "--reference",
            "VNCVCA00001",
            "--officer",
            "an/officer.json",
            "--officer",
            "binh/officer.json",
        ])
        .expect(0);
    station
        .eid(&[
            "pki",
            "cvca",
            "init",
            "--out",
            "next",
            "--reference",
            "VNCVCA00002",
            "--officer",
            "an/officer.json",
            "--officer",
            "binh/officer.json",
        ])
        .expect(0);
    let link = "next/cvca.cvcert";
    station
        .eid(&[
            "pki",
            "cvca",
            "propose",
            "--dir",
            "cvca",
            "--link",
            link,
            "--out",
            "link.proposal",
        ])
        .expect(0);
    let sign = [
        "approve",
        "sign",
        "link.proposal",
        "--officer",
        "an",
        "--out",
        "link.an",
    ];
    station.eid_with_pin("a-wrong-pin", &sign).expect_failure(20);
    station.eid(&sign).expect(0);
    station
        .eid(&[
            "approve",
            "sign",
            "link.proposal",
            "--officer",
            "binh",
            "--out",
            "link.binh",
        ])
        .expect(0);
    station
        .eid(&[
            "pki",
            "cvca",
            "certify",
            "--dir",
            "cvca",
            "--proposal",
            "link.proposal",
            "--request",
            link,
            "--approval",
            "link.an",
            "--approval",
            "link.binh",
            "--out",
            "link.cvcert",
        ])
        .expect(0);
    let shown = station.eid(&["approve", "show", "link.an", "--json"]).expect(0);
    assert_eq!(shown.json()["officer"], "an");
}
