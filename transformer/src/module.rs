//! One module: its top-level statements, parsed only when somebody asks, and what its global names are bound to.
//!
//! What the parser cannot read is no reason to give up the rest: a statement is then known by its words alone.

use std::cell::{OnceCell, RefCell};

use rustc_hash::FxHashMap;

use crate::{
    analysis::{uses::What, walk},
    lexer::{self, Kind, Lexer, Replacement},
    mask, nesting,
    parse::{
        self, SyntaxError, TextSize,
        ast::{self, Ranged, Stmt},
    },
};

pub struct Module<'t> {
    pub text: &'t str,
    pieces: Vec<Piece<'t>>,
    /// For each word, the pieces that have it; not those behind a dot.
    names: FxHashMap<&'t str, Vec<u32>>,
    attributes: FxHashMap<&'t str, Vec<u32>>,
    /// Those of them that are not called at once: they may be assigned to.
    uncalled: FxHashMap<&'t str, Vec<u32>>,
    star_import: Option<usize>,
    /// Attributes that are assigned to, as far as anybody has asked.
    stored: RefCell<FxHashMap<String, bool>>,
    /// Something in it could assign to any attribute or global name.
    may_patch_anything: bool,
    /// It has `sys.path`: which module a name stands for is not certain.
    changes_path: bool,
    sys_is_renamed: bool,
    /// Modules that have led to this one may have put other functions in the place of its own.
    before: Patches,
}

/// What a module may have put in the place of other modules' functions, and of `sys.path`.
#[derive(Clone, Debug, Default)]
pub struct Patches {
    pub anything: bool,
    pub names: Vec<String>,
    pub path: bool,
}

/// One or more statements that begin on one line in the first column.
pub struct Piece<'t> {
    pub start: usize,
    end: usize,
    /// What a definition binds.
    defined: Option<&'t str>,
    /// It has a walrus or a `global`, with which a definition can bind more than its own name.
    binds_inside: bool,
    text: &'t str,
    parsed: OnceCell<Parsed>,
    bound: OnceCell<Vec<Occurrence>>,
}

/// A statement of a piece that binds a global name.
struct Occurrence {
    name: String,
    statement: usize,
    /// How often it binds the name.
    count: u32,
}

enum Parsed {
    Read(Vec<Stmt>),
    Unreadable(Unreadable),
}

#[derive(Clone, Debug)]
pub enum Unreadable {
    Syntax(SyntaxError),
    TooDeep,
}

/// One thing that binds a global name, and where it begins.
#[derive(Clone, Copy)]
pub struct Bound<'m> {
    pub at: usize,
    pub binding: Binding<'m>,
}

