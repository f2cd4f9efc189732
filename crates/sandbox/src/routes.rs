//! Which request goes where: the whole surface of the sandbox in one match.

use hyper::Method;

use super::logs::{self, Kind};
use super::message::{Answer, Request};
use super::service::Service;
use super::{browser_sign_in, gateway, keys, pages, projects, sign_in};

/// Answers a request of the service (not of `/sandbox`). What goes wrong on
/// the way is a 500 that names the reason in `x-sandbox-error`.
pub(super) fn answer(service: &Service, request: &Request) -> Answer {
    route(service, request).unwrap_or_else(|error| {
        let reason: String = format!("{error:#}").escape_default().collect();
        Answer::error(500, "Internal server error").with_header("x-sandbox-error", reason)
    })
}

fn route(service: &Service, request: &Request) -> anyhow::Result<Answer> {
    let segments: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    // The gateway's `/v1/...` stands under `/api/v1/...` of the dashboard too.
    let segments = match segments.as_slice() {
        ["api", "v1", ..] => &segments[1..],
        all => all,
    };
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PATCH: Method = Method::PATCH;
    const DELETE: Method = Method::DELETE;
    const OPTIONS: Method = Method::OPTIONS;
    match (request.method.clone(), segments) {
        (POST, ["api", "auth", "login"]) => sign_in::log_in(service, request),
        (GET, ["api", "user", "profile"]) => sign_in::profile(service, request),

        (POST, ["api", "basecode", "auth", step]) => match *step {
            "authorize" => browser_sign_in::authorize(service, request),
            "exchange" => browser_sign_in::exchange(service, request),
            "refresh" => browser_sign_in::refresh(service, request),
            "logout" => browser_sign_in::log_out(service, request),
            _ => Ok(not_found()),
        },

        (GET, ["api", "projects", project, "api-keys"]) => keys::list(service, request, project),
        (POST, ["api", "projects", project, "api-keys"]) => keys::create(service, request, project),
        (PATCH, ["api", "projects", project, "api-keys", key]) => {
            keys::revoke(service, request, project, key)
        }
        (DELETE, ["api", "projects", project, "api-keys", key]) => {
            keys::delete(service, request, project, key)
        }

        (GET, ["api", "projects", project, "logs"]) => {
            logs::list(service, request, project, Kind::Ai)
        }
        (GET, ["api", "projects", project, "logs", "gateway"]) => {
            logs::list(service, request, project, Kind::Gateway)
        }
        (GET, ["api", "agent", "setup", "validate"]) => projects::validate(service, request),

        (GET, ["v1", "models"]) => gateway::models(service, request),
        (POST, ["api", "ai", "moderation"]) => gateway::moderation(service, request),
        (OPTIONS, ["v1", "models"] | ["api", "ai", "moderation"]) => Ok(gateway::preflight()),

        (GET, ["basecode", "sign-in"]) => pages::sign_in(service, request),
        (GET, ["login"]) => pages::log_in(request),
        (GET, [""]) => Ok(Answer::html(200, "Cencori sandbox")),
        (_, known) if is_known(known) => Ok(Answer::empty(405)),
        // The service has more of these. A page would leave an application's
        // developer looking for a mistake in the address.
        (_, ["v1", ..] | ["api", "ai", ..]) => Ok(Answer::error(
            501,
            "The sandbox calls no model: of the gateway it has GET /v1/models and POST /api/ai/moderation",
        )),
        _ => Ok(not_found()),
    }
}

/// Whether another method would have been answered.
fn is_known(segments: &[&str]) -> bool {
    matches!(
        segments,
        ["" | "login"]
            | ["basecode", "sign-in"]
            | ["api", "auth", "login"]
            | ["api", "user", "profile"]
            | ["api", "basecode", "auth", "authorize" | "exchange" | "refresh" | "logout"]
            | ["api", "projects", _, "api-keys"]
            | ["api", "projects", _, "api-keys", _]
            | ["api", "projects", _, "logs"]
            | ["api", "projects", _, "logs", "gateway"]
            | ["api", "agent", "setup", "validate"]
            | ["v1", "models"]
            | ["api", "ai", "moderation"]
    )
}

fn not_found() -> Answer {
    Answer::html(404, "This page could not be found.")
}
