//! The text form of a certificate or key (RFC 7468).

/// Label and content of the first PEM block; `None` for a file that is none.
pub(super) fn decode(file: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = std::str::from_utf8(file).ok()?;
    let begin = text.find("-----BEGIN ")?;
    // Only text may stand before it: a binary file that has these words somewhere is none.
    let before = text.get(..begin)?;
    if before
        .chars()
        .any(|letter| letter.is_control() && !letter.is_whitespace())
    {
        return None;
    }
    let block = text.get(begin..)?;
    let end = block.find("-----END ")?;
    let line_end = block.get(end..)?.find('\n').map_or(block.len(), |len| end + len);
    let (label, content) = der::pem::decode_vec(block.get(..line_end)?.trim_end().as_bytes()).ok()?;
    Some((label.to_owned(), content))
}
