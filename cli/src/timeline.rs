//! `unum-streaming timeline`: what the functions of one session did, drawn over time.

mod chain;
mod page;
mod picture;
mod record;
mod scale;
mod summary;
mod svg;
mod table;
mod terminal;

use std::{
    fmt::Display,
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    color::Color,
    module::Format,
    output,
    text::{self, MAX_WIDTH, MIN_WIDTH},
};

use self::{
    chain::Chain,
    picture::Picture,
    record::{Record, RecordError},
    summary::Summary,
    terminal::Terminal,
};

/// Draw what each function of a session did: when it ran, published, waited and started next
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Logs written at `UNUM_LOG=debug`; `-` or none reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Log of the same chain with streaming off, drawn above on the same time scale
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,

    /// Also write the picture to this file as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Also write a page with every session, and all of them together, to this file as HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// All sessions together instead of a drawing: medians for each function, what streaming saved and what it cost
    #[arg(long, conflicts_with_all = ["svg", "compare", "session"])]
    aggregate: bool,

    /// `json`: the numbers of all sessions together, or of --session alone, instead of a drawing
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with_all = ["svg", "compare"])]
    format: Format,

    /// Heading of the picture
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Session to draw, or the start of its id; the newest unless given
    #[arg(long, value_name = "ID")]
    session: Option<String>,

    /// Columns of the drawing; the terminal's ($COLUMNS) or 100 unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(i64::from(MIN_WIDTH)..=i64::from(MAX_WIDTH)))]
    width: Option<u16>,

    /// When to colour the drawing
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,

    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {file}: {source}")]
    Read { file: String, source: io::Error },
    #[error("{file}:{line}: {source}")]
    Record { file: String, line: usize, source: RecordError },
    #[error("no timeline record in {0}: functions write one per invocation when UNUM_LOG=debug is set")]
    NoRecord(String),
    #[error("no session `{wanted}` in {files}; there {}", listed(.known))]
    NoSuchSession { wanted: String, files: String, known: Vec<String> },
    #[error("`{wanted}` is the start of several sessions: {}", .known.join(", "))]
    AmbiguousSession { wanted: String, known: Vec<String> },
    #[error("cannot write {file}: {source}")]
    Write { file: String, source: io::Error },
}

pub fn run(args: Args) -> Result<(), Error> {
    if let Some(file) = &args.html {
        let (chains, files) = read_chains(&args.files)?;
        let page = page::draw(chains, args.title.as_deref()).ok_or(Error::NoRecord(files))?;
        fs::write(file, page).map_err(|source| Error::Write { file: name(file), source })?;
    }
    if args.aggregate || args.format == Format::Json {
        return together(&args);
    }
    if args.html.is_some() && args.files.is_empty() {
        return Ok(()); // standard input has been read
    }
    let on = read_chain(&args.files, args.session.as_deref())?;
    let off = args.compare.map(|file| read_chain(&[file], None)).transpose()?;
    let picture = Picture::new(args.title, on, off);

    if let Some(file) = &args.svg {
        fs::write(file, svg::draw(&picture)).map_err(|source| Error::Write { file: name(file), source })?;
    }
    let terminal = Terminal {
        width: args.width.unwrap_or_else(text::terminal_columns).into(),
        color: args.color.on_stdout(),
        ascii: args.ascii,
    };
    print(&terminal.draw(&picture))
}

/// The numbers of several sessions.
fn together(args: &Args) -> Result<(), Error> {
    let (mut chains, files) = read_chains(&args.files)?;
    if let Some(wanted) = &args.session {
        chains = vec![choose(chains, Some(wanted), &files)?];
    }
    let summary = Summary::of(&chains).ok_or(Error::NoRecord(files))?;
    match args.format {
        Format::Text => print(&table::draw(&summary)),
        Format::Json => {
            output::print_json(&summary).map_err(|source| Error::Write { file: "standard output".to_owned(), source })
        }
    }
}

/// Every session in `files`, the newest last, and what the files are called.
fn read_chains(files: &[PathBuf]) -> Result<(Vec<Chain>, String), Error> {
    let stdin = [PathBuf::from("-")];
    let files = if files.is_empty() { &stdin } else { files };
    let names = files.iter().map(|file| name(file)).collect::<Vec<_>>().join(", ");
    let mut records = Vec::new();
    for file in files {
        read_records(file, &mut records)?;
    }
    Ok((chain::by_session(records), names))
}

/// The session asked for, or the newest one, of all records in `files`.
fn read_chain(files: &[PathBuf], session: Option<&str>) -> Result<Chain, Error> {
    let (chains, names) = read_chains(files)?;
    let several = chains.len();
    let chosen = choose(chains, session, &names)?;
    if several > 1 && session.is_none() {
        let _ = writeln!(
            io::stderr(),
            "{several} sessions in {names}; drawing the newest, {} (--session ID draws another)",
            chosen.session
        );
    }
    Ok(chosen)
}

fn choose(mut chains: Vec<Chain>, wanted: Option<&str>, files: &str) -> Result<Chain, Error> {
    let Some(wanted) = wanted else {
        return chains.pop().ok_or_else(|| Error::NoRecord(files.to_owned()));
    };
    if chains.is_empty() {
        return Err(Error::NoRecord(files.to_owned()));
    }
    let sessions = |chains: &[Chain]| chains.iter().map(|chain| chain.session.clone()).collect::<Vec<_>>();
    let known = sessions(&chains);
    let exact = chains.iter().any(|chain| chain.session == wanted);
    chains.retain(|chain| if exact { chain.session == wanted } else { chain.session.starts_with(wanted) });
    if chains.len() > 1 {
        return Err(Error::AmbiguousSession { wanted: wanted.to_owned(), known: sessions(&chains) });
    }
    chains.pop().ok_or_else(|| Error::NoSuchSession { wanted: wanted.to_owned(), files: files.to_owned(), known })
}

fn read_records(file: &Path, records: &mut Vec<Record>) -> Result<(), Error> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(file).map(|read| bytes = read)
    };
    read.map_err(|source| Error::Read { file: name(file), source })?;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        // The other lines are the user's own and may be in any encoding.
        let record = record::parse(&String::from_utf8_lossy(line)).map_err(|source| Error::Record {
            file: name(file),
            line: index + 1,
            source,
        })?;
        records.extend(record);
    }
    Ok(())
}

fn print(drawing: &str) -> Result<(), Error> {
    output::print(drawing.as_bytes()).map_err(|source| Error::Write { file: "standard output".to_owned(), source })
}

fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

fn listed(sessions: &[impl Display]) -> String {
    let names = sessions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if sessions.len() == 1 { format!("is {names}") } else { format!("are {names}") }
}
