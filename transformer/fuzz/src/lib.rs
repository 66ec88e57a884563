//! What holds for every source, whatever is in it.

pub mod mutate;
mod pieces;

use unum_transformer::{InputError, Request, Transformation, try_transform};

/// # Panics
///
/// Where the transformer does not keep its word.
pub fn check(source: &[u8], handler: &str) {
    let transformation = match try_transform(&Request::new(source, handler)) {
        Ok(transformation) => transformation,
        Err(error) => return assert_ne!(error, InputError::Failed),
    };
    let Transformation { report, source: edited, .. } = transformation;
    assert_eq!(report.can_stream, edited.is_some());
    let (Some(edited), Some(injected)) = (edited, report.injected_name) else { return };
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    // In another encoding the edited text cannot be compared with the bytes.
    let Ok(source) = std::str::from_utf8(source) else { return };
    if source.contains("coding") {
        return;
    }
    assert!(!source.contains(&injected));
    check_pieces(source, &edited, &injected);
    check_again(&edited, handler);
}

fn check_pieces(source: &str, edited: &str, injected: &str) {
    assert_eq!(source.matches('\n').count(), edited.matches('\n').count(), "of lines:\n{edited}");
    assert_eq!(source.matches('\r').count(), edited.matches('\r').count(), "of lines:\n{edited}");
    assert!(pieces::only_pieces(source, edited, injected), "more than pieces were put in:\n{edited}");
}

/// What was edited can be analysed as what was written could.
fn check_again(edited: &str, handler: &str) {
    match try_transform(&Request::new(edited.as_bytes(), handler)) {
        // Pieces make it larger.
        Ok(_) | Err(InputError::TooLarge | InputError::TooDeep) => {}
        Err(error) => panic!("what was edited cannot be analysed: {error}:\n{edited}"),
    }
}
