//! From a machine readable zone to the MRZ information (9303-11 §9.7.2; layouts in 9303-4, -5 and -6).
//!
//! This is the terminal's own small reading of the zone: only what opens the chip.

use zeroize::Zeroizing;

use super::PasswordError;

/// Length of the MRZ information where the document number has its nine characters.
const INFORMATION_LEN: usize = 24;
/// Longest MRZ information: a TD1 document number of 22 characters.
const INFORMATION_MAX: usize = 37;

/// Extracts and checks document number, date of birth and date of expiry, each with its check digit.
pub(super) fn mrz_information(text: &str) -> Result<Zeroizing<String>, PasswordError> {
    let zone: Zeroizing<String> = Zeroizing::new(
        text.chars()
            .filter(|character| !character.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect(),
    );
    if !zone
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<')
    {
        return Err(PasswordError::NotAnMrz(
            "it holds other characters than A-Z, 0-9 and <",
        ));
    }
    // Offsets into the zone: document number (its check digit and the field for the rest of a long number behind it), date
    // of birth, date of expiry.
    let (number, optional, birth, expiry) = match zone.len() {
        90 => (5, 15..30, 30, 38),
        72 => (36, 64..71, 49, 57),
        88 => (44, 0..0, 57, 65),
        INFORMATION_LEN..=INFORMATION_MAX => return checked_information(&zone),
        _ => return Err(PasswordError::NotAnMrz("no document has a zone of this length")),
    };
    let part = |range: std::ops::Range<usize>| zone.get(range).unwrap_or_default();

    let mut information = Zeroizing::new(String::with_capacity(INFORMATION_MAX));
    information.push_str(part(number..number + 9));
    let long_number = part(optional);
    if part(number + 9..number + 10) == "<" && !long_number.starts_with('<') && !long_number.is_empty() {
        // 9303-5 note j: the number goes on in the optional data, its check digit is the last character before the filler.
        information.push_str(long_number.split('<').next().unwrap_or_default());
    } else {
        information.push_str(part(number + 9..number + 10));
    }
    information.push_str(part(birth..birth + 7));
    information.push_str(part(expiry..expiry + 7));
    checked_information(&information)
}

/// Checks the three check digits of an MRZ information.
fn checked_information(information: &str) -> Result<Zeroizing<String>, PasswordError> {
    let split = information.len().saturating_sub(14);
    let (number, dates) = information.split_at_checked(split).unwrap_or_default();
    let (birth, expiry) = dates.split_at_checked(7).unwrap_or_default();
    for (name, field) in [
        ("document number", number),
        ("date of birth", birth),
        ("date of expiry", expiry),
    ] {
        let (value, digit) = field
            .split_at_checked(field.len().saturating_sub(1))
            .unwrap_or_default();
        if digit.bytes().next() != Some(check_digit(value)) {
            return Err(PasswordError::CheckDigit(name));
        }
    }
    Ok(Zeroizing::new(information.to_owned()))
}

/// The check digit of 9303-3 §4.9: weights 7, 3, 1, letters from 10, filler 0.
fn check_digit(value: &str) -> u8 {
    let sum: u32 = value
        .bytes()
        .zip([7u32, 3, 1].into_iter().cycle())
        .map(|(byte, weight)| {
            let worth = match byte {
                b'0'..=b'9' => u32::from(byte - b'0'),
                b'A'..=b'Z' => u32::from(byte - b'A') + 10,
                _ => 0,
            };
            worth * weight
        })
        .sum();
    b'0' + (sum % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_9303_3() {
        for vector in test_vectors::mrz::check_digits() {
            assert_eq!(
                char::from(check_digit(&vector.field)),
                vector.check,
                "{}",
                vector.field
            );
        }
    }

    #[test]
    fn every_mistyped_character_of_the_information_is_noticed() {
        let good = "L898902C<369080619406236";
        assert_eq!(mrz_information(good).unwrap().as_str(), good);
        for position in 0..good.len() {
            let mut bad = good.as_bytes().to_vec();
            bad[position] = if bad[position] == b'8' { b'7' } else { b'8' };
            let bad = String::from_utf8(bad).unwrap();
            assert!(
                matches!(mrz_information(&bad), Err(PasswordError::CheckDigit(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_no_zone_is_told_apart() {
        for text in [
            "",
            "L898902C<36908061940623",
            "L898902C<3690806194062.6",
            &"<".repeat(91),
        ] {
            assert!(
                matches!(mrz_information(text), Err(PasswordError::NotAnMrz(_))),
                "{text}"
            );
        }
    }
}
