//! `unum-streaming timeline`: what the functions of one session did, drawn over time.

mod chain;
#[cfg(feature = "aws")]
mod cloudwatch;
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

    #[cfg(feature = "aws")]
    #[command(flatten)]
    groups: cloudwatch::Groups,

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
    #[cfg(feature = "aws")]
    #[error(transparent)]
    CloudWatch(#[from] cloudwatch::Error),
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
    let (records, names) = read(&args)?;
    if let Some(file) = &args.html {
        let page = page::draw(chain::by_session(records.clone()), args.title.as_deref())
            .ok_or_else(|| Error::NoRecord(names.clone()))?;
        fs::write(file, page).map_err(|source| Error::Write { file: name(file), source })?;
    }
    if args.aggregate || args.format == Format::Json {
        return together(&args, chain::by_session(records), &names);
    }
    let on = one_of(chain::by_session(records), args.session.as_deref(), &names)?;
    let off = args.compare.map(|file| read_compared(&file)).transpose()?;
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
fn together(args: &Args, mut chains: Vec<Chain>, names: &str) -> Result<(), Error> {
    if let Some(wanted) = &args.session {
        chains = vec![choose(chains, Some(wanted), names)?];
    }
    let summary = Summary::of(&chains).ok_or_else(|| Error::NoRecord(names.to_owned()))?;
    match args.format {
        Format::Text => print(&table::draw(&summary)),
        Format::Json => {
            output::print_json(&summary).map_err(|source| Error::Write { file: "standard output".to_owned(), source })
        }
    }
}

/// All records that were asked for, and what the places are called that they came from.
fn read(args: &Args) -> Result<(Vec<Record>, String), Error> {
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() && !args.reads_groups() { &stdin[..] } else { &args.files };
    #[cfg_attr(not(feature = "aws"), expect(unused_mut, reason = "files are the only place"))]
    let mut names: Vec<String> = files.iter().map(|file| name(file)).collect();
    let mut records = Vec::new();
    for file in files {
        read_records(file, &mut records)?;
    }
    #[cfg(feature = "aws")]
    if args.reads_groups() {
        names.extend(args.groups.names.iter().cloned());
        for (group, message) in cloudwatch::read(&args.groups)? {
            parse_records(message.as_bytes(), group, &mut records)?;
        }
    }
    Ok((records, names.join(", ")))
}

impl Args {
    #[cfg(feature = "aws")]
    fn reads_groups(&self) -> bool {
        !self.groups.names.is_empty()
    }

    #[cfg(not(feature = "aws"))]
    #[expect(clippy::unused_self, reason = "its twin needs it")]
    fn reads_groups(&self) -> bool {
        false
    }
}

fn read_compared(file: &Path) -> Result<Chain, Error> {
    let mut records = Vec::new();
    read_records(file, &mut records)?;
    one_of(chain::by_session(records), None, &name(file))
}

/// The session asked for, or the newest one.
fn one_of(chains: Vec<Chain>, session: Option<&str>, names: &str) -> Result<Chain, Error> {
    let several = chains.len();
    let chosen = choose(chains, session, names)?;
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
    parse_records(&bytes, &name(file), records)
}

/// `place` is what errors call it.
fn parse_records(bytes: &[u8], place: &str, records: &mut Vec<Record>) -> Result<(), Error> {
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        // The other lines are the user's own and may be in any encoding.
        let record = record::parse(&String::from_utf8_lossy(line)).map_err(|source| Error::Record {
            file: place.to_owned(),
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
