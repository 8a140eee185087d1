//! Files with certificates, CRLs and lists: DER as it is, or PEM blocks between whatever text (RFC 7468).

/// DER, and the PEM label that it had; none where the file is DER itself.
pub type DerBlock = (Option<String>, Vec<u8>);

/// The DER blocks of a file. A block that is no certificate, CRL or CMS structure is there with its label and without content:
/// a key kept beside its certificate is nobody's business here.
///
/// # Errors
/// What is wrong with the file. Never panics.
pub fn blocks(bytes: &[u8]) -> Result<Vec<DerBlock>, String> {
    const BEGIN: &str = "-----BEGIN ";
    if bytes.first() == Some(&0x30) {
        return Ok(vec![(None, bytes.to_vec())]);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "neither DER nor PEM".to_owned())?;
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(BEGIN) {
        let block = &rest[start..];
        let label = block[BEGIN.len()..].split("-----").next().unwrap_or_default();
        let end_mark = format!("-----END {label}-----");
        let end = block
            .find(&end_mark)
            .ok_or_else(|| format!("PEM block {label} has no end"))?
            + end_mark.len();
        let (block, after) = block.split_at(end);
        rest = after;
        if ["CERTIFICATE", "X509 CRL", "CMS", "PKCS7"].contains(&label) {
            let (_, der) = der::pem::decode_vec(block.as_bytes()).map_err(|error| format!("PEM: {error}"))?;
            blocks.push((Some(label.to_owned()), der));
        } else {
            blocks.push((Some(label.to_owned()), Vec::new()));
        }
    }
    if blocks.is_empty() {
        Err("neither DER nor PEM".into())
    } else {
        Ok(blocks)
    }
}
