//! The Python child that runs the user's handler: start it, talk to it, reap it.

pub mod protocol;

use std::{
    collections::VecDeque,
    io::{self, PipeWriter},
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use bytes::{Buf, Bytes, BytesMut};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::FdFlags,
    process::Pid,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::unix::pipe,
    process::{Child, Command as Process},
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};

use crate::config::RuntimeStart;
use protocol::{Command, ProtocolError, Signal};

/// A publish must not block the handler while we are busy: room for a few values in the pipe. A large event goes over in
/// few turns of the two processes.
const PIPE_BYTES: usize = 1024 * 1024;
/// The worker's ends are away from the low numbers: a wrapper's shell script may redirect those.
const FIRST_DESCRIPTOR: RawFd = 100;

#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("cannot start the Python interpreter {python}: {source}")]
    Spawn { python: String, source: io::Error },
    #[error("UNUM_EXEC_WRAPPER is `{wrapper}`; {cause}")]
    Wrapper { wrapper: String, cause: String },
    #[error("cannot connect to {socket} for a worker's output: {source}")]
    Output { socket: String, source: io::Error },
    #[error("lost the connection to the Python process: {0}")]
    Pipe(#[from] io::Error),
    #[error("the worker sent a frame that does not belong here")]
    OutOfTurn,
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
}

/// What came from the worker.
#[derive(Debug)]
pub enum Received {
    Signal(Signal),
    /// The process is gone: `sys.exit`, `os._exit`, a signal, out of memory.
    Exited(ExitStatus),
}

pub struct Worker {
    child: Child,
    commands: pipe::Sender,
    signals: pipe::Receiver,
    incoming: BytesMut,
    outgoing: VecDeque<Bytes>,
    wrapper: Option<PathBuf>,
    /// Ends with the worker: its number may be given to another process, and others of this environment may go on.
    forwarding: JoinSet<()>,
    /// Nothing is ever written here: the worker is killed when this end closes, however we ended.
    _lifeline: PipeWriter,
}

impl Worker {
    /// Starts the interpreter; it loads nothing of the user's before [`Command::Init`].
    pub fn spawn(start: &RuntimeStart) -> Result<Self, WorkerError> {
        let (their_commands, commands) = io::pipe()?;
        let (signals, their_signals) = io::pipe()?;
        let (their_lifeline, lifeline) = io::pipe()?;
        let theirs = [their_commands.as_fd(), their_signals.as_fd(), their_lifeline.as_fd()];
        // Best effort: an unprivileged process may be over its pipe quota, and then the default size has to do.
        let _ = rustix::pipe::fcntl_setpipe_size(&signals, PIPE_BYTES);
        // Of many workers, each with two, the user's own pipes would become small.
        if start.concurrency.is_none() {
            let _ = rustix::pipe::fcntl_setpipe_size(&commands, PIPE_BYTES);
        }
        // Only these copies pass to the child; nothing else is started meanwhile.
        let passed = theirs.map(|descriptor| pass_on(descriptor));
        let passed = passed.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (program, arguments) = start.command();
        let child = Process::new(program)
            .args(arguments)
            .args(passed.iter().map(|descriptor| descriptor.as_raw_fd().to_string()))
            // The handler needs no key, and many print their environment.
            .env_remove("UNUM_SIGNING_KEY")
            .env_remove("UNUM_SIGNING_KEY_PREVIOUS")
            .stdin(Stdio::inherit())
            .stdout(output(start)?)
            .stderr(output(start)?)
            // Lambda signals the whole process group that it started; the worker shall hear of it from us, once.
            .process_group(0)
            .spawn()
            .map_err(|source| match &start.wrapper {
                Some(_) => WorkerError::Wrapper {
                    wrapper: program.display().to_string(),
                    cause: format!("it cannot be started: {source}"),
                },
                None => WorkerError::Spawn { python: program.display().to_string(), source },
            })?;
        Ok(Self {
            child,
            commands: pipe::Sender::from_owned_fd(OwnedFd::from(commands))?,
            signals: pipe::Receiver::from_owned_fd(OwnedFd::from(signals))?,
            incoming: BytesMut::with_capacity(64 * 1024),
            outgoing: VecDeque::new(),
            wrapper: start.wrapper.clone(),
            forwarding: JoinSet::new(),
            _lifeline: lifeline,
        })
    }

