//! What readers asked and were answered.

use rand::distributions::{Alphanumeric, DistString};
use rand::thread_rng;
use sqlx::{FromRow, QueryBuilder};

use super::batches::Work;
use super::{Store, now, on};

/// Length of an id, as Better Auth's are.
const ID_LENGTH: usize = 32;

/// A conversation without its messages.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// The beginning of its first question.
    pub title: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last asked in; milliseconds since 1970.
    pub updated_at: i64,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its place; questions have even ones, and the answer the next.
    pub place: i64,
    /// `user` or `assistant`.
    pub role: String,
    /// Its parts as JSON, as the AI SDK has them.
    pub parts: String,
    /// `complete`, or `cut` of an answer that broke off.
    pub status: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// What a question is known by, and its answer will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Id of the conversation.
    pub conversation: String,
    /// Id of the question.
    pub question: String,
    /// Id that the answer will have.
    pub answer: String,
}

/// A question to be kept.
#[derive(Debug, Clone)]
pub struct Ask {
    owner: String,
    is_new: bool,
    title: String,
    parts: String,
    asked: Asked,
}

/// An answer to be kept.
#[derive(Debug, Clone)]
pub struct Answer {
    asked: Asked,
    parts: String,
    status: &'static str,
}

/// A random id. It is drawn from a generator that the system seeds: the system itself takes a call for each letter.
pub fn new_id() -> String {
    Alphanumeric.sample_string(&mut thread_rng(), ID_LENGTH)
}

impl Ask {
    /// A question with these parts in a conversation of `owner`, or in a new one with this title.
    pub fn new(owner: &str, conversation: Option<&str>, title: &str, parts: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            is_new: conversation.is_none(),
            title: title.to_owned(),
            parts: parts.to_owned(),
            asked: Asked {
                conversation: conversation.map_or_else(new_id, str::to_owned),
                question: new_id(),
                answer: new_id(),
            },
        }
    }

    /// What it will be known by.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }
}

impl Answer {
    /// An answer of these parts, and how it ended.
    pub fn new(asked: &Asked, parts: String, status: &'static str) -> Self {
        Self {
            asked: asked.clone(),
            parts,
            status,
        }
    }
}

impl Work for Ask {
    /// Whether its owner has such a conversation.
    type Done = bool;

    async fn all(store: &Store, asks: &[Self]) -> Result<Vec<bool>, sqlx::Error> {
        let at = now();
        let mut kept = vec![true; asks.len()];
        let new: Vec<&Self> = asks.iter().filter(|ask| ask.is_new).collect();
        let old = asks.iter().zip(&mut kept).filter(|(ask, _)| !ask.is_new);
        let mut old: Vec<(&Self, &mut bool)> = old.collect();
        // In one order, so that two relays never wait for each other.
        old.sort_by_key(|(ask, _)| &ask.asked.conversation);
        on!(store, pool => {
            let mut all = pool.begin().await?;
            if !new.is_empty() {
                let mut begin = QueryBuilder::new(BEGIN);
                begin.push_values(&new, |mut row, ask| {
                    row.push_bind(ask.asked.conversation.clone()).push_bind(ask.owner.clone());
                    row.push_bind(ask.title.clone()).push_bind(at).push_bind(at);
                });
                // Only statements of one row come again as they are.
                begin.build().persistent(new.len() == 1).execute(&mut *all).await?;
                let mut keep = QueryBuilder::new(KEEP);
                keep.push_values(&new, |mut row, ask| {
                    row.push_bind(ask.asked.question.clone());
                    row.push_bind(ask.asked.conversation.clone());
                    row.push("0, 'user'").push_bind(ask.parts.clone()).push("'complete'").push_bind(at);
                });
                keep.build().persistent(new.len() == 1).execute(&mut *all).await?;
            }
            for (ask, kept) in old {
                let Asked { conversation, question, .. } = &ask.asked;
                let touch = sqlx::query(TOUCH).bind(conversation).bind(&ask.owner).bind(at);
                // The row stays locked, so that two questions at once get two places.
                *kept = touch.execute(&mut *all).await?.rows_affected() > 0;
                if *kept {
                    let add = sqlx::query(ADD).bind(question).bind(conversation);
                    add.bind(&ask.parts).bind(at).execute(&mut *all).await?;
                }
            }
            all.commit().await?;
        });
        Ok(kept)
    }
}

