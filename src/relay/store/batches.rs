//! Group commit: what many requests want of the database at the same moment is done in one transaction.
//!
//! What comes in while one batch is done is the next, so that nobody waits for more to come, and a crowd costs the
//! database little more than one reader. Who waits is answered after the commit.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::Store;
use super::conversations::{Answer, Ask, Asked};
use super::profile::ProfileOf;
use crate::crowd::Crowd;

/// Most of one batch: their rows, of at most nine values each, stay below the 32,766 that SQLite binds.
const BATCH: usize = 1000;

/// How long answers of a crowd wait for more of them: their readers have seen all but that it is kept.
const GATHERED: Duration = Duration::from_millis(50);

/// What is done for many at once.
pub(super) trait Work: Send + Sync + Sized + 'static {
    /// What each gets.
    type Done: Send + 'static;

    /// Does all of it or nothing, and gives as many answers, in the same order.
    fn all(
        store: &Store,
        work: &[Self],
    ) -> impl Future<Output = Result<Vec<Self::Done>, sqlx::Error>> + Send;
}

/// What a chat wants of the database.
#[derive(Debug, Clone)]
pub struct Batches {
    asks: Queue<Ask>,
    answers: Queue<Answer>,
    profiles: Queue<ProfileOf>,
}

impl Batches {
    /// Batches in this database, of answers that are told in this crowd. Each kind of work has a task that ends when
    /// nobody can give it more.
    pub fn new(store: &Store, crowd: &Crowd) -> Self {
        Self {
            asks: Queue::new(store, None),
            answers: Queue::new(store, Some(crowd)),
            profiles: Queue::new(store, None),
        }
    }

    /// Keeps a question, in a new conversation where it names none, unless nobody waits for that any more when its
    /// turn comes.
    pub fn ask(&self, ask: Ask) -> Asking {
        Asking {
            asked: ask.asked().clone(),
            kept: self.asks.give(ask),
        }
    }

    /// Keeps the answer to a question, unless its conversation was deleted meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn answer(&self, answer: Answer) -> Result<(), sqlx::Error> {
        self.answers.give(answer).await
    }

    /// What `owner` says of themselves, as JSON; nothing where they never said anything.
    ///
    /// # Errors
    /// The database fails.
    pub async fn profile_text(&self, owner: &str) -> Result<Option<String>, sqlx::Error> {
        self.profiles.give(ProfileOf(owner.to_owned())).await
    }
}

/// A question that is being kept.
#[derive(Debug)]
pub struct Asking {
    asked: Arc<Asked>,
    kept: Promise<bool>,
}

impl Asking {
    /// What it will be known by.
    pub fn asked(&self) -> &Arc<Asked> {
        &self.asked
    }
}

/// Whether it is kept: not where its owner has no such conversation.
impl Future for Asking {
    type Output = Result<bool, sqlx::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.kept.poll_unpin(cx)
    }
}

/// What has been given to a queue.
#[derive(Debug)]
struct Promise<T>(oneshot::Receiver<Result<T, sqlx::Error>>);

impl<T> Future for Promise<T> {
    type Output = Result<T, sqlx::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let done = ready!(self.0.poll_unpin(cx));
        Poll::Ready(done.unwrap_or(Err(sqlx::Error::WorkerCrashed)))
    }
}

/// Where work of one kind waits, with those who want it done.
#[derive(Debug)]
struct Queue<W: Work>(mpsc::UnboundedSender<Waiting<W>>);

#[derive(Debug)]
struct Waiting<W: Work> {
    work: W,
    reply: oneshot::Sender<Result<W::Done, sqlx::Error>>,
}

impl<W: Work> Clone for Queue<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<W: Work> Queue<W> {
    /// A queue in which work waits for more where this crowd is large.
    fn new(store: &Store, crowd: Option<&Crowd>) -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(run(store.clone(), waiting, crowd.cloned()));
        Self(queue)
    }

    fn give(&self, work: W) -> Promise<W::Done> {
        let (reply, done) = oneshot::channel();
        // What a task that has ended is given is dropped, which the promise tells of.
        let _ = self.0.send(Waiting { work, reply });
        Promise(done)
    }
}

