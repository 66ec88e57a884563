//! The function's own modules beside the one that is looked at: what a name that is imported from them is bound to there.

use std::cell::OnceCell;

use crate::{
    decode, identifiers,
    module::Module,
    modules::{ModuleName, Modules},
};

/// Larger ones define what they are made of; a logger or a lock that several modules share stands in a small one.
const MAX_BYTES: usize = 64 * 1024;
/// Modules that are read for one handler.
const MAX_READ: usize = 16;

/// Another module of the function's own.
pub struct Neighbour<'t> {
    pub name: ModuleName<'t>,
    pub module: Module<'t>,
}

pub trait Neighbours<'m> {
    /// Whether a module of this dotted name is the user's own.
    fn has(&self, name: &str) -> bool;

    /// None: there is none, or it is not one that can be looked into.
    fn find(&'m self, name: &str) -> Option<&'m Neighbour<'m>>;
}

/// What has been read, as it was found.
#[derive(Default)]
pub struct Texts(Shelf<Text>);

struct Text {
    name: String,
    found: Option<Found>,
}

struct Found {
    is_package: bool,
    path: String,
    /// None: it is too large, or cannot be read.
    text: Option<String>,
}

/// Reads each module once, when somebody asks.
pub struct Reader<'t> {
    modules: &'t dyn Modules,
    texts: &'t Texts,
    read: Shelf<Neighbour<'t>>,
}

impl<'t> Reader<'t> {
    pub fn new(modules: &'t dyn Modules, texts: &'t Texts) -> Self {
        Self { modules, texts, read: Shelf::default() }
    }

    fn text(&self, name: &str) -> &'t Text {
        let texts = &self.texts.0;
        texts.iter().find(|text| text.name == name).unwrap_or_else(|| {
            let found = self.modules.find(name).map(|other| {
                let source = Some(other.source).filter(|source| source.len() <= MAX_BYTES);
                let text = source.and_then(|source| decode::decode(&source).map(String::from).ok());
                Found { is_package: other.is_package, path: other.path, text }
            });
            texts.push(Text { name: name.to_owned(), found })
        })
    }
}

impl<'m, 't: 'm> Neighbours<'m> for Reader<'t> {
    fn has(&self, name: &str) -> bool {
        self.text(name).found.is_some()
    }

    fn find(&'m self, name: &str) -> Option<&'m Neighbour<'m>> {
        let Text { name, found: Some(Found { is_package, path, text: Some(text) }) } = self.text(name) else {
            return None;
        };
        let known = self.read.iter().find(|known| known.name.dotted == name);
        let neighbour = match known {
            Some(known) => known,
            None if self.read.iter().count() >= MAX_READ => return None,
            None => self.read.push(Neighbour {
                name: ModuleName { dotted: name, is_package: *is_package, path },
                module: Module::new(text),
            }),
        };
        // Names are compared as they are written.
        let mut words = neighbour.module.words();
        words.all(|(word, _)| word.is_ascii() || identifiers::is_plain(word)).then_some(neighbour)
    }
}

/// Grows while what is on it is borrowed.
struct Shelf<T>(OnceCell<Box<(T, Self)>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<T> Shelf<T> {
    fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::successors(self.0.get(), |next| next.1.0.get()).map(|next| &next.0)
    }

    fn push(&self, item: T) -> &T {
        let mut end = self;
        while let Some(next) = end.0.get() {
            end = &next.1;
        }
        &end.0.get_or_init(|| Box::new((item, Self::default()))).0
    }
}
