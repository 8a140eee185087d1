//! The terminal, or whatever the standard streams are connected to.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use zeroize::Zeroizing;

/// Longest line of the standard input, in bytes.
pub const MAX_LINE: usize = 4096;

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

    /// The next line of the standard input, whoever writes it: a person, or a scanner that types. `None`: it has ended.
    ///
    /// # Errors
    /// When it fails, is not UTF-8 or has no end within [`MAX_LINE`] bytes.
    fn line(&self) -> io::Result<Option<Zeroizing<String>>> {
        Ok(None)
    }

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

    fn line(&self) -> io::Result<Option<Zeroizing<String>>> {
        let mut line = Zeroizing::new(String::with_capacity(MAX_LINE));
        let mut input = io::stdin().lock().take(MAX_LINE as u64);
        if input.read_line(&mut line)? == MAX_LINE && !line.ends_with('\n') {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the line has no end"));
        }
        Ok((!line.is_empty()).then_some(line))
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
