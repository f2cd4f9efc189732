//! Sockets: reads requests, has them answered on threads that may block, and
//! does to the answers what the faults say.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http_body_util::Channel;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use url::{Host, Url};

use super::controls::{self, History};
use super::extract;
use super::faults::{Effect, Faults, Strike, When};
use super::refusal;
use super::routes;
use super::service::Service;

/// The longest body of a request, in bytes: a key may have very many domains.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// How often a held request looks whether its fault went with a reset.
const RESET_CHECK: Duration = Duration::from_millis(250);

/// How long the first half of an answer has to leave before the connection ends. A body
/// that fails at once takes what was not yet written with it.
const TIME_TO_LEAVE: Duration = Duration::from_millis(50);

/// What the connections of one server share.
pub(super) struct Shared {
    /// What the routes of the service share.
    pub(super) service: Arc<Service>,
    /// What happens to answers.
    pub(super) faults: Faults,
    /// What was answered.
    pub(super) history: History,
    /// The generation of the state that the faults were planted in.
    generation: AtomicI64,
}

/// Who answers.
#[derive(Clone)]
struct Server {
    shared: Arc<Shared>,
    /// The service.
    routes: Router,
    /// `/sandbox/...`.
    controls: Router,
}

/// Serves until the other end of `stop` is gone.
///
/// # Errors
/// When the state cannot be read.
pub(super) async fn serve(
    listener: TcpListener,
    service: Service,
    stop: oneshot::Receiver<Infallible>,
) -> anyhow::Result<()> {
    let generation = AtomicI64::new(service.store.generation()?);
    let service = Arc::new(service);
    let (faults, history) = (Faults::new(), History::default());
    let shared = Arc::new(Shared { service: service.clone(), faults, history, generation });
    let (routes, controls) = (routes::router(service), controls::router(shared.clone()));
    tokio::spawn(accept(listener, Server { shared, routes, controls }));
    // All that can come is that the sender was dropped.
    let _ = stop.await;
    Ok(())
}

async fn accept(listener: TcpListener, server: Server) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve_connection(server.clone(), stream))),
            // Out of file descriptors, say: let some connections end.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve_connection(server: Server, stream: TcpStream) {
    // Without it a small answer can wait for an acknowledgement. Where it
    // cannot be set, the answers are only slower.
    let _ = stream.set_nodelay(true);
    let respond = service_fn(|request| server.clone().respond(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), respond);
    // It fails where the client went away or a fault ended it: both are theirs.
    let _ = connection.await;
}

/// The connection ends without an answer.
type Dropped = anyhow::Error;

impl Server {
    async fn respond(self, request: hyper::Request<Incoming>) -> Result<Response, Dropped> {
        let (head, body) = request.into_parts();
        let Ok(body) = to_bytes(Body::new(body), LONGEST_BODY).await else {
            let text = "Request body too large";
            return Ok(refusal::error(StatusCode::PAYLOAD_TOO_LARGE, text).into_response());
        };
        let request = Request::from_parts(head, Body::from(body));
        let host = extract::header(request.headers(), "host");
        if !host.is_some_and(is_loopback_host) {
            // A name that somebody pointed at this machine would let his pages
            // read the answers (DNS rebinding).
            let text = "The sandbox answers loopback names only";
            return Ok(refusal::error(StatusCode::MISDIRECTED_REQUEST, text).into_response());
        }
        if controls::is_control(request.uri().path()) {
            // A reset takes the faults that were there before, not those to come.
            self.shared.was_reset().await;
            return Ok(routes::answer(self.controls, request).await);
        }
        let expected = self.shared.history.expect(&request);
        let strike = self.shared.strike(request.method(), request.uri().path()).await;
        let answer = self.answer_under(strike, request).await?;
        expected.answered(answer.status().as_u16());
        Ok(answer)
    }

