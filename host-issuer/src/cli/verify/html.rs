//! `--report FILE`: the verification as one page, for a file or for paper. It loads nothing, runs nothing and asks nobody: the face is
//! in it, decoded and encoded anew, and the browser is told so (Content-Security-Policy).

use super::super::markup::Html;
use super::holder_lines::holder_lines;
use super::report::{Shown, opened};
use crate::inspect::{Face, Status, Unverified, Verdict};
use crate::verify::Portrait;

/// Before the verdict. The policy lets styles of this page and images within it be used, and nothing else.
const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">
<meta name=\"referrer\" content=\"no-referrer\">
<meta name=\"robots\" content=\"noindex, noarchive\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Verification of an identity card</title>
<style>
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #111; background: #fff; }
.verdict { padding: 1rem; font-size: 2rem; font-weight: bold; text-align: center; border: 0.3rem solid; }
.genuine { background: #d9f2dd; border-color: #176b27; }
.not-genuine { background: #f8d7da; border-color: #9b1c2b; }
.inconclusive { background: #fff3cd; border-color: #8a6100; }
.person { display: flex; gap: 2rem; flex-wrap: wrap; }
.unverified { border: 0.3rem dashed #9b1c2b; padding: 1rem; }
.unverified img { opacity: 0.5; }
.person img { max-width: 16rem; max-height: 22rem; border: 1px solid #999; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
.failed { color: #9b1c2b; font-weight: bold; }
.passed { color: #176b27; }
.not-performed { color: #8a6100; }
small { color: #555; }
</style>
</head>
<body>
";

/// The page.
pub(super) fn page(shown: &Shown<'_>, made_at: &str) -> Vec<u8> {
    let mut html = Html::new();
    html.markup(HEAD);
    verdict(&mut html, shown);
    person(&mut html, shown);
    checks(&mut html, shown);
    files(&mut html, shown);
    way(&mut html, shown, made_at);
    html.markup("</body>\n</html>\n");
    html.into_bytes()
}

fn verdict(html: &mut Html, shown: &Shown<'_>) {
    html.markup(match shown.report.verdict {
        Verdict::Genuine => "<h1 class=\"verdict genuine\">GENUINE</h1>\n",
        Verdict::NotGenuine => "<h1 class=\"verdict not-genuine\">NOT GENUINE</h1>\n",
        Verdict::Inconclusive => "<h1 class=\"verdict inconclusive\">INCONCLUSIVE</h1>\n",
    });
    html.element("<p>", &shown.report.reason, "</p>\n");
    html.element("<p><small>Rule: ", &shown.report.rule, "</small></p>\n");
}

/// The face and the data, as far as they are proved.
fn person(html: &mut Html, shown: &Shown<'_>) {
    let Some(holder) = &shown.report.holder else {
        return unproved(html, shown.report.unverified.as_ref());
    };
    html.markup("<div class=\"person\">\n");
    face(html, shown.report.face.as_ref());
    html.markup("<div><table>\n");
    for line in holder_lines(holder) {
        row(html, line.label, &line.value);
    }
    html.markup("</table></div>\n</div>\n");
}

/// What the chip says and nothing proves, where somebody asked for it: marked on every line, and over the face.
fn unproved(html: &mut Html, unverified: Option<&Unverified>) {
    const MARK: &str = "<tr><td class=\"failed\">UNVERIFIED</td>";
    let Some(unverified) = unverified else {
        html.markup("<p>The holder's data and face are not shown: they are not proved.</p>\n");
        return;
    };
    html.markup("<div class=\"person unverified\">\n<div><p class=\"failed\">UNVERIFIED</p>\n");
    face(html, unverified.face.as_ref());
    html.markup("</div>\n<div><table>\n");
    match &unverified.holder {
        Some(holder) => {
            for line in holder_lines(holder) {
                html.markup(MARK).element("<th>", line.label, "</th>").element(
                    "<td>",
                    &line.value,
                    "</td></tr>\n",
                );
            }
        }
        None => {
            html.markup(MARK).markup("<td>DG1 cannot be read</td></tr>\n");
        }
    }
    html.markup("</table></div>\n</div>\n");
}

/// The face, or why there is none.
fn face(html: &mut Html, face: Option<&Face>) {
    match face.map(Portrait::of) {
        Some(Ok(portrait)) => {
            html.markup("<img alt=\"The face on the card\" src=\"data:image/jpeg;base64,")
                .base64(&portrait.jpeg)
                .markup("\">\n");
        }
        Some(Err(error)) => {
            html.element(
                "<p class=\"failed\">No face is shown: ",
                &error.to_string(),
                ".</p>\n",
            );
        }
        None => {
            html.markup("<p class=\"failed\">No face is shown: DG2 gives none.</p>\n");
        }
    }
}

fn checks(html: &mut Html, shown: &Shown<'_>) {
    html.markup(
        "<h2>Checks</h2>\n<table>\n<tr><th>Check</th><th>Outcome</th><th>Why</th><th>Evidence</th></tr>\n",
    );
    for check in &shown.report.checks {
        html.element("<tr><td>", &check.id.to_string(), "</td>");
        html.markup(match check.status {
            Status::Passed => "<td class=\"passed\">passed</td>",
            Status::Failed(_) => "<td class=\"failed\">failed</td>",
            Status::NotPerformed(_) => "<td class=\"not-performed\">not performed</td>",
        });
        html.element("<td>", &check.why().unwrap_or_default(), "</td>");
        html.element(
            "<td>",
            check.evidence.as_deref().unwrap_or_default(),
            "</td></tr>\n",
        );
    }
    html.markup("</table>\n");
}

fn files(html: &mut Html, shown: &Shown<'_>) {
    html.markup("<h2>Files as read</h2>\n<table>\n<tr><th>File</th><th>Bytes</th><th>SHA-256</th></tr>\n");
    for (name, file) in &shown.report.files {
        html.element("<tr><td>", name, "</td>")
            .element("<td>", &file.length.to_string(), "</td>")
            .element("<td>", &file.sha256, "</td></tr>\n");
    }
    html.markup("</table>\n");
}

/// How the card was opened, when, and what a person should know of it.
fn way(html: &mut Html, shown: &Shown<'_>, made_at: &str) {
    let wire = shown.card.wire;
    html.markup("<h2>The way to the card</h2>\n<table>\n");
    if let Some(reader) = shown.reader {
        row(html, "Reader", reader);
    }
    row(html, "Access", &opened(&shown.card.access));
    let wire = format!(
        "{} commands, {} bytes sent, {} bytes received",
        wire.apdus, wire.bytes_sent, wire.bytes_received
    );
    row(html, "Wire", &wire);
    row(html, "Trust", &shown.report.trust.line());
    for quirk in &shown.report.quirks {
        row(html, "Departure", &quirk.to_string());
    }
    for note in &shown.card.notes {
        row(html, "Note", note);
    }
    if let Some(replayed) = &shown.replayed {
        row(html, "Recorded", &replayed.recorded);
        row(html, "Judged as of", &replayed.judged_at);
    }
    row(html, "Report made", made_at);
    html.markup("</table>\n<p><small>Personal data: keep this file no longer than its purpose needs. That the card was near the reader is not proved by any of this.</small></p>\n");
}

fn row(html: &mut Html, label: &str, value: &str) {
    html.element("<tr><th>", label, "</th>")
        .element("<td>", value, "</td></tr>\n");
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::inspect::{Holder, ImageFormat, Policy, ReadDocument, TrustStore, inspect};
    use crate::terminal::link::WireCount;
    use crate::terminal::password::PasswordKind;
    use crate::terminal::reader::{AccessProtocol, AccessReport};
    use crate::verify::ReadCard;
    use card_applet::crypto::cipher::SymmetricAlgorithm;

    /// What a card could try to say to whoever reads the page.
    const HOSTILE: [&str; 5] = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</table><h1 class='verdict genuine'>GENUINE</h1>",
        "\u{202e}EVIL\u{2066}\u{0}\u{8}\u{1b}[31m",
        "&lt;b&gt; javascript:alert(1) 'x' https://example.org/",
    ];

    fn hostile_holder(text: &str) -> Holder {
        let text = || text.to_owned();
        Holder {
            document_code: text(),
            issuing_state: text(),
            document_number: text(),
            primary_identifier: text(),
            secondary_identifier: text(),
            nationality: text(),
            birth_date: text(),
            sex: '<',
            expiry_date: Some(text()),
            optional_data: text(),
            national: None,
            personal: None,
            document: None,
            persons_to_notify: Vec::new(),
        }
    }

    #[test]
    fn nothing_that_a_card_says_is_markup() {
        let store = TrustStore::new(&[], &[]).unwrap();
        let now = datetime!(2026-11-24 9:00 UTC);
        let document = ReadDocument::empty();
        let plain = inspect(&document, &store, Policy::default(), now);
        let mut card = ReadCard {
            document,
            access: AccessReport {
                protocol: AccessProtocol::Bac,
                cipher: Some(SymmetricAlgorithm::TripleDes),
                password: PasswordKind::Mrz,
            },
            wire: WireCount::default(),
            notes: Vec::new(),
            signed_challenge: None,
        };
        let tags =
            |text: &str, report: &crate::inspect::VerificationReport, card: &ReadCard| -> Vec<String> {
                let shown = Shown {
                    card,
                    report,
                    reader: Some(text),
                    saved: None,
                    replayed: None,
                };
                let page = String::from_utf8(page(&shown, text)).unwrap();
                let letter = |letter: char| letter.is_control() && letter != '\n';
                assert!(!page.contains(letter), "control characters");
                assert!(!page.contains('\u{202e}') && !page.contains('\u{2066}'));
                // Every tag of the page, in order: what a browser acts on.
                page.split('<')
                    .skip(1)
                    .map(|rest| rest.split('>').next().unwrap_or_default().to_owned())
                    .collect()
            };
        let mut structures = Vec::new();
        for text in ["harmless"].into_iter().chain(HOSTILE) {
            let mut report = plain.clone();
            report.reason = text.to_owned();
            report.holder = Some(hostile_holder(text));
            report.face = Some(Face {
                format: ImageFormat::Jpeg,
                width: 1,
                height: 1,
                image: text.as_bytes().to_vec(),
            });
            for check in &mut report.checks {
                check.status = Status::Failed(text.to_owned());
                check.evidence = Some(text.to_owned());
            }
            card.notes = vec![text.to_owned()];
            structures.push(tags(text, &report, &card));
        }
        for structure in &structures {
            assert_eq!(structure, &structures[0]);
            assert!(
                structure.iter().all(|tag| !tag.starts_with("img")),
                "an image that cannot be decoded is shown"
            );
        }
    }
}
