//! What the outcome of PACE-CAM, Chip and Active Authentication is worth: one change for each line of the verdict table. Cards and
//! inspector are ours, so this shows that the table holds, not that either follows the standards.

#[path = "support/prepared_card.rs"]
mod prepared_card;

use host_issuer::inspect::{CheckId, ChipProof, ProvedKey, Read, ReadDocument, Verdict, VerificationReport};
use personalization::citizen::CitizenRecord;
use prepared_card::{Issuer, as_read};

/// Inspects one card after a change, and another card of the same issuer to change it with.
struct Cards {
    issuer: Issuer,
    document: ReadDocument,
    other: ReadDocument,
}

impl Cards {
    fn of(profile: &str) -> Self {
        let issuer = Issuer::new();
        let card = |issuer: &Issuer| as_read(&issuer.prepare(profile, CitizenRecord::template()));
        let (document, other) = (card(&issuer), card(&issuer));
        Cards {
            issuer,
            document,
            other,
        }
    }

    fn after(&self, change: impl FnOnce(&mut ReadDocument, &ReadDocument)) -> VerificationReport {
        let mut document = self.document.clone();
        change(&mut document, &self.other);
        self.issuer.inspect_document(&document)
    }
}

/// The verdict, and how this check ended.
#[track_caller]
fn expect(report: &VerificationReport, verdict: Verdict, id: CheckId, status: &str, why: &str) {
    let check = report
        .check(id)
        .unwrap_or_else(|| panic!("{id} is not in the report"));
    let said = check.why().or(check.evidence.clone()).unwrap_or_default();
    assert_eq!(
        (check.status_word(), report.verdict),
        (status, verdict),
        "{id}: {said}; {}",
        report.reason
    );
    assert!(said.contains(why), "{id}: {said}");
}

fn failed() -> ChipProof {
    ChipProof::Failed("the chip does not have the private key".into())
}

fn unsupported() -> ChipProof {
    ChipProof::Unsupported("this terminal does not have the curve".into())
}

#[test]
fn plumbing_chip_authentication() {
    use CheckId::{ChipAuthentication, CloneProof};
    use Verdict::{Genuine, Inconclusive, NotGenuine};
    let cards = Cards::of("vn-cc-2024");
    let report = cards.after(|_, _| {});
    expect(&report, Genuine, ChipAuthentication, "passed", "");
    expect(&report, Genuine, CloneProof, "passed", "chip_authentication");
    assert!(report.reason.ends_with("and no copy"));

    let report = cards.after(|document, _| document.chip_proofs.chip_authentication = failed());
    expect(
        &report,
        NotGenuine,
        ChipAuthentication,
        "failed",
        "does not have the private key",
    );
    let report =
        cards.after(|document, _| document.chip_proofs.chip_authentication = ChipProof::NotAttempted);
    expect(
        &report,
        Inconclusive,
        ChipAuthentication,
        "not_performed",
        "was not asked for",
    );
    let report = cards.after(|document, _| document.chip_proofs.chip_authentication = unsupported());
    expect(
        &report,
        Inconclusive,
        ChipAuthentication,
        "not_performed",
        "this terminal",
    );

    // Another card's chip behind this card's data.
    let report = cards.after(|document, other| document.chip_proofs = other.chip_proofs.clone());
    expect(
        &report,
        NotGenuine,
        ChipAuthentication,
        "failed",
        "not in the signed DG14",
    );
    // With its DG14, too: then that one is not the signed one, and the proof counts for nothing.
    let report = cards.after(|document, other| {
        document.chip_proofs = other.chip_proofs.clone();
        document.data_groups.insert(14, other.data_group(14).clone());
    });
    expect(&report, NotGenuine, CheckId::DgDigest(14), "failed", "");
    expect(
        &report,
        NotGenuine,
        ChipAuthentication,
        "not_performed",
        "dg14_digest",
    );
    // A key of another protocol.
    let report = cards.after(|document, _| {
        document.chip_proofs.chip_authentication = ChipProof::Held {
            key: ProvedKey::Dg15(vec![0x6F, 0x00]),
            how: String::new(),
        };
    });
    expect(
        &report,
        NotGenuine,
        ChipAuthentication,
        "failed",
        "another protocol",
    );
}

#[test]
fn plumbing_a_proof_does_not_make_untrusted_data_genuine() {
    let cards = Cards::of("vn-cc-2024");
    let stranger = Issuer::new();
    let report = stranger.inspect_document(&cards.document);
    expect(
        &report,
        Verdict::Inconclusive,
        CheckId::ChipAuthentication,
        "passed",
        "",
    );
    assert!(
        report.holder.is_none(),
        "nothing decoded is shown before the chain holds"
    );
}

#[test]
fn plumbing_active_authentication() {
    use CheckId::ActiveAuthentication;
    use Verdict::{Genuine, Inconclusive, NotGenuine};
    let cards = Cards::of("vn-cccd-2021");
    expect(
        &cards.after(|_, _| {}),
        Genuine,
        ActiveAuthentication,
        "passed",
        "",
    );
    let report = cards.after(|document, _| document.chip_proofs.active_authentication = failed());
    expect(&report, NotGenuine, ActiveAuthentication, "failed", "private key");
    let report =
        cards.after(|document, _| document.chip_proofs.active_authentication = ChipProof::NotAttempted);
    expect(
        &report,
        Inconclusive,
        ActiveAuthentication,
        "not_performed",
        "was not asked for",
    );
    let report = cards.after(|document, _| document.chip_proofs.active_authentication = unsupported());
    expect(
        &report,
        Inconclusive,
        ActiveAuthentication,
        "not_performed",
        "this terminal",
    );
    let report = cards.after(|document, other| {
        document.chip_proofs.active_authentication = other.chip_proofs.active_authentication.clone();
    });
    expect(
        &report,
        NotGenuine,
        ActiveAuthentication,
        "failed",
        "not the one of the signed DG15",
    );
    let report = cards.after(|document, _| {
        document.data_groups.insert(15, Read::NotSupplied);
    });
    expect(
        &report,
        Inconclusive,
        ActiveAuthentication,
        "not_performed",
        "dg15_digest",
    );
}

