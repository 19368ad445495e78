//! Lists of many things to be done: CSV (RFC 4180) whose first line names the columns.

use std::sync::Arc;

use theriac_core::serials::fields;

/// A line of a list.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Counted from 1, the header too.
    pub(crate) line: u64,
    columns: Arc<[String]>,
    fields: Vec<String>,
}

impl Row {
    /// What stands under the column; none where nothing does.
    pub(crate) fn word(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.fields.get(place).map(String::as_str).filter(|word| !word.is_empty())
    }

    /// What stands under the column, read; `line 7 (hours): …` where it cannot be.
    pub(crate) fn parsed<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let value = self.word(column).map(read).transpose();
        value.map_err(|what| format!("line {} ({column}): {what}", self.line))
    }
}

/// Reads the lines; empty ones are passed over. An error says which line is wrong.
pub(crate) fn read(text: &str, required: &[&str], optional: &[&str]) -> Result<Vec<Row>, String> {
    let mut header: Option<Arc<[String]>> = None;
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let parts = fields(text.as_bytes()).ok_or_else(|| format!("line {line} has an unfinished quotation"))?;
        let parts: Vec<String> = parts.iter().map(|part| String::from_utf8_lossy(part).trim().to_owned()).collect();
        let Some(columns) = &header else {
            header = Some(columns_of(&parts, required, optional).map_err(|what| format!("line {line} {what}"))?);
            continue;
        };
        if parts.len() != columns.len() {
            return Err(format!("line {line} has {} fields, not {}", parts.len(), columns.len()));
        }
        rows.push(Row { line, columns: Arc::clone(columns), fields: parts });
    }
    match rows.is_empty() {
        true => Err("nothing stands in it but perhaps the header: is it the whole file?".to_owned()),
        false => Ok(rows),
    }
}

fn columns_of(names: &[String], required: &[&str], optional: &[&str]) -> Result<Arc<[String]>, String> {
    let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let times = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    let known = || required.iter().chain(optional);
    if let Some(unknown) = names.iter().find(|name| !known().any(|known| known == name)) {
        return Err(format!("has a column `{unknown}`"));
    }
    if let Some(missing) = required.iter().find(|wanted| times(wanted) != 1) {
        return Err(format!("does not name the column `{missing}` once"));
    }
    if let Some(twice) = optional.iter().find(|name| times(name) > 1) {
        return Err(format!("names the column `{twice}` twice"));
    }
    Ok(names.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_any_order_and_empty_fields_are_none() {
        let rows = read("\u{feff}Lot,model,made\nA1,m,\n\n\"B,1\",n,2026\n", &["model", "lot"], &["made"]).unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.line, row.word("lot"), row.word("made"))).collect();
        assert_eq!(told, [(2, Some("A1"), None), (4, Some("B,1"), Some("2026"))]);
        assert_eq!(rows[0].word("other"), None);
        assert_eq!(rows[1].parsed("made", |_| Err::<(), _>("no day".to_owned())).unwrap_err(), "line 4 (made): no day");
    }

    #[test]
    fn a_wrong_list_is_refused_with_its_line() {
        for (list, what) in [
            ("model\n", "line 1 does not name the column `lot` once"),
            ("model,lot,lot\n", "line 1 does not name the column `lot` once"),
            ("model,lot,made,made\n", "line 1 names the column `made` twice"),
            ("model,lot,colour\n", "line 1 has a column `colour`"),
            ("model,lot\nA\n", "line 2 has 1 fields, not 2"),
            ("model,lot\nA,\"B\n", "line 2 has an unfinished quotation"),
            ("", "nothing stands in it but perhaps the header: is it the whole file?"),
            ("model,lot\n\n", "nothing stands in it but perhaps the header: is it the whole file?"),
        ] {
            assert_eq!(read(list, &["model", "lot"], &["made"]).unwrap_err(), what);
        }
    }
}
