//! How certificates are shown and asked about.

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::inspect::{AnchorRecord, Certificate, Question};

/// An anchor in one line.
pub(super) fn line(record: &AnchorRecord) -> String {
    format!(
        "{}{}  key {}  {} to {}  SHA-256 {}",
        one_line(&record.subject),
        if record.link { " (link)" } else { "" },
        record.key_id.as_deref().unwrap_or("without identifier"),
        record.not_before,
        record.not_after,
        record.sha256
    )
}

/// Fingerprints as people write them: any case, with or without colons and spaces.
pub(super) fn fingerprints(option: &str, texts: &[String]) -> Result<Vec<String>, Failure> {
    let fingerprint = |text: &String| {
        let digits: String = text
            .chars()
            .filter(|digit| !matches!(digit, ':' | ' ' | '-'))
            .map(|digit| digit.to_ascii_uppercase())
            .collect();
        let is_whole = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_whole.then_some(digits).ok_or_else(|| {
            Failure::usage(
                format!("{option}: {text:?} is no SHA-256"),
                "give all 64 hexadecimal digits; a shorter one can be forged",
            )
        })
    };
    texts.iter().map(fingerprint).collect()
}

/// Shows the certificate to a person, if there is one, and waits for a yes.
pub(super) fn ask_person(context: &Context<'_>, question: &Question<'_>) -> Result<bool, Failure> {
    let digits = question.fingerprint();
    let pairs: Vec<&str> = (0..digits.len())
        .step_by(4)
        .filter_map(|at| digits.get(at..at + 4))
        .collect();
    let (about, what) = match question {
        Question::BundleSigner(bundle) => (
            format!(
                "trust bundle      number {}, made {}\nsigner's key      ",
                bundle.sequence,
                one_line(&bundle.created)
            ),
            "Believe everything that this signer puts into its bundles?",
        ),
        Question::MasterLists(certificate) => (
            shown(certificate),
            "Believe it, and believe its State's master lists about other States?",
        ),
        Question::Csca(certificate, None) => (shown(certificate), "Believe it?"),
        Question::Csca(certificate, Some(removal)) => (
            format!(
                "REMOVED           {}: {}\n{}",
                one_line(&removal.at),
                one_line(&removal.reason),
                shown(certificate)
            ),
            "Believe it again?",
        ),
    };
    let text = format!(
        "{about}SHA-256 {}\nCompare this with what its owner told you over another channel.\n{what} [yes/no]",
        pairs.join(" ")
    );
    let answer = context.environment.console.ask(&text).map_err(|error| {
        Failure::input(
            "trust.no_answer",
            format!("the question was not answered: {error}"),
            "give --accept-fingerprint",
        )
    })?;
    Ok(answer.is_some_and(|answer| matches!(answer.trim(), "yes" | "y")))
}

fn shown(certificate: &Certificate) -> String {
    format!(
        "CSCA certificate  {}\nvalid             {} to {}\n                  ",
        one_line(&certificate.subject()),
        certificate.not_before().date(),
        certificate.not_after().date(),
    )
}
