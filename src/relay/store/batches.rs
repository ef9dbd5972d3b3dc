//! Group commit: what many requests want of the database at the same moment is done in one transaction.
//!
//! What comes in while one batch is done is the next, so that nobody waits for more to come, and a crowd costs the
//! database little more than one reader. Who waits is answered after the commit.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};

use super::Store;
use super::conversations::{Answer, Ask, Asked};
use super::profile::ProfileOf;

/// Most of one batch: their rows, of at most six values each, stay below the 32,766 that SQLite binds.
const BATCH: usize = 1000;

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
    /// Batches in this database. Each kind of work has a task that ends when nobody can give it more.
    pub fn new(store: &Store) -> Self {
        Self {
            asks: Queue::new(store),
            answers: Queue::new(store),
            profiles: Queue::new(store),
        }
    }

    /// Keeps a question, in a new conversation where it names none. `None` where its owner has no such conversation.
    ///
    /// # Errors
    /// The database fails.
    pub async fn ask(&self, ask: Ask) -> Result<Option<Asked>, sqlx::Error> {
        self.asks.done(ask).await
    }

    /// Keeps the answer to a question, unless its conversation was deleted meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn answer(&self, answer: Answer) -> Result<(), sqlx::Error> {
        self.answers.done(answer).await
    }

    /// What `owner` says of themselves, as JSON; nothing where they never said anything.
    ///
    /// # Errors
    /// The database fails.
    pub async fn profile_text(&self, owner: &str) -> Result<Option<String>, sqlx::Error> {
        self.profiles.done(ProfileOf(owner.to_owned())).await
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
    fn new(store: &Store) -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(run(store.clone(), waiting));
        Self(queue)
    }

    async fn done(&self, work: W) -> Result<W::Done, sqlx::Error> {
        let (reply, done) = oneshot::channel();
        let closed = || sqlx::Error::WorkerCrashed;
        self.0.send(Waiting { work, reply }).map_err(|_| closed())?;
        done.await.map_err(|_| closed())?
    }
}

async fn run<W: Work>(store: Store, mut queue: mpsc::UnboundedReceiver<Waiting<W>>) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
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

    #[tokio::test]
    async fn a_crowd_asks_and_is_answered_each_for_their_own() {
        on_each(async |store| {
            let batches = Batches::new(&store);
            let own = batches.ask(Ask::new("a", None, "t", "[]")).await.unwrap();
            let own = own.unwrap().conversation;
            let asks = (0..100).map(|at| {
                let conversation = [None, Some(&*own), Some("none")][at % 3];
                batches.ask(Ask::new("a", conversation, &at.to_string(), "[]"))
            });
            let asked = futures_util::future::join_all(asks).await;
            let asked: Vec<_> = asked.into_iter().map(Result::unwrap).collect();
            for (at, asked) in asked.iter().enumerate() {
                assert_eq!(asked.is_none(), at % 3 == 2, "{at}");
            }
            let asked: Vec<Asked> = asked.into_iter().flatten().collect();
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
            let batches = Batches::new(&store);
            let good = batches.ask(Ask::new("a", None, "t", "[]")).await.unwrap();
            let good = good.unwrap();
            let other = batches.ask(Ask::new("a", None, "t", "[]")).await.unwrap();
            let answer =
                |own: &Asked| batches.answer(Answer::new(own, "[]".to_owned(), "complete"));
            answer(&good).await.unwrap();
            // A place that is taken.
            let (again, other) = tokio::join!(answer(&good), answer(&other.unwrap()));
            assert!(again.is_err());
            assert!(other.is_ok());
        })
        .await;
    }

    #[tokio::test]
    async fn who_has_left_before_it_is_asked_keeps_no_question() {
        on_each(async |store| {
            let batches = Batches::new(&store);
            let asks = (0..9).map(|_| batches.ask(Ask::new("a", None, "t", "[]")));
            let mut asks: Vec<_> = asks.map(Box::pin).collect();
            // All wait before the task of the batches has had a turn.
            for ask in &mut asks {
                assert!(futures_util::poll!(ask).is_pending());
            }
            asks.truncate(1);
            futures_util::future::join_all(asks).await;
            assert_eq!(store.conversations("a", None, 9).await.unwrap().len(), 1);
        })
        .await;
    }
}
