//! The printed machine readable zone, as what opens the chip (9303-11 §9.7.2; layouts in 9303-4, -5 and -6).

use super::Secrets;

/// Why a text is no machine readable zone. Says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Other characters than a zone has.
    #[error("a machine readable zone has A to Z, 0 to 9 and < alone")]
    Characters,
    /// A length that no document has.
    #[error("no document has a machine readable zone of {0} characters")]
    Length(usize),
    /// A check digit is another.
    #[error("the check digit of the {0} does not fit")]
    CheckDigit(&'static str),
}

/// The dates of birth and of expiry, each with its check digit.
const DATES: usize = 14;

impl Secrets {
    /// Takes the lines of a TD1, TD2 or TD3 document, blanks and line breaks not counting; or document number, date of birth and date of
    /// expiry, each with its check digit.
    ///
    /// # Errors
    /// [`ZoneError`]
    pub fn take_mrz(&mut self, text: &str) -> Result<(), ZoneError> {
        let zone: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let is_of_zone = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
        if !zone.bytes().all(is_of_zone) {
            return Err(ZoneError::Characters);
        }
        let information = match zone.len() {
            90 => td1(&zone),
            // Line 2 has the number first, then nationality, birth, sex and expiry.
            72 => line_2(&zone[36..]),
            88 => line_2(&zone[44..]),
            24..=37 => zone.clone(),
            length => return Err(ZoneError::Length(length)),
        };
        let (number, dates) = information.split_at(information.len() - DATES);
        let (birth, expiry) = dates.split_at(DATES / 2);
        for (name, field) in [
            ("document number", number),
            ("date of birth", birth),
            ("date of expiry", expiry),
        ] {
            let (value, digit) = field.split_at(field.len() - 1);
            if digit.as_bytes() != [check_digit(value)] {
                return Err(ZoneError::CheckDigit(name));
            }
        }
        self.mrz = matches!(zone.len(), 72 | 88 | 90).then_some(zone);
        self.mrz_information = Some(information);
        Ok(())
    }
}

/// Three lines of 30. A number that is longer than nine characters goes on in the optional data (9303-5, note j).
fn td1(zone: &str) -> String {
    let rest = zone[15..30].split('<').next().unwrap_or_default();
    let number = match &zone[14..15] {
        "<" if !rest.is_empty() => format!("{}{rest}", &zone[5..14]),
        _ => zone[5..15].to_owned(),
    };
    number + &zone[30..37] + &zone[38..45]
}

/// The second line of two, 36 or 44 characters long. That of TD2 has the rest of a long number in its optional data (9303-6, note j).
fn line_2(line: &str) -> String {
    let optional = if line.len() == 36 { &line[28..35] } else { "" };
    let rest = optional.split('<').next().unwrap_or_default();
    let number = match &line[9..10] {
        "<" if !rest.is_empty() => format!("{}{rest}", &line[..9]),
        _ => line[..10].to_owned(),
    };
    number + &line[13..20] + &line[21..28]
}

/// Weights 7, 3, 1; letters from 10, the filler 0 (9303-3 §4.9).
fn check_digit(value: &str) -> u8 {
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    let weights = [7, 3, 1].into_iter().cycle();
    let sum: u32 = value
        .bytes()
        .zip(weights)
        .map(|(byte, weight)| worth(byte) * weight)
        .sum();
    b'0' + (sum % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_zones_give_their_published_information() {
        let vectors = crate::mrz::vectors();
        for vector in &vectors {
            let mut secrets = Secrets::default();
            secrets.take_mrz(&vector.lines.join("\n")).expect(&vector.source);
            assert_eq!(
                secrets.mrz_information.as_deref(),
                Some(vector.mrz_information.as_str())
            );
            assert_eq!(secrets.mrz, Some(vector.lines.concat()));
            secrets.take_mrz(&vector.mrz_information).expect(&vector.source);
            assert_eq!(secrets.mrz, None);
        }
        for format in ["TD1", "TD2", "TD3"] {
            assert!(vectors.iter().any(|vector| vector.format == format), "{format}");
        }
    }

    #[test]
    fn what_is_no_zone_is_told_apart() {
        for (text, error) in [
            (
                "L898902C<369080619406237",
                ZoneError::CheckDigit("date of expiry"),
            ),
            (
                "L898902C<469080619406236",
                ZoneError::CheckDigit("document number"),
            ),
            ("L898902C<36908061940623", ZoneError::Length(23)),
            ("L898902C<3690806194062é6", ZoneError::Characters),
        ] {
            assert_eq!(Secrets::default().take_mrz(text), Err(error), "{text}");
        }
    }
}