#[test]
fn plumbing_pace_cam_and_ef_card_security() {
    use CheckId::{
        CardAccessMatchesCardSecurity, CardSecurity, CardSecurityMatchesDg14, ChipAuthentication, PaceCam,
    };
    use Verdict::{Genuine, Inconclusive, NotGenuine};
    let cards = Cards::of("icao-td1");
    let report = cards.after(|_, _| {});
    expect(&report, Genuine, CardSecurity, "passed", "signed by");
    expect(&report, Genuine, CardSecurityMatchesDg14, "passed", "1 keys");
    expect(&report, Genuine, CardAccessMatchesCardSecurity, "passed", "");
    expect(&report, Genuine, PaceCam, "passed", "");
    expect(
        &report,
        Genuine,
        ChipAuthentication,
        "not_performed",
        "PACE-CAM proved",
    );

    let report = cards.after(|document, _| document.chip_proofs.pace_cam = failed());
    expect(&report, NotGenuine, PaceCam, "failed", "private key");
    // Opened in another way: then Chip Authentication has to prove the key.
    let report = cards.after(|document, _| document.chip_proofs.pace_cam = ChipProof::NotAttempted);
    expect(
        &report,
        Inconclusive,
        ChipAuthentication,
        "not_performed",
        "was not asked for",
    );
    let report = cards.after(|document, _| {
        document.chip_proofs.chip_authentication = std::mem::take(&mut document.chip_proofs.pace_cam);
        document.card_security = Read::NotSupplied;
    });
    expect(&report, Genuine, ChipAuthentication, "passed", "");
    assert!(report.check(CardSecurity).is_none());

    // EF.CardSecurity withheld, and another card's, which has another key under the same identifier.
    let report = cards.after(|document, _| document.card_security = Read::AccessDenied);
    expect(
        &report,
        Inconclusive,
        CardSecurity,
        "not_performed",
        "access denied",
    );
    expect(&report, Inconclusive, PaceCam, "not_performed", "card_security");
    let report = cards.after(|document, other| {
        document.card_security = other.card_security.clone();
        document.chip_proofs.pace_cam = other.chip_proofs.pace_cam.clone();
    });
    expect(
        &report,
        NotGenuine,
        CardSecurityMatchesDg14,
        "failed",
        "another key under the same identifier",
    );
    // Another card's chip alone.
    let report = cards.after(|document, other| {
        document.chip_proofs.pace_cam = other.chip_proofs.pace_cam.clone();
    });
    expect(&report, NotGenuine, PaceCam, "failed", "not in EF.CardSecurity");
}

#[test]
fn plumbing_ef_card_security_of_a_stranger_or_changed() {
    use CheckId::CardSecurity;
    let cards = Cards::of("icao-td1");
    let stranger = Cards::of("icao-td1");
    let report = cards.after(|document, _| document.card_security = stranger.document.card_security.clone());
    expect(
        &report,
        Verdict::Inconclusive,
        CardSecurity,
        "not_performed",
        "chain: unknown CSCA",
    );

    let Read::Bytes(good) = cards.document.card_security.clone() else {
        panic!("the card has EF.CardSecurity");
    };
    // Nothing depends on digestAlgorithms, which only announce what the SignerInfo says, nor on the kind of string in the name by
    // which it points at the certificate (names are compared by what they say): neither is signed.
    let content_type = hex::decode("060804007F0007030201").unwrap();
    let content_at = good
        .windows(content_type.len())
        .position(|window| window == content_type)
        .unwrap();
    for position in 0..good.len() {
        let mut changed = good.clone();
        changed[position] ^= 0x01;
        let report = cards.after(|document, _| document.card_security = Read::Bytes(changed));
        let believed = report.verdict == Verdict::Genuine;
        assert_eq!(
            report.check(CardSecurity).unwrap().is_passed(),
            believed,
            "byte {position}"
        );
        let digest_algorithms = (content_at - 17..content_at - 4).contains(&position);
        let kind_of_string = matches!(good[position], 0x0C | 0x13);
        assert!(
            !believed || digest_algorithms || kind_of_string,
            "byte {position}"
        );
    }
    for len in (0..good.len()).step_by(31) {
        let cut = good[..len].to_vec();
        let report = cards.after(|document, _| document.card_security = Read::Bytes(cut));
        expect(&report, Verdict::NotGenuine, CardSecurity, "failed", "");
    }
    // EF.CardAccess that announces less than EF.CardSecurity is fine there; with all PACE taken out of it a terminal falls back to
    // BAC, and that is held against it elsewhere. One that announces more is not fine.
    let report = cards.after(|document, _| document.card_access = Read::Bytes(vec![0x31, 0x00]));
    expect(&report, Verdict::Inconclusive, CardSecurity, "passed", "");
    let id = CheckId::CardAccessMatchesDg14;
    expect(
        &report,
        Verdict::Inconclusive,
        id,
        "not_performed",
        "EF.CardAccess announces none",
    );
    let more = hex::decode("31143012060A04007F0007020204020402010202010D").unwrap();
    let report = cards.after(|document, _| document.card_access = Read::Bytes(more));
    expect(
        &report,
        Verdict::NotGenuine,
        CheckId::CardAccessMatchesCardSecurity,
        "failed",
        "announces what",
    );
}
