//! What a person or a program sees of a run: a live line for each reader on a terminal, else a line for each card, else JSON lines.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;

use super::super::super::context::Context;
use super::super::super::output::one_line;
use super::event::{Event, What};
use super::words;
use crate::load::Phase;
use crate::station::personalize::Step;
use crate::station::run::Tally;

/// The screen.
pub(super) struct Show<'a, 'c> {
    context: &'a Context<'c>,
    tally: Tally,
    live: Option<Live>,
}

/// A terminal's lines.
struct Live {
    lines: MultiProgress,
    readers: BTreeMap<String, ProgressBar>,
    overall: ProgressBar,
}

/// `eid.batch.event/1`
#[derive(Serialize, Default)]
struct EventJson<'e> {
    schema: &'static str,
    event: &'static str,
    reader: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chip: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chip_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    done: u32,
    failed: u32,
    total: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_seconds: Option<u64>,
}

impl<'a, 'c> Show<'a, 'c> {
    pub(super) fn new(context: &'a Context<'c>, tally: Tally) -> Self {
        let live =
            (context.output.shows_progress() && !context.output.is_json()).then(|| Live::new(tally.total));
        Self { context, tally, live }
    }

    /// Something happened.
    pub(super) fn event(&mut self, event: &Event) {
        match &event.what {
            What::Issued { .. } => self.tally.done += 1,
            What::Failed { counts: true, .. } | What::Aside { failed: true, .. } => self.tally.failed += 1,
            _ => {}
        }
        if let Some(live) = &mut self.live {
            live.event(event);
        }
        if self.context.output.is_json() {
            self.line(event);
        }
        if let Some(text) = text(event) {
            self.note(&text);
        }
    }

    /// A line that stays.
    pub(super) fn note(&self, text: &str) {
        match &self.live {
            Some(live) => live.lines.suspend(|| self.context.output.progress(text)),
            None => self.context.output.progress(text),
        }
    }

    /// Draws what changes with the time alone.
    pub(super) fn refresh(&self) {
        if let Some(live) = &self.live {
            let now = self.context.environment.clock.monotonic();
            live.overall.set_position(u64::from(self.tally.done));
            live.overall.set_message(overall(&self.tally, now));
        }
    }

    /// Takes the screen away.
    pub(super) fn finish(self) -> Tally {
        if let Some(live) = &self.live {
            // A terminal that is gone has nothing to be cleared.
            let _ = live.lines.clear();
        }
        self.tally
    }

    fn line(&self, event: &Event) {
        let now = self.context.environment.clock.monotonic();
        let base = EventJson {
            schema: "eid.batch.event/1",
            reader: &event.reader,
            done: self.tally.done,
            failed: self.tally.failed,
            total: self.tally.total,
            remaining_seconds: self.tally.remaining(now).map(|time| time.as_secs()),
            hint: event.what.hint(),
            ..EventJson::default()
        };
        let object = match &event.what {
            What::Progress { .. } => return,
            What::Waiting => EventJson {
                event: "waiting",
                ..base
            },
            What::Card => EventJson {
                event: "card",
                ..base
            },
            What::NothingToDo => EventJson {
                event: "nothing_to_do",
                ..base
            },
            What::Left => EventJson {
                event: "left",
                ..base
            },
            What::Step(step) => EventJson {
                event: "step",
                step: Some(step.name()),
                ..base
            },
            What::Begun {
                job,
                attempt,
                card_id,
                chip,
            } => EventJson {
                event: "begun",
                job: Some(job),
                attempt: Some(*attempt),
                card_id: Some(card_id),
                chip: Some(chip),
                ..base
            },
            What::Issued {
                job,
                attempt,
                card_id,
                chip,
                seconds,
                settled,
            } => EventJson {
                event: if *settled { "settled" } else { "issued" },
                job: Some(job),
                attempt: Some(*attempt),
                card_id: Some(card_id),
                chip: Some(chip),
                seconds: *seconds,
                ..base
            },
            What::Failed {
                job,
                chip,
                chip_state,
                reason,
                message,
                counts,
            } => EventJson {
                event: if *counts { "failed" } else { "refused" },
                job: job.as_deref(),
                chip: chip.as_deref(),
                chip_state: chip_state.map(|state| state.name()),
                id: Some(reason),
                error: Some(message),
                ..base
            },
            What::Aside { job, message, failed } => EventJson {
                event: if *failed { "job_failed" } else { "set_aside" },
                job: Some(job),
                error: Some(message),
                ..base
            },
        };
        // Whoever listened may be gone; the cards on the readers are finished all the same.
        let _ = self.context.output.event(&object, |_| Ok(()));
    }
}

