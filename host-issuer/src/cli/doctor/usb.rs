//! Why pcscd knows no reader although it runs: what is on the USB, and which driver would serve it.
//!
//! Linux shows devices in `/sys/bus/usb/devices`: `1-2` is a device with `idVendor` and `idProduct`, `1-2:1.0` an interface of it with
//! `bInterfaceClass` (0b: smart card, the class of USB CCID). pcscd finds the driver of a device by vendor and product in the
//! `Info.plist` of each bundle below `/usr/lib/pcsc/drivers`.

use std::path::{Path, PathBuf};

use super::{Area, Finding};
use crate::environment::Machine;

const DEVICES: &str = "/sys/bus/usb/devices";
const KERNEL_DRIVERS: &str = "/sys/bus/usb/drivers";
/// Kernel drivers that take readers with an NXP PN53x for themselves.
const RIVALS: [&str; 2] = ["pn533_usb", "pn533"];
const BUNDLES: &str = "/usr/lib/pcsc/drivers";
/// Class of USB CCID.
const SMART_CARD: &str = "0b";

/// A reader as the USB shows it.
struct UsbReader {
    /// `VVVV:PPPP`, lower-case hexadecimal.
    id: String,
    /// What it calls itself.
    name: String,
    /// The name of its interface, such as `1-2:1.0`.
    interface: String,
}

pub(super) fn no_reader(machine: &dyn Machine) -> Finding {
    let readers = smart_card_devices(machine);
    let known = drivers(machine);
    let missing = |id, found: String| Finding::missing(Area::Readers, id, found);
    let Some(reader) = readers.first() else {
        return missing(
            "reader.none",
            "pcscd runs, and no smart card reader is connected".to_owned(),
        )
        .mend("connect a reader; `lsusb` lists what is connected")
        .mend("in a virtual machine, pass the USB device through to it");
    };
    let named = format!("{} ({})", reader.name, reader.id);
    if let Some(rival) = rival(machine, &reader.interface) {
        return missing(
            "reader.kernel_driver",
            format!("the kernel's {rival} holds the reader {named}"),
        )
        .mend(format!(
            "echo 'blacklist {rival}' | sudo tee /etc/modprobe.d/eid.conf; sudo modprobe --remove {rival}"
        ))
        .mend("connect the reader again");
    }
    if known.is_empty() {
        return missing(
            "reader.no_driver",
            format!("the reader {named} is connected, and pcscd has no driver for USB readers"),
        )
        .mend("sudo apt-get install libccid")
        .mend("sudo systemctl restart pcscd.service");
    }
    if !known.contains(&reader.id) {
        return missing(
            "reader.unknown_to_driver",
            format!("the reader {named} is connected, and no installed driver lists it"),
        )
        .mend("sudo apt-get install --only-upgrade libccid")
        .mend("ask its maker for a driver for pcscd");
    }
    missing(
        "reader.not_taken",
        format!("the reader {named} is connected and has a driver, and pcscd does not show it"),
    )
    .mend("connect the reader again")
    .mend("sudo systemctl restart pcscd.service; journalctl -u pcscd")
}

/// Devices with an interface of the class of smart card readers, or that a driver lists.
fn smart_card_devices(machine: &dyn Machine) -> Vec<UsbReader> {
    let known = drivers(machine);
    let names = machine.names(Path::new(DEVICES));
    let interfaces = names
        .iter()
        .filter_map(|name| Some((name, name.split_once(':')?.0)));
    let readers = interfaces.filter_map(|(interface, device)| {
        let attribute = |of: &str, attribute| {
            let text = machine.text(&Path::new(DEVICES).join(of).join(attribute))?;
            Some(text.trim().to_lowercase())
        };
        let id = format!(
            "{}:{}",
            attribute(device, "idVendor")?,
            attribute(device, "idProduct")?
        );
        let class = attribute(interface, "bInterfaceClass");
        let rival = rival(machine, interface).is_some();
        if class.as_deref() != Some(SMART_CARD) && !known.contains(&id) && !rival {
            return None;
        }
        let product = machine.text(&Path::new(DEVICES).join(device).join("product"));
        Some(UsbReader {
            id,
            name: product.map_or_else(|| "without a name".to_owned(), |name| name.trim().to_owned()),
            interface: interface.clone(),
        })
    });
    readers.collect()
}

/// The kernel driver that holds an interface, if it is one that no reader should have.
fn rival(machine: &dyn Machine, interface: &str) -> Option<&'static str> {
    RIVALS.into_iter().find(|driver| {
        let held = machine.names(&Path::new(KERNEL_DRIVERS).join(driver));
        held.iter().any(|name| name == interface)
    })
}

/// Vendor and product of every reader that a driver lists, as `VVVV:PPPP`.
fn drivers(machine: &dyn Machine) -> Vec<String> {
    let bundles = machine.names(Path::new(BUNDLES));
    let bundles = bundles.iter().filter(|name| name.ends_with(".bundle"));
    let lists = bundles.filter_map(|bundle| {
        let path: PathBuf = [BUNDLES, bundle, "Contents/Info.plist"].iter().collect();
        machine.text(&path)
    });
    lists.flat_map(|list| listed(&list)).collect()
}

/// The pairs of an `Info.plist`: two arrays of the same length, vendors and products, each entry `<string>0x072F</string>`.
fn listed(plist: &str) -> Vec<String> {
    let numbers = |key: &str| -> Vec<String> {
        let after = plist.split_once(&format!("<key>{key}</key>"));
        let array = after
            .and_then(|(_, rest)| rest.split_once("<array>"))
            .and_then(|(_, rest)| rest.split_once("</array>"));
        let entries = array.map_or("", |(entries, _)| entries).split("<string>").skip(1);
        entries
            .filter_map(|entry| {
                let (number, _) = entry.split_once("</string>")?;
                Some(number.trim().trim_start_matches("0x").to_lowercase())
            })
            .collect()
    };
    let pairs = numbers("ifdVendorID").into_iter().zip(numbers("ifdProductID"));
    pairs
        .map(|(vendor, product)| format!("{vendor}:{product}"))
        .collect()
}
