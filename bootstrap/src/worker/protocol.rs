//! Frames between bootstrap and worker: ARCHITECTURE.md has the table of kinds.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// A frame's length field, then its kind.
const HEADER_BYTES: usize = 5;
/// No frame is longer, and text that something else writes into the pipe would be: its first four letters are a length, of which
/// the least begins with a tab.
const MAX_FRAME_BYTES: usize = 128 * 1024 * 1024;
/// No more is taken from memory at once for what a frame says that it will bring; Lambda takes 6 MB.
const MAX_ROOM: usize = 8 * 1024 * 1024;
/// An event that is larger is not copied once more to be one with what is sent beside it.
const LARGE_BYTES: usize = 64 * 1024;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProtocolError {
    #[error("the worker sent a frame of unknown kind {0:#04x}")]
    UnknownKind(u8),
    #[error("the worker sent a broken {0} frame")]
    Broken(&'static str),
    #[error("the worker sent a {0} frame of more than {MAX_FRAME_BYTES} bytes")]
    TooLong(&'static str),
}

/// What the bootstrap tells the worker.
#[derive(Debug)]
pub enum Command<'a> {
    Init {
        settings: &'a [u8],
        source: &'a str,
    },
    /// The environment has been restored from its snapshot: time for the hooks that wait for it.
    Restored,
    Event {
        invocation: &'a [u8],
        event: &'a Bytes,
    },
    Value {
        field: &'a str,
        json: &'a str,
    },
    Unavailable {
        field: &'a str,
        kind: &'a str,
        message: &'a str,
    },
}

/// One field and its value as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub json: String,
}

/// What the worker tells the bootstrap.
#[derive(Debug, PartialEq, Eq)]
pub enum Signal {
    /// Python runs. Handler and Runtime API are what its environment says: a wrapper may have changed them.
    Started {
        handler: String,
        runtime_api: String,
    },
    /// The handler is loaded: how it runs, and the packages for which it gets whole events.
    Ready {
        /// Why the handler runs as written, empty if that is not known; none: the transformed source is what runs.
        as_written: Option<String>,
        past_methods: String,
    },
    InitFailed {
        document: Bytes,
        error_type: String,
    },
    Published(Vec<Field>),
    Wait(Vec<String>),
    /// Fields that were published are not what the result, which follows, says of them; none named: the keys are not.
    Changed {
        message: String,
        fields: Vec<String>,
    },
    Returned {
        content_type: String,
        body: Bytes,
        late: Vec<Field>,
    },
    Raised {
        document: Bytes,
        xray_cause: String,
    },
    /// Nothing of the invocation's is left, the objects that its outcome was made of included.
    Done {
        /// Why final fields waited for the return, where that was not told before.
        held_back: Option<String>,
    },
}

impl Command<'_> {
    /// The frame, in one piece or two.
    pub fn encode(&self) -> impl Iterator<Item = Bytes> {
        let mut apart = None;
        let (kind, blobs): (u8, Vec<&[u8]>) = match self {
            Self::Init { settings, source } => (b'I', vec![settings, source.as_bytes()]),
            Self::Restored => (b'B', vec![]),
            Self::Event { invocation, event } if event.len() > LARGE_BYTES => {
                apart = Some(Bytes::clone(event));
                (b'E', vec![invocation])
            }
            Self::Event { invocation, event } => (b'E', vec![invocation, event]),
            Self::Value { field, json } => (b'V', vec![field.as_bytes(), json.as_bytes()]),
            Self::Unavailable { field, kind, message } => {
                (b'X', vec![field.as_bytes(), kind.as_bytes(), message.as_bytes()])
            }
        };
        let lengths = blobs.iter().map(|blob| blob.len()).chain(apart.as_ref().map(Bytes::len));
        let length = 1 + lengths.map(|length| 4 + length).sum::<usize>();
        let mut frame = BytesMut::with_capacity(4 + length - apart.as_ref().map_or(0, Bytes::len));
        frame.put_u32(size(length));
        frame.put_u8(kind);
        for blob in blobs {
            frame.put_u32(size(blob.len()));
            frame.put_slice(blob);
        }
        if let Some(blob) = &apart {
            frame.put_u32(size(blob.len()));
        }
        [frame.freeze()].into_iter().chain(apart)
    }
}

