//! Work on another thread, so that somebody can be told how long it takes.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How often it is told. The time is counted in these steps: what is shown to a person need not be exact.
const STEP: Duration = Duration::from_millis(500);

/// Works, tells how long it takes, and waits to the end whatever happens.
pub(super) fn to_the_end<R: Send>(work: impl FnOnce() -> R + Send, told: &mut dyn FnMut(Duration)) -> R {
    thread::scope(|scope| {
        let (done, finished) = mpsc::channel::<()>();
        let worker = scope.spawn(move || {
            let result = work();
            drop(done);
            result
        });
        let mut elapsed = Duration::ZERO;
        while finished.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
            elapsed += STEP;
            told(elapsed);
        }
        worker
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Works until it is done or `told` gives up: the work goes on then, on a thread that nobody waits for. `None` after that.
pub(super) fn until_given_up<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
    told: &mut dyn FnMut(Duration) -> bool,
) -> Option<R> {
    let (done, finished) = mpsc::channel();
    thread::spawn(move || {
        // Nobody may be waiting any more.
        let _ = done.send(work());
    });
    let mut elapsed = Duration::ZERO;
    loop {
        match finished.recv_timeout(STEP) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                elapsed += STEP;
                if !told(elapsed) {
                    return None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_work_is_not_told() {
        assert_eq!(to_the_end(|| 7, &mut |_| panic!("told")), 7);
        assert_eq!(until_given_up(|| 7, &mut |_| panic!("told")), Some(7));
    }

    /// Waits for the teller, not for a clock: it is told as long as the work waits for that.
    #[test]
    fn long_work_is_told_and_can_be_given_up() {
        let (enough, told_enough) = mpsc::channel();
        let mut times = Vec::new();
        let result = to_the_end(move || told_enough.recv().is_ok(), &mut |elapsed| {
            times.push(elapsed);
            if times.len() == 2 {
                let _ = enough.send(());
            }
        });
        assert!(result && times.starts_with(&[STEP, 2 * STEP]), "{times:?}");

        let (hold, held) = mpsc::channel::<()>();
        let given_up = until_given_up(move || held.recv().is_ok(), &mut |_| false);
        assert_eq!(given_up, None);
        drop(hold);
    }
}
