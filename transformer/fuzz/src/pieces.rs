//! Whether an edited text is the original with nothing but injected calls put in.

pub fn only_pieces(source: &str, edited: &str, injected: &str) -> bool {
    Texts { source: source.as_bytes(), edited: edited.as_bytes(), injected: injected.as_bytes() }.agree(0, 0, 0)
}

struct Texts<'t> {
    source: &'t [u8],
    edited: &'t [u8],
    injected: &'t [u8],
}

impl Texts<'_> {
    /// From here on; `open` brackets of pieces are not closed yet.
    fn agree(&self, mut at: usize, mut other: usize, mut open: usize) -> bool {
        while other < self.edited.len() {
            if let Some((length, opens)) = self.piece(other) {
                other += length;
                open += opens;
                continue;
            }
            if open > 0 && self.closers(other).any(|length| self.agree(at, other + length, open - 1)) {
                return true;
            }
            if self.source.get(at) != Some(&self.edited[other]) {
                return false;
            }
            (at, other) = (at + 1, other + 1);
        }
        at == self.source.len() && open == 0
    }

    /// The injected text that begins here, and the brackets that it leaves open.
    fn piece(&self, at: usize) -> Option<(usize, usize)> {
        let rest = &self.edited[at..];
        let behind = rest.strip_prefix(b"; ").is_some_and(|rest| rest.starts_with(self.injected));
        let start = if behind { 2 } else { 0 };
        let call = rest[start..].strip_prefix(self.injected)?;
        if let Some(emit) = call.strip_prefix(b".emit(") {
            let value = emit[literal(emit)?..].strip_prefix(b", (")?;
            return Some((rest.len() - value.len(), 1));
        }
        let brackets = call.strip_prefix(b".publish").or_else(|| call.strip_prefix(b".offer")).or_else(|| guarded(call))?;
        let after = &brackets[balanced(brackets)?..];
        let end = rest.len() - after.len();
        if behind {
            return Some((end, 0));
        }
        if let Some(header) = after.strip_prefix(b" or ") {
            // The last one opens a bracket around the header's own value.
            let opens = usize::from(!header.starts_with(self.injected));
            return Some((end + 4 + opens, opens));
        }
        after.starts_with(b"; ").then_some((end + 2, 0))
    }

    /// Lengths of what may close a bracket of a piece here.
    fn closers(&self, at: usize) -> impl Iterator<Item = usize> {
        let rest = &self.edited[at..];
        // Where the original has the same bracket, it may as well be that one, and this one the next.
        let plain = (rest.first() == Some(&b')')).then_some(1);
        emit_end(rest).into_iter().chain(plain)
    }
}

/// `(…)` of `0__ and (…)`
fn guarded(text: &[u8]) -> Option<&[u8]> {
    text[text.iter().take_while(|byte| byte.is_ascii_digit()).count()..].strip_prefix(b"__ and ")
}

/// `,), 'version', (1,))`
fn emit_end(text: &[u8]) -> Option<usize> {
    let mut rest = text.strip_prefix(b",)")?;
    while let Some(pair) = rest.strip_prefix(b", ") {
        let tuple = pair[literal(pair)?..].strip_prefix(b", ")?;
        rest = &tuple[balanced(tuple)?..];
    }
    rest.starts_with(b")").then_some(text.len() - rest.len() + 1)
}

/// Length of the string literal that this starts with.
fn literal(text: &[u8]) -> Option<usize> {
    let quote = *text.first().filter(|byte| matches!(byte, b'\'' | b'"'))?;
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Length of the bracketed text that this starts with.
fn balanced(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        match *text.get(at)? {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\'' | b'"' => {
                at += literal(&text[at..])?;
                continue;
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}
