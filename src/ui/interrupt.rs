//! Ctrl-C: what has to be put right before the process dies of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Whether a Ctrl-C is to be noted instead of obeyed.
static PUT_OFF: AtomicBool = AtomicBool::new(false);

/// Whether there was one. Set by the signal's handler itself, so that no work is
/// begun after it.
static NOTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// What the first one is answered with.
static SAID: Mutex<Option<&'static str>> = Mutex::new(None);

/// As long as this lives, the first Ctrl-C is only noted, so that work can be
/// stopped in good order and told of. The second one ends the process.
pub struct DeferredInterrupt(());

impl DeferredInterrupt {
    /// From now on. `said` is what the first Ctrl-C is answered with.
    pub fn begin(said: Option<&'static str>) -> Self {
        watch();
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = said;
        NOTED.store(false, Ordering::SeqCst);
        PUT_OFF.store(true, Ordering::SeqCst);
        Self(())
    }

    /// Whether Ctrl-C was pressed since.
    pub fn is_wanted(&self) -> bool {
        NOTED.load(Ordering::SeqCst)
    }

    /// What there was to be said has been said: dies, where that is wanted.
    pub fn raise(self) {
        if self.is_wanted() {
            end();
        }
    }
}

impl Drop for DeferredInterrupt {
    fn drop(&mut self) {
        PUT_OFF.store(false, Ordering::SeqCst);
    }
}

/// Menus hide the cursor; a Ctrl-C that ends the process there would leave it
/// hidden. From now on, SIGINT shows it again and then kills the process the way
/// it would have without us.
#[cfg(unix)]
pub fn watch() {
    use signal_hook::consts::SIGINT;
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let _ = signal_hook::flag::register(SIGINT, Arc::clone(&NOTED));
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT]) else { return };
        std::thread::spawn(move || {
            let mut first = true;
            for _ in signals.forever() {
                if !PUT_OFF.load(Ordering::SeqCst) || !first {
                    end();
                }
                first = false;
                if let Some(said) = *SAID.lock().unwrap_or_else(PoisonError::into_inner) {
                    let _ = console::Term::stderr().write_line(said);
                }
            }
        });
    });
}

/// Shows the cursor and dies of SIGINT. Also called where a question ends by
/// Ctrl-C: the thread above would come too late now and then, and the process
/// would end with an error message instead.
#[cfg(unix)]
pub fn end() {
    let terminal = console::Term::stderr();
    if terminal.is_term() {
        let _ = terminal.show_cursor();
    }
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
}

/// Where there are no signals, nothing is put right.
#[cfg(not(unix))]
pub fn watch() {}

/// Where there are no signals, the process has ended already.
#[cfg(not(unix))]
pub fn end() {}
