//! Simulated flash: words are programmed once, pages erased, and the power may go at any word.

mod ram;

pub use ram::{CutKind, RamMemory};

use crate::platform::{Nvm, NvmError};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Size of a virtual chip's memory: the journal and 248 KiB of files.
pub const SIZE: usize = 256 * 1024;
/// First bytes of a chip file, with the version of its layout.
const MAGIC: [u8; 16] = *b"eID chip memory1";

const PAGE: usize = 512;
const WORD: usize = 8;

/// Flash in a file, which survives the process (it does not wait for the disk: a killed process loses nothing, a
/// computer that loses its power may).
pub struct FileMemory {
    ram: RamMemory,
    file: File,
}

impl FileMemory {
    /// Makes the file of a new chip, readable by its owner only.
    ///
    /// # Errors
    /// When it exists already, or cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        lock(&file)?;
        let ram = RamMemory::new();
        file.write_all(&MAGIC)?;
        file.write_all(ram.content())?;
        Ok(Self { ram, file })
    }

    /// Opens a chip's file; only one process at a time can.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when it is no chip's memory, [`io::ErrorKind::WouldBlock`] when another process
    /// has it open.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        lock(&file)?;
        let mut magic = [0; MAGIC.len()];
        file.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::with_capacity(SIZE);
        let whole = file.read_exact(&mut magic).is_ok() && magic == MAGIC;
        if whole {
            (&mut file).take(SIZE as u64 + 1).read_to_end(&mut bytes)?;
        }
        if !whole || bytes.len() != SIZE {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not the memory of a virtual chip",
            ));
        }
        Ok(Self {
            ram: RamMemory::with_content(bytes),
            file,
        })
    }

    fn store(&self, address: u32, len: usize) -> Result<(), NvmError> {
        let range = self.ram.range(address, len)?;
        let offset = MAGIC.len() as u64 + u64::from(address);
        self.file
            .write_all_at(&self.ram.content()[range], offset)
            .map_err(|_| NvmError)
    }
}

fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::new(
            io::ErrorKind::WouldBlock,
            "another program has this virtual chip open",
        ),
        TryLockError::Error(error) => error,
    })
}

impl Nvm for FileMemory {
    const PAGE: usize = PAGE;
    const WORD: usize = WORD;

    fn size(&self) -> u32 {
        self.ram.size()
    }

    fn read(&self, address: u32, out: &mut [u8]) -> Result<(), NvmError> {
        self.ram.read(address, out)
    }

    fn program(&mut self, address: u32, words: &[u8]) -> Result<(), NvmError> {
        self.ram.program(address, words)?;
        self.store(address, words.len())
    }

    fn erase(&mut self, address: u32) -> Result<(), NvmError> {
        self.ram.erase(address)?;
        self.store(address, PAGE)
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        Ok(())
    }
}

/// Either of them.
#[allow(clippy::large_enum_variant, reason = "one a card")]
pub enum VirtualMemory {
    /// In RAM.
    Ram(RamMemory),
    /// In a file.
    File(FileMemory),
}

impl Nvm for VirtualMemory {
    const PAGE: usize = PAGE;
    const WORD: usize = WORD;

    fn size(&self) -> u32 {
        match self {
            Self::Ram(memory) => memory.size(),
            Self::File(memory) => memory.size(),
        }
    }

    fn read(&self, address: u32, out: &mut [u8]) -> Result<(), NvmError> {
        match self {
            Self::Ram(memory) => memory.read(address, out),
            Self::File(memory) => memory.read(address, out),
        }
    }

    fn program(&mut self, address: u32, words: &[u8]) -> Result<(), NvmError> {
        match self {
            Self::Ram(memory) => memory.program(address, words),
            Self::File(memory) => memory.program(address, words),
        }
    }

    fn erase(&mut self, address: u32) -> Result<(), NvmError> {
        match self {
            Self::Ram(memory) => memory.erase(address),
            Self::File(memory) => memory.erase(address),
        }
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        match self {
            Self::Ram(memory) => memory.sync(),
            Self::File(memory) => memory.sync(),
        }
    }
}
