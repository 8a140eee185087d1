//! The check digit of Doc 9303-3, section 4.9.

/// The check digit of `text`: the weighted sum of its characters modulo 10, weights 7, 3, 1 repeating.
///
/// `0`–`9` count as themselves, `A`–`Z` as 10–35 and `<` as 0. `None` if there is any other character.
#[must_use]
pub fn check_digit(text: &str) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in text.chars().zip([7, 3, 1].into_iter().cycle()) {
        sum = (sum + value(character)? * weight) % 10;
    }
    char::from_digit(sum, 10)
}

fn value(character: char) -> Option<u32> {
    match character {
        '<' => Some(0),
        '0'..='9' | 'A'..='Z' => character.to_digit(36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check_digit;

    /// 9303-3, appendix A, examples 1 and 2; the others are in `tests/mrz_vectors.rs`.
    #[test]
    fn published_examples() {
        assert_eq!(check_digit("520727"), Some('3'));
        assert_eq!(check_digit("AB2134<<<"), Some('5'));
    }

    #[test]
    fn foreign_characters_have_none() {
        for text in ["a", "1 2", "Đ", "١"] {
            assert_eq!(check_digit(text), None, "{text}");
        }
    }
}
