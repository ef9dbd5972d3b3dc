//! The answers that are told at the same time, and the thread that tells them where they are many.
//!
//! A token that comes alone costs more for waking a thread than for being read and written. So where many answers are
//! told, those whose first words are out move, with both of their sockets, to a thread that looks at what has come only
//! once in ten milliseconds: one waking serves dozens of them. Questions are answered up to their first words by the
//! other threads, which wait for nothing.

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Answers from which on they are many: where a model says a word in 50 ms, so many say three while the thread rests.
pub const MANY: u32 = 16;

/// How long the thread rests before it looks at what has come: nobody sees whether words come so much later.
const REST: Duration = Duration::from_millis(10);

/// Threads that wait for files, where an answer searches the book.
const BLOCKING_THREADS: usize = 2;

/// All answers of a relay that are being told.
#[derive(Debug, Clone, Default)]
pub struct Crowd(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    told: Arc<AtomicU32>,
    teller: OnceLock<Option<Teller>>,
}

/// A thread that tells answers, until this is dropped.
#[derive(Debug)]
struct Teller {
    runtime: Handle,
    _ends: oneshot::Sender<()>,
}

impl Crowd {
    /// One answer more is told.
    pub fn enter(&self) {
        self.0.told.fetch_add(1, Ordering::Relaxed);
    }

    /// One is told no more.
    pub fn leave(&self) {
        self.0.told.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many are told.
    pub fn told(&self) -> u32 {
        self.0.told.load(Ordering::Relaxed)
    }

    /// Whether they are many.
    pub fn is_large(&self) -> bool {
        self.told() >= MANY
    }

    /// Where an answer is to be told whose first words are out: nothing where it is to stay where it is.
    pub fn teller(&self) -> Option<Handle> {
        if !self.is_large() {
            return None;
        }
        let teller = self.0.teller.get_or_init(|| {
            let started = start(self.0.told.clone());
            started
                .inspect_err(|error| tracing::warn!(%error, "there is no thread to tell answers"))
                .ok()
        });
        teller.as_ref().map(|own| own.runtime.clone())
    }
}

/// The same socket, for the runtime that this is called in: its reactor tells when there is something to read.
///
/// # Errors
/// The process has no more files.
pub fn moved(socket: &TcpStream) -> io::Result<TcpStream> {
    let own = socket.as_fd().try_clone_to_owned()?;
    TcpStream::from_std(own.into())
}

fn start(told: Arc<AtomicU32>) -> io::Result<Teller> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .on_thread_park(move || thread::sleep(rest(told.load(Ordering::Relaxed))))
        .build()?;
    let (ends, ended) = oneshot::channel();
    let teller = Teller {
        runtime: runtime.handle().clone(),
        _ends: ends,
    };
    let tell = move || drop(runtime.block_on(ended));
    thread::Builder::new().name("teller".into()).spawn(tell)?;
    Ok(teller)
}

/// How long the thread rests where so many are told: not at all where those who are left are few.
fn rest(told: u32) -> Duration {
    match told < MANY {
        true => Duration::ZERO,
        false => REST,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn crowd(answers: u32) -> Crowd {
        let crowd = Crowd::default();
        (0..answers).for_each(|_| crowd.enter());
        crowd
    }

    #[test]
    fn few_answers_have_no_thread_and_many_have_one() {
        assert!(crowd(MANY - 1).teller().is_none());
        let many = crowd(MANY);
        let teller = many.teller().unwrap();
        assert_eq!(teller.id(), many.teller().unwrap().id());
        many.leave();
        assert!(many.teller().is_none(), "it is large no more");
    }

    #[test]
    fn the_thread_rests_only_where_many_are_told() {
        assert_eq!([0, MANY - 1].map(rest), [Duration::ZERO; 2]);
        assert_eq!([MANY, u32::MAX].map(rest), [REST; 2]);
    }

    #[test]
    fn the_thread_ends_with_its_crowd() {
        let many = crowd(MANY);
        let teller = many.teller().unwrap();
        let waits = teller.spawn(std::future::pending::<()>());
        drop(many);
        let patience = Instant::now() + Duration::from_secs(20);
        while !waits.is_finished() {
            assert!(Instant::now() < patience, "the thread goes on");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[tokio::test]
    async fn a_socket_that_has_moved_says_what_it_would_have_said() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut here = TcpStream::connect(address).await.unwrap();
        let (there, _) = listener.accept().await.unwrap();
        here.write_all(b"before ").await.unwrap();
        there.readable().await.unwrap();
        let many = crowd(MANY);
        let reads = many.teller().unwrap().spawn(async move {
            let mut there = moved(&there).unwrap();
            let mut text = String::new();
            there.read_to_string(&mut text).await.unwrap();
            text
        });
        here.write_all(b"and after").await.unwrap();
        drop(here);
        assert_eq!(reads.await.unwrap(), "before and after");
    }
}
