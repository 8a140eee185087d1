//! Seams that fail where a test says so.

use std::path::Path;

use host_issuer::environment::{Access, Disk, DiskError, FileLock, NewFile, SystemDisk};
use host_issuer::transport::{Limits, Transport, TransportError};
use personalization::signer::{PublicKey, SignatureAlgorithm, Signer, SignerError};

/// A disk that does not take files into a directory of this name.
pub struct FullDisk(pub &'static str);

impl FullDisk {
    fn check(&self, path: &Path) -> Result<(), DiskError> {
        let full = path.parent().is_some_and(|parent| parent.ends_with(self.0));
        match full {
            true => Err(DiskError {
                path: path.to_owned(),
                action: "write",
                source: std::io::ErrorKind::StorageFull.into(),
            }),
            false => Ok(()),
        }
    }
}

impl Disk for FullDisk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
        SystemDisk.read(path, limit)
    }

    fn reserve(&self, directory: &Path, name: &str, access: Access) -> Result<Box<dyn NewFile>, DiskError> {
        SystemDisk.reserve(directory, name, access)
    }

    fn write(&self, path: &Path, content: &[u8], access: Access) -> Result<(), DiskError> {
        self.check(path)?;
        SystemDisk.write(path, content, access)
    }

    fn append_line(&self, path: &Path, line: &[u8], access: Access) -> Result<(), DiskError> {
        SystemDisk.append_line(path, line, access)
    }

    fn remove_empty_directory(&self, path: &Path) {
        SystemDisk.remove_empty_directory(path);
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        SystemDisk.remove(path)
    }

    fn create_directory(&self, path: &Path, access: Access) -> Result<(), DiskError> {
        SystemDisk.create_directory(path, access)
    }

    fn list(&self, directory: &Path, limit: usize) -> Result<Vec<String>, DiskError> {
        SystemDisk.list(directory, limit)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn FileLock>, DiskError> {
        SystemDisk.lock(path)
    }
}

/// A signer whose device is gone.
pub struct GoneSigner<'s>(pub &'s dyn Signer);

impl Signer for GoneSigner<'_> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign_digest(&self, _: &[u8]) -> Result<Vec<u8>, SignerError> {
        Err(SignerError::Failed("the token was pulled".into()))
    }
}

/// A chip that answers one command with silence, or another way than it does; then goes on.
pub struct Glitch<'t> {
    pub inner: &'t mut dyn Transport,
    /// Commands until then.
    pub left: usize,
    /// What the command is answered with, after it was carried out; `None` for silence.
    pub answer: Option<Vec<u8>>,
}

impl Transport for Glitch<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.inner.transmit(command, response)?;
        if self.left == 0 {
            self.left = usize::MAX;
            response.clear();
            match &self.answer {
                Some(answer) => response.extend_from_slice(answer),
                None => return Err(TransportError::Mute),
            }
        } else {
            self.left -= 1;
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}

/// Counts commands, and does something when it is time.
pub struct Counted<'t> {
    pub inner: &'t mut dyn Transport,
    pub commands: usize,
    /// Done before the command with this number, from 0.
    pub alarm: (usize, &'t dyn Fn()),
}

impl Transport for Counted<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        let (at, alarm) = self.alarm;
        if self.commands == at {
            alarm();
        }
        self.commands += 1;
        self.inner.transmit(command, response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}