/// Takes the first whole frame off `buffer`; `None` while it is incomplete.
pub fn decode(buffer: &mut BytesMut) -> Result<Option<Signal>, ProtocolError> {
    let Some(length) = buffer.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes) as usize) else {
        return Ok(None);
    };
    if length == 0 {
        return Err(ProtocolError::Broken("empty"));
    }
    // Before all of it is there: what is none of ours would be waited for in vain.
    if let Some(&kind) = buffer.get(HEADER_BYTES - 1)
        && name(kind).is_none_or(|_| length > MAX_FRAME_BYTES)
    {
        return Err(name(kind).map_or(ProtocolError::UnknownKind(kind), ProtocolError::TooLong));
    }
    if buffer.len() < 4 + length {
        // Room for the rest at once: a 6 MB result must not grow the buffer in small steps.
        buffer.reserve((4 + length - buffer.len()).min(MAX_ROOM));
        return Ok(None);
    }
    let mut frame = buffer.split_to(4 + length).freeze();
    let kind = frame[HEADER_BYTES - 1];
    frame.advance(HEADER_BYTES);
    signal(kind, Blobs(frame)).map(Some)
}

fn signal(kind: u8, mut blobs: Blobs) -> Result<Signal, ProtocolError> {
    let signal = match kind {
        b'S' => blobs.lossy().zip(blobs.lossy()).map(|(handler, runtime_api)| Signal::Started { handler, runtime_api }),
        b'R' => blobs
            .text()
            .zip(blobs.text())
            .map(|(text, past_methods)| Signal::Ready { as_written: (text != "1").then_some(text), past_methods }),
        b'F' => {
            blobs.next().zip(blobs.text()).map(|(document, error_type)| Signal::InitFailed { document, error_type })
        }
        b'P' => blobs.fields().map(Signal::Published),
        b'W' => blobs.texts().map(Signal::Wait),
        b'C' => blobs.changed(),
        b'O' => blobs.returned(),
        b'Z' => blobs.raised(),
        b'D' => Some(Signal::Done { held_back: blobs.lossy() }),
        unknown => return Err(ProtocolError::UnknownKind(unknown)),
    };
    signal.filter(|_| blobs.0.is_empty()).ok_or(ProtocolError::Broken(name(kind).unwrap_or_default()))
}

fn name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        b'S' => "Started",
        b'R' => "Ready",
        b'F' => "InitFailed",
        b'P' => "Published",
        b'W' => "Wait",
        b'C' => "Changed",
        b'O' => "Returned",
        b'Z' => "Raised",
        b'D' => "Done",
        _ => return None,
    })
}

/// Frames stay far below 4 GiB: Lambda's payloads end at 6 MB.
fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The rest of a frame's blobs.
struct Blobs(Bytes);

