//! `keys list` and `keys show`.

use crate::harness::{Desk, TestSandbox, assert_snapshot};

#[test]
fn both_environments_are_listed_production_first() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "server"]).exits(0);
    desk.run(&["keys", "create", "server", "--environment", "test"]).exits(0);
    let domains = ["--domain", "*.myapp.com", "--domain", "localhost"];
    desk.run(&[&["keys", "create", "web", "--publishable"], &domains[..]].concat()).exits(0);
    assert_snapshot("list", &desk.run(&["keys", "list"]).exits(0).transcript());
}
