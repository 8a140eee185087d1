//! Without libssl: the type has no value, so that nothing can be asked of it.

use card_applet::wire::domain_parameters::NamedCurve;
use zeroize::Zeroizing;

use super::LegacyCurveError;

/// A curve that libssl computes on; there is none in a build without feature `legacy-curves`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyCurve {}

#[allow(missing_docs, reason = "documented in the build that has them")]
impl LegacyCurve {
    #[must_use]
    pub fn new(_curve: NamedCurve) -> Option<Self> {
        None
    }

    #[must_use]
    pub fn named(self) -> NamedCurve {
        match self {}
    }

    pub fn verify(self, _: &[u8], _: &[u8], _: &[u8]) -> Result<bool, LegacyCurveError> {
        match self {}
    }

    #[must_use]
    pub fn is_scalar(self, _: &[u8]) -> bool {
        match self {}
    }

    pub fn multiply(self, _: Option<&[u8]>, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, LegacyCurveError> {
        match self {}
    }

    pub fn multiply_generator_and_add(
        self,
        _: &[u8],
        _: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, LegacyCurveError> {
        match self {}
    }
}
