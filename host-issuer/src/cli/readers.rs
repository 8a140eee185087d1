//! `eid readers`

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::one_line;
use crate::transport::pcsc::ReaderInfo;

#[derive(Debug, clap::Args)]
pub(super) struct ReadersArguments {
    /// Stay and tell when readers and cards come and go
    #[arg(long)]
    watch: bool,
}

#[derive(Serialize)]
struct ReadersJson {
    schema: &'static str,
    readers: Vec<ReaderJson>,
}

#[derive(Serialize)]
pub(super) struct ReaderJson {
    index: usize,
    name: String,
    card_present: bool,
    atr: Option<String>,
}

/// The readers as objects.
pub(super) fn describe(readers: &[ReaderInfo]) -> Vec<ReaderJson> {
    let object = |(index, reader): (usize, &ReaderInfo)| ReaderJson {
        index,
        name: reader.name.clone(),
        card_present: reader.card_present,
        atr: reader.card_present.then(|| hex::encode_upper(&reader.atr)),
    };
    readers.iter().enumerate().map(object).collect()
}

pub(super) fn run(arguments: &ReadersArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    if arguments.watch {
        return watch(context);
    }
    let readers = context.environment.readers.list()?;
    let object = ReadersJson {
        schema: "eid.readers/1",
        readers: describe(&readers),
    };
    context.output.result(&object, |out| {
        for reader in &object.readers {
            let card = reader
                .atr
                .as_deref()
                .map_or_else(|| "no card".into(), |atr| format!("card, ATR {atr}"));
            writeln!(out, "{}: {}  {card}", reader.index, one_line(&reader.name))?;
        }
        Ok(())
    })?;
    if object.readers.is_empty() {
        context.output.progress("no reader is connected");
    }
    Ok(ExitCode::Success)
}

/// One line, or one JSON object a line, for each change.
fn watch(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut known: Vec<ReaderInfo> = Vec::new();
    context.environment.readers.watch(&mut |readers| {
        let readers: Vec<ReaderInfo> = readers.iter().map(|reader| reader.info.clone()).collect();
        for change in changes(&known, &readers) {
            let told = context.output.event(&change, |out| {
                writeln!(out, "{:<14} {}", change.event, one_line(&change.reader))
            });
            // Whoever listened has gone.
            if told.is_err() {
                return false;
            }
        }
        known = readers;
        true
    })?;
    Ok(ExitCode::Success)
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Change {
    schema: &'static str,
    event: &'static str,
    reader: String,
}

fn changes(before: &[ReaderInfo], after: &[ReaderInfo]) -> Vec<Change> {
    let change = |event, reader: &ReaderInfo| Change {
        schema: "eid.readers.event/1",
        event,
        reader: reader.name.clone(),
    };
    let find = |list: &[ReaderInfo], name: &str| list.iter().find(|reader| reader.name == name).cloned();
    let mut changes = Vec::new();
    for reader in after {
        let old = find(before, &reader.name);
        if old.is_none() {
            changes.push(change("reader_added", reader));
        }
        let had_card = old.is_some_and(|old| old.card_present);
        match (had_card, reader.card_present) {
            (false, true) => changes.push(change("card_inserted", reader)),
            (true, false) => changes.push(change("card_removed", reader)),
            _ => {}
        }
    }
    let gone = before.iter().filter(|reader| find(after, &reader.name).is_none());
    changes.extend(gone.map(|reader| change("reader_removed", reader)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(name: &str, card_present: bool) -> ReaderInfo {
        ReaderInfo {
            name: name.into(),
            card_present,
            atr: Vec::new(),
        }
    }

    #[test]
    fn every_change_is_told_once() {
        let events = |before: &[ReaderInfo], after: &[ReaderInfo]| -> Vec<_> {
            changes(before, after)
                .into_iter()
                .map(|change| (change.event, change.reader))
                .collect()
        };
        let empty = [reader("a", false)];
        let full = [reader("a", true)];
        assert_eq!(
            events(&[], &full),
            [("reader_added", "a".into()), ("card_inserted", "a".into())]
        );
        assert_eq!(events(&empty, &full), [("card_inserted", "a".into())]);
        assert_eq!(events(&full, &empty), [("card_removed", "a".into())]);
        assert_eq!(events(&full, &[]), [("reader_removed", "a".into())]);
        assert_eq!(events(&full, &full), []);
    }
}
