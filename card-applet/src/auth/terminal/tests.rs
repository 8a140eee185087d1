//! The role alone, against a PKI that is written out byte by byte here.

mod pki;
mod refused;
mod rights;
mod trust_points;
