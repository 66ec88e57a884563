//! `unum-streaming timeline`: what the functions of a session did, drawn over time, and the numbers of all sessions.

mod chain;
#[cfg(feature = "aws")]
mod cloudwatch;
mod figure;
mod log;
mod page;
mod picture;
mod record;
mod scale;
mod session;
mod summary;
mod svg;
mod table;
mod terminal;

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    color::Color,
    module::Format,
    output,
    progress::Progress,
    text::{self, MAX_WIDTH, MIN_WIDTH},
};

use self::{
    chain::{Chain, by_chain},
    picture::Picture,
    record::{Record, RecordError},
    scale::counted,
    session::Session,
    summary::Summary,
    terminal::Terminal,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was drawn
  2  wrong usage, a log that cannot be read or that has no such session, or a file that cannot be written

Examples:
  sam logs --stack-name YOUR_STACK | unum-streaming timeline
  unum-streaming timeline --html page.html --log-group /aws/lambda/first /aws/lambda/second
  unum-streaming timeline --format json run.log | jq '.chains[] | {chain, saved_ms}'";

/// Draw what each function of a session did: when it ran, published, waited and started next
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Logs written at `UNUM_LOG=debug`; `-` or none reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    #[cfg(feature = "aws")]
    #[command(flatten)]
    groups: cloudwatch::Groups,

    /// Log of the same chain with streaming off, whose newest session is drawn above on the same time scale
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,

    /// Also write the picture to this file as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Also write a page with every session, and those of each chain together, to this file as HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// The sessions of each chain together instead of a drawing: medians for each function, what streaming saved and
    /// what it cost
    #[arg(long, conflicts_with_all = ["svg", "compare", "session"])]
    aggregate: bool,

    /// `json`: the numbers of each chain's sessions together, or of --session alone, instead of a drawing
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with_all = ["svg", "compare"])]
    format: Format,

    /// Heading of the picture, and of the page
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Session to draw, or the start of its id; the newest unless given
    #[arg(long, value_name = "ID")]
    session: Option<String>,

    /// Columns of the drawing; the terminal's ($COLUMNS) or 100 unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(i64::from(MIN_WIDTH)..=i64::from(MAX_WIDTH)))]
    width: Option<u16>,

    /// When to colour the drawing; `auto`: on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,

    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
}

/// Sessions that an error names.
const MOST_LISTED: usize = 5;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {file}: {source}")]
    Read { file: String, source: io::Error },
    #[error("no record in {log} can be read; the first, at {place}: {source}")]
    Damaged { log: String, place: String, source: RecordError },
    #[cfg(feature = "aws")]
    #[error(transparent)]
    CloudWatch(#[from] cloudwatch::Error),
    #[error("no timeline record in {0}: functions write one per invocation when UNUM_LOG=debug is set")]
    NoRecord(String),
    #[error("no session `{wanted}` in {place}; there {} {}", if known.len() == 1 { "is" } else { "are" }, listed(.known))]
    NoSuchSession { wanted: String, place: String, known: Vec<String> },
    #[error("`{wanted}` is the start of several sessions, write more of one: {}", listed(.known))]
    AmbiguousSession { wanted: String, known: Vec<String> },
    #[error("cannot write {file}: {source}")]
    Write { file: String, source: io::Error },
    #[error("cannot write the output: {0}")]
    Print(io::Error),
}