    /// The answer to a request, with what a fault does before, to and after it.
    async fn answer_under(
        &self,
        strike: Option<Strike>,
        request: Request,
    ) -> Result<Response, Dropped> {
        let Some(strike) = strike else { return self.answer(request).await };
        match &strike.effect {
            Effect::Hold { when: When::Before } => {
                self.shared.hold(&strike).await;
                self.answer(request).await
            }
            Effect::Hold { when: When::After } => {
                let answer = self.answer(request).await;
                self.shared.hold(&strike).await;
                answer
            }
            Effect::Drop { when: When::Before } => Err(anyhow!("dropped on purpose")),
            Effect::Drop { when: When::After } => {
                self.answer(request).await?;
                Err(anyhow!("dropped on purpose"))
            }
            Effect::Status { status, retry_after, when, body } => {
                if *when == When::After {
                    self.answer(request).await?;
                }
                let status = StatusCode::from_u16(*status)?;
                let mut answer = match body {
                    Some(body) => (status, Json(body)).into_response(),
                    None => refusal::error(status, "The sandbox was asked for this status")
                        .into_response(),
                };
                if let Some(seconds) = retry_after {
                    answer.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
                }
                Ok(answer)
            }
            Effect::Slow { milliseconds } => {
                sleep(Duration::from_millis(*milliseconds)).await;
                self.answer(request).await
            }
            Effect::Cut => cut(self.answer(request).await?).await,
            Effect::Html => {
                self.answer(request).await?;
                Ok(routes::page("Cencori").into_response())
            }
            Effect::Redirect { location } => Ok(match HeaderValue::try_from(location) {
                Ok(location) => {
                    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response()
                }
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }),
        }
    }

    /// What the routes answer, on a thread that may block: they wait for the disk.
    async fn answer(&self, request: Request) -> Result<Response, Dropped> {
        let (routes, runtime) = (self.routes.clone(), Handle::current());
        let answer = move || runtime.block_on(routes::answer(routes, request));
        Ok(spawn_blocking(answer).await?)
    }
}

/// An answer that announces its whole length and ends after half of it.
async fn cut(answer: Response) -> Result<Response, Dropped> {
    let (mut head, body) = answer.into_parts();
    let mut half = to_bytes(body, usize::MAX).await?;
    head.headers.insert(header::CONTENT_LENGTH, half.len().into());
    half.truncate(half.len() / 2);
    let (mut sender, body) = Channel::<_, anyhow::Error>::new(1);
    tokio::spawn(async move {
        if !half.is_empty() {
            // It fails where nobody is there to be sent to.
            let _ = sender.send_data(half).await;
        }
        sleep(TIME_TO_LEAVE).await;
        sender.abort(anyhow!("cut short on purpose"));
    });
    Ok(Response::from_parts(head, Body::new(body)))
}

impl Shared {
    async fn strike(self: &Arc<Self>, method: &Method, path: &str) -> Option<Strike> {
        if self.faults.is_empty() || self.was_reset().await {
            return None;
        }
        self.faults.strike(method.as_str(), path)
    }

    /// Whether the state was reset since the faults were planted; they are
    /// gone then.
    async fn was_reset(self: &Arc<Self>) -> bool {
        let shared = self.clone();
        let read = spawn_blocking(move || shared.service.store.generation()).await;
        let Ok(Ok(generation)) = read else { return false };
        let before = self.generation.swap(generation, Ordering::SeqCst);
        if before != generation {
            self.faults.clear();
        }
        before != generation
    }

    /// Waits until the request is released, or the faults are gone with a reset.
    async fn hold(self: &Arc<Self>, strike: &Strike) {
        let _held = self.faults.holding();
        while !self.faults.is_released(strike, RESET_CHECK).await {
            self.was_reset().await;
        }
    }
}

/// Whether a `Host` header names this machine's loopback, at any port.
fn is_loopback_host(host: &str) -> bool {
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:[]-".contains(&byte)) {
        return false;
    }
    let Ok(url) = Url::parse(&format!("http://{host}/")) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback_host;

    #[test]
    fn only_loopback_hosts_are_answered() {
        for host in ["127.0.0.1", "127.0.0.1:8787", "localhost", "LOCALHOST:80", "[::1]:1"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example", "10.0.0.1", "a@localhost", "::1"]
        {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
