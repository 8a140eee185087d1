//! The entropy-coded data of a baseline scan (ISO/IEC 10918-1, annex F.2): whether all its blocks are there.
//!
//! Symbols are decoded and coefficients skipped; no pixel comes out. That is enough to know that the data do not end
//! in the middle of a face, which the decoders at hand do not report.

use crate::biometrics::image::ImageError;

/// Samples in a row of a block.
const BLOCK: u32 = 8;

/// Most blocks in an interleaved minimum coded unit (B.2.3).
const MAX_BLOCKS_IN_MCU: u32 = 10;

/// One component of the frame header.
pub(super) struct Component {
    id: u8,
    /// Horizontal and vertical sampling factor, 1 to 4.
    horizontal: u32,
    vertical: u32,
    /// Whether a scan has brought its data.
    scanned: bool,
}

impl Component {
    /// From the three bytes of the frame header; `None` for a sampling factor outside 1 to 4.
    pub(super) fn from_parameters(&[id, sampling, _]: &[u8; 3]) -> Option<Self> {
        let (horizontal, vertical) = (u32::from(sampling >> 4), u32::from(sampling & 0x0F));
        let valid = (1..=4).contains(&horizontal) && (1..=4).contains(&vertical);
        valid.then_some(Self {
            id,
            horizontal,
            vertical,
            scanned: false,
        })
    }
}

/// The frame header.
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// Whether scans have brought the data of all components.
    pub(super) fn is_complete(&self) -> bool {
        self.components.iter().all(|component| component.scanned)
    }

    fn max_sampling(&self) -> (u32, u32) {
        let horizontal = self.components.iter().map(|component| component.horizontal).max();
        let vertical = self.components.iter().map(|component| component.vertical).max();
        (horizontal.unwrap_or(1), vertical.unwrap_or(1))
    }

    /// Minimum coded units of a scan of these components (A.2): of a single one its own blocks, without those that
    /// only fill up an interleaved unit.
    fn units(&self, scan: &[Coded<'_>]) -> u32 {
        let (max_horizontal, max_vertical) = self.max_sampling();
        let (width, height) = (u32::from(self.width), u32::from(self.height));
        match scan {
            [only] => {
                let columns = (width * only.horizontal).div_ceil(max_horizontal).div_ceil(BLOCK);
                columns * (height * only.vertical).div_ceil(max_vertical).div_ceil(BLOCK)
            }
            _ => width.div_ceil(BLOCK * max_horizontal) * height.div_ceil(BLOCK * max_vertical),
        }
    }
}

/// A component in a scan with its tables.
struct Coded<'t> {
    horizontal: u32,
    vertical: u32,
    dc: &'t HuffmanTable,
    ac: &'t HuffmanTable,
}

/// The Huffman tables defined so far: two for DC and two for AC in the baseline mode.
#[derive(Default)]
pub(super) struct HuffmanTables {
    dc: [Option<HuffmanTable>; 2],
    ac: [Option<HuffmanTable>; 2],
}

impl HuffmanTables {
    /// Takes the tables of a DHT segment (B.2.4.2).
    pub(super) fn define(&mut self, mut segment: &[u8]) -> Result<(), ImageError> {
        let error = ImageError::Damaged("a Huffman table");
        while let Some((&[class_and_id, ref counts @ ..], rest)) = segment.split_first_chunk::<17>() {
            let symbols = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols).ok_or(error.clone())?;
            let class = match class_and_id >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(error),
            };
            let table = class
                .get_mut(usize::from(class_and_id & 0x0F))
                .ok_or(error.clone())?;
            *table = Some(HuffmanTable::new(counts, symbols).ok_or(error.clone())?);
            segment = rest;
        }
        if segment.is_empty() { Ok(()) } else { Err(error) }
    }
}

/// A Huffman table by code length (F.2.2.3, figure F.16).
struct HuffmanTable {
    /// For each length: first code, number of codes, index of the first symbol.
    lengths: [(u32, u32, usize); 16],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    /// `None` when there are more codes of some length than fit.
    fn new(counts: &[u8], symbols: &[u8]) -> Option<Self> {
        let mut lengths = [(0, 0, 0); 16];
        let (mut code, mut index) = (0_u32, 0);
        for (bits, (count, length)) in (1..).zip(counts.iter().zip(&mut lengths)) {
            *length = (code, u32::from(*count), index);
            code += u32::from(*count);
            index += usize::from(*count);
            if code > 1 << bits {
                return None;
            }
            code <<= 1;
        }
        Some(Self {
            lengths,
            symbols: symbols.to_vec(),
        })
    }

    fn decode(&self, bits: &mut BitReader<'_>) -> Result<u8, ImageError> {
        let mut code = 0;
        for (first, count, index) in self.lengths {
            code = code << 1 | bits.next()?;
            if let Some(offset) = code.checked_sub(first)
                && offset < count
            {
                let symbol = usize::try_from(offset)
                    .ok()
                    .and_then(|offset| self.symbols.get(index + offset));
                return symbol.copied().ok_or(ImageError::Damaged("a Huffman table"));
            }
        }
        Err(ImageError::Damaged("a code that no Huffman table has"))
    }
}