impl Blobs {
    fn next(&mut self) -> Option<Bytes> {
        let length = self.0.try_get_u32().ok()? as usize;
        (length <= self.0.len()).then(|| self.0.split_to(length))
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.next()?.into()).ok()
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        while !self.0.is_empty() {
            texts.push(self.text()?);
        }
        Some(texts)
    }

    fn fields(&mut self) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        while !self.0.is_empty() {
            fields.push(Field { name: self.text()?, json: self.text()? });
        }
        Some(fields)
    }

    fn changed(&mut self) -> Option<Signal> {
        Some(Signal::Changed { message: self.lossy()?, fields: self.texts()? })
    }

    fn returned(&mut self) -> Option<Signal> {
        Some(Signal::Returned { content_type: self.text()?, body: self.next()?, late: self.fields()? })
    }

    fn raised(&mut self) -> Option<Signal> {
        Some(Signal::Raised { document: self.next()?, xray_cause: self.lossy()? })
    }

    /// Error texts may hold lone surrogates; the document itself is ASCII-safe JSON.
    fn lossy(&mut self) -> Option<String> {
        self.next().map(|blob| String::from_utf8_lossy(&blob).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, blobs: &[&[u8]]) -> BytesMut {
        let mut body = vec![kind];
        for blob in blobs {
            body.extend(u32::try_from(blob.len()).unwrap().to_be_bytes());
            body.extend(*blob);
        }
        let mut frame = BytesMut::from(&u32::try_from(body.len()).unwrap().to_be_bytes()[..]);
        frame.extend(body);
        frame
    }

    #[test]
    fn reads_a_published_frame_that_arrives_byte_by_byte() {
        let whole = frame(b'P', &[b"a", b"1", b"b", b"[2]"]);
        let mut buffer = BytesMut::new();
        for byte in &whole[..whole.len() - 1] {
            buffer.put_u8(*byte);
            assert_eq!(decode(&mut buffer), Ok(None));
        }
        buffer.put_u8(whole[whole.len() - 1]);
        let field = |name: &str, json: &str| Field { name: name.to_owned(), json: json.to_owned() };
        assert_eq!(decode(&mut buffer), Ok(Some(Signal::Published(vec![field("a", "1"), field("b", "[2]")]))));
        assert!(buffer.is_empty());
    }

    #[test]
    fn keeps_what_follows_a_frame() {
        let mut buffer = frame(b'R', &[b"", b"orjson"]);
        buffer.extend(frame(b'W', &[b"x", b"y"]));
        assert_eq!(
            decode(&mut buffer),
            Ok(Some(Signal::Ready { as_written: Some(String::new()), past_methods: "orjson".to_owned() }))
        );
        assert_eq!(decode(&mut buffer), Ok(Some(Signal::Wait(vec!["x".to_owned(), "y".to_owned()]))));
    }

    #[test]
    fn believes_no_length_for_memory() {
        let mut buffer = BytesMut::from(&b"\x07\xff\xff\xffP"[..]);
        assert_eq!(decode(&mut buffer), Ok(None));
        assert!(buffer.capacity() <= 2 * MAX_ROOM, "{}", buffer.capacity());
    }

    #[test]
    fn names_what_it_cannot_read() {
        for (mut bytes, expected) in [
            (frame(b'?', &[]), ProtocolError::UnknownKind(b'?')),
            (BytesMut::from(&b"a line of a library\n"[..]), ProtocolError::UnknownKind(b'n')),
            (BytesMut::from(&b"FOR Python\n"[..]), ProtocolError::TooLong("Published")),
            (BytesMut::from(&b"\nERROR"[..]), ProtocolError::TooLong("Returned")),
            (frame(b'P', &[b"a"]), ProtocolError::Broken("Published")),
            (frame(b'O', &[b"application/json"]), ProtocolError::Broken("Returned")),
            (frame(b'S', &[b"app.handler"]), ProtocolError::Broken("Started")),
            (frame(b'R', &[b"1", b"", b"more"]), ProtocolError::Broken("Ready")),
            (frame(b'W', &[b"\xff"]), ProtocolError::Broken("Wait")),
            (BytesMut::from(&[0, 0, 0, 6, b'W', 0, 0, 0, 9, b'x'][..]), ProtocolError::Broken("Wait")),
        ] {
            assert_eq!(decode(&mut bytes), Err(expected));
        }
    }

    #[test]
    fn writes_lengths_in_network_order() {
        let frame: Vec<Bytes> = Command::Value { field: "é", json: "1" }.encode().collect();
        assert_eq!(frame, [&b"\x00\x00\x00\x0cV\x00\x00\x00\x02\xc3\xa9\x00\x00\x00\x011"[..]]);
    }

    #[test]
    fn a_large_event_is_a_piece_of_its_own() {
        for (size, pieces) in [(LARGE_BYTES, 1), (LARGE_BYTES + 1, 2)] {
            let event = Bytes::from(vec![b'1'; size]);
            let frame: Vec<Bytes> = Command::Event { invocation: b"{}", event: &event }.encode().collect();
            assert_eq!(frame.len(), pieces);
            let mut expected = Vec::from(u32::try_from(size + 11).unwrap().to_be_bytes());
            expected.extend(b"E\x00\x00\x00\x02{}");
            expected.extend(u32::try_from(size).unwrap().to_be_bytes());
            expected.extend(&event);
            assert!(frame.concat() == expected);
        }
    }
}
