//! The CVCA whose terminals may read a card's fingers and irises.

use std::path::PathBuf;

use card_applet::wire::cvc::Date;
use personalization::image::TerminalTrust;

use super::super::context::Context;
use super::super::failure::Failure;

/// A CV certificate has some 200 to 1200 bytes.
const SIZE_LIMIT: u64 = 64 * 1024;

/// Reads the CVCA's certificates, the older first; `None` when there are none. The card judges certificates from today.
///
/// # Errors
/// When a file cannot be read, or is not the certificate of a CVCA that signs itself.
pub(super) fn load(context: &Context<'_>, paths: &[PathBuf]) -> Result<Option<TerminalTrust>, Failure> {
    if paths.is_empty() {
        return Ok(None);
    }
    let certificates = paths
        .iter()
        .map(|path| context.environment.disk.read(path, SIZE_LIMIT))
        .collect::<Result<Vec<_>, _>>()?;
    let refused = |why: String| {
        Failure::input(
            "cvca.certificate",
            format!("--cvca: {why}"),
            "give the CVCA's newest certificate; with the one before, the older first",
        )
    };
    let now = context.environment.clock.now();
    let today = u8::try_from(now.year() - 2000)
        .ok()
        .and_then(|year| Date::new(year, now.month().into(), now.day()))
        .ok_or_else(|| refused("CV certificates know the years 2000 to 2099 only".into()))?;
    TerminalTrust::new(certificates, today)
        .map(Some)
        .map_err(|error| refused(error.to_string()))
}
