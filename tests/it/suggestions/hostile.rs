//! Names that would do something else if they were a part of a command.

/// 48 hexadecimal digits.
pub const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

/// Names that can be shown exactly, whatever a shell makes of them unquoted.
pub fn showable() -> Vec<String> {
    let names = [
        "$(touch PWN)",
        "; touch PWN;",
        "' ; touch PWN; '",
        "\" ; touch PWN; \"",
        "\\' ; touch PWN; \\'",
        "\\\" ; touch PWN; \\\"",
        "'\"'\" ; touch PWN; #",
        "$'\\x27' ; touch PWN; #",
        "| touch PWN",
        "&& touch PWN",
        "& touch PWN &",
        "> PWN",
        "< PWN",
        "<(touch PWN)",
        "(touch PWN)",
        "touch PWN",
        "!touch PWN",
        "!!",
        "!$",
        "!'!\"!",
        "~",
        "~root",
        "-x",
        "-",
        "--",
        "--help",
        "--yes",
        "--=",
        "--resume",
        "--env-file=x",
        "--project=x",
        "-y",
        // Like what begins an id, and a key.
        "4aa50e74",
        "csk_0123",
        "-C",
        "*",
        "**",
        "?",
        "[a-z]*",
        "[!a]",
        "{a,b}",
        "a b",
        "  a  ",
        "#a",
        "a # b",
        "$HOME",
        "${IFS}",
        "$1",
        "%self",
        "=ls",
        "a=b",
        "^a^b^",
        "\\",
        "a\\",
        "\\n",
        "\\\\$(touch PWN)",
        "'",
        "''",
        "\"",
        "a'b\"c$d\\e!f",
        ":(top)",
        ":!x",
        ":^x",
        "é ü 鍵 🔑 مفتاح",
        "a,b;c:d@e+f%g",
        "]x[",
        "DOMAIN",
        "KEY COMMAND",
        "CENCORI_API_KEY",
        "{}",
        "%s%n",
        "\u{2018} ; touch PWN; \u{2019}",
        "e\u{301}",
    ];
    names.map(str::to_owned).to_vec()
}

/// Names that no line can show as they are.
pub fn unshowable() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        // As a line was quoted first and rid of escapes afterwards, these broke out of it.
        "\u{1b}]'\u{7}' ; touch PWN; #",
        "!\u{1b}]'\u{7}' ; touch PWN; #!",
        "$\u{1b}]'\u{7} ; touch PWN; #'$",
        "\u{1b}]\"\u{7}\" ; touch PWN; #",
        "\u{1b}[31m red",
        "\u{9b}31m red",
        "a\nb",
        "a\n touch PWN \n",
        "'\n touch PWN \n'",
        "\r touch PWN",
        "\u{7}",
        "\u{8}\u{8}",
        "\u{7f}",
        "\t",
        "\u{1}",
        "\u{202e}dwp",
        "\u{2066}x\u{2069}",
        "a\u{200b}",
        "a\u{2060}",
        "a\u{ad}",
        "a\u{115f}",
        "a\u{200d}",
        "a\u{feff}",
        "a\u{a0}b",
        "a\u{2028}b",
        "a\u{3164}",
        "a\u{e0041}",
        "a\u{fffd}",
    ]
    .map(|name| name.as_bytes().to_vec())
    .to_vec();
    names.push(b"\xff\xfe".to_vec());
    names.push(b"a\xc3".to_vec());
    names.push(b"' ; touch PWN; #\xff".to_vec());
    names.push(format!("csk_{HEX}").into_bytes());
    names.push(format!("%63sk_{HEX}").into_bytes());
    names.push(format!("CSK_{}", HEX.to_uppercase()).into_bytes());
    names
}
