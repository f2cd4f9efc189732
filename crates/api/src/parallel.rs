//! Several calls at a time.
//!
//! That one of them is asked to wait (a 429 with `Retry-After`) holds up all
//! that go through the same [`super::Transport`].

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;

/// Most calls that are under way at once.
pub const MOST: usize = 8;

/// Does `work` for each of `items`, for at most [`MOST`] of them at once. Gives
/// the results in the order of the items.
///
/// # Panics
/// Where `work` does, after what is under way has ended.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..items.len().min(MOST) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What `thread` gives when it ends.
///
/// # Panics
/// Where it did.
pub fn joined<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn results_come_in_order_and_no_more_than_eight_run_at_once() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        // Nobody gets past it before eight are there: fewer would never end.
        let eight = Barrier::new(MOST);
        let items: Vec<usize> = (0..MOST * 5).collect();
        let results = map(&items, |item| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            eight.wait();
            running.fetch_sub(1, Ordering::SeqCst);
            item * 2
        });
        assert_eq!(results, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(most.into_inner(), MOST);
        assert!(map(&items[..0], |item| *item).is_empty());
    }
}
