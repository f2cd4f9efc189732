//! The quotes of a command line: bash hands it over as it was typed, and puts into
//! it what it is given, as it is. So words are taken apart here, and what is given
//! is quoted here.

/// How a word ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Open {
    #[default]
    Nothing,
    Single,
    Double,
}

/// A word without its quotes.
#[derive(Debug, Default)]
pub struct Unquoted {
    /// What it says.
    pub text: String,
    open: Open,
    /// Whether it ends with a backslash, which takes the meaning from what follows.
    escaped: bool,
    /// Whether the shell would make something else of it: a variable's value, the
    /// names of files.
    expands: bool,
}

impl Unquoted {
    /// Whether a quote is open at its end, and which.
    #[cfg(any(test, fuzzing))]
    pub fn open(&self) -> Open {
        self.open
    }

    /// What has to follow this so that the whole is one word that says `value`. `None` if nothing
    /// makes it that.
    pub fn quoted_rest(&self, value: &str) -> Option<String> {
        let rest = value.strip_prefix(self.text.as_str()).filter(|_| !self.expands)?;
        match self.open {
            Open::Nothing if self.escaped => {
                // The backslash is there already. A line cut in two by one is joined.
                let first = rest.chars().next().filter(|first| *first != '\n')?;
                Some(format!("{first}{}", backslashed(&rest[first.len_utf8()..], false)))
            }
            // Whether that backslash stays depends on what follows.
            Open::Double if self.escaped => None,
            Open::Nothing => Some(match rest.strip_prefix("~/") {
                // The home directory, where the word begins so.
                Some(below) if self.text.is_empty() => format!("~/{}", backslashed(below, false)),
                _ => backslashed(rest, self.text.is_empty()),
            }),
            Open::Single => Some(closed(rest.replace('\'', "'\\''"), '\'')),
            // The shell's history takes it, and a backslash before it stays.
            Open::Double if rest.contains('!') => None,
            Open::Double => {
                let special = |character| "$`\"\\".contains(character);
                Some(closed(escaped(rest, special), '"'))
            }
        }
    }
}

/// `rest` for readline, which closes an open `quote` only where `rest` does not end
/// with that character, and takes one at its beginning for the open one.
fn closed(mut rest: String, quote: char) -> String {
    if rest.is_empty() || rest.ends_with(quote) {
        rest.push(quote);
    }
    if rest.starts_with(quote) {
        rest.insert(0, quote);
    }
    rest
}

/// `text` with a backslash before what bash does not take as it is. `begins` where
/// it is the beginning of a word.
fn backslashed(text: &str, begins: bool) -> String {
    let plain = |character: char| {
        character.is_ascii_alphanumeric()
            || !character.is_ascii()
            || "_-./:=@%+,".contains(character)
    };
    let quoted = escaped(text, |character| !plain(character));
    // An assignment before a command's name, but nothing as its argument.
    if begins && quoted.is_empty() { "''".to_owned() } else { quoted }
}

fn escaped(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if special(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The words of `line`, as they were typed; the last one is empty if the line ends with a space.
pub fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut open, mut escaped, mut start) = (Open::Nothing, false, None);
    for (offset, character) in line.char_indices() {
        if open == Open::Nothing && !escaped && matches!(character, ' ' | '\t' | '\n') {
            words.extend(start.take().map(|start| &line[start..offset]));
            continue;
        }
        start.get_or_insert(offset);
        (open, escaped) = next(open, escaped, character);
    }
    words.push(&line[start.unwrap_or(line.len())..]);
    words
}

/// How a word goes on behind `character`, and whether what follows is escaped.
fn next(open: Open, escaped: bool, character: char) -> (Open, bool) {
    match (open, character) {
        _ if escaped => (open, false),
        (Open::Nothing | Open::Double, '\\') => (open, true),
        (Open::Nothing, '\'') => (Open::Single, false),
        (Open::Nothing, '"') => (Open::Double, false),
        (Open::Single, '\'') | (Open::Double, '"') => (Open::Nothing, false),
        _ => (open, false),
    }
}

