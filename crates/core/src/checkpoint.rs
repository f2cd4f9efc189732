//! Places between two writes, at which a test can have the process killed or stopped.
//! Only in builds for tests (feature `checkpoints`); elsewhere they are nothing.

#[cfg(feature = "checkpoints")]
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many checkpoints are still to be passed; 0 where all are.
#[cfg(feature = "checkpoints")]
static LEFT: AtomicU64 = AtomicU64::new(0);

/// Whether the process is only stopped at that one (`SIGSTOP`), and goes on when a test
/// has done something else meanwhile.
#[cfg(feature = "checkpoints")]
static STOPS: AtomicBool = AtomicBool::new(false);

/// Has the process killed at checkpoint number `number`, counted from 1; or with `stops`
/// only stopped.
#[cfg(feature = "checkpoints")]
pub fn arm(number: u64, stops: bool) {
    STOPS.store(stops, Ordering::SeqCst);
    LEFT.store(number, Ordering::SeqCst);
}

/// A checkpoint.
pub fn pass() {
    #[cfg(feature = "checkpoints")]
    if LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1) {
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGKILL, SIGSTOP};
            if STOPS.load(Ordering::SeqCst) {
                let _ = signal_hook::low_level::raise(SIGSTOP);
                return;
            }
            let _ = signal_hook::low_level::raise(SIGKILL);
        }
        std::process::abort();
    }
}

/// The pieces in which `bytes` are written, with a checkpoint behind each: a
/// crash can leave half a line behind.
pub fn pieces(bytes: &[u8]) -> [&[u8]; 2] {
    let (first, second) = match cfg!(feature = "checkpoints") {
        true => bytes.split_at(bytes.len() / 2),
        false => (bytes, &bytes[..0]),
    };
    [first, second]
}
