//! BER-TLV, the short way.

/// `tag length value`, with the shortest length.
pub fn object(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = tag
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    let length = value.len();
    match length {
        0..=0x7F => out.push(length as u8),
        0x80..=0xFF => out.extend([0x81, length as u8]),
        0x100..=0xFFFF => out.extend([0x82, (length >> 8) as u8, length as u8]),
        _ => out.extend([0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(value);
    out
}

/// The data objects in `bytes`, up to the first that is cut off: tag and value.
pub fn objects(mut bytes: &[u8]) -> Vec<(u32, &[u8])> {
    let mut found = Vec::new();
    while let Some((tag, value, rest)) = first(bytes) {
        found.push((tag, value));
        bytes = rest;
    }
    found
}

/// The data objects that `bytes` consists of. `None` when one is cut off or something else is among them.
pub fn objects_exactly(mut bytes: &[u8]) -> Option<Vec<(u32, &[u8])>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, value, rest) = first(bytes)?;
        found.push((tag, value));
        bytes = rest;
    }
    Some(found)
}

/// The value of the first data object with this tag.
pub fn find(bytes: &[u8], tag: u32) -> Option<&[u8]> {
    objects(bytes)
        .into_iter()
        .find(|(found, _)| *found == tag)
        .map(|(_, value)| value)
}

fn first(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (&leading, mut rest) = bytes.split_first()?;
    let mut tag = u32::from(leading);
    if leading & 0x1F == 0x1F {
        loop {
            let (&byte, behind) = rest.split_first()?;
            tag = tag << 8 | u32::from(byte);
            rest = behind;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let (&length, behind) = rest.split_first()?;
    let (length, behind) = match length {
        0..=0x7F => (usize::from(length), behind),
        0x81..=0x83 => {
            let (digits, behind) = behind.split_at_checked(usize::from(length & 0x7F))?;
            let value = digits
                .iter()
                .fold(0, |value, digit| value << 8 | usize::from(*digit));
            (value, behind)
        }
        _ => return None,
    };
    let (value, behind) = behind.split_at_checked(length)?;
    Some((tag, value, behind))
}
