//! Other people's texts, fit to be looked at: what is in them can be seen.

use icu_properties::props::{
    DefaultIgnorableCodePoint, EmojiPresentation, ExtendedPictographic, GeneralCategory,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Asks for the coloured form of a character that has a plain one.
const EMOJI_FORM: char = '\u{fe0f}';

/// `text` with all that can't be seen written as `\u{200b}`: what could move a
/// terminal's cursor, change its colours or turn the reading direction round, and
/// what takes no room, so that two texts that differ look different. Line breaks and
/// tabs become spaces. Texts from the service, from files and from the command line
/// are other people's.
pub fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars() {
        match character {
            '\n' | '\t' => printable.push(' '),
            EMOJI_FORM if before.is_some_and(has_emoji_form) => printable.push(character),
            character if is_invisible(character) => {
                printable.extend(character.escape_unicode());
            }
            character => printable.push(character),
        }
        before = Some(character);
    }
    printable
}

/// Whether `character` shows nothing, looks like a space without being one, or drives
/// a terminal: by their general category and by what Unicode has programs ignore that
/// don't know it (UAX #44, *Default_Ignorable_Code_Point*).
pub fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    // Letters that have no form of their own, whatever their category says.
    const BLANK: [char; 2] = ['\u{2800}', '\u{1d159}'];
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || BLANK.contains(&character)
}

/// Whether a character looks different with [`EMOJI_FORM`] behind it. Those that are
/// emoji anyway do not.
fn has_emoji_form(character: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(character)
        && !CodePointSetData::new::<EmojiPresentation>().contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_written_out() {
        let text = "a\u{1b}[31mred\u{1b}]0;title\u{7}\nb\u{202e}c\u{9b}d";
        let shown = r"a\u{1b}[31mred\u{1b}]0;title\u{7} b\u{202e}c\u{9b}d";
        assert_eq!(printable(text), shown);
        assert_eq!(printable("\u{61c}\u{feff}a\u{2028}b"), r"\u{61c}\u{feff}a\u{2028}b");
    }

    #[test]
    fn what_can_be_seen_stays() {
        for text in ["schöner Schlüssel 🔑", "⚠\u{fe0f} prod", "ключ", "مفتاح", "鍵 e\u{301}"]
        {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn two_texts_that_differ_by_what_is_invisible_do_not_look_alike() {
        let invisible = [
            '\u{0}',
            '\u{7f}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180e}',
            '\u{2003}',
            '\u{200b}',
            '\u{200d}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2064}',
            '\u{2066}',
            '\u{206f}',
            '\u{2800}',
            '\u{3000}',
            '\u{3164}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1bca0}',
            '\u{1d159}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e007f}',
            '\u{e0100}',
            '\u{e0fff}',
        ];
        for character in invisible {
            let text = format!("ab{character}c");
            assert_eq!(printable(&text), format!("ab\\u{{{:x}}}c", u32::from(character)));
        }
        // Emoji that are in colour anyway, and that make no other one together.
        assert_ne!(printable("🔑\u{fe0f}"), printable("🔑"));
        assert_ne!(printable("🔑\u{200d}🔑"), printable("🔑🔑"));
    }
}
