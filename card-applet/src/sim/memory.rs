//! Simulated flash: words are programmed once, pages erased, and the power may go at any word.

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

/// Flash in RAM.
#[derive(Clone)]
pub struct RamMemory {
    bytes: Vec<u8>,
    /// Words that may still be written before the power goes.
    words_until_cut: Option<usize>,
}

impl Default for RamMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl RamMemory {
    /// Erased memory.
    pub fn new() -> Self {
        Self {
            bytes: vec![0xFF; SIZE],
            words_until_cut: None,
        }
    }

    /// All bytes.
    pub fn content(&self) -> &[u8] {
        &self.bytes
    }

    /// Changes a byte as a fault would, past all rules.
    pub fn corrupt(&mut self, address: usize, mask: u8) {
        if let Some(byte) = self.bytes.get_mut(address) {
            *byte ^= mask;
        }
    }

    /// Lets the power go after this many more words were programmed or erased; every write then fails.
    pub fn cut_after_words(&mut self, words: usize) {
        self.words_until_cut = Some(words);
    }

    /// Brings the power back.
    pub fn restore_power(&mut self) {
        self.words_until_cut = None;
    }

    fn spend_word(&mut self) -> Result<(), NvmError> {
        match &mut self.words_until_cut {
            None => Ok(()),
            Some(0) => Err(NvmError),
            Some(words) => {
                *words -= 1;
                Ok(())
            }
        }
    }

    fn range(&self, address: u32, len: usize) -> Result<std::ops::Range<usize>, NvmError> {
        let start = address as usize;
        let end = start
            .checked_add(len)
            .filter(|end| *end <= self.bytes.len())
            .ok_or(NvmError)?;
        Ok(start..end)
    }
}

impl Nvm for RamMemory {
    const PAGE: usize = PAGE;
    const WORD: usize = WORD;

    fn size(&self) -> u32 {
        self.bytes.len() as u32
    }

    fn read(&self, address: u32, out: &mut [u8]) -> Result<(), NvmError> {
        out.copy_from_slice(&self.bytes[self.range(address, out.len())?]);
        Ok(())
    }

    fn program(&mut self, address: u32, words: &[u8]) -> Result<(), NvmError> {
        let range = self.range(address, words.len())?;
        if !range.start.is_multiple_of(WORD) || !words.len().is_multiple_of(WORD) {
            return Err(NvmError);
        }
        for (offset, word) in words.chunks(WORD).enumerate() {
            let at = range.start + offset * WORD;
            // A word that is not erased cannot be programmed: on flash with error correction its code would break.
            if self.bytes[at..at + WORD].iter().any(|byte| *byte != 0xFF) {
                return Err(NvmError);
            }
            self.spend_word()?;
            self.bytes[at..at + WORD].copy_from_slice(word);
        }
        Ok(())
    }

    fn erase(&mut self, address: u32) -> Result<(), NvmError> {
        let range = self.range(address, PAGE)?;
        if !range.start.is_multiple_of(PAGE) {
            return Err(NvmError);
        }
        for at in range.step_by(WORD) {
            self.spend_word()?;
            self.bytes[at..at + WORD].fill(0xFF);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        Ok(())
    }
}

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
        file.write_all(&ram.bytes)?;
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
            ram: RamMemory {
                bytes,
                words_until_cut: None,
            },
            file,
        })
    }

    fn store(&self, address: u32, len: usize) -> Result<(), NvmError> {
        let range = self.ram.range(address, len)?;
        let offset = MAGIC.len() as u64 + u64::from(address);
        self.file
            .write_all_at(&self.ram.bytes[range], offset)
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
