//! Why no card can be reached through PC/SC: from the service to the card, the first thing that is wrong.

use std::io::ErrorKind;
use std::path::Path;

use super::usb;
use super::{Area, Environment, Finding};
use crate::environment::Machine;
use crate::transport::TransportError;
use crate::transport::pcsc::ReaderInfo;

/// Where Debian's pcscd listens; `PCSCLITE_CSOCK_NAME` moves its clients.
const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// Where a pcscd may be installed.
const DAEMONS: [&str; 3] = ["/usr/sbin/pcscd", "/usr/local/sbin/pcscd", "/sbin/pcscd"];

/// There while systemd runs the machine.
const SYSTEMD: &str = "/run/systemd/system";

pub(super) fn diagnose(
    environment: &Environment,
    listed: &Result<Vec<ReaderInfo>, TransportError>,
) -> Vec<Finding> {
    let machine = &*environment.machine;
    match listed {
        Err(TransportError::NoPcscd { detail }) => {
            let socket = (environment.variable)("PCSCLITE_CSOCK_NAME").unwrap_or_else(|| SOCKET.to_owned());
            vec![no_service(machine, &socket, detail)]
        }
        Err(TransportError::NotAllowed { detail }) => vec![not_allowed(detail)],
        Err(error) => vec![
            Finding::missing(Area::Readers, "pcsc.other", error.to_string())
                .mend(restart(machine))
                .mend("journalctl -u pcscd"),
        ],
        Ok(readers) => {
            let mut findings = vec![Finding::ready(
                Area::Readers,
                "pcsc.service",
                "pcscd serves this user",
            )];
            if readers.is_empty() {
                findings.push(usb::no_reader(machine));
            } else {
                findings.extend(readers.iter().map(reader));
            }
            findings
        }
    }
}

/// The service does not answer.
fn no_service(machine: &dyn Machine, socket: &str, detail: &str) -> Finding {
    let missing = |id, found: String| Finding::missing(Area::Readers, id, found);
    let installed = DAEMONS.iter().any(|path| machine.exists(Path::new(path)));
    match machine.knock(Path::new(socket)).map_err(|error| error.kind()) {
        Err(_) if !installed => missing("pcsc.not_installed", "pcscd is not installed".to_owned())
            .mend("sudo apt-get install pcscd libccid"),
        Err(ErrorKind::PermissionDenied) => missing(
            "pcsc.socket_denied",
            format!("this user may not open the socket of pcscd, {socket}"),
        )
        .mend(format!("ls -l {socket}"))
        .mend(restart(machine)),
        Err(ErrorKind::ConnectionRefused) => missing(
            "pcsc.ended",
            format!("pcscd ended and left its socket, {socket}: nobody listens there"),
        )
        .mend(restart(machine))
        .mend("journalctl -u pcscd"),
        Err(ErrorKind::NotFound) => missing(
            "pcsc.not_running",
            format!("pcscd is installed and does not run: there is no socket {socket}"),
        )
        .mend(if has_systemd(machine) {
            "sudo systemctl enable --now pcscd.socket"
        } else {
            "sudo pcscd"
        }),
        // Somebody listens: another version of the protocol, or a daemon that hangs.
        _ => missing(
            "pcsc.deaf",
            format!("something listens at {socket} and does not answer as pcscd does ({detail})"),
        )
        .mend(restart(machine)),
    }
}

/// polkit serves who sits at the machine, and neither a service nor who comes over the network.
fn not_allowed(detail: &str) -> Finding {
    const RULE: &str = "echo 'polkit.addRule(function(action, subject) { if (action.id.indexOf(\"org.debian.pcsc-lite.\") == 0 \
                        && subject.isInGroup(\"eid\")) { return polkit.Result.YES; } });' \
                        | sudo tee /etc/polkit-1/rules.d/50-eid.rules";
    Finding::missing(
        Area::Readers,
        "pcsc.not_allowed",
        format!(
            "pcscd runs and does not serve this user ({detail}): polkit lets in who sits at this machine, and neither services nor \
             who comes by ssh"
        ),
    )
    .mend("sudo groupadd --force eid && sudo usermod --append --groups eid \"$USER\"")
    .mend(RULE)
    .mend("sudo systemctl restart polkit pcscd.socket; then log in again")
}

/// A reader, and what is on it.
fn reader(reader: &ReaderInfo) -> Finding {
    let name = &reader.name;
    match (reader.card_present, reader.atr.is_empty()) {
        (false, _) => Finding::ready(Area::Readers, "reader.empty", format!("{name}: no card")),
        (true, false) => Finding::ready(Area::Readers, "reader.card", format!("{name}: a card")),
        (true, true) => Finding::attention(
            Area::Readers,
            "reader.card_mute",
            format!("{name}: a card that does not answer to reset"),
        )
        .mend("take the card out, wipe its contacts, and put it in the right way round")
        .mend("try another card: where all are mute the reader is broken, else this card"),
    }
}

fn restart(machine: &dyn Machine) -> &'static str {
    if has_systemd(machine) {
        "sudo systemctl restart pcscd.socket pcscd.service"
    } else {
        "sudo pcscd"
    }
}

fn has_systemd(machine: &dyn Machine) -> bool {
    machine.exists(Path::new(SYSTEMD))
}
