//! `eid trust` and the lists of `eid pki`, on the command line: the first decision is a person's, later ones follow from it,
//! nothing goes back, and a refusal leaves everything as it was.

#[path = "cli_trust/bundles.rs"]
mod bundles;
#[path = "support/foreign_pki.rs"]
mod foreign_pki;
#[path = "cli_trust/kept.rs"]
mod kept;
#[path = "cli_trust/master_lists.rs"]
mod master_lists;
#[path = "cli_trust/quota.rs"]
mod quota;
#[path = "cli_trust/renewals.rs"]
mod renewals;
#[path = "support/world.rs"]
mod world;

use std::fs;

use host_issuer::inspect::Certificate;
use serde_json::Value;
use world::World;

fn fingerprint(world: &World, file: &str) -> String {
    let der = fs::read(world.path(file)).expect("a file");
    Certificate::from_der(&der).expect("a certificate").fingerprint()
}

/// The kind of a certificate's key.
fn key_name(world: &World, file: &str) -> String {
    let der = fs::read(world.path(file)).expect("a file");
    let certificate = Certificate::from_der(&der).expect("a certificate");
    certificate.public_key().expect("a key").name()
}

fn list(world: &World, trust: &str) -> Value {
    world
        .eid(&["trust", "list", "--trust", trust, "--json"])
        .expect(0)
        .json()
}

/// The reasons, in one word each, for which a certificate is believed.
fn evidence(list: &Value, sha256: &str) -> Vec<String> {
    let anchors = list["anchors"].as_array().expect("anchors");
    let anchor = anchors.iter().find(|anchor| anchor["sha256"] == sha256);
    anchor
        .map(|anchor| anchor["evidence"].as_array().expect("evidence").iter())
        .into_iter()
        .flatten()
        .map(|evidence| evidence["how"].as_str().expect("text").to_owned())
        .collect()
}

/// What the folder holds, byte for byte.
fn state(world: &World) -> Vec<u8> {
    fs::read(world.path("trust/trust.json")).expect("trust.json")
}
