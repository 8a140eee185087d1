//! A command APDU taken apart (ISO/IEC 7816-3 §12.1).

/// What the terminal sent, protection taken off where there was any.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) class: u8,
    pub(super) instruction: u8,
    pub(super) p1: u8,
    pub(super) p2: u8,
    pub(super) data: Vec<u8>,
    /// Bytes that the terminal wants at most.
    pub(super) expected: Option<usize>,
    pub(super) extended: bool,
}

impl Command {
    /// Reads the seven cases. `None` for anything else.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (header, body) = bytes.split_at_checked(4)?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
        let le = |bytes: &[u8]| match (number(bytes), bytes.len()) {
            (0, 1) => 256,
            (0, _) => 65_536,
            (n, _) => n,
        };
        let (data, expected, extended) = match body {
            [] => (&[][..], None, false),
            [one] => (&[][..], Some(le(&[*one])), false),
            [0, high, low] => (&[][..], Some(le(&[*high, *low])), true),
            [0, high, low, rest @ ..] => {
                let (data, rest) = rest.split_at_checked(number(&[*high, *low]))?;
                match rest {
                    [] => (data, None, true),
                    [_, _] => (data, Some(le(rest)), true),
                    _ => return None,
                }
            }
            [length, rest @ ..] => {
                let (data, rest) = rest.split_at_checked(usize::from(*length))?;
                match rest {
                    [] => (data, None, false),
                    [_] => (data, Some(le(rest)), false),
                    _ => return None,
                }
            }
        };
        Some(Command {
            class: header[0],
            instruction: header[1],
            p1: header[2],
            p2: header[3],
            data: data.to_vec(),
            expected,
            extended,
        })
    }

    /// The header as bytes.
    pub(super) fn header(&self) -> [u8; 4] {
        [self.class, self.instruction, self.p1, self.p2]
    }
}
