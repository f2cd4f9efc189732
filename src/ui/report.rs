//! What a command has to say, in the two forms it can be said in.

use super::Layout;

/// The data a command gives: a command builds one, [`super::Ui::report`]
/// prints it.
pub trait Report {
    /// For people, and for line-oriented tools where `layout.terminal` is
    /// false. Ends with a line break unless it is empty.
    fn text(&self, layout: &Layout) -> String;

    /// For programs: one document.
    fn json(&self) -> serde_json::Value;

    /// Whether a key is what was asked for. Keys in all other reports are masked: the service
    /// lets a key's name be any text, even another key.
    fn shows_key(&self) -> bool {
        false
    }
}

/// Lays rows out under their headings: a table on a terminal; the same columns
/// with a tab between them elsewhere.
pub fn table(headings: &[&str], rows: &[Vec<String>], layout: &Layout) -> String {
    if !layout.terminal {
        let mut text = headings.join("\t");
        text.push('\n');
        for row in rows {
            text.push_str(&row.join("\t"));
            text.push('\n');
        }
        return text;
    }
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(comfy_table::ContentArrangement::Dynamic)
        .set_header(headings.to_vec());
    if let Some(width) = layout.width {
        table.set_width(width);
    }
    table.add_rows(rows);
    format!("{table}\n")
}