const BEGIN: &str = "INSERT INTO lectern_conversation (id, owner, title, created_at, updated_at) ";
const KEEP: &str =
    "INSERT INTO lectern_message (id, conversation, place, role, parts, status, created_at) ";
const TOUCH: &str = "UPDATE lectern_conversation SET updated_at = $3 WHERE id = $1 AND owner = $2";
const ADD: &str =
    "INSERT INTO lectern_message (id, conversation, place, role, parts, status, created_at)
  SELECT $1, $2, COALESCE(MAX(place) / 2 + 1, 0) * 2, 'user', $3, 'complete', $4
  FROM lectern_message WHERE conversation = $2";

impl Work for Answer {
    type Done = ();

    async fn all(store: &Store, answers: &[Self]) -> Result<Vec<()>, sqlx::Error> {
        let at = now();
        on!(store, pool => {
            let mut keep = QueryBuilder::new(KEEP);
            keep.push(
                "SELECT v.column1, q.conversation, q.place + 1, 'assistant', v.column3, v.column4, v.column5 FROM (",
            );
            keep.push_values(answers, |mut row, Self { asked, parts, status }| {
                row.push_bind(asked.answer.clone()).push_bind(asked.question.clone());
                row.push_bind(parts.clone()).push_bind(*status).push_bind(at);
            });
            // Its question is gone with a conversation that was deleted.
            keep.push(") AS v JOIN lectern_message q ON q.id = v.column2");
            keep.build().persistent(answers.len() == 1).execute(pool).await?;
        });
        Ok(vec![(); answers.len()])
    }
}

impl Store {
    /// The conversations of `owner`, the latest first, from behind the one with this time and id.
    pub async fn conversations(
        &self,
        owner: &str,
        behind: Option<(i64, &str)>,
        limit: i64,
    ) -> Result<Vec<Conversation>, sqlx::Error> {
        let (time, id) = behind.unwrap_or((i64::MAX, ""));
        on!(self, pool => sqlx::query_as(
            "SELECT id, title, created_at, updated_at FROM lectern_conversation
             WHERE owner = $1 AND (updated_at < $2 OR (updated_at = $2 AND id < $3))
             ORDER BY updated_at DESC, id DESC LIMIT $4",
        )
        .bind(owner).bind(time).bind(id).bind(limit)
        .fetch_all(pool)
        .await)
    }

    /// A conversation of `owner`.
    pub async fn conversation(
        &self,
        owner: &str,
        id: &str,
    ) -> Result<Option<Conversation>, sqlx::Error> {
        on!(self, pool => sqlx::query_as(
            "SELECT id, title, created_at, updated_at FROM lectern_conversation WHERE owner = $1 AND id = $2",
        )
        .bind(owner).bind(id)
        .fetch_optional(pool)
        .await)
    }

    /// Messages of a conversation of `owner` in their order, from behind a place.
    pub async fn messages(
        &self,
        owner: &str,
        conversation: &str,
        behind: i64,
        limit: i64,
    ) -> Result<Vec<Message>, sqlx::Error> {
        on!(self, pool => sqlx::query_as(
            "SELECT m.id, m.place, m.role, m.parts, m.status, m.created_at FROM lectern_message m
             JOIN lectern_conversation c ON c.id = m.conversation
             WHERE c.owner = $1 AND c.id = $2 AND m.place > $3 ORDER BY m.place LIMIT $4",
        )
        .bind(owner).bind(conversation).bind(behind).bind(limit)
        .fetch_all(pool)
        .await)
    }

