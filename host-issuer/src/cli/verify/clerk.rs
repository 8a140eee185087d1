//! The person at the counter, who waits while a card is read.

use std::time::Duration;

use super::super::output::Output;
use super::super::progress::Progress;
use crate::verify::{Attendant, Waiting};

/// How long a card that was taken away is waited for where somebody can put it back, in seconds.
const PUT_BACK: u32 = 30;

/// The person at the counter, through the standard error.
pub(super) struct Clerk<'a> {
    output: &'a Output<'a>,
    bar: Progress,
    patience: Duration,
    /// Whole seconds of waiting that were told.
    told: u64,
}

impl<'a> Clerk<'a> {
    /// `put_back`: how many seconds a card that was taken away is waited for, if that was said.
    pub(super) fn new(output: &'a Output<'a>, put_back: Option<u32>) -> Self {
        let unasked = if output.shows_progress() { PUT_BACK } else { 0 };
        Self {
            output,
            bar: Progress::new(output, 0),
            patience: Duration::from_secs(put_back.unwrap_or(unasked).into()),
            told: 0,
        }
    }
}

impl Attendant for Clerk<'_> {
    fn progress(&mut self, file: &str, done: u64, total: u64) {
        self.bar.set(done, total, file);
    }

    fn waiting(&mut self, waiting: Waiting) {
        let seconds = waiting.elapsed.as_secs();
        if seconds < self.told {
            self.told = 0;
        }
        // Said at once, and then not more often than one reads.
        if seconds > self.told && (self.told == 0 || seconds >= self.told + 3) {
            self.told = seconds;
            self.output.progress(&if waiting.opening {
                format!("the card lets you wait, {seconds} s so far: cards do that after wrong numbers; leave it there")
            } else {
                format!("the card takes its time, {seconds} s so far; leave it there")
            });
        }
    }

    fn card_lifted(&mut self) -> Duration {
        if !self.patience.is_zero() {
            self.output.progress(&format!(
                "the card was taken away too soon: put it back (within {} s)",
                self.patience.as_secs()
            ));
        }
        self.patience
    }

    fn card_back(&mut self) {
        self.output.progress("the card is back, reading goes on");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::{self, Write};
    use std::rc::Rc;

    use super::super::super::output::LogLevel;
    use super::*;
    use crate::environment::Console;

    /// Keeps what is said.
    #[derive(Clone, Default)]
    struct Said(Rc<RefCell<Vec<u8>>>);

    impl Write for Said {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct TestConsole(Said);

    impl Console for TestConsole {
        fn output(&self) -> Box<dyn Write> {
            Box::new(io::sink())
        }

        fn messages(&self) -> Box<dyn Write> {
            Box::new(self.0.clone())
        }

        fn is_watched(&self) -> bool {
            false
        }

        fn ask_secret(&self, _question: &str) -> io::Result<Option<zeroize::Zeroizing<String>>> {
            Ok(None)
        }
    }

    #[test]
    fn a_wait_is_said_at_once_and_then_now_and_then() {
        let said = Said::default();
        let console = TestConsole(said.clone());
        let output = Output::new(&console, false, LogLevel::Info);
        let mut clerk = Clerk::new(&output, None);
        for opening in [true, false] {
            for half_seconds in 1..=12 {
                let elapsed = Duration::from_millis(500 * half_seconds);
                clerk.waiting(Waiting { elapsed, opening });
            }
        }
        let text = String::from_utf8(said.0.borrow().clone()).expect("UTF-8");
        let seconds: Vec<&str> = text
            .lines()
            .map(|line| {
                line.split_once(" s so far")
                    .expect("a wait")
                    .0
                    .rsplit(' ')
                    .next()
                    .expect("a number")
            })
            .collect();
        assert_eq!(seconds, ["1", "4", "1", "4"], "{text}");
        assert_eq!(text.matches("after wrong numbers").count(), 2);
    }
}