/// The bits of entropy-coded data, without stuffed zeros.
struct BitReader<'d> {
    rest: &'d [u8],
    byte: u8,
    left: u32,
}

impl BitReader<'_> {
    fn next(&mut self) -> Result<u32, ImageError> {
        if self.left == 0 {
            (self.byte, self.rest) = match *self.rest {
                [0xFF, 0x00, ref rest @ ..] => (0xFF, rest),
                // A restart marker, or fill bytes before the next marker: the data are over.
                [0xFF, ..] | [] => return Err(ImageError::Truncated),
                [byte, ref rest @ ..] => (byte, rest),
            };
            self.left = 8;
        }
        self.left -= 1;
        Ok(u32::from(self.byte >> self.left & 1))
    }

    fn skip(&mut self, bits: u8) -> Result<(), ImageError> {
        (0..bits).try_for_each(|_| self.next().map(drop))
    }

    /// Passes the restart marker with this number, after what is left of the last byte.
    fn restart(&mut self, number: u8) -> Result<(), ImageError> {
        self.left = 0;
        match self.rest {
            [0xFF, marker, rest @ ..] if *marker == 0xD0 + number => {
                self.rest = rest;
                Ok(())
            }
            [] => Err(ImageError::Truncated),
            _ => Err(ImageError::Damaged("a restart marker is missing")),
        }
    }
}

/// Checks that the data of a scan has every block that its header and the frame promise, and nothing behind.
pub(super) fn check_scan(
    frame: &mut Frame,
    tables: &HuffmanTables,
    restart_interval: u16,
    scan_header: &[u8],
    data: &[u8],
) -> Result<(), ImageError> {
    let scan = scan_components(frame, tables, scan_header)?;
    let units = frame.units(&scan);
    let mut bits = BitReader {
        rest: data,
        byte: 0,
        left: 0,
    };
    let mut restarts = 0;
    for unit in 0..units {
        if restart_interval > 0 && unit > 0 && unit % u32::from(restart_interval) == 0 {
            bits.restart(restarts % 8)?;
            restarts = restarts.wrapping_add(1);
        }
        for component in &scan {
            let blocks = if scan.len() == 1 {
                1
            } else {
                component.horizontal * component.vertical
            };
            for _ in 0..blocks {
                skip_block(component, &mut bits)?;
            }
        }
    }
    // Fill bytes before the next marker are allowed (B.1.1.2); more data is not.
    if bits.rest.iter().any(|byte| *byte != 0xFF) {
        return Err(ImageError::Damaged("more data than blocks"));
    }
    Ok(())
}

/// Passes over one block: a DC difference and up to 63 AC coefficients (F.2.2.1 and F.2.2.2).
fn skip_block(component: &Coded<'_>, bits: &mut BitReader<'_>) -> Result<(), ImageError> {
    let size = component.dc.decode(bits)?;
    if size > 11 {
        return Err(ImageError::Damaged("a coefficient's size"));
    }
    bits.skip(size)?;
    let mut coefficient = 1;
    while coefficient < 64 {
        let symbol = component.ac.decode(bits)?;
        let (zeros, size) = (symbol >> 4, symbol & 0x0F);
        match (zeros, size) {
            (0, 0) => return Ok(()),
            (15, 0) => {}
            (_, 0 | 11..) => return Err(ImageError::Damaged("a coefficient's size")),
            _ => bits.skip(size)?,
        }
        coefficient += u32::from(zeros) + 1;
        if coefficient > 64 {
            return Err(ImageError::Damaged("a block of more than 64 coefficients"));
        }
    }
    Ok(())
}

/// The components of a scan header (B.2.3), each of which must not have been in a scan before.
fn scan_components<'t>(
    frame: &mut Frame,
    tables: &'t HuffmanTables,
    header: &[u8],
) -> Result<Vec<Coded<'t>>, ImageError> {
    let error = ImageError::Damaged("a scan header");
    // In the baseline mode the last three bytes say: all 64 coefficients, at once.
    let Some((count, [selectors @ .., 0, 63, 0])) = header.split_first() else {
        return Err(error);
    };
    let (selectors, []) = selectors.as_chunks::<2>() else {
        return Err(error);
    };
    if selectors.is_empty() || selectors.len() != usize::from(*count) {
        return Err(error);
    }
    let mut scan = Vec::with_capacity(selectors.len());
    for [id, table] in selectors {
        let component = frame
            .components
            .iter_mut()
            .find(|component| component.id == *id && !component.scanned);
        let component = component.ok_or(error.clone())?;
        component.scanned = true;
        let dc = tables.dc.get(usize::from(table >> 4)).and_then(Option::as_ref);
        let ac = tables.ac.get(usize::from(table & 0x0F)).and_then(Option::as_ref);
        let (Some(dc), Some(ac)) = (dc, ac) else {
            return Err(error);
        };
        scan.push(Coded {
            horizontal: component.horizontal,
            vertical: component.vertical,
            dc,
            ac,
        });
    }
    let blocks: u32 = scan
        .iter()
        .map(|component| component.horizontal * component.vertical)
        .sum();
    if scan.len() > 1 && blocks > MAX_BLOCKS_IN_MCU {
        Err(error)
    } else {
        Ok(scan)
    }
}
