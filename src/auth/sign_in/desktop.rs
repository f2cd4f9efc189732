//! The browser of whoever sits before this machine.
//!
//! The sign-in's address has a secret in it (its `state`), and every user of the
//! machine can read the arguments of every process. So what is opened is a file that
//! only its owner can read, and that leads on to the address.
//!
//! Not every browser can read it. One in a snap or a flatpak sees no hidden folders,
//! and one of Windows, opened from its subsystem for Linux, no files of Linux; where
//! something else than the browser opens pages, it would show the file. In these cases
//! nothing is opened, and the person opens the address that is shown in any case.

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::context::Desktop;
use crate::{disk, process};

/// A file that leads to a sign-in's address. It is gone when this is dropped.
pub struct SignInPage(#[expect(dead_code, reason = "held for its end")] NamedTempFile);

/// Opens `url` in the browser, by a file below the folder `state`. `None` if that can't be done,
/// as far as it can be told: the address should be shown in any case.
///
/// It is not waited for, and says nothing in the terminal.
pub fn open_browser(url: &str, desktop: &Desktop, state: &Path) -> Option<SignInPage> {
    if desktop.over_ssh || !desktop.has_display || desktop.is_wsl || !reads_our_files(desktop) {
        return None;
    }
    let page = page(url, state).ok()?;
    process::open(page.path()).then_some(SignInPage(page))
}

fn page(url: &str, state: &Path) -> io::Result<NamedTempFile> {
    let folder = state.join(disk::SIGN_IN);
    disk::create_private_folder(&folder)?;
    // For its owner only, from its beginning.
    let mut page = tempfile::Builder::new().suffix(".html").tempfile_in(&folder)?;
    // As long as it is locked no clean-up takes it away. On Windows nobody could read it.
    #[cfg(unix)]
    page.as_file().try_lock()?;
    let url = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    write!(
        page,
        "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n<title>Sign in to Cencori</title>\n\
         <p><a href=\"{url}\">Go on to the sign-in page</a></p>\n"
    )?;
    page.flush()?;
    Ok(page)
}

/// Whether what opens a page here is the browser, and can read the file.
#[cfg(any(windows, target_os = "macos"))]
fn reads_our_files(_: &Desktop) -> bool {
    true
}

/// Whether what opens a page here is the browser, and can read the file. Where the
/// desktop does not say what opens it, that is assumed.
#[cfg(not(any(windows, target_os = "macos")))]
fn reads_our_files(desktop: &Desktop) -> bool {
    // Where the desktop files are of programs that can't read the file.
    const CONFINED: [&str; 2] =
        ["/var/lib/snapd/desktop/applications", "/var/lib/flatpak/exports/share/applications"];
    const CONFINED_AT_HOME: &str = ".local/share/flatpak/exports/share/applications";
    let Some(opener) = opener_of("text/html") else { return true };
    if opener_of("x-scheme-handler/https").is_some_and(|browser| browser != opener) {
        return false;
    }
    let at_home = desktop.home.iter().map(|home| home.join(CONFINED_AT_HOME));
    let mut folders = CONFINED.iter().map(Into::into).chain(at_home);
    !folders.any(|folder| folder.join(&opener).exists())
}

/// The name of the desktop file of the program that opens what is of this type.
#[cfg(not(any(windows, target_os = "macos")))]
fn opener_of(media_type: &str) -> Option<String> {
    use std::process::Stdio;
    use std::time::Duration;
    use wait_timeout::ChildExt as _;
    let mut asked = process::command("xdg-mime");
    asked.args(["query", "default", media_type]);
    asked.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = asked.spawn().ok()?;
    // It is a script that looks into a few files.
    if child.wait_timeout(Duration::from_secs(2)).ok()?.is_none() {
        let _ = child.kill();
    }
    let answer = child.wait_with_output().ok()?.stdout;
    let name = String::from_utf8(answer).ok()?.trim().to_owned();
    // A name, and no path.
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn no_browser_is_opened_where_nobody_would_see_it() {
        let state = tempfile::tempdir().unwrap();
        for (over_ssh, has_display, is_wsl) in
            [(true, true, false), (true, false, false), (false, false, false), (false, true, true)]
        {
            let desktop = Desktop { over_ssh, has_display, is_wsl, home: None };
            assert!(open_browser("http://127.0.0.1:1/", &desktop, state.path()).is_none());
        }
        assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_page_leads_to_its_address_and_to_nothing_else() {
        let state = tempfile::tempdir().unwrap();
        let page = page("https://h/?a=1&b=\"><script>", state.path()).unwrap();
        let text = std::fs::read_to_string(page.path()).unwrap();
        assert!(text.contains("url=https://h/?a=1&amp;b=&quot;>&lt;script>\""), "{text}");
        let path = page.path().to_owned();
        drop(SignInPage(page));
        assert!(!path.exists());
    }

    #[test]
    fn what_a_killed_sign_in_left_is_taken_away_and_what_is_in_use_stays() {
        let state = tempfile::tempdir().unwrap();
        let in_use = page("https://h/", state.path()).unwrap();
        let left = in_use.path().with_file_name("left.html");
        std::fs::write(&left, "").unwrap();
        let open = |path: &Path| std::fs::File::options().write(true).open(path).unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(3_600);
        for path in [&left, in_use.path()] {
            open(path).set_modified(long_ago).unwrap();
        }
        disk::clean_up_state(state.path());
        assert!(!left.exists());
        assert_eq!(in_use.path().exists(), cfg!(unix));
    }
}
