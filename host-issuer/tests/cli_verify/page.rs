//! `--report FILE`: one page that holds everything and loads nothing.

use super::world::HOLDER;
use super::{Counter, TRUSTS};

#[test]
fn plumbing_a_report_is_one_page_with_the_face_and_every_check() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    for (trust, code, verdict) in TRUSTS {
        let name = format!("report-{code}.html");
        let report = counter
            .verify(&["--trust", trust, "--report", &format!("@{name}"), "--json"])
            .expect(code)
            .json();
        let page = std::fs::read_to_string(counter.world.path(&name)).expect("a page");
        assert!(
            page.contains(&format!(">{}</h1>", verdict.replace('_', " "))),
            "{page}"
        );
        for check in report["checks"].as_array().expect("checks") {
            let id = check["id"].as_str().expect("an id");
            assert!(page.contains(&format!("<bdi>{id}</bdi>")), "{id}");
        }
        for (file, digest) in report["files"].as_object().expect("files") {
            assert!(page.contains(file) && page.contains(digest["sha256"].as_str().expect("a digest")));
        }
        assert_eq!(page.contains(HOLDER), code == 0);
        assert_eq!(page.matches("<img ").count(), usize::from(code == 0));
        assert_eq!(
            page.matches("data:image/jpeg;base64,/9j/").count(),
            usize::from(code == 0)
        );
        assert!(page.contains("default-src 'none'; img-src data:;"));
        for outside in [
            "http:", "https:", "//", "<script", "<link", "<iframe", "url(", "@import", "onload",
        ] {
            // The base64 of the face may hold two slashes.
            let without_face: String = page
                .split("base64,")
                .map(|part| part.split('"').nth(1).unwrap_or(part))
                .collect();
            assert!(!without_face.contains(outside), "{outside}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let metadata = std::fs::metadata(counter.world.path(&name)).expect("metadata");
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        }
    }
}
