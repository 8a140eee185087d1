//! `eid verify` for people and programs: what a clerk sees, what a program gets, what is kept, and how it ends. Cards and terminal are
//! ours; that they follow the standards has tests of its own.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/json_schema.rs"]
mod json_schema;
#[path = "support/office.rs"]
mod office;
#[path = "support/world.rs"]
mod world;

#[path = "cli_verify/access.rs"]
mod access;
#[path = "cli_verify/kept.rs"]
mod kept;
#[path = "cli_verify/outcomes.rs"]
mod outcomes;
#[path = "cli_verify/page.rs"]
mod page;
#[path = "cli_verify/printed.rs"]
mod printed;
#[path = "cli_verify/schema.rs"]
mod schema;
#[path = "cli_verify/session.rs"]
mod session;
#[path = "cli_verify/watch.rs"]
mod watch;

use world::{Outcome, World, can};

/// A counter: an issued card, those who believe its State, and those who do not.
struct Counter {
    world: World,
}

/// Whom a verification believes, and what comes of it.
const TRUSTS: [(&str, u8, &str); 3] = [
    ("@believed", 0, "GENUINE"),
    ("@csca", 4, "NOT_GENUINE"),
    ("@stranger", 5, "INCONCLUSIVE"),
];

impl Counter {
    /// A card of this profile in `one.chip`.
    fn of(profile: &str) -> Self {
        let world = World::with_office();
        world.make_chip("one.chip");
        world
            .issue("one.chip", "out", &[("--profile", profile)])
            .expect(0);
        Self { world }
    }

    /// Adds trust folders: one that believes the card, and another State's. In the issuer's own its signer is now revoked.
    fn with_doubts(self) -> Self {
        let world = &self.world;
        world
            .eid(&[
                "pki",
                "csca",
                "init",
                "--out",
                "@stranger",
                "--name",
                "Other CSCA",
            ])
            .expect(0);
        world
            .eid(&["pki", "crl", "issue", "--csca", "@stranger"])
            .expect(0);
        let believed = self.verify(&["--trust", "@csca", "--json"]).expect(0).json();
        let evidence = believed["checks"]
            .as_array()
            .expect("checks")
            .iter()
            .find(|check| check["id"] == "ds_profile")
            .and_then(|check| check["evidence"].as_str())
            .expect("evidence");
        let serial = evidence
            .split("serial ")
            .nth(1)
            .and_then(|rest| rest.split(';').next())
            .expect("a serial number");
        let world = &self.world;
        std::fs::create_dir(world.path("believed")).expect("a folder");
        for file in ["csca.der", "crl.der"] {
            let from = world.path(&format!("csca/{file}"));
            std::fs::copy(from, world.path(&format!("believed/{file}"))).expect("copied");
        }
        world
            .eid(&["pki", "crl", "issue", "--csca", "@csca", "--revoke", serial])
            .expect(0);
        self
    }

    /// `eid verify` of the card with its CAN.
    fn verify(&self, more: &[&str]) -> Outcome {
        let can = can();
        let fixed = ["verify", "--reader", "virtual:@one.chip", "--can", &can];
        self.world.eid(&[&fixed[..], more].concat())
    }
}
