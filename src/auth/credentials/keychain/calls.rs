//! Calls of something that may never answer: on a thread that is left behind when the
//! time is up.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Patience;
use crate::auth::credentials::store::StoreError;

/// What is done on the thread, with the connection that it keeps between two calls.
type Call<C> = Box<dyn FnOnce(&mut Option<C>) + Send>;

/// All calls of one process, one after the other, with a connection `C` for each
/// [`Patience`], and with one deadline for all of them beside that of each.
pub struct Calls<C> {
    threads: [Mutex<Option<Sender<Call<C>>>>; 2],
    /// How long this process has waited so far.
    waited: Mutex<Duration>,
}

impl<C: 'static> Calls<C> {
    /// Without a thread and without a connection yet.
    pub const fn new() -> Self {
        let threads = [const { Mutex::new(None) }; 2];
        Self { threads, waited: Mutex::new(Duration::ZERO) }
    }

    /// Does `work` with the connection, which it makes where there is none. Waits until
    /// the deadline, or for what earlier calls have left of the time for all. After one
    /// that was not answered there is none left.
    ///
    /// # Errors
    /// Those of `work`, and [`StoreError::TimedOut`].
    pub fn make<T: Send + 'static>(
        &self,
        patience: Patience,
        work: impl FnOnce(&mut Option<C>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.until([patience.deadline(), patience.in_all()], patience, work)
    }

    fn until<T: Send + 'static>(
        &self,
        [deadline, in_all]: [Duration; 2],
        patience: Patience,
        work: impl FnOnce(&mut Option<C>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let timed_out = |after: Duration| Err(StoreError::TimedOut(after.as_secs().max(1)));
        let before = *locked(&self.waited);
        let left = deadline.min(in_all.saturating_sub(before));
        if left.is_zero() {
            return timed_out(in_all);
        }
        let (sender, receiver) = mpsc::channel();
        self.hand_over(
            patience,
            Box::new(move |connection| {
                // Nobody hears it any more where the deadline has passed.
                let _ = sender.send(work(connection));
            }),
        )?;
        let started = Instant::now();
        let answer = receiver.recv_timeout(left);
        *locked(&self.waited) += started.elapsed();
        match answer {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                *locked(&self.waited) += in_all;
                timed_out(if left == deadline { deadline } else { in_all })
            }
            Err(RecvTimeoutError::Disconnected) => {
                // It takes calls until it has ended, and answers none of them.
                *locked(&self.threads[patience as usize]) = None;
                Err(StoreError::Broken("the call to the keychain panicked".into()))
            }
        }
    }

    /// Gives `call` to the thread, which is started where there is none.
    fn hand_over(&self, patience: Patience, call: Call<C>) -> Result<(), StoreError> {
        let mut thread = locked(&self.threads[patience as usize]);
        let call = match &*thread {
            Some(calls) => match calls.send(call) {
                Ok(()) => return Ok(()),
                // It has panicked.
                Err(mpsc::SendError(call)) => call,
            },
            None => call,
        };
        let (sender, calls) = mpsc::channel::<Call<C>>();
        let started = thread::Builder::new().name("keychain".into()).spawn(move || {
            let mut connection = None;
            calls.into_iter().for_each(|call| call(&mut connection));
        });
        started
            .map_err(|error| StoreError::Broken(format!("no thread could be started: {error}")))?;
        let _ = sender.send(call);
        *thread = Some(sender);
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIEF: Patience = Patience::Brief;

    #[test]
    fn a_silent_keychain_is_left_behind_once() {
        let calls = Calls::<()>::new();
        let started = Instant::now();
        let deadlines = [Duration::from_millis(50), Duration::from_secs(600)];
        for _ in 0..100 {
            let result = calls.until(deadlines, BRIEF, |_| {
                thread::sleep(Duration::from_secs(600));
                Ok(())
            });
            assert!(matches!(result, Err(StoreError::TimedOut(_))), "{result:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }

    #[test]
    fn deadlines_do_not_add_up() {
        let calls = Calls::<()>::new();
        let call = || {
            let deadlines = [Duration::from_secs(60), Duration::from_millis(500)];
            calls.until(deadlines, BRIEF, |_| {
                thread::sleep(Duration::from_millis(200));
                Ok(())
            })
        };
        let results: Vec<_> = (0..6).map(|_| call()).collect();
        assert!(results[0].is_ok() && results[3..].iter().all(Result::is_err), "{results:?}");
    }

    #[test]
    fn one_connection_serves_all_calls() {
        let calls = Calls::new();
        let deadline = [Duration::from_secs(60); 2];
        for expected in 1..=3 {
            let count = calls.until(deadline, BRIEF, |connection| {
                *connection.get_or_insert(0) += 1;
                Ok(connection.unwrap_or_default())
            });
            assert_eq!(count, Ok(expected));
        }
        // One that may ask somebody is another.
        let other = calls.until(deadline, Patience::Person, |connection| Ok(connection.is_none()));
        assert_eq!(other, Ok(true));
    }

    #[test]
    fn what_the_keychain_says_comes_through_and_a_panic_is_an_error() {
        let calls = Calls::<()>::new();
        let deadline = [Duration::from_secs(60); 2];
        assert_eq!(calls.until(deadline, BRIEF, |_| Ok(7)), Ok(7));
        let locked = calls.until::<()>(deadline, BRIEF, |_| Err(StoreError::Locked));
        assert_eq!(locked, Err(StoreError::Locked));
        let panicked = calls.until::<()>(deadline, BRIEF, |_| panic!("as a test"));
        assert!(matches!(panicked, Err(StoreError::Broken(_))), "{panicked:?}");
        assert_eq!(calls.until(deadline, BRIEF, |_| Ok(7)), Ok(7));
    }
}
