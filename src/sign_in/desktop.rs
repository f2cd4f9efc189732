//! The browser of whoever sits before this machine.

use crate::context::Desktop;

/// Opens `url` in the browser. False where there is none, as far as that can be
/// told: the address should be shown in any case.
///
/// It is not waited for, and says nothing in the terminal.
pub fn open_browser(url: &str, desktop: Desktop) -> bool {
    !desktop.over_ssh && desktop.has_display && open::that_detached(url).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_browser_is_opened_where_nobody_would_see_it() {
        for (over_ssh, has_display) in [(true, true), (true, false), (false, false)] {
            assert!(!open_browser("http://127.0.0.1:1/", Desktop { over_ssh, has_display }));
        }
    }
}