/// What stays to be read of an event.
fn text(event: &Event) -> Option<String> {
    let reader = one_line(&event.reader);
    let hint = event.what.hint().unwrap_or_default();
    Some(match &event.what {
        What::Issued {
            card_id,
            chip,
            seconds,
            settled,
            ..
        } => {
            let how = match (settled, seconds) {
                (true, _) => ", as was found now".to_owned(),
                (false, Some(seconds)) => format!(", {seconds:.1} s"),
                (false, None) => String::new(),
            };
            format!("{reader}: issued card {card_id} in chip {chip}{how}")
        }
        What::Failed {
            chip,
            chip_state,
            reason,
            message,
            ..
        } => {
            let chip = chip
                .as_ref()
                .map(|chip| format!(" chip {chip}"))
                .unwrap_or_default();
            let state = chip_state
                .map(|state| format!(" is {}", state.name()))
                .unwrap_or_default();
            format!("{reader}:{chip}{state} [{reason}] {}; {hint}", one_line(message))
        }
        What::Aside { job, message, failed } => {
            let what = if *failed { "has failed" } else { "is set aside" };
            format!("{reader}: job {job} {what}: {}", one_line(message))
        }
        What::NothingToDo => format!("{reader}: no job is waiting; the chip is blank"),
        What::Waiting
        | What::Card
        | What::Begun { .. }
        | What::Step(_)
        | What::Progress { .. }
        | What::Left => return None,
    })
}

fn overall(tally: &Tally, now: Duration) -> String {
    let rate = tally
        .per_hour(now)
        .map(|rate| format!(", {rate:.0} an hour"))
        .unwrap_or_default();
    let rest = tally
        .remaining(now)
        .map(|time| format!(", {} to go", words::spoken(time)))
        .unwrap_or_default();
    format!("{} failed{rate}{rest}", tally.failed)
}

impl Live {
    fn new(total: u32) -> Self {
        let lines = MultiProgress::new();
        let overall = lines.add(ProgressBar::new(u64::from(total)));
        if let Ok(style) = ProgressStyle::with_template("all     [{bar:32}] {pos} / {len} cards, {msg}") {
            overall.set_style(style.progress_chars("=> "));
        }
        Self {
            lines,
            readers: BTreeMap::new(),
            overall,
        }
    }

    fn event(&mut self, event: &Event) {
        let Self {
            lines,
            readers,
            overall,
        } = self;
        let bar = readers.entry(event.reader.clone()).or_insert_with(|| {
            let bar = lines.insert_before(overall, ProgressBar::new(0));
            let template =
                "{prefix:24!} [{bar:32}] {msg:<14} {bytes:>10} / {total_bytes:<10} {bytes_per_sec:>12}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(one_line(&event.reader));
            bar
        });
        let idle = |word: &'static str| {
            bar.reset();
            bar.set_length(0);
            bar.set_message(word);
        };
        match &event.what {
            What::Waiting => idle("lay a card on"),
            What::Card => idle("looking"),
            What::Step(step) => {
                if matches!(step, Step::Loading | Step::ReadingBack) {
                    bar.reset();
                }
                bar.set_message(step.name());
            }
            What::Progress { phase, done, total } => {
                if *phase != Phase::Locking {
                    bar.set_length(*total);
                    bar.set_position(*done);
                }
            }
            What::Left => {
                bar.finish_and_clear();
                readers.remove(&event.reader);
            }
            What::Begun { .. }
            | What::Issued { .. }
            | What::Failed { .. }
            | What::Aside { .. }
            | What::NothingToDo => {}
        }
    }
}
