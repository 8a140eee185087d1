//! Readers, terminal roles, loader, inspection and the command line.
