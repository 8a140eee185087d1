//! The progress bar of a transfer: bytes, rate and what is being moved.

use indicatif::{ProgressBar, ProgressStyle};

use super::output::Output;

/// A bar on the standard error, or nothing where nobody looks.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that counts to `total` bytes.
    pub(super) fn new(output: &Output<'_>, total: u64) -> Self {
        if !output.shows_progress() {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::new(total);
        let style = ProgressStyle::with_template(
            "{msg:<16} [{bar:32}] {bytes:>10} / {total_bytes:<10} {bytes_per_sec:>12}",
        );
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar }
    }

    /// `done` of `total` bytes, and what is moved now.
    pub(super) fn set(&self, done: u64, total: u64, what: &str) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        if self.bar.message() != what {
            self.bar.set_message(what.to_owned());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
