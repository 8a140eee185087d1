//! The terminal, or whatever the standard streams are connected to.

use std::io::{self, IsTerminal, Write};

use zeroize::Zeroizing;

/// Where a command's words go, and where secrets come from that are in no file.
pub trait Console {
    /// The standard output: results.
    fn output(&self) -> Box<dyn Write>;

    /// The standard error: progress, log, errors.
    fn messages(&self) -> Box<dyn Write>;

    /// Whether a person sees the messages as they come.
    fn is_watched(&self) -> bool;

    /// Asks a person, without echo. `None`: there is nobody to ask.
    ///
    /// # Errors
    /// When the terminal fails.
    fn ask_secret(&self, question: &str) -> io::Result<Option<Zeroizing<String>>>;

    /// Asks a person. `None`: there is nobody to ask.
    ///
    /// # Errors
    /// When the terminal fails.
    fn ask(&self, question: &str) -> io::Result<Option<String>> {
        let _ = question;
        Ok(None)
    }
}

/// The streams of this process. Colours are dropped where no terminal shows them.
pub struct SystemConsole;

impl Console for SystemConsole {
    fn output(&self) -> Box<dyn Write> {
        Box::new(anstream::stdout())
    }

    fn messages(&self) -> Box<dyn Write> {
        Box::new(anstream::stderr())
    }

    fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    fn ask_secret(&self, question: &str) -> io::Result<Option<Zeroizing<String>>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut messages = self.messages();
        write!(messages, "{question}: ")?;
        messages.flush()?;
        rpassword::read_password().map(|secret| Some(Zeroizing::new(secret)))
    }

    fn ask(&self, question: &str) -> io::Result<Option<String>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut messages = self.messages();
        write!(messages, "{question}: ")?;
        messages.flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(Some(answer))
    }
}
