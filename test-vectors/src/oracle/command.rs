//! Commands and responses (ISO/IEC 7816-3 §12.1, 7816-4 §11), as values that a case may change before they are sent.

/// How many bytes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Le {
    /// No Le field.
    Absent,
    /// One byte, 1 to 256.
    Short(usize),
    /// Two bytes (three without data), 1 to 65,536.
    Extended(usize),
}

/// A command APDU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// CLA.
    pub class: u8,
    /// INS.
    pub instruction: u8,
    /// P1.
    pub p1: u8,
    /// P2.
    pub p2: u8,
    /// The command data field.
    pub data: Vec<u8>,
    /// Ne.
    pub le: Le,
}

impl Command {
    /// A command in plain without data.
    pub fn new(instruction: u8, p1: u8, p2: u8) -> Self {
        Command {
            class: 0x00,
            instruction,
            p1,
            p2,
            data: Vec::new(),
            le: Le::Absent,
        }
    }

    /// With this class byte.
    #[must_use]
    pub fn class(self, class: u8) -> Self {
        Command { class, ..self }
    }

    /// With these data.
    #[must_use]
    pub fn data(self, data: impl Into<Vec<u8>>) -> Self {
        Command {
            data: data.into(),
            ..self
        }
    }

    /// Asking for this much.
    #[must_use]
    pub fn le(self, le: Le) -> Self {
        Command { le, ..self }
    }

    /// SELECT of an application by its name (7816-4 §11.2.2), without file control information.
    pub fn select_application(aid: &[u8]) -> Self {
        Self::new(0xA4, 0x04, 0x0C).data(aid)
    }

    /// SELECT of the master file (9303-10 §3.6.1): no data.
    pub fn select_master_file() -> Self {
        Self::new(0xA4, 0x00, 0x0C)
    }

    /// SELECT of an elementary file under the current directory, without file control information.
    pub fn select_file(fid: u16) -> Self {
        Self::new(0xA4, 0x02, 0x0C).data(fid.to_be_bytes())
    }

    /// READ BINARY of the current file, even instruction. An offset has 15 bits.
    pub fn read_binary(offset: u16, le: usize) -> Self {
        let [high, low] = offset.to_be_bytes();
        Self::new(0xB0, high & 0x7F, low).le(Le::fitting(le))
    }

    /// READ BINARY by short file identifier, even instruction. An offset has 8 bits.
    pub fn read_binary_sfi(sfi: u8, offset: u8, le: usize) -> Self {
        Self::new(0xB0, 0x80 | sfi, offset).le(Le::fitting(le))
    }

    /// READ BINARY, odd instruction, with the offset in DO'54'. `file` is 0000 for the current file, a short file identifier, or a file
    /// identifier. `le` counts what is asked for with DO'53' around it.
    pub fn read_binary_odd(file: u16, offset: u32, le: usize) -> Self {
        let [p1, p2] = file.to_be_bytes();
        let digits = offset.to_be_bytes();
        let zeros = digits.iter().take_while(|byte| **byte == 0).count().min(2);
        Self::new(0xB1, p1, p2)
            .data(crate::naive::object(0x54, &digits[zeros..]))
            .le(Le::fitting(le))
    }

    /// GET CHALLENGE of eight bytes.
    pub fn get_challenge() -> Self {
        Self::new(0x84, 0x00, 0x00).le(Le::Short(8))
    }

    /// MANAGE SECURITY ENVIRONMENT.
    pub fn manage_security_environment(p1: u8, p2: u8, data: impl Into<Vec<u8>>) -> Self {
        Self::new(0x22, p1, p2).data(data)
    }

    /// GENERAL AUTHENTICATE with `7C { content }`; `last` clears the chaining bit of the class.
    pub fn general_authenticate(content: &[u8], last: bool) -> Self {
        Self::new(0x86, 0x00, 0x00)
            .class(if last { 0x00 } else { 0x10 })
            .data(crate::naive::object(0x7C, content))
            .le(Le::Short(256))
    }

    /// INTERNAL AUTHENTICATE.
    pub fn internal_authenticate(rnd_ifd: &[u8], le: usize) -> Self {
        Self::new(0x88, 0x00, 0x00).data(rnd_ifd).le(Le::fitting(le))
    }

    /// EXTERNAL AUTHENTICATE.
    pub fn external_authenticate(data: impl Into<Vec<u8>>) -> Self {
        Self::new(0x82, 0x00, 0x00).data(data)
    }

    /// The header.
    pub fn header(&self) -> [u8; 4] {
        [self.class, self.instruction, self.p1, self.p2]
    }

    /// The bytes on the wire: short, unless the data or Le need the extended form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let extended = self.data.len() > 255 || matches!(self.le, Le::Extended(_));
        let mut bytes = self.header().to_vec();
        if !self.data.is_empty() {
            match u16::try_from(self.data.len()) {
                Ok(length) if extended => {
                    bytes.push(0x00);
                    bytes.extend(length.to_be_bytes());
                }
                _ => bytes.push(self.data.len() as u8),
            }
            bytes.extend_from_slice(&self.data);
        }
        match (self.le, extended) {
            (Le::Absent, _) => {}
            (Le::Short(n) | Le::Extended(n), true) => {
                if self.data.is_empty() {
                    bytes.push(0x00);
                }
                bytes.extend((n as u16).to_be_bytes());
            }
            (Le::Short(n) | Le::Extended(n), false) => bytes.push(n as u8),
        }
        bytes
    }
}

impl Le {
    /// The shortest form that says `n`.
    pub fn fitting(n: usize) -> Self {
        if n <= 256 { Le::Short(n) } else { Le::Extended(n) }
    }
}

/// A response APDU, protection taken off where there was any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The response data field.
    pub data: Vec<u8>,
    /// SW1-SW2; the protected one where there was one.
    pub status: u16,
    /// It came protected, and its protection was right.
    pub protected: bool,
}

impl Response {
    /// Takes an answer apart. `None` for less than a status word.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (data, status) = bytes.split_last_chunk::<2>()?;
        Some(Response {
            data: data.to_vec(),
            status: u16::from_be_bytes(*status),
            protected: false,
        })
    }
}
