//! Padding method 2 of ISO/IEC 9797-1, which is that of ISO/IEC 7816-4: one byte 80, then zeros to the block.

/// Length of `len` bytes after padding to blocks of `block` bytes; always more than `len`.
pub const fn padded_len(len: usize, block: usize) -> usize {
    match len.checked_rem(block) {
        Some(rest) => len.saturating_add(block.saturating_sub(rest)),
        None => len,
    }
}

/// Pads the first `len` bytes of `buffer` in place and returns the padded length; `None` when it has no room.
/// Never panics.
pub fn pad_in_place(buffer: &mut [u8], len: usize, block: usize) -> Option<usize> {
    let padded = padded_len(len, block);
    let (first, zeros) = buffer.get_mut(len..padded)?.split_first_mut()?;
    *first = 0x80;
    zeros.fill(0);
    Some(padded)
}

/// The bytes before the padding; `None` when it is not well-formed: no marker, other bytes than zeros behind it,
/// or more padding than a block. Only used on bytes whose MAC has been verified, so its time tells nothing.
/// Never panics.
pub fn unpad(padded: &[u8], block: usize) -> Option<&[u8]> {
    let marker = padded.iter().rposition(|byte| *byte != 0)?;
    let (data, padding) = padded.split_at_checked(marker)?;
    (padding.first() == Some(&0x80) && padding.len() <= block).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_malformed_padding() {
        assert_eq!(unpad(&[], 8), None);
        assert_eq!(unpad(&[0; 8], 8), None);
        assert_eq!(unpad(&[1, 2, 3, 4, 5, 6, 7, 0x81], 8), None);
        assert_eq!(
            unpad(&[1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0], 8),
            None,
            "more than a block"
        );
        assert_eq!(unpad(&[0x80, 0, 0, 0, 0, 0, 0, 0], 8), Some(&[][..]));
    }

    proptest! {
        #[test]
        fn unpad_inverts_pad(data in proptest::collection::vec(any::<u8>(), 0..70), block in prop_oneof![Just(8usize), Just(16)]) {
            let mut buffer = data.clone();
            buffer.resize(data.len() + block, 0xEE);
            let len = pad_in_place(&mut buffer, data.len(), block).unwrap();
            prop_assert_eq!(len % block, 0);
            prop_assert_eq!(unpad(&buffer[..len], block), Some(&data[..]));
        }
    }
}