/// What gives a global name its value.
#[derive(Clone, Copy)]
pub enum Binding<'m> {
    Function(&'m ast::StmtFunctionDef),
    Coroutine(&'m ast::StmtAsyncFunctionDef),
    Class(&'m ast::StmtClassDef),
    /// By an assignment that does nothing else.
    Value(&'m ast::Expr),
    /// `import module` or `from module import name`.
    Import {
        module: &'m str,
        level: u32,
        name: Option<&'m str>,
    },
    /// Anything else; where.
    Other(usize),
    /// Perhaps: a statement that mentions it cannot be read.
    Unreadable(usize),
}

impl<'t> Module<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut module = Self {
            text,
            pieces: Vec::new(),
            names: FxHashMap::default(),
            attributes: FxHashMap::default(),
            uncalled: FxHashMap::default(),
            star_import: None,
            stored: RefCell::default(),
            may_patch_anything: false,
            changes_path: false,
            sys_is_renamed: false,
            before: Patches::default(),
        };
        module.split();
        module
    }

    /// The same, reached through modules that may have changed it.
    pub fn behind(text: &'t str, before: Patches) -> Self {
        Self { before, ..Self::new(text) }
    }

    /// What this module, and those before it, may have put in the place of others' functions.
    pub fn patches(&self) -> Patches {
        let stored = self.uncalled.keys().filter(|name| self.is_stored(name)).map(|&name| name.to_owned());
        Patches {
            anything: self.may_patch_anything || self.before.anything,
            names: self.before.names.iter().cloned().chain(stored).collect(),
            path: self.changes_path(),
        }
    }

    fn split(&mut self) {
        let text = self.text;
        let mut at_line_start = true;
        let mut is_decorator = false;
        let mut is_definition = false;
        let mut before = ["", ""];
        for token in Lexer::new(text) {
            let word = &text[token.start..token.end];
            match token.kind {
                Kind::Newline => {
                    at_line_start = true;
                    before = ["", ""];
                    continue;
                }
                Kind::Comment => continue,
                _ => {}
            }
            if at_line_start {
                at_line_start = false;
                let goes_on = matches!(word, "else" | "elif" | "except" | "finally") || is_decorator;
                let is_first = is_first_column(text, token.start);
                is_definition = is_first && matches!(word, "def" | "class" | "async");
                if self.pieces.is_empty() || is_first && !goes_on {
                    let start = token.start;
                    let piece = Piece {
                        start,
                        end: text.len(),
                        defined: None,
                        binds_inside: false,
                        text: "",
                        parsed: OnceCell::new(),
                        bound: OnceCell::new(),
                    };
                    if let Some(last) = self.pieces.last_mut() {
                        last.end = start;
                    }
                    self.pieces.push(piece);
                }
                if is_first {
                    is_decorator = word == "@";
                }
            }
            if token.kind == Kind::Name && is_definition && matches!(before[1], "def" | "class") {
                is_definition = false;
                self.define(word);
            }
            self.token(token.kind, word, before);
            if word == "*" && before[1] == "import" {
                self.star_import.get_or_insert(token.start);
            }
            before = [before[1], word];
        }
        for piece in &mut self.pieces {
            piece.text = &text[piece.start..piece.end];
        }
        let anything = [
            "__builtins__",
            "__dict__",
            "__globals__",
            "__setattr__",
            "delattr",
            "globals",
            "mock",
            "modules",
            "monkeypatch",
            "patch_function_wrapper",
            "setattr",
            "wrap_function_wrapper",
            "wrap_object",
            "wrapt",
        ];
        self.may_patch_anything = anything.into_iter().any(|word| self.has_word(word));
        // `import sys as s` and `from sys import path`
        self.changes_path |= self.sys_is_renamed && self.has_word("path");
    }

    /// Takes note of what a token says, and of those inside it.
    fn token(&mut self, kind: Kind, word: &'t str, before: [&'t str; 2]) {
        match kind {
            Kind::Name => self.word(word, before),
            Kind::String { formatted: true } => self.formatted(word),
            _ => {}
        }
        self.changes_path |= word == "path" && before == ["sys", "."];
        self.sys_is_renamed |= before[1] == "sys" && (word == "as" || word == "import");
        if word != "(" && before[0] == "." {
            let index = self.last_index();
            note(&mut self.uncalled, before[1], index);
        }
        let is_walrus = word == "=" && before[1] == ":";
        if (is_walrus || word == "global")
            && let Some(piece) = self.pieces.last_mut()
        {
            piece.binds_inside = true;
        }
    }

    /// An f-string's expressions; of one that is none by the grammar, every word.
    fn formatted(&mut self, string: &'t str) {
        let quote = string.find(['"', '\'']).unwrap_or_default();
        let mut found = Vec::new();
        if lexer::replacements(string, quote, &string[..quote], 0, &mut found).is_none() {
            let words = string.split(|char: char| !char.is_alphanumeric() && char != '_');
            for word in words.filter(|word| !word.is_empty()) {
                self.word(word, ["", ""]);
                self.word(word, ["", "."]);
            }
            return;
        }
        for Replacement { start, end } in found {
            let expression = &string[start..end];
            let mut before = ["", ""];
            for token in Lexer::new(expression).filter(|token| token.kind != Kind::Comment) {
                let word = &expression[token.start..token.end];
                self.token(token.kind, word, before);
                before = [before[1], word];
            }
            // Whatever stands at the end is not called.
            self.token(Kind::Newline, "", before);
        }
    }

    fn word(&mut self, word: &'t str, before: [&str; 2]) {
        let index = self.last_index();
        if before[1] == "." {
            note(&mut self.attributes, word, index);
            return;
        }
        note(&mut self.names, word, index);
    }

    fn last_index(&self) -> u32 {
        u32::try_from(self.pieces.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    fn define(&mut self, name: &'t str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.defined = Some(name);
        }
    }

    /// Every word that could be an identifier.
    pub fn words(&self) -> impl Iterator<Item = (&'t str, &[u32])> {
        self.names.iter().chain(&self.attributes).map(|(&word, pieces)| (word, pieces.as_slice()))
    }

    /// As a name or behind a dot.
    pub fn has_word(&self, word: &str) -> bool {
        self.names.contains_key(word) || self.attributes.contains_key(word)
    }

    /// Whether something in the module could put another function in the place of one of this name.
    pub fn may_patch(&self, name: &str) -> bool {
        self.may_patch_anything
            || self.before.anything
            || self.before.names.iter().any(|patched| patched == name)
            || self.is_stored(name)
    }

    /// Whether a module of the standard library may be another one of that name.
    pub fn changes_path(&self) -> bool {
        self.changes_path || self.before.path
    }

    /// Whether a definition of this name is all that it may be, as far as its first column says.
    pub fn defines(&self, name: &str) -> bool {
        self.pieces_with_name(name).any(|piece| piece.defined == Some(name))
    }

    /// `module.name = …`, in whatever way.
    pub fn is_stored(&self, name: &str) -> bool {
        let Some(pieces) = self.uncalled.get(name) else { return false };
        if let Some(&known) = self.stored.borrow().get(name) {
            return known;
        }
        let stores = |what| matches!(what, What::Store(stored) if stored == name);
        let is_stored = pieces.iter().any(|&index| match self.pieces[index as usize].statements() {
            Ok(statements) => walk::collect(statements).uses.iter().any(|found| stores(found.what)),
            Err(_) => true,
        });
        self.stored.borrow_mut().insert(name.to_owned(), is_stored);
        is_stored
    }

    pub fn piece_at(&self, offset: usize) -> Option<&Piece<'t>> {
        let index = self.pieces.partition_point(|piece| piece.start <= offset);
        self.pieces.get(index.checked_sub(1)?)
    }

    /// Where `from module import *` stands: from then on nothing is certain of any global name.
    pub fn star_import(&self) -> Option<usize> {
        self.star_import
    }

    /// The pieces in which a word stands, as a name or behind a dot.
    pub fn pieces_with(&self, word: &str) -> Vec<&Piece<'t>> {
        let found = self.names.get(word).into_iter().chain(self.attributes.get(word)).flatten();
        let mut indices: Vec<u32> = found.copied().collect();
        indices.sort_unstable();
        indices.dedup();
        indices.into_iter().map(|index| &self.pieces[index as usize]).collect()
    }

    fn pieces_with_name(&self, name: &str) -> impl Iterator<Item = &Piece<'t>> {
        self.names.get(name).into_iter().flatten().map(|&index| &self.pieces[index as usize])
    }

    /// Everything that binds a global name, in the order of the source.
    pub fn bindings(&self, name: &str) -> Vec<Bound<'_>> {
        let mut found = Vec::new();
        for piece in self.pieces_with_name(name) {
            match piece.defined {
                Some(defined) if defined != name && !piece.binds_inside => {}
                _ => match piece.statements() {
                    Ok(statements) => found.extend(piece.bindings(statements, name)),
                    Err(_) => found.push(Bound { at: piece.start, binding: Binding::Unreadable(piece.start) }),
                },
            }
        }
        found
    }

    /// The only thing that a global name is ever bound to.
    pub fn binding(&self, name: &str) -> Option<Binding<'_>> {
        match self.bindings(name).as_slice() {
            [only] if self.star_import.is_none() => Some(only.binding),
            _ => None,
        }
    }

    /// Whether a name that is no local variable means Python's own.
    pub fn is_builtin(&self, name: &str) -> bool {
        self.star_import.is_none() && self.bindings(name).is_empty()
    }
}

