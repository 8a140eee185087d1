//! The name field of an MRZ: order, fillers and truncation (Doc 9303-3, section 4.6; 9303-5, section 4.2.3).

use super::{FILLER, MrzError, transliterate};

/// Lays a name out in `width` positions: surname, `<<`, given names, fillers.
///
/// A name that is too long loses letters, not parts: the last part is shortened first, down to its initial,
/// then the one before it, the surname's parts after all given names. The last position is then a letter,
/// which tells the reader that the name may be truncated. (9303 leaves the method to the issuing state; this
/// gives its examples "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K" and "…ARNPOL<PETCH<CHARONGU".)
///
/// # Errors
///
/// As [`transliterate`]; [`MrzError::TooManyNameParts`] when not even the initials fit.
pub fn name_field(surname: &str, given_names: &str, width: usize) -> Result<String, MrzError> {
    let primary = transliterate(surname)?;
    let secondary = match transliterate(given_names) {
        Ok(secondary) => secondary,
        // A person of one name has no secondary identifier.
        Err(MrzError::EmptyName) => String::new(),
        Err(error) => return Err(error),
    };
    let mut primary: Vec<&str> = primary.split(FILLER).collect();
    let mut secondary: Vec<&str> = secondary.split(FILLER).filter(|part| !part.is_empty()).collect();

    let separators = primary.len() + secondary.len() - 1 + usize::from(!secondary.is_empty());
    let letters: usize = primary.iter().chain(&secondary).map(|part| part.len()).sum();
    let mut excess = (letters + separators).saturating_sub(width);
    for part in secondary.iter_mut().rev().chain(primary.iter_mut().rev()) {
        let cut = excess.min(part.len() - 1);
        *part = &part[..part.len() - cut];
        excess -= cut;
    }
    if excess > 0 {
        return Err(MrzError::TooManyNameParts);
    }

    let mut field = primary.join("<");
    if !secondary.is_empty() {
        field.push_str("<<");
        field.push_str(&secondary.join("<"));
    }
    Ok(format!("{field:<<width$}"))
}

#[cfg(test)]
mod tests {
    use super::{MrzError, name_field};

    /// 9303-4, section 4.2.3 (39 positions), where the standard's choice is also ours.
    #[test]
    fn published_examples() {
        for (surname, given_names, field) in [
            (
                "ERIKSSON",
                "ANNA MARIA",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            ),
            (
                "SMITH-JONES",
                "SUSIE MARGARET",
                "SMITH<JONES<<SUSIE<MARGARET<<<<<<<<<<<<",
            ),
            (
                "O'CONNOR",
                "ENYA SIOBHAN",
                "OCONNOR<<ENYA<SIOBHAN<<<<<<<<<<<<<<<<<<",
            ),
            ("ARKFREITH", "", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
            (
                "NILAVADHANANANDA",
                "CHAYAPA DEJTHAMRONG KRASUANG",
                "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
            ),
            (
                "NILAVADHANANANDA",
                "ARNPOL PETCH CHARONGUANG",
                "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU",
            ),
            (
                "PAPANDROPOULOUS",
                "JONATHON WARREN TREVOR",
                "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR",
            ),
        ] {
            assert_eq!(name_field(surname, given_names, 39).as_deref(), Ok(field));
        }
    }

    #[test]
    fn td1_truncation_keeps_an_initial_of_every_part() {
        for (surname, given_names, field) in [
            // The standard's own TD1 example.
            (
                "Nilavadhanananda",
                "Chayapa Dejthamrong Krasuang",
                "NILAVADHANANANDA<<CHAYAPA<DE<K",
            ),
            (
                "Bennelong Wooloomooloo Warrandyte Warnambool",
                "Dingo Potoroo",
                "BENNELONG<WOOLOOMOOLO<W<W<<D<P",
            ),
        ] {
            assert_eq!(name_field(surname, given_names, 30).as_deref(), Ok(field));
        }
    }

    #[test]
    fn initials_only_then_refused() {
        let given = ["An"; 14].join(" ");
        assert_eq!(
            name_field("Li", &given, 30).as_deref(),
            Ok("L<<A<A<A<A<A<A<A<A<A<A<A<A<A<A")
        );
        let given = ["An"; 15].join(" ");
        assert_eq!(name_field("Li", &given, 30), Err(MrzError::TooManyNameParts));
    }
}
