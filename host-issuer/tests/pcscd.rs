//! The real smart card stack: a `pcscd` that the test starts itself, the virtual card behind it, the program `eid` and
//! foreign programs in front of it.

#[path = "support/private_pcscd.rs"]
mod private_pcscd;

use std::process::Command;

use private_pcscd::PrivatePcscd;

/// The harness itself: the service is private, shows its reader to a foreign program and is gone afterwards.
#[test]
fn the_private_service_shows_its_reader_and_ends_with_its_guard() {
    let service = PrivatePcscd::start();
    let socket = service.socket();
    let readers = opensc_tool(&service, &["--list-readers"]);
    assert!(readers.contains("Test PCD 00 00"), "{readers}\n{}", service.log());
    drop(service);
    assert!(!socket.exists(), "the service left its socket behind");
}

fn opensc_tool(service: &PrivatePcscd, arguments: &[&str]) -> String {
    let output = Command::new("opensc-tool")
        .args(arguments)
        .env("PCSCLITE_CSOCK_NAME", service.socket())
        .output()
        .expect("opensc-tool (package opensc)");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