/// Takes the quotes off a word that bash has; they need not be closed.
pub fn unquote(word: &str) -> Unquoted {
    let mut unquoted = Unquoted::default();
    let mut escaped = false;
    for (offset, character) in word.char_indices() {
        let before = unquoted.open;
        let literal = escaped || before == Open::Single;
        (unquoted.open, escaped) = next(before, escaped, character);
        let is_quote = unquoted.open != before;
        if is_quote || escaped {
            continue;
        }
        // In double quotes a backslash stays before what it need not escape.
        if literal && before == Open::Double && !"$`\"\\".contains(character) {
            unquoted.text.push('\\');
        }
        // What that makes of it is known here too.
        let is_home = offset == 0 && word.starts_with("~/");
        unquoted.expands |= !literal
            && !is_home
            && (offset == 0 && character == '#'
                || "$`".contains(character)
                || before == Open::Nothing && "*?[{~".contains(character));
        unquoted.text.push(character);
    }
    unquoted.escaped = escaped;
    unquoted
}

/// Takes the quotes off a word that fish has; they need not be closed.
pub fn unquote_fish(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let (mut open, mut characters) = (None, word.chars());
    while let Some(character) = characters.next() {
        match (open, character) {
            (None, '\'' | '"') => open = Some(character),
            (Some(quote), _) if character == quote => open = None,
            (_, '\\') => match (open, characters.next()) {
                (Some(quote), Some(escaped)) if escaped != quote && !"\\$".contains(escaped) => {
                    text.extend(['\\', escaped]);
                }
                (_, escaped) => text.extend(escaped),
            },
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_bash_cuts_it() {
        assert_eq!(words("cencori keys  show "), ["cencori", "keys", "show", ""]);
        assert_eq!(words("cencori 'my k"), ["cencori", "'my k"]);
        assert_eq!(words(r#"a b\ c"d e"'f"g' h"#), ["a", r#"b\ c"d e"'f"g'"#, "h"]);
        assert_eq!(words(""), [""]);
    }

    #[test]
    fn quotes_are_taken_off_as_bash_does() {
        let text = |word: &str| unquote(word).text;
        assert_eq!(text(r"my\ ke"), "my ke");
        assert_eq!(text("'my $k'\"e y\"x"), "my $ke yx");
        assert_eq!(text(r#""a\$b\c\"d"#), r#"a$b\c"d"#);
        assert_eq!(text(r"'a\b"), r"a\b");
        for (word, expands) in
            [("$HOME/", true), ("\"$HOME", true), ("'$HOME", false), (r"\$HOME", false)]
        {
            assert_eq!(unquote(word).expands, expands, "{word}");
        }
        assert!(
            unquote("*.my").expands
                && unquote("~x").expands
                && !unquote("~/x").expands
                && !unquote("\"*\"").expands
        );
    }

    #[test]
    fn what_follows_makes_the_whole_say_the_value() {
        let value = "a b:$c'*\"\\";
        for kept in ["", "a\\ b:", "'a b:", "\"a b:", "'a b':", "'a'\\ b:'"] {
            let rest = unquote(kept).quoted_rest(value).unwrap();
            let whole = unquote(&format!("{kept}{rest}"));
            assert_eq!(whole.text, value, "{kept}{rest}");
            assert!(!whole.expands, "{kept}{rest}");
        }
        for (kept, value, rest) in [
            ("\"", "say \"hi\"", "say \\\"hi\\\"\""),
            ("'", "it'", "it'\\'''"),
            ("'", "'it", "''\\''it"),
            ("my\"", "my", "\"\""),
        ] {
            assert_eq!(unquote(kept).quoted_rest(value).unwrap(), rest, "{kept}");
        }
        assert_eq!(unquote("$a:").quoted_rest("$a:b"), None);
        // A second backslash would make one letter of both, and end the word behind it.
        let rest = unquote("my\\").quoted_rest("my; touch x").unwrap();
        assert_eq!(rest, ";\\ touch\\ x");
        assert_eq!(unquote("my\\").quoted_rest("my"), None);
        assert_eq!(unquote("\"my\\").quoted_rest("my$x"), None);
        // A comment, to the end of the line.
        assert_eq!(unquote("#").quoted_rest("#1"), None);
        assert_eq!(unquote("a#").quoted_rest("a#1").unwrap(), "1");
        assert_eq!(unquote("x").quoted_rest("y"), None);
        assert_eq!(unquote("\"a").quoted_rest("a!"), None);
        assert_eq!(unquote("").quoted_rest("a!~").unwrap(), "a\\!\\~");
    }

    #[test]
    fn quotes_are_taken_off_as_fish_does() {
        assert_eq!(unquote_fish(r"my\ ke"), "my ke");
        assert_eq!(unquote_fish(r"'it\'s \x \\"), r"it's \x \");
        assert_eq!(unquote_fish("\"a\\\"b\"c"), "a\"bc");
    }
}
