//! Batches of applications at a station: what is taken in and what is not, what is kept of it and how, what becomes of it, and what
//! the report says.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "batch/applications.rs"]
mod applications;
#[path = "batch/at_rest.rs"]
mod at_rest;
#[path = "support/json_schema.rs"]
mod json_schema;
#[path = "batch/lists.rs"]
mod lists;
#[path = "batch/production.rs"]
mod production;
#[path = "batch/replaced.rs"]
mod replaced;
#[path = "batch/reports.rs"]
mod reports;
#[path = "batch/station.rs"]
mod station;
#[path = "batch/taking_in.rs"]
mod taking_in;
#[path = "batch/work.rs"]
mod work;
#[path = "support/world.rs"]
mod world;