impl Piece<'_> {
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    pub fn offset(&self) -> TextSize {
        TextSize::try_from(self.start).unwrap_or_default()
    }

    pub fn statements(&self) -> Result<&[Stmt], Unreadable> {
        match self.parsed.get_or_init(|| self.read()) {
            Parsed::Read(statements) => Ok(statements),
            Parsed::Unreadable(error) => Err(error.clone()),
        }
    }

    fn bindings<'p>(&'p self, statements: &'p [Stmt], name: &str) -> impl Iterator<Item = Bound<'p>> {
        let bound = self.bound.get_or_init(|| occurrences(statements));
        bound.iter().filter(move |occurrence| occurrence.name == name).map(|occurrence| {
            let statement = &statements[occurrence.statement];
            let at = statement.start().to_usize();
            let whole = whole(statement, &occurrence.name).filter(|_| occurrence.count == 1);
            Bound { at, binding: whole.unwrap_or(Binding::Other(at)) }
        })
    }

    fn read(&self) -> Parsed {
        read(self.text, self.start).map_or_else(Parsed::Unreadable, Parsed::Read)
    }
}

/// The statements of a text that begins at byte `offset` of its module.
pub fn read(text: &str, offset: usize) -> Result<Vec<Stmt>, Unreadable> {
    if nesting::too_deep(text) {
        return Err(Unreadable::TooDeep);
    }
    parse::parse_at(text, offset).or_else(|error| {
        // What stood inside strings may nest, too.
        let masked = mask::mask(text).filter(|masked| !nesting::too_deep(masked));
        let masked = masked.and_then(|masked| parse::parse_at(&masked, offset).ok());
        masked.ok_or(Unreadable::Syntax(error))
    })
}

