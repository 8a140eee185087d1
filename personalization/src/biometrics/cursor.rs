//! Reading the fixed fields of the older records (ISO/IEC 19794), whose numbers are big-endian.

use super::error::BiometricError;

/// What is left of a record.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// So many bytes.
    pub(super) fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], BiometricError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(BiometricError::Truncated { field })?;
        self.rest = rest;
        Ok(taken)
    }

    /// So many bytes that must be these.
    pub(super) fn expect(&mut self, bytes: &[u8], field: &'static str) -> Result<(), BiometricError> {
        if self.take(bytes.len(), field)? == bytes {
            Ok(())
        } else {
            Err(BiometricError::invalid(field, "is another one"))
        }
    }

    /// A number of one byte.
    pub(super) fn byte(&mut self, field: &'static str) -> Result<u8, BiometricError> {
        Ok(self.take(1, field)?[0])
    }

    /// A number of two bytes.
    pub(super) fn short(&mut self, field: &'static str) -> Result<u16, BiometricError> {
        let bytes = self.take(2, field)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// A length of up to six bytes. One that no memory has is as good as one that the bytes do not have.
    pub(super) fn length(&mut self, bytes: usize, field: &'static str) -> Result<usize, BiometricError> {
        let value = self
            .take(bytes, field)?
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        usize::try_from(value).map_err(|_| BiometricError::Truncated { field })
    }
}
