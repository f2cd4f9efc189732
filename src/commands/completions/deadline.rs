//! Work that nobody waits for longer than they have time.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Does `work` on a thread of its own. `None` if it takes longer than `time`: the thread is
/// left behind then, and what it finds is dropped.
pub fn within<T: Send + 'static>(
    time: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    let work = move || {
        // Nobody listens any more if the time is up.
        let _ = sender.send(work());
    };
    thread::Builder::new().name("completion".into()).spawn(work).ok()?;
    receiver.recv_timeout(time).ok()
}
