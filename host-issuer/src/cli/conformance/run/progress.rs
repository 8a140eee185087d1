//! How far a run is: a bar where somebody looks, else a line for each unit.

use indicatif::{ProgressBar, ProgressStyle};
use test_vectors::conformance::report::{LayerTally, tally};
use test_vectors::conformance::{CaseRecord, Kind};

use super::super::super::output::Output;

/// The progress of a run.
pub(super) struct Progress<'a> {
    output: &'a Output<'a>,
    bar: Option<ProgressBar>,
    /// Cases of the unit that is being played, without their traces.
    unit: Vec<CaseRecord>,
}

impl<'a> Progress<'a> {
    /// A run of so many cases.
    pub(super) fn new(output: &'a Output<'a>, cases: usize) -> Self {
        let bar = output.shows_progress().then(|| {
            let bar = ProgressBar::new(cases as u64);
            let style = ProgressStyle::with_template("{msg:<28} [{bar:32}] {pos:>4} / {len}");
            if let Ok(style) = style {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self {
            output,
            bar,
            unit: Vec::new(),
        }
    }

    /// A case was played.
    pub(super) fn played(&mut self, case: &CaseRecord) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
            bar.set_message(case.case().to_string());
            if case.verdict == Kind::Failed {
                bar.println(format!("FAILED {}", case.case()));
            }
            return;
        }
        if let Some(last) = self.unit.last()
            && (last.suite, &last.layer) != (case.suite, &case.layer)
        {
            self.tell();
        }
        self.unit.push(CaseRecord {
            trace: Vec::new(),
            ..case.clone()
        });
    }

    /// The line of the unit.
    fn tell(&mut self) {
        for LayerTally { suite, layer, counts } in tally(&self.unit) {
            let words: Vec<String> = Kind::ALL
                .into_iter()
                .zip(counts)
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| format!("{count} {}", kind.words()))
                .collect();
            self.output
                .progress(&format!("{} {layer}: {}", suite.name(), words.join(", ")));
        }
        self.unit.clear();
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        match &self.bar {
            Some(bar) => bar.finish_and_clear(),
            None => self.tell(),
        }
    }
}
