//! What a clerk sees, and the exit code of every end.

use host_issuer::transport::TransportError;
use host_issuer::transport::pulled::Moment;

use super::world::{HOLDER, can};
use super::{Counter, TRUSTS};

/// Without colours, which these captured streams keep.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// The block with the verdict: three lines of the same width, nothing else in them.
fn verdict_of(text: &str) -> &str {
    let lines: Vec<&str> = text.lines().take(3).collect();
    let [top, verdict, bottom] = lines[..] else {
        panic!("no block in {text}");
    };
    assert!(top.len() >= 40 && top.bytes().all(|byte| byte == b'#'), "{text}");
    assert_eq!(top, bottom);
    assert_eq!(verdict.len(), top.len());
    verdict
        .strip_prefix("##")
        .and_then(|rest| rest.strip_suffix("##"))
        .expect("the block's sides")
        .trim()
}

#[test]
fn plumbing_a_clerk_sees_the_verdict_the_person_and_what_did_not_hold() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    for (trust, code, verdict) in TRUSTS {
        let shown = plain(&counter.verify(&["--trust", trust]).expect(code).output);
        assert_eq!(verdict_of(&shown), verdict.replace('_', " "));
        let (before, after) = shown.split_once("What did not hold").unwrap_or((&shown, ""));
        assert_eq!(before.contains(HOLDER), code == 0, "{shown}");
        assert_eq!(after.contains("failed "), code != 0, "{shown}");
        assert!(
            shown.lines().all(|line| !line.trim_start().starts_with("passed")),
            "{shown}"
        );
        assert!(shown.contains(" checks passed"), "{shown}");
        assert!(shown.lines().count() < 20, "more than a glance: {shown}");

        let all = plain(&counter.verify(&["--trust", trust, "-v"]).expect(code).output);
        assert_eq!(verdict_of(&all), verdict.replace('_', " "));
        for check in [
            "cms_structure",
            "chain",
            "revocation",
            "dg2_digest",
            "clone_proof",
        ] {
            assert!(all.contains(check), "{check} in {all}");
        }
        assert!(all.contains("Opened with PACE (GM, "), "{all}");
        assert_eq!(all.contains("Residence"), code == 0, "{all}");
    }
}

#[test]
fn plumbing_every_end_has_its_exit_code_with_and_without_json() {
    let counter = Counter::of("vn-cc-2024").with_doubts();
    let world = &counter.world;
    for json in [&[][..], &["--json"]] {
        for (trust, code, verdict) in TRUSTS {
            let ended = counter.verify(&[&["--trust", trust], json].concat()).expect(code);
            assert_eq!(ended.messages, "", "nothing to say beside the verdict");
            if !json.is_empty() {
                assert_eq!(ended.json()["verdict"], verdict);
            }
        }
        let wrong = if can() == "123456" { "654321" } else { "123456" };
        let reader = ["verify", "--reader", "virtual:@one.chip"];
        let failures: [(u8, &[&str]); 4] = [
            (2, &["--can", "12", "--trust", "@believed"]),
            (2, &["--trust", "@believed"]),
            (3, &["--can", wrong, "--trust", "@nowhere"]),
            (12, &["--can", wrong, "--trust", "@believed"]),
        ];
        for (code, arguments) in failures {
            let ended = world.eid(&[&reader, arguments, json].concat()).expect(code);
            assert!(
                !ended.output.contains("verdict") && !ended.output.contains('#'),
                "{}",
                ended.output
            );
        }
        world.readers().pull.set(Some((9, Moment::BeforeAnswer)));
        let pulled = counter
            .verify(&[&["--trust", "@believed"], json].concat())
            .expect(11);
        assert!(
            pulled.messages.contains("put the card back"),
            "{}",
            pulled.messages
        );
        world.readers().pull.set(None);
        world.readers().broken.set(Some(|| TransportError::NoReader));
        counter
            .verify(&[&["--trust", "@believed"], json].concat())
            .expect(10);
        world.readers().broken.set(Some(|| TransportError::Mute));
        counter
            .verify(&[&["--trust", "@believed"], json].concat())
            .expect(14);
        world.readers().broken.set(None);
    }
}
