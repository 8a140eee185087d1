//! Flash in RAM, whose power can be cut at any word, cleanly or not.

use super::{PAGE, SIZE, WORD};
use crate::platform::{Nvm, NvmError};
use std::ops::Range;

/// What becomes of the word at which the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutKind {
    /// It is not written. Words of the same write before it are, so a longer write is partial.
    Lost,
    /// It is written, and nothing after it.
    Done,
    /// It is half written: in each power cycle it reads as the old or as the new value, until it is written again. When
    /// a page is being erased, that holds for each word of the page.
    Unstable,
}

/// A word in doubt.
#[derive(Clone)]
struct Unstable {
    address: usize,
    old: [u8; WORD],
    new: [u8; WORD],
}

/// Flash in RAM.
#[derive(Clone)]
pub struct RamMemory {
    bytes: Vec<u8>,
    /// Words that may still be written, and what happens then.
    cut: Option<(usize, CutKind)>,
    power_is_off: bool,
    unstable: Vec<Unstable>,
    words_written: usize,
    /// Pages erased so far, as stretches of the words written.
    erasures: Vec<Range<usize>>,
}

impl Default for RamMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl RamMemory {
    /// Erased memory of the virtual chip's size.
    pub fn new() -> Self {
        Self::with_content(vec![0xFF; SIZE])
    }

    /// Erased memory of another size, a multiple of the page.
    pub fn with_size(size: usize) -> Self {
        Self::with_content(vec![0xFF; size.next_multiple_of(PAGE)])
    }

    pub(super) fn with_content(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            cut: None,
            power_is_off: false,
            unstable: Vec::new(),
            words_written: 0,
            erasures: Vec::new(),
        }
    }

    /// All bytes, as they read in this power cycle.
    pub fn content(&self) -> &[u8] {
        &self.bytes
    }

    /// Words programmed or erased so far.
    pub fn words_written(&self) -> usize {
        self.words_written
    }

    /// Which of these words were a page's erasure.
    pub fn erasures(&self) -> &[Range<usize>] {
        &self.erasures
    }

    /// Changes a byte as a fault would, past all rules.
    pub fn corrupt(&mut self, address: usize, mask: u8) {
        if let Some(byte) = self.bytes.get_mut(address) {
            *byte ^= mask;
        }
    }

    /// Lets the power go after this many more words were programmed or erased; every write then fails.
    pub fn cut_after_words(&mut self, words: usize) {
        self.cut(words, CutKind::Lost);
    }

    /// Lets the power go at the word after this many more.
    pub fn cut(&mut self, words: usize, kind: CutKind) {
        self.cut = Some((words, kind));
    }

    /// Whether the power went.
    pub fn is_cut(&self) -> bool {
        self.power_is_off
    }

    /// Brings the power back. Words in doubt now read as `seed` has it.
    pub fn restore_power_with(&mut self, seed: u64) {
        self.cut = None;
        self.power_is_off = false;
        let mut state = seed;
        for word in &self.unstable {
            // An LCG (Knuth's constants); its high bits decide.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let value = if state >> 63 == 0 { &word.old } else { &word.new };
            self.bytes[word.address..word.address + WORD].copy_from_slice(value);
        }
    }

    /// Brings the power back.
    pub fn restore_power(&mut self) {
        self.restore_power_with(0x5EED);
    }

    pub(super) fn range(&self, address: u32, len: usize) -> Result<Range<usize>, NvmError> {
        let start = address as usize;
        let end = start
            .checked_add(len)
            .filter(|end| *end <= self.bytes.len())
            .ok_or(NvmError)?;
        Ok(start..end)
    }

    /// Writes a word, unless the power goes at it.
    fn write_word(
        &mut self,
        address: usize,
        new: [u8; WORD],
        page_of_erasure: Option<Range<usize>>,
    ) -> Result<(), NvmError> {
        if self.power_is_off {
            return Err(NvmError);
        }
        match &mut self.cut {
            Some((0, kind)) => {
                let kind = *kind;
                self.power_is_off = true;
                match kind {
                    CutKind::Lost => {}
                    CutKind::Done => self.put_word(address, new),
                    CutKind::Unstable => {
                        let range = page_of_erasure.unwrap_or(address..address + WORD);
                        for address in range.step_by(WORD) {
                            let old = self.word(address);
                            self.unstable.retain(|word| word.address != address);
                            self.unstable.push(Unstable { address, old, new });
                        }
                    }
                }
                return Err(NvmError);
            }
            Some((words, _)) => *words -= 1,
            None => {}
        }
        self.put_word(address, new);
        Ok(())
    }

    fn word(&self, address: usize) -> [u8; WORD] {
        let mut word = [0; WORD];
        word.copy_from_slice(&self.bytes[address..address + WORD]);
        word
    }

    fn put_word(&mut self, address: usize, value: [u8; WORD]) {
        self.words_written += 1;
        self.unstable.retain(|word| word.address != address);
        self.bytes[address..address + WORD].copy_from_slice(&value);
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
        let (words, rest) = words.as_chunks::<WORD>();
        if !range.start.is_multiple_of(WORD) || !rest.is_empty() {
            return Err(NvmError);
        }
        for (address, word) in range.step_by(WORD).zip(words) {
            // A word that is not erased cannot be programmed: on flash with error correction its code would break.
            if self.word(address) != [0xFF; WORD] {
                return Err(NvmError);
            }
            self.write_word(address, *word, None)?;
        }
        Ok(())
    }

    fn erase(&mut self, address: u32) -> Result<(), NvmError> {
        let range = self.range(address, PAGE)?;
        if !range.start.is_multiple_of(PAGE) {
            return Err(NvmError);
        }
        let start = self.words_written;
        for address in range.clone().step_by(WORD) {
            self.write_word(address, [0xFF; WORD], Some(range.clone()))?;
        }
        self.erasures.push(start..self.words_written);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), NvmError> {
        if self.power_is_off { Err(NvmError) } else { Ok(()) }
    }
}
