//! `--watch`: each card is verified as it is laid on a reader, while readers and cards come and go. It ends with the standard input
//! (exit code 0), or by Ctrl-C (130); a card that cannot be read ends nothing.

mod ask;
mod cards;

use std::io;
use std::path::Path;

use serde::Serialize;
use time::macros::format_description;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::output::one_line;
use super::keep::{Keep, Places};
use super::read_card;
use super::report::{self, Shown};
use crate::environment::ReaderChoice;
use crate::terminal::password::Password;
use crate::transport::pcsc::ReaderSelector;
use crate::verify::Verifier;
use ask::Answer;
use cards::Cards;

/// A card that could not be verified, as a line of `--json`.
#[derive(Serialize)]
struct MishapJson<'a> {
    schema: &'static str,
    reader: &'a str,
    id: &'a str,
    error: &'a str,
    hint: &'a str,
    exit_code: u8,
}

/// How it goes on after a card.
enum Next {
    /// With the next one.
    Card,
    /// With the same one and another password.
    Again,
    /// Not at all: the standard input has ended, or nobody listens.
    End,
}

/// Verifies cards until there is nobody who shows or watches any more.
pub(super) fn run(
    context: &Context<'_>,
    choice: &ReaderChoice,
    verifier: &Verifier,
    save: Option<&Path>,
) -> Result<ExitCode, Failure> {
    let ReaderChoice::Pcsc(selector) = choice else {
        return Err(Failure::usage(
            "--watch waits for cards on readers, and a virtual chip is always there",
            "leave out --watch, or put the chip behind PC/SC with `eid card simulate`",
        ));
    };
    let mut counter = Counter {
        context,
        verifier,
        save,
        verified: 0,
    };
    let mut cards = Cards::new(selector.clone());
    context
        .output
        .progress("waiting for cards; end with Ctrl-C, or with the end of the input");
    let mut failure = None;
    context.environment.readers.watch(&mut |readers| {
        for reader in cards.laid_on(readers) {
            match counter.serve(&reader) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(error) => {
                    failure = Some(error);
                    return false;
                }
            }
        }
        true
    })?;
    match failure {
        Some(failure) => Err(failure),
        None => Ok(ExitCode::Success),
    }
}

/// A counter at work.
struct Counter<'a> {
    context: &'a Context<'a>,
    verifier: &'a Verifier,
    save: Option<&'a Path>,
    verified: u64,
}

impl Counter<'_> {
    /// Verifies the card on this reader; `false` when there is no more to do.
    fn serve(&mut self, reader: &str) -> Result<bool, Failure> {
        loop {
            let next = match ask::password(self.context, reader)? {
                Answer::Password(password) => self.card(reader, &password)?,
                Answer::Skip => Next::Card,
                Answer::Ended => Next::End,
            };
            match next {
                Next::Card => return Ok(true),
                Next::Again => {}
                Next::End => return Ok(false),
            }
        }
    }

    fn card(&mut self, reader: &str, password: &Password) -> Result<Next, Failure> {
        match self.verify(reader, password) {
            Ok(Ok(())) => Ok(Next::Card),
            // Whoever listened has gone.
            Ok(Err(_)) => Ok(Next::End),
            // What cannot be kept for this card cannot be kept for the next.
            Err(failure) if failure.code == ExitCode::Storage => Err(failure),
            Err(failure) => {
                let failure = failure.about(one_line(reader));
                self.context.output.mishap(&failure);
                let told = self.context.output.is_json().then(|| {
                    let object = MishapJson {
                        schema: "eid.error/1",
                        reader,
                        id: failure.id,
                        error: &failure.message,
                        hint: &failure.hint,
                        exit_code: failure.code as u8,
                    };
                    self.context.output.event(&object, |_| Ok(()))
                });
                Ok(match (told, failure.code) {
                    (Some(Err(_)), _) => Next::End,
                    (_, ExitCode::WrongPassword) => Next::Again,
                    _ => Next::Card,
                })
            }
        }
    }

    /// Reads, inspects, saves and prints. The inner result is that of telling.
    fn verify(&mut self, reader: &str, password: &Password) -> Result<io::Result<()>, Failure> {
        let context = self.context;
        let directory = self.save.map(|directory| directory.join(self.name()));
        let keep = Keep {
            save: directory.as_deref(),
            ..Keep::default()
        };
        let choice = ReaderChoice::Pcsc(ReaderSelector::NamePart(reader.to_owned()));
        // A card that cannot be read leaves no directory behind.
        let card = context
            .connect(&choice)
            .and_then(|transport| read_card(context, transport, password, self.verifier, Some(0)))?;
        let report = self
            .verifier
            .judge(&card.document, context.environment.clock.now());
        let mut shown = Shown {
            card: &card,
            report: &report,
            reader: Some(reader),
            saved: None,
            replayed: None,
        };
        let saved = Places::prepare(context, keep)?.write(context, &shown)?;
        shown.saved = saved.as_ref();
        self.verified += 1;
        Ok(report::print_line(context, &shown))
    }

    /// A directory for the next card: when, and the how manieth.
    fn name(&self) -> String {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let now = self.context.environment.clock.now();
        let when = now.format(format).unwrap_or_default();
        format!("{when}-{}", self.verified + 1)
    }
}
