//! Python compares identifiers after NFKC normalisation, so `ﬁeld` and `field` are one name.
//!
//! Instead of normalising, only characters that normalisation leaves alone are accepted.

/// Whether Python compares this identifier as it is written.
pub fn is_plain(identifier: &str) -> bool {
    identifier.chars().all(|char| {
        char.is_ascii()
            || matches!(char,
                'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ'           // Latin-1 without ª, µ and º
                | 'Α'..='Ω' | 'α'..='ω'                     // Greek
                | 'А'..='я'                                 // Cyrillic
                | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' // Kana without the combining marks
                | '\u{4e00}'..='\u{9fff}'                   // CJK unified ideographs
                | '\u{ac00}'..='\u{d7a3}' // Hangul syllables
            )
    })
}
