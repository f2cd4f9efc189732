//! Which request goes where: all that the sandbox has of the service.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::uri::PathAndQuery;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, patch, post};
use tower::ServiceExt as _;

use super::refusal;
use super::service::Service;
use super::{browser_sign_in, gateway, keys, logs, pages, projects, sign_in};

/// The routes of the service. The sandbox's own are in [`super::controls`].
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/api/auth/login", post(sign_in::log_in))
        .route("/api/user/profile", get(sign_in::profile))
        .route("/api/basecode/auth/authorize", post(browser_sign_in::authorize))
        .route("/api/basecode/auth/exchange", post(browser_sign_in::exchange))
        .route("/api/basecode/auth/refresh", post(browser_sign_in::refresh))
        .route("/api/basecode/auth/logout", post(browser_sign_in::log_out))
        .route("/api/projects/{project}/api-keys", get(keys::list).post(keys::create))
        .route("/api/projects/{project}/api-keys/{key}", patch(keys::revoke).delete(keys::delete))
        .route("/api/projects/{project}/logs", get(logs::ai_requests))
        .route("/api/projects/{project}/logs/gateway", get(logs::gateway_calls))
        .route("/api/agent/setup/validate", get(projects::validate))
        .route("/v1/models", get(gateway::models).options(gateway::preflight))
        .route("/api/v1/models", get(gateway::models).options(gateway::preflight))
        .route("/api/ai/moderation", post(gateway::moderation).options(gateway::preflight))
        .route("/basecode/sign-in", get(pages::sign_in))
        .route("/login", get(pages::log_in))
        .route("/", get(async || page("Cencori sandbox")))
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .fallback(unknown)
        .with_state(service)
}

/// Answers a request as the service would, where that is not what axum does.
pub(super) async fn answer(router: Router, mut request: Request) -> Response {
    let sent = request.uri().clone();
    *request.uri_mut() = routed(&sent);
    request.extensions_mut().insert(OriginalUri(sent));
    // Nothing answers HEAD; axum does, wherever there is a GET.
    if request.method() == Method::HEAD {
        *request.method_mut() = Method::TRACE;
    }
    let Ok(mut response) = router.oneshot(request).await;
    // A 405 does not name the methods that would have been right, and no length is told
    // where there is nothing: hyper adds it everywhere else.
    response.headers_mut().remove(header::ALLOW);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// The address by which a request is routed. Slashes in front count as one. Each segment
/// is taken as it was sent, also an empty one: axum would decode it, and match no empty one.
fn routed(sent: &Uri) -> Uri {
    let path = sent.path().trim_start_matches('/');
    let segments = path.split('/').map(|segment| if segment.is_empty() { "-" } else { segment });
    let segments: Vec<_> = segments.collect();
    let path = if path.is_empty() { String::new() } else { segments.join("/") };
    let query = sent.query().map(|query| format!("?{query}")).unwrap_or_default();
    let address = format!("/{}{query}", path.replace('%', "%25"));
    // It has only what the address that came has, and percent signs.
    PathAndQuery::try_from(address).map_or_else(|_| sent.clone(), Uri::from)
}

/// What is at no route.
async fn unknown(uri: Uri) -> Response {
    // The service has more of these. A page would leave an application's
    // developer looking for a mistake in the address.
    let mut segments = uri.path().split('/').skip(1);
    match (segments.next(), segments.next()) {
        (Some("v1"), _) | (Some("api"), Some("v1" | "ai")) => refusal::error(
            StatusCode::NOT_IMPLEMENTED,
            "The sandbox calls no model: of the gateway it has GET /v1/models and POST \
                 /api/ai/moderation",
        )
        .into_response(),
        _ => (StatusCode::NOT_FOUND, page("This page could not be found.")).into_response(),
    }
}

/// A page. The service answers unknown paths with one.
pub(super) fn page(title: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{title}</title></head>\
         <body><h1>{title}</h1><p>This is the Cencori sandbox.</p></body></html>"
    ))
}
