//! Which cases are played, and in which order.

use super::play::{Listed, list};
use crate::conformance::catalogue::{Entry, Suite};

/// What is asked for. What is empty asks for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Suites.
    pub suites: Vec<Suite>,
    /// Units: `ISO7816_P`.
    pub layers: Vec<String>,
    /// Patterns of ids, with `*` and `?`: `LDS_C_*`, `icao-3/ISO7816_P_1?`.
    pub cases: Vec<String>,
}

impl Selection {
    /// Whether a case is asked for.
    pub fn takes(&self, entry: &Entry) -> bool {
        let id = &entry.id;
        let suite = self.suites.is_empty() || self.suites.contains(&id.suite);
        let layer = self.layers.is_empty()
            || self
                .layers
                .iter()
                .any(|layer| layer.eq_ignore_ascii_case(&entry.layer));
        let case = self.cases.is_empty()
            || self
                .cases
                .iter()
                .any(|pattern| matches(pattern, &id.id) || matches(pattern, &id.to_string()));
        suite && layer && case
    }

    /// The cases in the order in which they are played: the catalogue's, and behind them those that change the card for good.
    pub fn cases(&self) -> Vec<Listed> {
        let taken = list().into_iter().filter(|listed| self.takes(listed.entry));
        let (lasting, passing): (Vec<_>, Vec<_>) = taken.partition(Listed::is_lasting);
        passing.into_iter().chain(lasting).collect()
    }
}

/// Whether a text is what a pattern says: `*` any letters, `?` one, letters large or small.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut position) = (0, 0);
    // Where the last star stood, and what of the text it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(letter) if *letter == b'?' || letter.eq_ignore_ascii_case(&text[position]) => {
                at += 1;
                position += 1;
            }
            _ => match star {
                Some((star_at, taken)) => {
                    star = Some((star_at, taken + 1));
                    at = star_at + 1;
                    position = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("LDS_C_*", "LDS_C_12", true),
            ("LDS_C_*", "LDS_D_12", false),
            ("lds_?_1", "LDS_D_1", true),
            ("*P_1*", "icao-3/ISO7816_P_15", true),
            ("*_1", "ISO7816_P_11", false),
            ("*1*1", "ISO7816_P_11", true),
            ("a*b*c", "axxbyyb", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn lasting_cases_come_last() {
        let all = Selection::default().cases();
        assert!(all.len() > 550);
        let first_lasting = all.iter().position(Listed::is_lasting);
        let behind = &all[first_lasting.unwrap_or(all.len())..];
        assert!(behind.iter().all(Listed::is_lasting));
        let few = Selection {
            suites: vec![Suite::Icao3],
            layers: vec!["iso7816_a".into()],
            cases: vec!["*_2".into(), "*_3".into()],
        };
        let ids: Vec<String> = few.cases().iter().map(|case| case.entry.id.to_string()).collect();
        assert_eq!(ids, ["icao-3/ISO7816_A_2", "icao-3/ISO7816_A_3"]);
    }
}
