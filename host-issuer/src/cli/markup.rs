//! HTML that holds a stranger's words: text gets in escaped or not at all.

use super::output::one_line;

/// A document as it grows. Only [`markup`](Self::markup) adds anything unescaped, and takes nothing but what stands in this program.
pub(super) struct Html(String);

impl Html {
    pub(super) fn new() -> Self {
        Self(String::new())
    }

    /// Elements, as they stand in this program.
    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Words of whoever: one line, no control characters, nothing that is markup, and what is written from right to left stays
    /// within itself.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str("<bdi>");
        self.0.push_str(&escape(text));
        self.0.push_str("</bdi>");
        self
    }

    /// Words between two pieces of markup.
    pub(super) fn element(&mut self, start: &'static str, text: &str, end: &'static str) -> &mut Self {
        self.markup(start).text(text).markup(end)
    }

    /// Base64, which holds no character that means anything in an attribute.
    pub(super) fn base64(&mut self, bytes: &[u8]) -> &mut Self {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode_string(bytes, &mut self.0);
        self
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// A line of text that means itself, in an element and in an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_words_mean_themselves() {
        let mut html = Html::new();
        html.element(
            "<p>",
            "<script>alert('1')</script>\"&\u{0}\n\u{202e}\u{1b}[2J",
            "</p>",
        );
        let text = String::from_utf8(html.into_bytes()).unwrap();
        assert_eq!(
            text,
            "<p><bdi>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;\u{fffd} \u{fffd}\u{fffd}[2J</bdi></p>"
        );
    }
}
