//! CV certificates and requests (BSI TR-03110-3, appendices C and D).

use super::format::Format::{Asn1, Authorization, Bytes, CvDate, Number, Text};
use super::shape::{Shape, leaf, node};

/// A certificate, a request, or EF.CVCA.
pub(super) const FILES: Shape = Shape::Tags(&[
    CERTIFICATE,
    node!(
        0x67,
        "authentication",
        &Shape::Tags(&[
            CERTIFICATE,
            leaf!(0x42, "certification authority reference", Text),
            leaf!(0x5F37, "outer signature", Bytes),
        ]),
    ),
    leaf!(0x42, "certification authority reference", Text),
]);

const CERTIFICATE: super::shape::Field = node!(
    0x7F21,
    "CV certificate",
    &Shape::Tags(&[
        node!(0x7F4E, "certificate body", &BODY),
        leaf!(0x5F37, "signature", Bytes),
    ]),
);

const BODY: Shape = Shape::Tags(&[
    leaf!(0x5F29, "certificate profile identifier", Number),
    leaf!(0x42, "certification authority reference", Text),
    node!(
        0x7F49,
        "public key",
        &Shape::Tags(&[
            leaf!(0x06, "algorithm", Asn1),
            leaf!(0x81, "modulus, or prime of the field", Bytes),
            leaf!(0x82, "public exponent, or first coefficient", Bytes),
            leaf!(0x83, "second coefficient", Bytes),
            leaf!(0x84, "base point", Bytes),
            leaf!(0x85, "order of the base point", Bytes),
            leaf!(0x86, "public point", Bytes),
            leaf!(0x87, "cofactor", Bytes),
        ]),
    ),
    leaf!(0x5F20, "certificate holder reference", Text),
    node!(
        0x7F4C,
        "certificate holder authorization template",
        &Shape::Tags(&[
            leaf!(0x06, "terminal type", Asn1),
            leaf!(0x53, "role and rights", Authorization),
        ]),
    ),
    leaf!(0x5F25, "certificate effective date", CvDate),
    leaf!(0x5F24, "certificate expiration date", CvDate),
    node!(
        0x65,
        "certificate extensions",
        &Shape::Each(&node!(
            0,
            "discretionary data template",
            &Shape::Order(&[leaf!(0x06, "extension", Asn1)]),
        )),
    ),
]);
