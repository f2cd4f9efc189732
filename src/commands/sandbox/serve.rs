//! `cencori sandbox serve`

use std::net::SocketAddr;
use std::time::Duration;

use super::Access;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::sandbox::{self, Options};

/// Serve the sandbox on this machine until Ctrl-C
///
/// The dashboard and the gateway have one address, and share their state with every `cencori
/// --sandbox` command. The command prints the address, the owner's email and password, and the
/// project's id. To use the sandbox, set CENCORI_DASHBOARD_URL, CENCORI_EMAIL, CENCORI_PASSWORD
/// and CENCORI_PROJECT.
///
/// Tests control it over HTTP, below /sandbox at the same address: POST /sandbox/faults makes
/// requests fail, wait or end early, and DELETE ends that; POST /sandbox/logs adds rows to the
/// usage logs; PUT /sandbox/plan sets how far back they go; GET /sandbox/requests lists the
/// requests. The README has examples.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address to listen on, on this machine only; port 0 takes any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", value_parser = address)]
    listen: SocketAddr,

    /// How long each of the gateway's two caches keeps a key
    ///
    /// As in the service, a revoked key that was in use is accepted for up to twice this long.
    /// With 0, a revocation takes effect at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    gateway_cache: u64,

    /// How long an access token is valid; a session is renewed when less than 90 seconds are left
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600, value_parser = clap::value_parser!(u64).range(91..))]
    access_token_lifetime: u64,
}

/// Serves until the process is ended.
///
/// # Errors
/// If the address is not of this machine, or taken.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let mut options = Options::new(arguments.listen, context.sandbox_state()?);
    options.gateway_cache = Duration::from_secs(arguments.gateway_cache);
    options.access_token_lifetime = Duration::from_secs(arguments.access_token_lifetime);
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "{} is not an address of this machine alone.",
            arguments.listen.ip()
        ))
        .hint("Listen on 127.0.0.1 or [::1]: the sandbox is no service for others"));
    }
    let sandbox = sandbox::start(options).map_err(|error| {
        Failure::from(error.context("The sandbox can't be served")).hint(
            "If the port is in use, choose another: --listen 127.0.0.1:PORT, or 0 for any free one",
        )
    })?;
    context.ui.report(&Access { url: Some(sandbox.url()), identity: sandbox.identity() })?;
    match arguments.gateway_cache {
        0 => context.ui.status("A revoked key is refused at once."),
        seconds => context.ui.status(&format!(
            "As by the service, a revoked key that was in use is accepted for up to {} s more; --gateway-cache 0 \
             ends that.",
            seconds.saturating_mul(2)
        )),
    }
    context.ui.status("Serving until Ctrl-C.");
    sandbox.wait();
    Ok(Exit::Done)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost").unwrap_or(text);
    let port = port.strip_prefix(':').unwrap_or(port).parse::<u16>();
    text.parse()
        .or_else(|_| port.map(|port| SocketAddr::from(([127, 0, 0, 1], port))))
        .map_err(|_| "give it as 127.0.0.1:PORT, [::1]:PORT or PORT".to_owned())
}
