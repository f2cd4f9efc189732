//! A pseudo terminal with a program in it, and a person's hands and eyes.

use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{self, Pty};

/// How long a program may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Rows enough that nothing scrolls away.
const ROWS: u16 = 100;

/// What `Ctrl-C` sends.
pub const CTRL_C: &str = "\u{3}";

/// What the arrow key sends.
pub const DOWN: &str = "\u{1b}[B";

/// A program that runs at a terminal.
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    output: Arc<Output>,
    columns: u16,
    /// How many bytes of the output [`Self::expect`] has passed.
    passed: usize,
}

#[derive(Default)]
struct Output {
    shown: Mutex<Shown>,
    changed: Condvar,
}

#[derive(Default)]
struct Shown {
    bytes: Vec<u8>,
    /// Nobody has the terminal open any more.
    ended: bool,
}

/// How a program at a terminal ended.
pub struct Ended {
    /// Everything that it sent to the terminal.
    pub bytes: Vec<u8>,
    /// What stood on the screen in the end.
    pub screen: String,
    status: ExitStatus,
}

impl Terminal {
    /// Runs `command` at a terminal of 100 columns.
    pub fn run(command: &Command) -> Self {
        Self::start(command, 100, None)
    }

    /// Runs `command` at a terminal of `columns`.
    pub fn run_at_width(command: &Command, columns: u16) -> Self {
        Self::start(command, columns, None)
    }

    /// Runs `command` with a pipe that nobody writes to on its standard input,
    /// and a terminal for the rest.
    pub fn run_without_input(command: &Command) -> Self {
        Self::start(command, 100, Some(Stdio::piped()))
    }

    fn start(command: &Command, columns: u16, stdin: Option<Stdio>) -> Self {
        let (pty, pts) = blocking::open().expect("a pseudo terminal");
        pty.resize(Size::new(ROWS, columns)).expect("a size");
        // The terminal's own echo comes or not, depending on whether the program
        // was ready for the key: a transcript is the same every time without.
        let mut inside = blocking::Command::new("sh")
            .args(["-c", "stty -echo </dev/tty; exec \"$0\" \"$@\""])
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear()
            .env("TERM", "xterm-256color");
        for (name, value) in command.get_envs() {
            inside = inside.env(name, value.expect("no variable is removed"));
        }
        if let Some(folder) = command.get_current_dir() {
            inside = inside.current_dir(folder);
        }
        if let Some(stdin) = stdin {
            inside = inside.stdin(stdin);
        }
        let child = inside.spawn(pts).expect("the program starts");
        let (pty, output) = (Arc::new(pty), Arc::new(Output::default()));
        std::thread::spawn({
            let (pty, output) = (Arc::clone(&pty), Arc::clone(&output));
            move || read_all(&pty, &output)
        });
        Self { pty, child, output, columns, passed: 0 }
    }

    /// Waits until `text` is shown, after what was expected before.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        let wanted = text.as_bytes();
        let passed = self.passed;
        let place = |shown: &Shown| {
            let rest = &shown.bytes[passed..];
            rest.windows(wanted.len()).position(|window| window == wanted)
        };
        let found = self.wait_until(|shown| place(shown).is_some() || shown.ended);
        let found = found.then(|| place(&self.output.shown.lock().unwrap())).flatten();
        match found {
            Some(place) => self.passed += place + wanted.len(),
            None => panic!("\"{text}\" is not shown:\n{}", self.screen()),
        }
    }

    /// What is shown between `start` and `end`, after what was expected before.
    #[track_caller]
    pub fn between(&mut self, start: &str, end: &str) -> String {
        self.expect(start);
        let from = self.passed;
        self.expect(end);
        let until = self.passed - end.len();
        String::from_utf8_lossy(&self.output.shown.lock().unwrap().bytes[from..until]).into_owned()
    }

    /// Types `keys`.
    pub fn press(&mut self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes the keys");
    }

    /// Waits for `question`, and types `keys`.
    #[track_caller]
    pub fn answer(&mut self, question: &str, keys: &str) {
        self.expect(question);
        self.press(keys);
    }

    /// Waits for `question`, and types `keys` until something comes of it: who
    /// asks for a password throws away what was typed before it was ready.
    #[track_caller]
    pub fn answer_secretly(&mut self, question: &str, keys: &str) {
        self.expect(question);
        let before = self.output.shown.lock().unwrap().bytes.len();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            // The program may have taken the first ones and gone.
            let _ = (&*self.pty).write_all(keys.as_bytes());
            let shown = self.output.shown.lock().unwrap();
            let happened = |shown: &mut Shown| shown.bytes.len() == before && !shown.ended;
            let patience = Duration::from_millis(500);
            let (shown, _) =
                self.output.changed.wait_timeout_while(shown, patience, happened).unwrap();
            if shown.bytes.len() > before || shown.ended {
                return;
            }
        }
        panic!("nothing comes of the answer:\n{}", self.screen());
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub fn end(mut self) -> Ended {
        if !self.wait_until(|shown| shown.ended) {
            let _ = self.child.kill();
            panic!("it does not end:\n{}", self.screen());
        }
        let status = self.child.wait().expect("the program ends");
        let bytes = self.output.shown.lock().unwrap().bytes.clone();
        Ended { bytes, screen: self.screen(), status }
    }

    fn wait_until(&self, done: impl Fn(&Shown) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.output.shown.lock().unwrap();
        while !done(&shown) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            shown = self.output.changed.wait_timeout(shown, left).unwrap().0;
        }
        true
    }

    fn screen(&self) -> String {
        let size = |count| std::num::NonZeroU16::new(count).expect("not zero");
        let mut screen = vt100::Parser::new(size(ROWS), size(self.columns), 0);
        screen.process(&self.output.shown.lock().unwrap().bytes);
        screen.screen().contents()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Where a test failed in the middle, the program still waits.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// It has to have ended with `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{}:\n{}", self.status, self.screen);
        self
    }

    /// Ctrl-C has to have ended it, as a shell that runs a script needs to see.
    #[track_caller]
    pub fn was_interrupted(self) -> Self {
        // signal(7)
        const SIGINT: i32 = 2;
        assert_eq!(self.status.signal(), Some(SIGINT), "{}:\n{}", self.status, self.screen);
        self
    }

    /// All that was sent, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

fn read_all(mut pty: &Pty, output: &Output) {
    let mut buffer = [0; 4096];
    loop {
        // Reading fails when the last program at the terminal has ended.
        let count = pty.read(&mut buffer).unwrap_or(0);
        let mut shown = output.shown.lock().unwrap();
        shown.bytes.extend_from_slice(&buffer[..count]);
        shown.ended = count == 0;
        output.changed.notify_all();
        if shown.ended {
            return;
        }
    }
}
