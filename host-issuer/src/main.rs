//! `eid`: issue, read and verify electronic identity cards. All of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let environment = host_issuer::environment::Environment::system();
    host_issuer::cli::run(std::env::args_os(), &environment).into()
}
