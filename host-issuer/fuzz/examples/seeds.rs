//! Writes the seeds into `corpus/`, where the targets begin: `cargo run --example seeds`, from this folder.

use std::path::Path;

fn main() -> std::io::Result<()> {
    for (target, name, content) in host_issuer_fuzz::seeds::all() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), content)?;
    }
    Ok(())
}
