//! What may stand in the fields of a machine readable zone that no check digit protects, or not alone (Doc 9303-3 §4, §5).

use super::{Asn1Error, invalid};

/// Doc 9303-4, -5 and -6 §4.2.2: the first letter says what kind of document it is.
pub(super) fn document_code(code: &str, first: &[char]) -> Result<(), Asn1Error> {
    let known = code.starts_with(first) && code.bytes().all(|byte| !byte.is_ascii_digit());
    require(known, "the document code is none of this size of documents")
}

/// Doc 9303-3 §5: one to three letters, then fillers.
pub(super) fn state(code: &str, what: &str) -> Result<(), Asn1Error> {
    let letters = code.trim_end_matches('<');
    let known = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    require(known, &format!("the {what} is no code of a state"))
}

/// Doc 9303-3 §4.8: `YYMMDD`; what is not known is two fillers, the day before the month before the year.
pub(super) fn birth_date(date: &str) -> Result<(), Asn1Error> {
    let part = |at: usize| date.get(at..at + 2).unwrap_or_default();
    let (year, month, day) = (part(0), part(2), part(4));
    let within = |part: &str, most: u8| part == "<<" || part.parse::<u8>().is_ok_and(|number| number <= most);
    let digits = date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'<');
    // Some States write 00 for what is not known.
    let known = digits && within(year, 99) && within(month, 12) && within(day, 31);
    require(known, "the date of birth is none")
}

/// `YYMMDD`, a day of the calendar; a zone without one is all fillers.
pub(super) fn expiry_date(date: &str) -> Result<(), Asn1Error> {
    let part = |at: usize| date.get(at..at + 2).and_then(|part| part.parse::<u8>().ok());
    let known = match (part(0), part(2), part(4)) {
        (Some(_), Some(month), Some(day)) => (1..=12).contains(&month) && (1..=31).contains(&day),
        _ => date.bytes().all(|byte| byte == b'<'),
    };
    require(known, "the date of expiry is none")
}

/// Doc 9303-3 §4.8: `M`, `F` or a filler.
pub(super) fn sex(letter: &str) -> Result<(), Asn1Error> {
    require(matches!(letter, "M" | "F" | "<"), "the sex is none of M, F and <")
}

/// Doc 9303-3 §4.6: letters and fillers, and a primary identifier in any case.
pub(super) fn name(name: &str) -> Result<(), Asn1Error> {
    let letters = name.bytes().all(|byte| !byte.is_ascii_digit());
    require(letters && !name.starts_with('<'), "there is no name")
}

fn require(known: bool, why: &str) -> Result<(), Asn1Error> {
    if known { Ok(()) } else { Err(invalid(why)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        assert!(document_code("P<", &['P']).is_ok() && document_code("ID", &['A', 'C', 'I']).is_ok());
        assert!(document_code("X<", &['A', 'C', 'I']).is_err() && document_code("I1", &['I']).is_err());
        assert!(state("D<<", "state").is_ok() && state("VNM", "state").is_ok());
        assert!(
            state("<<<", "state").is_err()
                && state("V<M", "state").is_err()
                && state("V1M", "state").is_err()
        );
        for date in ["960812", "9608<<", "96<<<<", "<<<<<<", "960000"] {
            assert!(birth_date(date).is_ok(), "{date}");
        }
        for date in ["961312", "960832", "9X0812", "96081<"] {
            assert!(birth_date(date).is_err(), "{date}");
        }
        assert!(expiry_date("360812").is_ok() && expiry_date("<<<<<<").is_ok());
        assert!(expiry_date("361312").is_err() && expiry_date("36<<<<").is_err());
        assert!(sex("M").is_ok() && sex("X").is_err());
        assert!(name("NGUYEN<<THI").is_ok() && name("<<<<").is_err() && name("A1<<B").is_err());
    }
}
