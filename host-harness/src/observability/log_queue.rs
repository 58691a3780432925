//! A queue of lines before a file or a pipe, written by a thread of its own: a full disk or a pipe that nobody reads holds up nothing
//! else.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Lines that wait to be written; further ones are lost, and counted.
const MAX_LINES: usize = 10_000;
/// Their bytes.
const MAX_BYTES: usize = 16 << 20;
/// The delay before a line that could not be written is tried again.
const RETRY_DELAY: Duration = Duration::from_millis(250);
/// A line that takes longer to write is a sign that nobody reads.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// A queue of lines that a thread writes. Clones are the same queue.
///
/// Adding a line never blocks. A line that cannot be written is tried again until it can be; the lines behind it wait, and those that do
/// not fit are lost. The next line that can be written says how many.
#[derive(Clone)]
pub struct LogQueue {
    sender: SyncSender<Line>,
    state: Arc<State>,
}

struct Line {
    text: Vec<u8>,
    written: Option<oneshot::Sender<()>>,
}

#[derive(Default)]
struct State {
    bytes: AtomicUsize,
    lost: AtomicU64,
    /// Whether the last attempt to write failed.
    is_failing: AtomicBool,
    reopen: AtomicBool,
    /// When the line that is being written was begun.
    writing_since: Mutex<Option<Instant>>,
}

/// Where the lines go.
enum Sink {
    /// A file that can be opened again, after another program has renamed it.
    File(PathBuf, File),
    Writer(Box<dyn Write + Send>),
}

/// How a queue says that lines were lost.
type DescribeLoss = fn(u64) -> String;

impl LogQueue {
    /// Creates a queue before a writer. `describe_loss` returns the line, without its end, that says how many lines were lost.
    pub fn to_writer(writer: impl Write + Send + 'static, describe_loss: fn(u64) -> String) -> Self {
        Self::start(Sink::Writer(Box::new(writer)), MAX_LINES, describe_loss)
    }

    /// Creates a queue that appends to a file, which is created if it does not exist, for its owner only.
    pub(super) fn to_file(path: &Path, describe_loss: DescribeLoss) -> io::Result<Self> {
        Ok(Self::start(Sink::File(path.to_owned(), open(path)?), MAX_LINES, describe_loss))
    }

    fn start(sink: Sink, max_lines: usize, describe_loss: DescribeLoss) -> Self {
        let (sender, receiver) = sync_channel(max_lines);
        let state = Arc::<State>::default();
        let of_thread = Arc::clone(&state);
        // It ends with the last clone of the queue, or with the process.
        std::thread::spawn(move || write_lines(&receiver, sink, &of_thread, describe_loss));
        Self { sender, state }
    }

    /// Adds a line, which has its end. If there is no room it is lost and counted; returns whether there was.
    pub fn push(&self, text: Vec<u8>) -> bool {
        self.add(Line { text, written: None })
    }

    /// Adds a line and waits until it is written. Returns false if that takes longer than `time`, or if there is no room.
    pub(super) async fn push_and_wait(&self, text: Vec<u8>, time: Duration) -> bool {
        let (sender, written) = oneshot::channel();
        self.add(Line { text, written: Some(sender) }) && matches!(tokio::time::timeout(time, written).await, Ok(Ok(())))
    }

    /// Waits until everything before is written, but not longer than `time`. Returns whether it is.
    pub async fn flush(&self, time: Duration) -> bool {
        self.push_and_wait(Vec::new(), time).await
    }

    /// Returns how many lines were lost since the start.
    pub fn lost(&self) -> u64 {
        self.state.lost.load(Ordering::SeqCst)
    }

    /// Returns whether lines are being written: the last attempt did not fail, and none takes long.
    pub fn is_healthy(&self) -> bool {
        let since = *self.state.writing_since.lock().unwrap_or_else(PoisonError::into_inner);
        !self.state.is_failing.load(Ordering::SeqCst) && since.is_none_or(|since| since.elapsed() < STALLED_AFTER)
    }

    /// Has a file opened again by its name before the next line, because it may have been renamed.
    pub(super) fn reopen(&self) {
        self.state.reopen.store(true, Ordering::SeqCst);
    }

    fn add(&self, line: Line) -> bool {
        let length = line.text.len();
        let fits = self.state.bytes.fetch_add(length, Ordering::SeqCst) + length <= MAX_BYTES;
        let is_added = fits && self.sender.try_send(line).is_ok();
        if !is_added {
            self.state.bytes.fetch_sub(length, Ordering::SeqCst);
            self.state.lost.fetch_add(1, Ordering::SeqCst);
        }
        is_added
    }
}

