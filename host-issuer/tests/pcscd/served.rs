//! Cases of the verifier's suite behind PC/SC, for a reader of somebody else; here ours takes its place.

use crate::office::Office;
use crate::private_pcscd::PrivatePcscd;
use crate::virtual_card::VirtualCardInReader;

/// The specimen of the corpus, with check digits.
const MRZ: &str = "196000017096081223608120";

#[test]
fn served_cases_are_judged_through_pcsc() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    // A chip that goes on under the old keys, and a document whose signature is wrong.
    for (case, check) in [
        ("ISO7816_D_09", "chip_authentication"),
        ("a-signature-with-one-bit-changed", "sod_signature"),
    ] {
        let _card = VirtualCardInReader::serve_case(&office, &service, case, case);
        let verified = office
            .eid(&["verify", "--mrz", MRZ, "--trust", case, "--json"])
            .expect(4);
        let report = verified.json();
        assert_eq!(report["verdict"], "NOT_GENUINE");
        let reason = report["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with(check), "{case}: {report}");
    }
    // A chip that gives fingers and irises to the terminal whose certificates and key were written for the reader; its revocation list
    // is of another day than today.
    let card = VirtualCardInReader::serve_case(&office, &service, "ISO7816_E_07", "out");
    let live = office
        .eid(&[
            "verify",
            "--mrz",
            MRZ,
            "--trust",
            "out",
            "--terminal-key",
            "out/terminal",
            "--record",
            "one.session",
            "--json",
        ])
        .expect(5)
        .json();
    let checks = live["checks"].as_array().into_iter().flatten();
    let mut proofs = checks.filter(|check| check["id"] == "terminal_authentication");
    assert_eq!(
        proofs.next().map(|check| &check["status"]),
        Some(&"passed".into()),
        "{live}"
    );
    assert!(
        live["files"]["DG3"].is_object() && live["files"]["DG4"].is_object(),
        "{live}"
    );
    drop(card);
    let judged = office.eid(&[
        "verify",
        "--replay",
        "one.session",
        "--trust",
        "out",
        "--at",
        "2026-08-01",
        "--json",
    ]);
    assert_eq!(judged.expect(0).json()["verdict"], "GENUINE");
}
