//! `eid pki deviation-list show`

use std::path::PathBuf;

use serde::Serialize;

use super::listed::{self, ListedCertificate};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::inspect::{Deviation, DeviationList, DocumentSignerIdentifier};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum DeviationListCommand {
    /// What an issuing State says is wrong with its documents
    Show(ShowArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    /// Trust folder that must believe the list's signer
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The deviation list
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct ShowJson {
    schema: &'static str,
    file: String,
    signer: ListedCertificate,
    signed: Option<String>,
    /// `true`: by a list signer of a CSCA of the trust folder; `null`: no trust folder was given.
    believed: Option<bool>,
    deviations: Vec<DeviationJson>,
}

#[derive(Serialize)]
struct DeviationJson {
    document_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_digest: Option<String>,
    first_issued: Option<String>,
    last_issued: Option<String>,
    document_numbers: Option<Vec<String>>,
    descriptions: Vec<DescriptionJson>,
}

#[derive(Serialize)]
struct DescriptionJson {
    oid: String,
    kind: Option<&'static str>,
    parameter: Option<String>,
    text: Option<String>,
    national_use: bool,
}

pub(super) fn run(command: &DeviationListCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let DeviationListCommand::Show(arguments) = command;
    let bytes = listed::read(&arguments.file, context)?;
    let list = DeviationList::from_der(&bytes)
        .map_err(|error| listed::list_failure(&error).about(arguments.file.display()))?;
    let now = context.environment.clock.now();
    let believed = listed::believed(context, arguments.trust.as_deref(), &arguments.file, |store| {
        store.believes_deviation_list(&list, now)
    })?;
    let object = ShowJson {
        schema: "eid.pki.deviation-list/1",
        file: arguments.file.display().to_string(),
        signer: ListedCertificate::of(list.signer()),
        signed: list.signing_time().map(listed::rfc3339).transpose()?,
        believed,
        deviations: list
            .deviations()
            .iter()
            .map(DeviationJson::of)
            .collect::<Result<_, _>>()?,
    };
    context.output.result(&object, |out| {
        for deviation in &object.deviations {
            writeln!(out, "{}", deviation.documents())?;
            for description in &deviation.descriptions {
                writeln!(out, "    {}", description.line())?;
            }
        }
        writeln!(out, "signer  {}", object.signer.line())?;
        writeln!(
            out,
            "signed  {}",
            object.signed.as_deref().unwrap_or("at a time not said")
        )?;
        writeln!(
            out,
            "{} deviations; {}",
            object.deviations.len(),
            listed::trust_words(object.believed)
        )
    })?;
    Ok(ExitCode::Success)
}

impl DeviationJson {
    fn of(deviation: &Deviation) -> Result<Self, Failure> {
        let documents = &deviation.documents;
        let (first, last) = documents.issued.unzip();
        let mut json = Self {
            document_type: documents.document_type.clone(),
            issuer: None,
            serial: None,
            key_id: None,
            certificate_digest: None,
            first_issued: first.map(listed::rfc3339).transpose()?,
            last_issued: last.map(listed::rfc3339).transpose()?,
            document_numbers: documents.document_numbers.clone(),
            descriptions: Vec::new(),
        };
        match &documents.document_signer {
            Some(DocumentSignerIdentifier::IssuerAndSerialNumber { issuer, serial }) => {
                json.issuer = Some(issuer.clone());
                json.serial = Some(serial.clone());
            }
            Some(DocumentSignerIdentifier::SubjectKeyIdentifier(identifier)) => {
                json.key_id = Some(identifier.clone());
            }
            Some(DocumentSignerIdentifier::CertificateDigest(digest)) => {
                json.certificate_digest = Some(digest.clone());
            }
            None => {}
        }
        let description = |description: &crate::inspect::DeviationDescription| DescriptionJson {
            oid: description.kind.oid.to_string(),
            kind: description.kind.name,
            parameter: description.kind.parameter.clone(),
            text: description.text.clone(),
            national_use: description.national_use,
        };
        json.descriptions = deviation.descriptions.iter().map(description).collect();
        Ok(json)
    }

    /// Which documents are meant, in one line.
    fn documents(&self) -> String {
        let mut parts = Vec::new();
        let named = [
            ("type", &self.document_type),
            ("issuer", &self.issuer),
            ("serial", &self.serial),
            ("key", &self.key_id),
            ("certificate", &self.certificate_digest),
            ("issued from", &self.first_issued),
            ("to", &self.last_issued),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                parts.push(format!("{name} {}", one_line(value)));
            }
        }
        if let Some(numbers) = &self.document_numbers {
            parts.push(format!("{} document numbers", numbers.len()));
        }
        if parts.is_empty() {
            return "every document".to_owned();
        }
        parts.join(", ")
    }
}

impl DescriptionJson {
    fn line(&self) -> String {
        let kind = self.kind.unwrap_or(&self.oid);
        let parameter = self.parameter.as_deref().map(|of| format!(" {}", one_line(of)));
        let text = self.text.as_deref().map(|text| format!(": {}", one_line(text)));
        format!(
            "{kind}{}{}",
            parameter.unwrap_or_default(),
            text.unwrap_or_default()
        )
    }
}
