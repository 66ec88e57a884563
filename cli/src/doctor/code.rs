//! The code of a function or a layer: a folder, or a zip that is read in memory.

use std::{
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};
use unum_transformer::{Modules, OtherModule};

use crate::module::{self, MAX_MODULE_BYTES};

/// Lambda takes no more, unzipped.
pub const MAX_ZIP_BYTES: u64 = 250 * 1024 * 1024;

/// Where a binary of ELF says what machine it is for.
const MACHINE: Range<usize> = 18..20;
const MACHINES: [([u8; 2], &str); 2] = [([0x3e, 0], "x86_64"), ([0xb7, 0], "arm64")];

#[derive(Debug, Clone)]
pub enum Code {
    Folder(PathBuf),
    Zip(Zip),
    /// And why.
    Unseen(String),
}

#[derive(Debug, Clone)]
pub struct Zip {
    /// For the user to see; empty where it is no file.
    path: PathBuf,
    archive: Arc<ZipSliceArchive<Vec<u8>>>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{name} is no zip: {source}")]
    NoZip { name: String, source: rawzip::Error },
}

impl Code {
    /// A folder, or the file of a zip.
    pub fn at(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Read { path: path.to_owned(), source };
        let found = path.metadata().map_err(unreadable)?;
        if found.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        if !found.is_file() || found.len() > MAX_ZIP_BYTES {
            return Err(unreadable(io::Error::other("it is neither a folder nor a zip that Lambda would take")));
        }
        let bytes = fs::read(path).map_err(unreadable)?;
        Self::zip(path, bytes).map_err(|source| Error::NoZip { name: path.display().to_string(), source })
    }

    /// A zip that has come from elsewhere.
    #[cfg(feature = "aws")]
    pub fn received(bytes: Vec<u8>) -> Result<Self, Error> {
        Self::zip(Path::new(""), bytes).map_err(|source| Error::NoZip { name: "what AWS gave".to_owned(), source })
    }

    fn zip(path: &Path, bytes: Vec<u8>) -> Result<Self, rawzip::Error> {
        let archive = Arc::new(ZipArchive::from_slice(bytes)?);
        Ok(Self::Zip(Zip { path: path.to_owned(), archive }))
    }

    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(path).is_file(),
            Self::Zip(zip) => zip.read(path).is_ok_and(|found| found.is_some()),
            Self::Unseen(_) => false,
        }
    }

    /// What a binary runs on, as Lambda calls it; None where it is none.
    pub fn architecture(&self, path: &str) -> Option<&'static str> {
        let bytes = match self {
            Self::Folder(folder) => read_file(&folder.join(path)),
            Self::Zip(zip) => zip.read(path),
            Self::Unseen(_) => Ok(None),
        };
        match bytes.ok()??.get(..MACHINE.end)? {
            elf if !elf.starts_with(b"\x7fELF") => None,
            elf => MACHINES.iter().find(|(machine, _)| elf[MACHINE] == *machine).map(|(_, name)| *name),
        }
    }

    /// The file of the module with this dotted name; a package wins over a module.
    pub fn module(&self, name: &str) -> Result<Option<OtherModule>, module::Error> {
        let base = name.replace('.', "/");
        for (path, is_package) in [(format!("{base}/__init__.py"), true), (format!("{base}.py"), false)] {
            let (path, read) = match self {
                Self::Folder(folder) => (folder.join(&path), read_file(&folder.join(&path))),
                Self::Zip(zip) => (zip.path.join(&path), zip.read(&path)),
                Self::Unseen(_) => return Ok(None),
            };
            match read {
                Ok(Some(source)) => {
                    let path = path.to_string_lossy().into_owned();
                    return Ok(Some(OtherModule { name: name.to_owned(), path, is_package, source }));
                }
                Ok(None) => {}
                Err(source) => return Err(module::Error::Read { path, source }),
            }
        }
        Ok(None)
    }
}

impl Modules for Code {
    fn find(&self, name: &str) -> Option<OtherModule> {
        self.module(name).ok()?
    }
}

fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match module::read(path) {
        Ok(source) => Ok(Some(source)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Zip {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        for entry in self.archive.entries() {
            let entry = entry.map_err(io::Error::other)?;
            if entry.file_path().as_ref() == path.as_bytes() {
                let data = self.archive.get_entry(entry.wayfinder()).map_err(io::Error::other)?.data();
                return unpacked(data, entry.compression_method()).map(Some);
            }
        }
        Ok(None)
    }
}

fn unpacked(data: &[u8], method: CompressionMethod) -> io::Result<Vec<u8>> {
    match method {
        CompressionMethod::STORE => Ok(data[..data.len().min(MAX_MODULE_BYTES)].to_owned()),
        CompressionMethod::DEFLATE => match decompress_to_vec_with_limit(data, MAX_MODULE_BYTES) {
            Ok(unpacked) => Ok(unpacked),
            Err(error) if error.status == TINFLStatus::HasMoreOutput => Ok(error.output),
            Err(_) => Err(io::Error::other("what the zip has of it cannot be unpacked")),
        },
        _ => Err(io::Error::other("it is packed in a way that Lambda does not take")),
    }
}