/// Each call of `write` adds a line, which never fails: the writer of events does not wait for the log.
impl Write for LogQueue {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_lines(lines: &Receiver<Line>, mut sink: Sink, state: &State, describe_loss: DescribeLoss) {
    let mut reported = 0;
    for line in lines {
        let lost = state.lost.load(Ordering::SeqCst);
        if lost > reported {
            write_line(&mut sink, format!("{}\n", describe_loss(lost - reported)).as_bytes(), state);
            reported = lost;
        }
        write_line(&mut sink, &line.text, state);
        state.bytes.fetch_sub(line.text.len(), Ordering::SeqCst);
        if let Some(written) = line.written {
            // Nobody waits any more.
            let _ = written.send(());
        }
    }
}

/// Writes a line, with one system call if that takes all of it, so that the lines of two processes do not mix.
fn write_line(sink: &mut Sink, text: &[u8], state: &State) {
    let set_since = |since| *state.writing_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    set_since(Some(Instant::now()));
    let mut rest = text;
    while !rest.is_empty() {
        if state.reopen.swap(false, Ordering::SeqCst) {
            match sink.reopen() {
                Ok(true) => rest = text,
                Ok(false) => {}
                Err(error) => tracing::error!("cannot open the log again; it goes on in the previous file: {error}"),
            }
        }
        match sink.write(rest) {
            Ok(count) if count > 0 => {
                rest = rest.get(count..).unwrap_or_default();
                state.is_failing.store(false, Ordering::SeqCst);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            failed => {
                if !state.is_failing.swap(true, Ordering::SeqCst) {
                    let problem = failed.err().map_or_else(|| "nothing was written".to_owned(), |error| error.to_string());
                    tracing::error!("a log cannot be written, and is tried again: {problem}");
                }
                std::thread::sleep(RETRY_DELAY);
            }
        }
    }
    set_since(None);
}

impl Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(_, file) => file.write(bytes),
            Self::Writer(writer) => {
                let count = writer.write(bytes)?;
                writer.flush().map(|()| count)
            }
        }
    }

    /// Opens a file again. Returns whether this is one.
    fn reopen(&mut self) -> io::Result<bool> {
        let Self::File(path, file) = self else { return Ok(false) };
        *file = open(path)?;
        Ok(true)
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Sender};

    use super::*;

    /// A writer that writes a line only when it gets a result to return for it.
    struct Gate(Receiver<io::Result<()>>, Sender<String>);

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().unwrap_or(Ok(()))?;
            let _ = self.1.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn open_gate(max_lines: usize) -> (LogQueue, Sender<io::Result<()>>, Receiver<String>) {
        let ((results, gate), (lines, written)) = (mpsc::channel(), mpsc::channel());
        let queue = LogQueue::start(Sink::Writer(Box::new(Gate(gate, lines))), max_lines, |count| format!("lost {count}"));
        (queue, results, written)
    }

    #[tokio::test]
    async fn lines_beyond_bound_are_lost_and_counted() {
        let (queue, results, written) = open_gate(2);
        // One is being written, two wait.
        assert!(queue.push(b"0\n".to_vec()));
        while queue.state.writing_since.lock().unwrap().is_none() {
            std::thread::yield_now();
        }
        let added: Vec<bool> = (1..=5).map(|number| queue.push(format!("{number}\n").into_bytes())).collect();
        assert_eq!((added, queue.lost()), (vec![true, true, false, false, false], 3));
        assert!(!queue.push_and_wait(b"6\n".to_vec(), Duration::from_secs(60)).await, "no room");
        drop(results);
        let lines: Vec<String> = (0..4).map(|_| written.recv().unwrap()).collect();
        assert_eq!(lines, ["0\n", "lost 4\n", "1\n", "2\n"]);
        assert!(queue.flush(Duration::from_secs(60)).await && queue.is_healthy());
        assert!(!queue.push(vec![b'x'; MAX_BYTES + 1]), "too long");
        assert_eq!(queue.state.bytes.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn failed_line_is_tried_again() {
        let (queue, results, written) = open_gate(2);
        results.send(Err(io::ErrorKind::StorageFull.into())).unwrap();
        queue.push(b"0\n".to_vec());
        while queue.is_healthy() {
            tokio::task::yield_now().await;
        }
        assert!(!queue.push_and_wait(b"1\n".to_vec(), Duration::from_millis(1)).await);
        drop(results);
        assert!(queue.flush(Duration::from_secs(60)).await && queue.is_healthy());
        assert_eq!((written.recv().unwrap(), written.recv().unwrap(), queue.lost()), ("0\n".into(), "1\n".into(), 0));
    }
}
