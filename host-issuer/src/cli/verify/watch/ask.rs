//! The CAN or MRZ of each card: lines of the standard input, from a person or from a scanner that types.

use zeroize::{Zeroize as _, Zeroizing};

use super::super::super::context::Context;
use super::super::super::failure::Failure;
use super::super::super::output::one_line;
use crate::terminal::password::Password;

/// Lines of a machine readable zone by the length of its first: TD1, TD2, TD3 (Doc 9303-5, -6, -4).
const ZONES: [(usize, usize); 3] = [(30, 3), (36, 2), (44, 2)];

/// What came of asking.
pub(super) enum Answer {
    /// This opens the card.
    Password(Password),
    /// The card is not to be verified.
    Skip,
    /// There is nobody to ask any more.
    Ended,
}

/// Asks until the answer is a CAN, a machine readable zone or nothing.
pub(super) fn password(context: &Context<'_>, reader: &str) -> Result<Answer, Failure> {
    loop {
        context.output.progress(&format!(
            "{}: a card. Its CAN or MRZ, or an empty line to skip it:",
            one_line(reader)
        ));
        let Some(first) = line(context)? else {
            return Ok(Answer::Ended);
        };
        if first.is_empty() {
            return Ok(Answer::Skip);
        }
        let error = match parse(&first) {
            Ok(password) => return Ok(Answer::Password(password)),
            Err(error) => error,
        };
        let Some((_, lines)) = ZONES.into_iter().find(|(length, _)| *length == first.len()) else {
            context.output.mishap(&error);
            continue;
        };
        let mut zone = first;
        for _ in 1..lines {
            match line(context)? {
                Some(next) => zone.push_str(&next),
                None => return Ok(Answer::Ended),
            }
        }
        match parse(&zone) {
            Ok(password) => return Ok(Answer::Password(password)),
            Err(error) => context.output.mishap(&error),
        }
    }
}

/// Six digits are a CAN, anything else is a zone.
fn parse(text: &str) -> Result<Password, Failure> {
    Password::can(text)
        .or_else(|_| Password::mrz(text))
        .map_err(Failure::from)
}

/// The next line without its blanks; `None` at the end.
fn line(context: &Context<'_>) -> Result<Option<Zeroizing<String>>, Failure> {
    match context.environment.console.line() {
        Ok(Some(mut text)) => {
            let line = Zeroizing::new(text.split_whitespace().collect());
            text.zeroize();
            Ok(Some(line))
        }
        Ok(None) => Ok(None),
        Err(error) => Err(Failure::input(
            "input.unreadable",
            format!("the standard input cannot be read: {error}"),
            "give each card's CAN or MRZ as a line of text",
        )),
    }
}
