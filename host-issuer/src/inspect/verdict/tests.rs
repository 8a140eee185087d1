use super::*;

/// Written beside the table of the code, from DESIGN: name of the check, verdict when it fails, verdict when its evidence is missing.
/// `N` NOT_GENUINE, `I` INCONCLUSIVE, `-` moves nothing. `dg*` stands for every data group that has no row of its own.
const EXPECTED: &str = "
    access I -
    downgrade N I
    cms_structure N I
    lds_security_object N I
    hash_policy N I
    signed_attributes N I
    sod_signature N I
    ds_profile N I
    chain I I
    chain_signature N I
    ds_key_usage_period N -
    certificate_validity I I
    csca_key_usage_period I -
    issue_date I -
    revocation N I
    com_matches_sod N -
    card_access_matches_dg14 N I
    card_access_matches_card_security N I
    card_security_matches_dg14 N -
    mrz N -
    country N -
    document_type N -
    dg1_matches_dg13 N -
    dg1_matches_dg11 N -
    dg11_matches_dg13 N -
    dg12_matches_dg13 N -
    dg1_matches_printed_mrz N I
    qr_matches_dg1 N I
    qr_matches_dg13 N I
    document_expiry I I
    card_security N I
    pace_cam N I
    chip_authentication N I
    active_authentication N I
    terminal_authentication - -
    clone_proof N I
    deviation_list - -
    aa_key_compromised I -
    dg3_digest N -
    dg4_digest N -
    dg8_digest N -
    dg9_digest N -
    dg10_digest N -
    dg*_digest N I
    dg*_listed N -
    dg*_structure N -
";

fn expected(id: CheckId) -> (Verdict, Verdict) {
    let name = id.to_string();
    let any = match id {
        CheckId::DgDigest(_) => "dg*_digest",
        CheckId::DgListed(_) => "dg*_listed",
        CheckId::DgStructure(_) => "dg*_structure",
        _ => "",
    };
    let rows: Vec<Vec<&str>> = EXPECTED
        .lines()
        .map(|row| row.split_whitespace().collect())
        .collect();
    let row = |name: &str| rows.iter().find(|row| row.first() == Some(&name));
    let row = row(&name)
        .or_else(|| row(any))
        .unwrap_or_else(|| panic!("{name} has no row"));
    let verdict = |word: &str| match word {
        "N" => Verdict::NotGenuine,
        "I" => Verdict::Inconclusive,
        "-" => Verdict::Genuine,
        _ => panic!("{word} in the row of {name}"),
    };
    (verdict(row[1]), verdict(row[2]))
}

fn all_passed() -> Vec<Check> {
    ESSENTIAL.iter().map(|&id| Check::passed(id, "")).collect()
}

/// A document of which everything else is proved, with this check.
fn with(check: Check) -> Decision {
    let mut checks = all_passed();
    checks.retain(|other| other.id != check.id);
    checks.push(check);
    decide(&checks)
}

#[test]
fn every_check_in_every_status_gives_the_verdict_of_the_table() {
    let mut walked = 0;
    for id in CheckId::all() {
        let (failed, missing) = expected(id);
        let is_essential = ESSENTIAL.contains(&id);
        let rows = [
            (Check::failed(id, "why"), failed, format!("failed:{id}")),
            (Check::missing(id, "why"), missing, format!("missing:{id}")),
            (Check::passed(id, "seen"), Verdict::Genuine, String::new()),
            (Check::not_applicable(id, "why"), Verdict::Genuine, String::new()),
            (Check::blocked(id, CheckId::Mrz), Verdict::Genuine, String::new()),
        ];
        for (check, verdict, rule) in rows {
            let word = check.status_word();
            let passed = check.is_passed();
            let decision = with(check);
            if verdict != Verdict::Genuine {
                assert_eq!((decision.verdict, decision.rule), (verdict, rule), "{id} {word}");
            } else if is_essential && !passed {
                // Moves nothing on its own, but without it there is no proof.
                assert_eq!(
                    (decision.verdict, decision.rule),
                    (Verdict::Inconclusive, format!("absent:{id}")),
                    "{id} {word}"
                );
            } else {
                let proved = id == CheckId::CloneProof && passed;
                let rule = if proved {
                    "all_passed:no_copy"
                } else {
                    "all_passed:copy_not_excluded"
                };
                assert_eq!(
                    (decision.verdict, decision.rule.as_str()),
                    (Verdict::Genuine, rule),
                    "{id} {word}"
                );
            }
            walked += 1;
        }
    }
    assert_eq!(walked, CheckId::all().count() * 5);
}

#[test]
fn the_table_of_this_test_has_no_row_too_many() {
    let names: Vec<String> = CheckId::all().map(|id| id.to_string()).collect();
    for row in EXPECTED.lines().filter(|row| !row.trim().is_empty()) {
        let name = row.split_whitespace().next().unwrap();
        assert!(name.contains('*') || names.contains(&name.to_owned()), "{name}");
    }
}

#[test]
fn nothing_checked_is_not_genuine() {
    assert_eq!(decide(&[]).verdict, Verdict::Inconclusive);
    for missing in 0..ESSENTIAL.len() {
        let mut checks = all_passed();
        let removed = checks.remove(missing);
        let decision = decide(&checks);
        assert_eq!(decision.verdict, Verdict::Inconclusive, "{}", removed.id);
        assert_eq!(decision.rule, format!("absent:{}", removed.id));
    }
    assert_eq!(decide(&all_passed()).verdict, Verdict::Genuine);
}

#[test]
fn a_contradiction_outweighs_missing_evidence_wherever_it_stands() {
    let missing = Check::missing(CheckId::Revocation, "no CRL");
    let failed = Check::failed(CheckId::DgDigest(14), "differs");
    for pair in [[missing.clone(), failed.clone()], [failed, missing]] {
        let checks = [all_passed(), pair.to_vec()].concat();
        let decision = decide(&checks);
        assert_eq!(
            (decision.verdict, decision.rule.as_str(), decision.reason.as_str()),
            (Verdict::NotGenuine, "failed:dg14_digest", "dg14_digest: differs")
        );
    }
}

#[test]
fn of_equals_the_first_decides() {
    let checks = [
        all_passed(),
        vec![
            Check::missing(CheckId::Revocation, "no CRL"),
            Check::failed(CheckId::DocumentExpiry, "expired"),
        ],
    ];
    assert_eq!(decide(&checks.concat()).rule, "missing:revocation");
}