pub fn run(args: &Args) -> Result<(), Error> {
    let (log, place) = read(args)?;
    let sessions = log.sessions(&place)?;
    if let Some(file) = &args.html {
        write(file, &page::draw(&sessions, args.title.as_deref()))?;
    }
    if args.aggregate || args.format == Format::Json {
        return together(args, &sessions, &place);
    }
    let on = match &args.session {
        Some(wanted) => choose(&sessions, wanted, &place)?,
        None => newest(&sessions, None, &place)?,
    };
    let compared = args.compare.as_deref().map(read_compared).transpose()?;
    let off = compared.as_ref().map(|(sessions, place)| newest(sessions, Some(&on.chain), place)).transpose()?;
    let picture = Picture::new(args.title.as_deref(), on, off);

    if let Some(file) = &args.svg {
        write(file, &svg::draw(&picture))?;
    }
    let terminal = Terminal {
        width: args.width.unwrap_or_else(text::terminal_columns).into(),
        color: args.color.on_stdout(),
        ascii: args.ascii,
    };
    print(&terminal.draw(&picture))
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Document {
    chains: Vec<Summary>,
}

/// The numbers of each chain's sessions.
fn together(args: &Args, sessions: &[Session], place: &str) -> Result<(), Error> {
    let chains = match &args.session {
        Some(wanted) => vec![vec![choose(sessions, wanted, place)?]],
        None => by_chain(sessions),
    };
    let chains: Vec<Summary> = chains.iter().filter_map(|sessions| Summary::of(sessions)).collect();
    match args.format {
        Format::Text => print(&chains.iter().map(table::draw).collect::<Vec<_>>().join("\n")),
        Format::Json => output::print_json(&Document { chains }).map_err(Error::Print),
    }
}

/// What was asked for, and what the place is called that it came from.
fn read(args: &Args) -> Result<(Log, String), Error> {
    let stdin = [PathBuf::from("-")];
    let groups = args.groups();
    let files = if args.files.is_empty() && groups.is_empty() { &stdin[..] } else { &args.files };
    let place = files.iter().map(|file| name(file)).chain(groups.iter().cloned()).collect::<Vec<_>>().join(", ");
    let _progress = Progress::start(&format!("reading {place}"), None);
    let mut log = Log::default();
    for file in files {
        log.add_file(file)?;
    }
    #[cfg(feature = "aws")]
    if !groups.is_empty() {
        for (group, message) in cloudwatch::read(&args.groups)? {
            log.add(&message, |_| group.to_owned());
        }
    }
    Ok((log, place))
}

/// What logs hold.
#[derive(Default)]
struct Log {
    records: Vec<Record>,
    /// Records that cannot be read, and the first of them with its place.
    damaged: usize,
    first_damaged: Option<(String, RecordError)>,
}

impl Log {
    fn add_file(&mut self, file: &Path) -> Result<(), Error> {
        let mut bytes = Vec::new();
        let read = if file == Path::new("-") {
            io::stdin().lock().read_to_end(&mut bytes).map(drop)
        } else {
            fs::read(file).map(|read| bytes = read)
        };
        read.map_err(|source| Error::Read { file: name(file), source })?;
        // The other lines are the user's own and may be in any encoding.
        let text = String::from_utf8_lossy(&bytes);
        self.add(&text, |at| format!("{}:{}", name(file), 1 + text[..at].matches('\n').count()));
        Ok(())
    }

    /// `place` is what a byte's place in the text is called.
    fn add(&mut self, text: &str, place: impl Fn(usize) -> String) {
        for (at, record) in log::records(text) {
            match record {
                Ok(record) => self.records.push(record),
                Err(error) => {
                    self.damaged += 1;
                    self.first_damaged.get_or_insert_with(|| (place(at), error));
                }
            }
        }
    }

    /// Says what was left out; an error if that is everything.
    fn sessions(self, name: &str) -> Result<Vec<Session>, Error> {
        let sessions = session::by_session(self.records);
        match self.first_damaged {
            Some((place, source)) if sessions.is_empty() => {
                return Err(Error::Damaged { log: name.to_owned(), place, source });
            }
            None if sessions.is_empty() => return Err(Error::NoRecord(name.to_owned())),
            Some((place, source)) => {
                let damaged = counted(self.damaged, "damaged record");
                output::say(format_args!("{damaged} left out of {name}; the first, at {place}: {source}"));
            }
            None => {}
        }
        Ok(sessions)
    }
}

impl Args {
    /// Log groups to read.
    #[cfg(feature = "aws")]
    fn groups(&self) -> &[String] {
        &self.groups.names
    }

    #[cfg(not(feature = "aws"))]
    #[expect(clippy::unused_self, reason = "its twin needs it")]
    fn groups(&self) -> &[String] {
        &[]
    }
}

fn read_compared(file: &Path) -> Result<(Vec<Session>, String), Error> {
    let mut log = Log::default();
    log.add_file(file)?;
    Ok((log.sessions(&name(file))?, name(file)))
}

/// The newest session, of this chain if there is one; says which it is where another could be meant.
fn newest<'a>(sessions: &'a [Session], chain: Option<&Chain>, place: &str) -> Result<&'a Session, Error> {
    let of_chain = sessions.iter().rfind(|session| chain.is_none_or(|chain| session.chain == *chain));
    let newest = of_chain.or(sessions.last()).ok_or_else(|| Error::NoRecord(place.to_owned()))?;
    let drawn = format!("drawing the newest, {} of {}", newest.id, newest.chain.name());
    let all = || format!("{} of {}", counted(sessions.len(), "session"), counted(by_chain(sessions).len(), "chain"));
    match chain {
        Some(chain) if of_chain.is_none() => {
            output::say(format_args!("no session of {} in {place}; {drawn}", chain.name()));
        }
        _ if sessions.len() == 1 => {}
        Some(_) => output::say(format_args!("{} in {place}; {drawn}", all())),
        None => output::say(format_args!("{} in {place}; {drawn} (--session ID draws another)", all())),
    }
    Ok(newest)
}

/// The session with this id, or with the one id that begins so.
fn choose<'a>(sessions: &'a [Session], wanted: &str, place: &str) -> Result<&'a Session, Error> {
    let known = |sessions: &[&Session]| sessions.iter().rev().map(|session| session.id.clone()).collect();
    let found: Vec<&Session> = match sessions.iter().find(|session| session.id == wanted) {
        Some(exact) => vec![exact],
        None => sessions.iter().filter(|session| session.id.starts_with(wanted)).collect(),
    };
    match found[..] {
        [only] => Ok(only),
        [] => Err(Error::NoSuchSession {
            wanted: wanted.to_owned(),
            place: place.to_owned(),
            known: known(&sessions.iter().collect::<Vec<_>>()),
        }),
        _ => Err(Error::AmbiguousSession { wanted: wanted.to_owned(), known: known(&found) }),
    }
}

fn write(file: &Path, drawing: &str) -> Result<(), Error> {
    fs::write(file, drawing).map_err(|source| Error::Write { file: name(file), source })
}

fn print(drawing: &str) -> Result<(), Error> {
    output::print(drawing.as_bytes()).map_err(Error::Print)
}

fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// The first ones of `sessions`.
fn listed(sessions: &[String]) -> String {
    match sessions.len().checked_sub(MOST_LISTED) {
        Some(more @ 1..) => format!("{} and {more} more", sessions[..MOST_LISTED].join(", ")),
        _ => sessions.join(", "),
    }
}
