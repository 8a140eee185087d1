//! Words of cards and of files inside XML and HTML: they mean themselves, and cannot be markup.

use std::fmt::Write as _;

/// One line without what steers a terminal or turns text around.
pub(super) fn one_line(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.trim()
        .chars()
        .map(|letter| match letter {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            letter if letter.is_control() || turns(letter) || is_no_character(letter) => '\u{FFFD}',
            letter => letter,
        })
        .collect()
}

/// What XML 1.0 has no place for, beside control characters.
fn is_no_character(letter: char) -> bool {
    matches!(letter, '\u{FFFE}' | '\u{FFFF}')
}

/// Text for an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A document as it grows: markup is what stands in this program, everything else gets in escaped.
pub(super) struct Markup(String);

impl Markup {
    /// A document that begins so.
    pub(super) fn new(start: &'static str) -> Self {
        Markup(start.into())
    }

    /// Markup of this program.
    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Words of whoever.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escape(text));
        self
    }

    /// Words of whoever that keep their lines, in an element.
    pub(super) fn lines(&mut self, text: &str) -> &mut Self {
        for line in text.lines() {
            // A line's own blanks at its beginning are part of what it says.
            let indent = line.len() - line.trim_start_matches(' ').len();
            let _ = writeln!(self.0, "{:indent$}{}", "", escape(line));
        }
        self
    }

    /// Words between two pieces of markup.
    pub(super) fn element(&mut self, start: &'static str, text: &str, end: &'static str) -> &mut Self {
        self.markup(start).text(text).markup(end)
    }

    /// A number.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.0, "{number}");
        self
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_words_mean_themselves() {
        let mut markup = Markup::new("<p a=\"");
        markup
            .text("\" onload='x'")
            .markup("\">")
            .text("<script>&\u{0}\u{1b}[2J\u{202e}\u{ffff}\n]]>");
        assert_eq!(
            markup.finish(),
            "<p a=\"&quot; onload=&#39;x&#39;\">&lt;script&gt;&amp;\u{fffd}\u{fffd}[2J\u{fffd}\u{fffd} ]]&gt;"
        );
    }
}
