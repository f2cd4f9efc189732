//! What the web framework below would answer in its own way, and the service does not.

use serde_json::json;

use crate::harness::TestSandbox;

#[test]
fn a_method_that_is_not_there_is_refused_without_a_word() {
    let sandbox = TestSandbox::start();
    for path in ["/", "/login", "/api/user/profile", "/v1/models", "/sandbox", "/sandbox/faults"] {
        for method in ["HEAD", "TRACE", "FOO"] {
            let reply = sandbox.call(method, path).try_send().unwrap();
            assert_eq!((reply.status, reply.body.as_slice()), (405, &b""[..]), "{method} {path}");
            assert_eq!(reply.header("allow"), None, "{method} {path}");
            let length = if method == "HEAD" { None } else { Some("0") };
            assert_eq!(reply.header("content-length"), length, "{method} {path}");
        }
    }
    let reply = sandbox.call("HEAD", "/nothing").try_send().unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (404, &b""[..]));
    assert_ne!(reply.header("content-length"), Some("0"));
}

#[test]
fn paths_are_taken_as_they_were_sent() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let project = sandbox.identity().project_id.to_string();
    let get = |path: &str| sandbox.call("GET", path).header("cookie", &cookie).send();

    let keys = |project: &str| get(&format!("/api/projects/{project}/api-keys"));
    assert_eq!(keys(&project).status, 200);
    assert_eq!(keys(&project.to_uppercase()).status, 200);
    let encoded = format!("%{:x}{}", project.as_bytes()[0], &project[1..]);
    for no_uuid in [encoded.as_str(), "%ff", "", "slug", "{project}"] {
        let reply = keys(no_uuid);
        assert_eq!((reply.status, &reply.json()["error"]), (500, &json!("Forbidden")), "{no_uuid}");
    }
    let revoke = format!("/api/projects/{project}/api-keys/");
    let reply = sandbox.call("PATCH", &revoke).header("cookie", &cookie).send();
    assert_eq!(reply.json()["error"], "Failed to revoke API key");

    assert_eq!(get("//api/user/profile").status, 200);
    for page in ["/api/user/profile/", "/api/user/%70rofile", "/api//user/profile", "//sandbox"] {
        let reply = get(page);
        assert_eq!(reply.status, 404, "{page}");
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{page}");
    }
    let key = sandbox.create_key(&cookie, &json!({ "name": "web" }));
    let key = key["full_key"].as_str().expect("a key");
    for path in ["/v1/models", "/api/v1/models", "//v1/models"] {
        assert_eq!(sandbox.call("GET", path).bearer(key).send().status, 200, "{path}");
        let log = get(&format!("/api/projects/{project}/logs/gateway?per_page=1")).json();
        assert_eq!(log["requests"][0]["endpoint"], path);
    }
    for missing in ["/sandbox/", "/sandbox/nothing", "/sandbox//faults"] {
        let reply = get(missing);
        assert_eq!(reply.status, 404, "{missing}");
        assert_eq!(reply.json()["error"], "no such control", "{missing}");
    }
}

#[test]
fn models_that_are_not_there_are_said_not_to_be() {
    let sandbox = TestSandbox::start();
    let missing =
        ["/v1", "/v1/", "/v1/chat/completions", "/api/v1/responses", "/api/ai", "/api/ai/chat"];
    for path in missing {
        for method in ["GET", "POST", "DELETE"] {
            let reply = sandbox.call(method, path).send();
            assert_eq!(reply.status, 501, "{method} {path}");
            let error = reply.json()["error"].to_string();
            assert!(error.contains("calls no model"), "{error}");
        }
    }
}

#[test]
fn bodies_may_have_four_megabytes_and_not_one_byte_more() {
    let sandbox = TestSandbox::start();
    let whole = 4 * 1024 * 1024;
    for path in ["/api/auth/login", "/sandbox/faults", "/nothing"] {
        let post = |length: usize| {
            sandbox.call("POST", path).body("application/json", &vec![b' '; length]).send()
        };
        assert_ne!(post(whole).status, 413, "{path}");
        let reply = post(whole + 1);
        assert_eq!(reply.status, 413, "{path}");
        assert_eq!(reply.json()["error"], "Request body too large", "{path}");
    }
}
