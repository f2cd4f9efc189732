//! Answers of the service: any body is understood or refused, and what is said of it
//! shows no key and commands no terminal. The first line is the status and the content
//! type; the rest is the body.

use jiff::Timestamp;

use super::first_line;
use crate::api::answer::Answer;
use crate::api::{ApiError, browser_session, gateway, listing, usage};
use crate::key;
use crate::listed_key::ListedKey;

pub fn run(input: &[u8]) {
    let (head, body) = first_line(input);
    let head = String::from_utf8_lossy(head);
    let (status, content_type) = head.split_once(' ').unwrap_or((&head, "application/json"));
    let answer = Answer {
        status: status.parse().unwrap_or(200),
        cookies: Vec::new(),
        server_time: None,
        body: body.to_vec().into(),
        retry_after: None,
        content_type: content_type.to_owned(),
    };
    let _ = answer.error_code();
    assert_shown(&answer.error_detail().unwrap_or_default());
    refused_well(answer.refusal());
    refused_well(gateway::acceptance(&answer).err());
    usage::errors_of(&answer).into_iter().for_each(refused_well);
    match answer.json::<serde_json::Value>() {
        Ok(row) => {
            if let Some(key) = listing::from_row(row) {
                let again = serde_json::to_value(&key).expect("JSON");
                assert!(serde_json::from_value::<ListedKey>(again).is_ok_and(|it| it.id == key.id));
            }
        }
        Err(error) => refused_well(Some(error)),
    }
    match browser_session::tokens_of(&answer, Timestamp::UNIX_EPOCH.as_second()) {
        Ok(tokens) => {
            let shown = format!("{tokens:?}");
            for secret in [&tokens.access_token, &tokens.refresh_token] {
                let text = secret.expose();
                assert!(text.len() < 16 || !shown.contains(text), "shown by Debug");
            }
        }
        Err(error) => refused_well(Some(error)),
    }
}

fn refused_well(error: Option<ApiError>) {
    if let Some(error) = error {
        assert_shown(&error.to_string());
    }
}

fn assert_shown(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(!key::contains_key(text), "{text}");
}