    /// The last messages of a conversation of `owner`, in their order.
    pub async fn last_messages(
        &self,
        owner: &str,
        conversation: &str,
        limit: i64,
    ) -> Result<Vec<Message>, sqlx::Error> {
        let mut last: Vec<Message> = on!(self, pool => sqlx::query_as(
            "SELECT m.id, m.place, m.role, m.parts, m.status, m.created_at FROM lectern_message m
             JOIN lectern_conversation c ON c.id = m.conversation
             WHERE c.owner = $1 AND c.id = $2 ORDER BY m.place DESC LIMIT $3",
        )
        .bind(owner).bind(conversation).bind(limit)
        .fetch_all(pool)
        .await)?;
        last.reverse();
        Ok(last)
    }

    /// Deletes a conversation of `owner` with its messages; whether there was one.
    pub async fn delete_conversation(&self, owner: &str, id: &str) -> Result<bool, sqlx::Error> {
        on!(self, pool => sqlx::query("DELETE FROM lectern_conversation WHERE owner = $1 AND id = $2")
            .bind(owner).bind(id)
            .execute(pool)
            .await
            .map(|done| done.rows_affected() > 0))
    }
}

#[cfg(test)]
mod tests {
    use crate::store::testing::on_each;

    #[tokio::test]
    async fn questions_and_answers_keep_their_order_when_asked_at_once() {
        on_each(async |store| {
            let first = store.ask("a", None, "t", "[]").await.unwrap().unwrap();
            let own = Some(&*first.conversation);
            let (second, third) = tokio::join!(
                store.ask("a", own, "t", "[]"),
                store.ask("a", own, "t", "[]")
            );
            let (second, third) = (second.unwrap().unwrap(), third.unwrap().unwrap());
            store.answer(&third, "[3]", "cut").await.unwrap();
            store.answer(&second, "[2]", "complete").await.unwrap();
            store.answer(&first, "[1]", "complete").await.unwrap();
            let messages = store
                .messages("a", &first.conversation, -1, 10)
                .await
                .unwrap();
            let seen: Vec<_> = messages.iter().map(|own| (own.place, &*own.role)).collect();
            let (user, assistant) = ("user", "assistant");
            let expected = [
                (0, user),
                (1, assistant),
                (2, user),
                (3, assistant),
                (4, user),
                (5, assistant),
            ];
            assert_eq!(seen, expected);
            let last = store
                .last_messages("a", &first.conversation, 2)
                .await
                .unwrap();
            assert_eq!(last, messages[4..]);
            assert_eq!(
                store
                    .messages("a", &first.conversation, 3, 1)
                    .await
                    .unwrap(),
                messages[4..5]
            );
        })
        .await;
    }

    #[tokio::test]
    async fn nobody_reaches_a_conversation_of_someone_else() {
        on_each(async |store| {
            let asked = store.ask("a", None, "t", "[]").await.unwrap().unwrap();
            let id = &*asked.conversation;
            assert_eq!(store.ask("b", Some(id), "t", "[]").await.unwrap(), None);
            assert_eq!(store.conversation("b", id).await.unwrap(), None);
            assert!(store.messages("b", id, -1, 9).await.unwrap().is_empty());
            assert!(store.last_messages("b", id, 9).await.unwrap().is_empty());
            assert!(!store.delete_conversation("b", id).await.unwrap());
            assert!(store.delete_conversation("a", id).await.unwrap());
            store.answer(&asked, "[]", "complete").await.unwrap();
            assert!(
                store.messages("a", id, -1, 9).await.unwrap().is_empty(),
                "deleted is deleted"
            );
        })
        .await;
    }

    #[tokio::test]
    async fn pages_of_conversations_leave_none_out() {
        on_each(async |store| {
            for at in 0..7 {
                store.ask("a", None, &at.to_string(), "[]").await.unwrap();
            }
            let (mut seen, mut behind) = (Vec::new(), None);
            loop {
                let cursor = behind
                    .as_ref()
                    .map(|(time, id): &(i64, String)| (*time, &**id));
                let page = store.conversations("a", cursor, 3).await.unwrap();
                let Some(last) = page.last() else { break };
                behind = Some((last.updated_at, last.id.clone()));
                seen.extend(page.into_iter().map(|own| own.title));
            }
            seen.sort();
            assert_eq!(seen, ["0", "1", "2", "3", "4", "5", "6"]);
        })
        .await;
    }
}