fn note<'t>(index: &mut FxHashMap<&'t str, Vec<u32>>, word: &'t str, piece: u32) {
    let pieces = index.entry(word).or_default();
    if pieces.last() != Some(&piece) {
        pieces.push(piece);
    }
}

fn is_first_column(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let line = before.trim_end_matches(['\x0c', '\u{feff}']);
    line.is_empty() || line.ends_with(['\n', '\r'])
}

/// The binding, if a statement does nothing else to the name.
fn whole<'m>(statement: &'m Stmt, name: &str) -> Option<Binding<'m>> {
    match statement {
        Stmt::FunctionDef(def) if def.name.as_str() == name => Some(Binding::Function(def)),
        Stmt::AsyncFunctionDef(def) if def.name.as_str() == name => Some(Binding::Coroutine(def)),
        Stmt::ClassDef(class) if class.name.as_str() == name => Some(Binding::Class(class)),
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [ast::Expr::Name(target)] if target.id.as_str() == name => Some(Binding::Value(&assign.value)),
            _ => None,
        },
        Stmt::AnnAssign(ast::StmtAnnAssign { target, value: Some(value), .. }) => match &**target {
            ast::Expr::Name(target) if target.id.as_str() == name => Some(Binding::Value(value)),
            _ => None,
        },
        Stmt::Import(import) => import_of(import, name),
        Stmt::ImportFrom(import) => import_from_of(import, name),
        _ => None,
    }
}

/// Which statements bind which global names, in the order of the source.
fn occurrences(statements: &[Stmt]) -> Vec<Occurrence> {
    let mut found: Vec<Occurrence> = Vec::new();
    for (statement, parsed) in statements.iter().enumerate() {
        let first = found.len();
        for one in walk::collect(std::slice::from_ref(parsed)).uses {
            let name = match one.what {
                What::Bind(name, _) if one.scope == 0 => name,
                What::Global(name) => name,
                _ => continue,
            };
            match found[first..].iter_mut().find(|occurrence| occurrence.name == name) {
                Some(known) => known.count += 1,
                None => found.push(Occurrence { name: name.to_owned(), statement, count: 1 }),
            }
        }
    }
    found
}

fn import_of<'m>(import: &'m ast::StmtImport, name: &str) -> Option<Binding<'m>> {
    import.names.iter().find_map(|alias| match &alias.asname {
        Some(asname) if asname.as_str() == name => Some(Binding::Import { module: &alias.name, level: 0, name: None }),
        None if alias.name.as_str() == name => Some(Binding::Import { module: &alias.name, level: 0, name: None }),
        // `import a.b` binds `a`.
        None if alias.name.split('.').next() == Some(name) => {
            let root = &alias.name.as_str()[..name.len()];
            Some(Binding::Import { module: root, level: 0, name: None })
        }
        _ => None,
    })
}

fn import_from_of<'m>(import: &'m ast::StmtImportFrom, name: &str) -> Option<Binding<'m>> {
    let bound = |alias: &&ast::Alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name;
    let alias = import.names.iter().find(bound)?;
    let level = import.level.as_ref().map_or(0, ast::Int::to_u32);
    let module = import.module.as_ref().map_or("", ast::Identifier::as_str);
    Some(Binding::Import { module, level, name: Some(&alias.name) })
}
