//! Words of cards and of files inside XML and HTML: they mean themselves, and cannot be markup.

use std::fmt::Write as _;

/// A page of its own: it loads nothing and runs nothing, and tells the browser so.
const BEFORE_TITLE: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\"/>
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>
<meta name=\"referrer\" content=\"no-referrer\"/>
<meta name=\"robots\" content=\"noindex, noarchive\"/>
<meta name=\"viewport\" content=\"width=device-width\"/>
<title>";
const BEFORE_HEADING: &str = "</title>
<style>
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #111; background: #fff; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
td.n { text-align: right; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8rem; color: #333; }
summary { padding: 0.15rem 0; }
.failed { color: #9b1c2b; font-weight: bold; }
.passed { color: #176b27; }
.open { color: #8a6100; }
.warning { border: 2px solid #9b1c2b; padding: 0.5rem 1rem; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
</style>
</head>
<body>
<h1>";

/// One line without what steers a terminal or turns text around.
pub fn one_line(text: &str) -> String {
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
pub fn escape(text: &str) -> String {
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
#[derive(Debug)]
pub struct Markup(String);

impl Markup {
    /// A document that begins so.
    pub fn new(start: &'static str) -> Self {
        Markup(start.into())
    }

    /// A page with this title, which is its heading, too. `</body>\n</html>` is left to the caller.
    pub fn page(title: &'static str) -> Self {
        let mut page = Markup::new(BEFORE_TITLE);
        page.markup(title)
            .markup(BEFORE_HEADING)
            .markup(title)
            .markup("</h1>\n");
        page
    }

    /// Markup of this program.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Words of whoever.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escape(text));
        self
    }

    /// Words of whoever that keep their lines, in an element.
    pub fn lines(&mut self, text: &str) -> &mut Self {
        for line in text.lines() {
            // A line's own blanks at its beginning are part of what it says.
            let indent = line.len() - line.trim_start_matches(' ').len();
            let _ = writeln!(self.0, "{:indent$}{}", "", escape(line));
        }
        self
    }

    /// Words between two pieces of markup.
    pub fn element(&mut self, start: &'static str, text: &str, end: &'static str) -> &mut Self {
        self.markup(start).text(text).markup(end)
    }

    /// A number.
    pub fn number(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.0, "{number}");
        self
    }

    /// The document.
    pub fn finish(self) -> String {
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
