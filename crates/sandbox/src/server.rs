//! Sockets: reads requests, has them answered on threads that may block, and
//! does to the answers what the faults say.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use url::{Host, Url};

use super::body::AnswerBody;
use super::controls::{self, History};
use super::faults::{Effect, Faults, Strike, When};
use super::message::{Answer, Request};
use super::routes;
use super::service::Service;

/// The longest body of a request, in bytes: a key may have very many domains.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// How often a held request looks whether its fault went with a reset.
const RESET_CHECK: Duration = Duration::from_millis(250);

/// What the connections of one server share.
struct Shared {
    service: Service,
    faults: Faults,
    history: History,
    /// The generation of the state that the faults were planted in.
    generation: AtomicI64,
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
    let (faults, history) = (Faults::new(), History::default());
    let shared = Arc::new(Shared { service, faults, history, generation });
    tokio::spawn(accept(listener, shared));
    // All that can come is that the sender was dropped.
    let _ = stop.await;
    Ok(())
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve_connection(shared.clone(), stream))),
            // Out of file descriptors, say: let some connections end.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve_connection(shared: Arc<Shared>, stream: TcpStream) {
    // Without it a small answer can wait for an acknowledgement. Where it
    // cannot be set, the answers are only slower.
    let _ = stream.set_nodelay(true);
    let respond = service_fn(|request| respond(shared.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), respond);
    // It fails where the client went away or a fault ended it: both are theirs.
    let _ = connection.await;
}

/// The connection ends without an answer.
type Dropped = anyhow::Error;

async fn respond(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> Result<Response<AnswerBody>, Dropped> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
        return Ok(response(Answer::error(413, "Request body too large"), false));
    };
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body: body.to_bytes(),
    };
    if !request.header("host").is_some_and(is_loopback_host) {
        // A name that somebody pointed at this machine would let his pages
        // read the answers (DNS rebinding).
        return Ok(response(Answer::error(421, "The sandbox answers loopback names only"), false));
    }
    if controls::is_control(&request.path) {
        // A reset takes the faults that were there before, not those to come.
        shared.was_reset().await;
        let Shared { service, faults, history, .. } = &*shared;
        return Ok(response(controls::answer(service, faults, history, &request).await?, false));
    }
    let expected = shared.history.expect(&request);
    let strike = shared.strike(&request).await;
    let cut = strike.as_ref().is_some_and(|strike| strike.effect == Effect::Cut);
    let answer = shared.answer_under(strike, request).await?;
    expected.answered(answer.status);
    Ok(response(answer, cut))
}

impl Shared {
    async fn strike(self: &Arc<Self>, request: &Request) -> Option<Strike> {
        if self.faults.is_empty() || self.was_reset().await {
            return None;
        }
        self.faults.strike(request.method.as_str(), &request.path)
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

    /// The answer to a request, with what a fault does before, to and after it.
    async fn answer_under(
        self: &Arc<Self>,
        strike: Option<Strike>,
        request: Request,
    ) -> Result<Answer, Dropped> {
        let Some(strike) = strike else { return self.answer(request).await };
        match &strike.effect {
            Effect::Hold { when: When::Before } => {
                self.hold(&strike).await;
                self.answer(request).await
            }
            Effect::Hold { when: When::After } => {
                let answer = self.answer(request).await;
                self.hold(&strike).await;
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
                let answer = match body {
                    Some(body) => Answer::value(*status, body),
                    None => Answer::error(*status, "The sandbox was asked for this status"),
                };
                Ok(match retry_after {
                    Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
                    None => answer,
                })
            }
            Effect::Slow { milliseconds } => {
                sleep(Duration::from_millis(*milliseconds)).await;
                self.answer(request).await
            }
            Effect::Cut => self.answer(request).await,
            Effect::Html => {
                self.answer(request).await?;
                Ok(Answer::html(200, "Cencori"))
            }
            Effect::Redirect { location } => {
                Ok(Answer::empty(307).with_header("location", location))
            }
        }
    }

    /// Waits until the request is released, or the faults are gone with a reset.
    async fn hold(self: &Arc<Self>, strike: &Strike) {
        let _held = self.faults.holding();
        while !self.faults.is_released(strike, RESET_CHECK).await {
            self.was_reset().await;
        }
    }

    async fn answer(self: &Arc<Self>, request: Request) -> Result<Answer, Dropped> {
        let shared = self.clone();
        Ok(spawn_blocking(move || routes::answer(&shared.service, &request)).await?)
    }
}

fn response(answer: Answer, cut: bool) -> Response<AnswerBody> {
    let whole_length = answer.body.len();
    let mut response = Response::builder().status(answer.status);
    if let Some(content_type) = answer.content_type {
        response = response.header("content-type", content_type);
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let built = if cut {
        response.header("content-length", whole_length).body(AnswerBody::cut(answer.body))
    } else {
        response.body(AnswerBody::whole(answer.body))
    };
    // Only a header value that no header can have gets here.
    built.unwrap_or_else(|_| {
        let mut response = Response::new(AnswerBody::whole(Vec::new()));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
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
