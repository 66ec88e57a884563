//! Source bytes → text, as Python's tokenizer does it: byte order mark, then coding cookie, then UTF-8.

use std::borrow::Cow;

const BOM: &[u8] = b"\xef\xbb\xbf";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the source is not valid {0}")]
    Invalid(&'static str),
    #[error("the source's encoding `{0}` is not understood")]
    Unknown(String),
    #[error("the source holds a null byte")]
    Null,
}

enum Encoding {
    Utf8,
    Ascii,
    Latin1,
}

/// The text without its byte order mark.
pub fn decode(source: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    if source.contains(&0) {
        return Err(DecodeError::Null);
    }
    let (source, has_bom) = source.strip_prefix(BOM).map_or((source, false), |rest| (rest, true));
    let encoding = match cookie(source) {
        None => Encoding::Utf8,
        Some(name) => match (encoding(&name), has_bom) {
            (Some(Encoding::Utf8), _) => Encoding::Utf8,
            (Some(encoding), false) => encoding,
            _ => return Err(DecodeError::Unknown(name)),
        },
    };
    match encoding {
        Encoding::Ascii if !source.is_ascii() => Err(DecodeError::Invalid("ASCII")),
        Encoding::Utf8 | Encoding::Ascii => {
            std::str::from_utf8(source).map(Cow::Borrowed).map_err(|_| DecodeError::Invalid("UTF-8"))
        }
        Encoding::Latin1 => Ok(source.iter().map(|&byte| char::from(byte)).collect::<String>().into()),
    }
}

fn encoding(name: &str) -> Option<Encoding> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "u8" => Some(Encoding::Utf8),
        "ascii" | "us-ascii" | "646" => Some(Encoding::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1" | "l1" | "8859" => Some(Encoding::Latin1),
        _ => None,
    }
}

/// The encoding that a comment in one of the first two lines names (PEP 263).
fn cookie(source: &[u8]) -> Option<String> {
    let mut rest = source;
    for _ in 0..2 {
        let end = rest.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.get(1..)).unwrap_or_default();
        let code = line.trim_ascii();
        if code.is_empty() {
            continue;
        }
        if code[0] != b'#' {
            return None;
        }
        if let Some(name) = named_encoding(code) {
            return Some(name);
        }
    }
    None
}

fn named_encoding(comment: &[u8]) -> Option<String> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (0..comment.len()).find_map(|at| {
        let rest = comment[at..].strip_prefix(b"coding")?;
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?.trim_ascii_start();
        let name: Vec<u8> = rest.iter().copied().take_while(is_name).collect();
        (!name.is_empty()).then(|| String::from_utf8_lossy(&name).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_mark_is_dropped() {
        assert_eq!(decode(b"\xef\xbb\xbfa = 1").as_deref(), Ok("a = 1"));
    }

    #[test]
    fn cookie_names_the_encoding() {
        assert_eq!(
            decode(b"# -*- coding: latin-1 -*-\na = '\xe9'").as_deref(),
            Ok("# -*- coding: latin-1 -*-\na = 'é'")
        );
        assert_eq!(decode(b"#!/usr/bin/python\n# vim: fileencoding=ISO_8859_1\n'\xe9'").map(|text| text.len()), Ok(53));
        assert_eq!(decode(b"# coding=ascii\n'\xe9'"), Err(DecodeError::Invalid("ASCII")));
        assert_eq!(decode(b"# coding: cp1252\n"), Err(DecodeError::Unknown("cp1252".to_owned())));
    }

    #[test]
    fn cookie_counts_only_in_a_leading_comment() {
        assert!(decode(b"a = 1\n# coding: cp1252\n").is_ok());
        assert!(decode(b"\n\n# coding: cp1252\n").is_ok());
        assert!(decode(b"\r\n# coding: cp1252\r\n").is_err());
    }

    #[test]
    fn no_cookie_means_utf_8() {
        assert_eq!(decode(b"a = '\xe9'"), Err(DecodeError::Invalid("UTF-8")));
        assert_eq!(decode(b"a = \0"), Err(DecodeError::Null));
    }
}
