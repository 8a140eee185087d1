use super::*;

const ZONE: &str =
    "IDVNM1960000170001196000017<<19608122F3608120VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<";

fn zone() -> Zone {
    Zone::from_text(ZONE).unwrap()
}

fn national() -> NationalData {
    NationalData {
        citizen_number: Some("001196000017".into()),
        old_number: Some("123456789".into()),
        full_name: Some("Nguyễn Thị Mẫu".into()),
        birth_date: Some("12/08/1996".into()),
        sex: Some("Nữ".into()),
        residence: Some("Số 1, Phường Mẫu, Hà Nội".into()),
        issue_date: Some("01/07/2026".into()),
        ..NationalData::default()
    }
}

#[test]
fn the_lines_or_the_three_fields() {
    let lines = format!(
        "{}\n{}\r\n {}",
        &ZONE[..30],
        &ZONE[30..60],
        ZONE[60..].to_lowercase()
    );
    assert!(mrz(&lines, &zone()).is_passed());
    assert!(mrz("196000017096081223608120", &zone()).is_passed());
    for (printed, status) in [
        // Another number, with its check digit.
        ("196000018796081223608120", "failed"),
        ("196000017096081303608120", "failed"),
        (&ZONE.replace("MAU<<", "MAU<A"), "failed"),
        (&ZONE.replace("VNM<<<<<<<<<<<2", "LAO<<<<<<<<<<<2"), "failed"),
        // A slip of the fingers: the check digits tell.
        (&ZONE.replace("1960000170", "1960000190"), "not_performed"),
        ("ABC", "not_performed"),
    ] {
        let check = mrz(printed, &zone());
        assert_eq!(check.status_word(), status, "{printed}: {check:?}");
        let why = check.why().unwrap();
        assert!(!why.contains("1960"), "values are not told: {why}");
    }
}

const QR: &str = "001196000017|123456789|Nguyễn Thị Mẫu|12081996|Nữ|Số 1, Phường Mẫu, Hà Nội|01072026";

#[test]
fn the_qr_code_of_2021() {
    let words = |text: &str| -> Vec<&str> {
        let checks = qr(text, Some(&zone()), Some(&national()));
        checks.iter().map(Check::status_word).collect()
    };
    assert_eq!(words(QR), ["passed", "passed"]);
    assert_eq!(words(&QR.replace("|123456789|", "||")), ["passed", "passed"]);
    for (from, to, expected) in [
        ("001196000017|", "001196000018|", ["failed", "failed"]),
        ("Nguyễn Thị Mẫu|", "Trần Thị Mẫu|", ["failed", "failed"]),
        ("12081996", "13081996", ["failed", "failed"]),
        ("|Nữ|", "|Nam|", ["failed", "failed"]),
        ("123456789|", "123456780|", ["passed", "failed"]),
        ("Số 1,", "Số 2,", ["passed", "failed"]),
        ("01072026", "02072026", ["passed", "failed"]),
    ] {
        assert_eq!(words(&QR.replace(from, to)), expected, "{to}");
    }
    for other in [
        "",
        "https://example.org",
        "1|2|3|4|5|6|7",
        &QR.replace("12081996", "31021996"),
        &"|".repeat(5000),
    ] {
        assert_eq!(words(other), ["not_performed"], "{other:.20}");
    }
}