    /// Whether it has sent something, or ended, that [`Self::receive`] has not read yet.
    pub fn has_spoken(&self) -> bool {
        let mut signals = [PollFd::new(&self.signals, PollFlags::IN)];
        !self.incoming.is_empty() || poll(&mut signals, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }

    /// Waits until Python runs; what it says then is [`Signal::Started`], unless the process has ended before.
    pub async fn started(&mut self) -> Result<Received, WorkerError> {
        match (self.receive().await?, &self.wrapper) {
            (Received::Exited(status), Some(wrapper)) => Err(WorkerError::Wrapper {
                wrapper: wrapper.display().to_string(),
                cause: format!("it ended without running its arguments, with the descriptors that it had: {status}"),
            }),
            (received, _) => Ok(received),
        }
    }

    /// The wrapper around the interpreter, if there is one.
    pub fn wrapper(&self) -> Option<&Path> {
        self.wrapper.as_deref()
    }

    /// Sends a command: what the pipe takes goes at once, so that the worker begins while we go on. [`Self::receive`] writes
    /// the rest while it reads, so that neither side can block the other.
    pub fn send(&mut self, command: &Command<'_>) {
        self.outgoing.extend(command.encode());
        while let Some(piece) = self.outgoing.front_mut() {
            // Errors come again there.
            let Ok(written) = self.commands.try_write(piece) else { break };
            piece.advance(written);
            if piece.is_empty() {
                self.outgoing.pop_front();
            }
        }
    }

    /// Passes Lambda's notice of shutdown on to the worker and what it started, for as long as the worker lives.
    pub fn forward_sigterm(&mut self) -> io::Result<()> {
        let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else {
            return Ok(());
        };
        let mut notices = signal(SignalKind::terminate())?;
        self.forwarding.spawn(async move {
            while notices.recv().await.is_some() {
                // A worker that has gone needs no notice.
                let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::TERM);
            }
        });
        Ok(())
    }

    /// Waits for the end of the process. Cancel safe.
    pub async fn exited(&mut self) -> Result<ExitStatus, WorkerError> {
        Ok(self.child.wait().await?)
    }

    /// Closes the worker's input, so that the idle worker ends as a Python program does, and waits for that.
    pub async fn end(self) -> Result<ExitStatus, WorkerError> {
        let Self { mut child, commands, .. } = self;
        drop(commands);
        Ok(child.wait().await?)
    }

    /// The next signal. Cancel safe: what was read or is yet to be written stays in the buffers.
    pub async fn receive(&mut self) -> Result<Received, WorkerError> {
        loop {
            if let Some(signal) = protocol::decode(&mut self.incoming)? {
                return Ok(Received::Signal(signal));
            }
            // A process that the handler forked may keep the pipe open, so the exit itself counts too; what the
            // worker wrote before it comes first.
            let status = tokio::select! {
                biased;
                read = self.signals.read_buf(&mut self.incoming) => match read? {
                    0 => self.child.wait().await?,
                    _ => continue,
                },
                written = write(&mut self.commands, &mut self.outgoing), if !self.outgoing.is_empty() => match written {
                    Ok(()) => continue,
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                        self.outgoing.clear();
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                },
                status = self.child.wait() => status?,
            };
            return Ok(Received::Exited(status));
        }
    }
}

/// Writes some of the first piece. Cancel safe.
async fn write(commands: &mut pipe::Sender, pieces: &mut VecDeque<Bytes>) -> io::Result<()> {
    if let Some(piece) = pieces.front_mut() {
        commands.write_buf(piece).await?;
        if piece.is_empty() {
            pieces.pop_front();
        }
    }
    Ok(())
}

/// Ours, or a connection that Lambda reads for this worker alone.
fn output(start: &RuntimeStart) -> Result<Stdio, WorkerError> {
    match start.output_socket.as_ref().filter(|_| start.concurrency.is_some()) {
        Some(socket) => match UnixStream::connect(socket) {
            Ok(connection) => Ok(OwnedFd::from(connection).into()),
            Err(source) => Err(WorkerError::Output { socket: socket.display().to_string(), source }),
        },
        None => Ok(Stdio::inherit()),
    }
}

/// A copy that a child process inherits.
fn pass_on(descriptor: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let copy = rustix::io::fcntl_dupfd_cloexec(descriptor, FIRST_DESCRIPTOR)?;
    rustix::io::fcntl_setfd(&copy, FdFlags::empty())?;
    Ok(copy)
}