async fn run<W: Work>(
    store: Store,
    mut queue: mpsc::UnboundedReceiver<Waiting<W>>,
    crowd: Option<Crowd>,
) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
        if crowd.as_ref().is_some_and(Crowd::is_large) {
            sleep(GATHERED).await;
            let room = BATCH.saturating_sub(waiting.len());
            queue.recv_many(&mut waiting, room).now_or_never();
        }
        let wanted = waiting.drain(..).filter(|own| !own.reply.is_closed());
        let (work, replies): (Vec<W>, Vec<_>) =
            wanted.map(|Waiting { work, reply }| (work, reply)).unzip();
        if work.is_empty() {
            continue;
        }
        match W::all(&store, &work).await {
            Ok(done) => {
                for (reply, done) in replies.into_iter().zip(done) {
                    // Who has left meanwhile needs no answer.
                    let _ = reply.send(Ok(done));
                }
            }
            Err(error) => one_by_one(&store, &work, replies, error).await,
        }
    }
}

/// After a batch has failed: what is wrong with one is not to be wrong with all. Where two fail, it is the database.
async fn one_by_one<W: Work>(
    store: &Store,
    work: &[W],
    replies: Vec<oneshot::Sender<Result<W::Done, sqlx::Error>>>,
    error: sqlx::Error,
) {
    let why = error.to_string();
    let mut failed = if work.len() == 1 { Some(error) } else { None };
    let mut failures = 0;
    for (own, reply) in work.iter().zip(replies) {
        let done = match failed.take() {
            Some(error) => Err(error),
            None if failures > 1 => Err(sqlx::Error::Protocol(why.clone())),
            None => W::all(store, std::slice::from_ref(own))
                .await
                .and_then(|done| done.into_iter().next().ok_or(sqlx::Error::RowNotFound)),
        };
        failures += u32::from(done.is_err());
        let _ = reply.send(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_each;

    async fn asked(
        batches: &Batches,
        conversation: Option<&str>,
        title: &str,
    ) -> Option<Arc<Asked>> {
        let asking = batches.ask(Ask::new("a", conversation, title, "[]"));
        let asked = asking.asked().clone();
        asking.await.unwrap().then_some(asked)
    }

    #[tokio::test]
    async fn a_crowd_asks_and_is_answered_each_for_their_own() {
        on_each(async |store| {
            let batches = Batches::new(&store, &Crowd::default());
            let first = asked(&batches, None, "t").await.unwrap();
            let own = &first.conversation;
            let asks = (0..100).map(|at| {
                let conversation = [None, Some(own.as_str()), Some("none")][at % 3];
                let (batches, title) = (&batches, at.to_string());
                async move { asked(batches, conversation, &title).await }
            });
            let asked = futures_util::future::join_all(asks).await;
            for (at, asked) in asked.iter().enumerate() {
                assert_eq!(asked.is_none(), at % 3 == 2, "{at}");
            }
            let asked: Vec<Arc<Asked>> = asked.into_iter().flatten().collect();
            let answers = asked.iter().map(|own| {
                let parts = format!("[{:?}]", own.question);
                batches.answer(Answer::new(own, parts, "complete"))
            });
            let kept = futures_util::future::join_all(answers).await;
            assert!(kept.into_iter().all(|kept| kept.is_ok()));
            for asked in asked {
                let messages = store.messages("a", &asked.conversation, -1, 1000);
                let messages = messages.await.unwrap();
                let place = messages.iter().position(|own| own.id == asked.question);
                let answer = &messages[place.unwrap() + 1];
                assert_eq!(answer.parts, format!("[{:?}]", asked.question));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_wrong_with_one_is_not_wrong_with_all() {
        on_each(async |store| {
            let batches = Batches::new(&store, &Crowd::default());
            let good = asked(&batches, None, "t").await.unwrap();
            let other = asked(&batches, None, "t").await.unwrap();
            let answer =
                |own: &Arc<Asked>| batches.answer(Answer::new(own, "[]".to_owned(), "complete"));
            answer(&good).await.unwrap();
            // A place that is taken.
            let (again, other) = tokio::join!(answer(&good), answer(&other));
            assert!(again.is_err());
            assert!(other.is_ok());
        })
        .await;
    }

    #[tokio::test]
    async fn who_has_left_before_it_is_asked_keeps_no_question() {
        on_each(async |store| {
            let batches = Batches::new(&store, &Crowd::default());
            let asks = (0..9).map(|_| batches.ask(Ask::new("a", None, "t", "[]")));
            // All wait before the task of the batches has had a turn.
            let mut asks: Vec<_> = asks.collect();
            asks.truncate(1);
            futures_util::future::join_all(asks).await;
            assert_eq!(store.conversations("a", None, 9).await.unwrap().len(), 1);
        })
        .await;
    }
}
