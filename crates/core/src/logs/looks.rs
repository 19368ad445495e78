//! What a file looks like, from its beginning and its end: text with columns, or a picture.

use serde::Serialize;

/// How much of the beginning is looked at to tell text from other files.
const SAMPLE: usize = 8 << 10;
/// The most characters of a line that are shown.
const MAX_LINE: usize = 240;

/// A text, by its first and last lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// The columns of a tab-delimited text, by the names in its first line; empty of other texts.
    pub columns: Vec<String>,
    /// Its first lines.
    pub first: Vec<String>,
    /// Its last lines, without those that are among the first.
    pub last: Vec<String>,
}

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// JPEG, PNG and so on.
    pub format: &'static str,
    /// Pixels from left to right, before any rotation that the file asks for.
    pub width: usize,
    /// Pixels from top to bottom.
    pub height: usize,
}

/// The format and size of a picture, from its first bytes; none where it is not one that is known here.
pub fn picture(head: &[u8]) -> Option<Picture> {
    let (format, _) = picture_type(head)?;
    let size = imagesize::blob_size(head).ok()?;
    Some(Picture { format, width: size.width, height: size.height })
}

/// The media type: of pictures and texts by their first bytes, of texts also by the ending of the name.
pub fn media_type(name: &str, head: &[u8]) -> &'static str {
    if let Some((_, media_type)) = picture_type(head) {
        return media_type;
    }
    let head = &head[..head.len().min(SAMPLE)];
    if head.starts_with(b"%PDF-") {
        return "application/pdf";
    }
    if !is_text(head) {
        return "application/octet-stream";
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "csv" => "text/csv",
        "json" => "application/json",
        "xml" => "application/xml",
        "tsv" | "tab" => "text/tab-separated-values",
        _ if head.split(|byte| *byte == b'\n').next().is_some_and(|line| line.contains(&b'\t')) => {
            "text/tab-separated-values"
        }
        _ => "text/plain",
    }
}

/// The first and last lines of a text, `count` of each; none where it is no text.
///
/// `head` is the beginning of the file and `tail` its end, which is empty where the file is all in `head`.
pub fn preview(head: &[u8], tail: &[u8], count: usize) -> Option<Preview> {
    if !is_text(&head[..head.len().min(SAMPLE)]) {
        return None;
    }
    let whole = tail.is_empty();
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        text.split(|byte| *byte == b'\n').map(shown).collect()
    };
    let beginning = lines(head);
    let first: Vec<String> = beginning.iter().take(count).cloned().collect();
    let last = match whole {
        true => last_of(&beginning[first.len()..], count),
        // What comes before the first end of line is the rest of one.
        false => last_of(&lines(tail)[1..], count),
    };
    let columns = match beginning.first() {
        Some(line) if line.contains('\t') => line.split('\t').map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Some(Preview { columns, first, last })
}

fn last_of(lines: &[String], count: usize) -> Vec<String> {
    lines[lines.len().saturating_sub(count)..].to_vec()
}

/// A line as it can be shown on a terminal: nothing in it moves the cursor.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
    let harmless = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(MAX_LINE).map(harmless).collect();
    if text.chars().nth(MAX_LINE).is_some() {
        shown.push('…');
    }
    shown
}

/// UTF-8 without NUL; what is cut at the end may be half a character.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() == SAMPLE,
    };
    valid && !head.is_empty() && !head.contains(&0)
}

fn picture_type(head: &[u8]) -> Option<(&'static str, &'static str)> {
    use imagesize::ImageType;
    Some(match imagesize::image_type(head).ok()? {
        ImageType::Jpeg => ("JPEG", "image/jpeg"),
        ImageType::Png => ("PNG", "image/png"),
        ImageType::Gif => ("GIF", "image/gif"),
        ImageType::Webp => ("WebP", "image/webp"),
        ImageType::Tiff => ("TIFF", "image/tiff"),
        ImageType::Heif(_) => ("HEIF", "image/heif"),
        ImageType::Bmp => ("BMP", "image/bmp"),
        _ => return None,
    })
}
