//! What a module's text alone tells about its functions: strings and comments are not told from code.

const MOST: usize = 5;

/// Whether the name is bound by a `def` or an assignment; an import of it is somebody else's function.
pub fn may_define(source: &str, name: &str) -> bool {
    source.split(['\n', '\r', ';']).map(str::trim_start).any(|line| {
        let function = line.strip_prefix("async").map_or(line, str::trim_start).strip_prefix("def");
        let function = function.filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start);
        let rest = function.unwrap_or(line).strip_prefix(name).map(str::trim_start);
        rest.is_some_and(|rest| match function {
            Some(_) => rest.starts_with(['(', '[', '\\']),
            None => rest.starts_with([':', '=']) && !rest.starts_with("=="),
        })
    })
}

/// Functions that look like handlers: at the top level, with two parameters.
pub fn candidates(source: &str) -> Vec<String> {
    let starts = source.match_indices("def ").map(|(at, _)| at);
    starts
        .filter(|&at| at == 0 || source[..at].ends_with(['\n', '\r', '\u{feff}']))
        .filter_map(|at| source[at + "def ".len()..].split_once('('))
        .filter(|(_, parameters)| count(parameters) == 2)
        .map(|(name, _)| name.trim())
        .filter(|name| !name.starts_with('_') && name.chars().all(|c| c == '_' || c.is_alphanumeric()))
        .map(str::to_owned)
        .collect()
}

pub fn listed(candidates: &[String]) -> String {
    let names = candidates.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match candidates.len() {
        0 => String::new(),
        1 => format!("; {names} looks like a handler"),
        2..=MOST => format!("; {names} look like handlers"),
        all => format!("; {names} and {} more look like handlers", all - MOST),
    }
}

/// Parameters up to the parenthesis that ends them.
fn count(parameters: &str) -> usize {
    let mut depth = 0_usize;
    let mut count = 0;
    let mut empty = true;
    for c in parameters.chars() {
        match c {
            ')' if depth == 0 => break,
            ',' if depth == 0 => {
                count += usize::from(!empty);
                empty = true;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if c.is_whitespace() => {}
            _ => empty = false,
        }
    }
    count + usize::from(!empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_two_parameters() {
        let source = "def helper(data): ...\r\ndef first(event, context): ...\n\
            def second(\n    event: dict[str, int],\n    context=(1, 2),\n): ...\n\
            class A:\n    def method(self, event): ...\ndef _private(event, context): ...\ndef none(): ...\n";
        assert_eq!(candidates(source), ["first", "second"]);
        assert_eq!(candidates("def whole"), [""; 0]);
    }

    #[test]
    fn tells_a_definition_from_an_import() {
        for (source, defines) in [
            ("def main(event, context): ...", true),
            ("x = 1\r\nasync  def main (event): ...", true),
            ("if x:\n    def main(event): ...", true),
            ("import x; main = x.wrap(f)", true),
            ("main: object = f", true),
            ("from app import main\nmain(1, 2)", false),
            ("def mainly(): ...", false),
            ("main == 1", false),
            ("define = main", false),
            ("# main", false),
        ] {
            assert_eq!(may_define(source, "main"), defines, "{source}");
        }
    }

    #[test]
    fn lists_a_few() {
        let names = |count| vec!["f".to_owned(); count];
        assert_eq!(listed(&names(0)), "");
        assert_eq!(listed(&names(1)), "; `f` looks like a handler");
        assert_eq!(listed(&names(2)), "; `f`, `f` look like handlers");
        assert_eq!(listed(&names(7)), "; `f`, `f`, `f`, `f`, `f` and 2 more look like handlers");
    }
}
