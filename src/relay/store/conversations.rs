//! What readers asked and were answered.

use std::sync::Arc;

use rand::{Rng, thread_rng};
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

use super::batches::Work;
use super::{FEW_ROWS, Store, now, on};

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
    asked: Arc<Asked>,
}

/// An answer to be kept.
#[derive(Debug, Clone)]
pub struct Answer {
    asked: Arc<Asked>,
    parts: String,
    status: &'static str,
}

/// A new id: a UUID of version 7 (RFC 9562, section 5.7), so that rows that are kept at the same time stand on the same
/// pages of an index. What is random of it is drawn from a generator that the system seeds, without a call.
pub fn new_id() -> String {
    let at = u64::try_from(now()).unwrap_or_default();
    let random = thread_rng().r#gen();
    uuid::Builder::from_unix_timestamp_millis(at, &random)
        .into_uuid()
        .to_string()
}

impl Ask {
    /// A question with these parts in a conversation of `owner`, or in a new one with this title.
    pub fn new(owner: &str, conversation: Option<&str>, title: &str, parts: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            is_new: conversation.is_none(),
            title: title.to_owned(),
            parts: parts.to_owned(),
            asked: Arc::new(Asked {
                conversation: conversation.map_or_else(new_id, str::to_owned),
                question: new_id(),
                answer: new_id(),
            }),
        }
    }

    /// What it will be known by.
    pub fn asked(&self) -> &Arc<Asked> {
        &self.asked
    }
}

impl Answer {
    /// An answer of these parts, and how it ended.
    pub fn new(asked: &Arc<Asked>, parts: String, status: &'static str) -> Self {
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
        let new: Vec<&Self> = asks.iter().filter(|ask| ask.is_new).collect();
        let mut kept = vec![true; asks.len()];
        if new.len() == asks.len() {
            begin(store, &new, at).await?;
            return Ok(kept);
        }
        let old = asks.iter().zip(&mut kept).filter(|(ask, _)| !ask.is_new);
        let mut old: Vec<(&Self, &mut bool)> = old.collect();
        // In one order, so that two relays never wait for each other.
        old.sort_by_key(|(ask, _)| &ask.asked.conversation);
        let together = match store {
            Store::Sqlite(_) => STATEMENTS,
            Store::Postgres(_) => STATEMENT,
        };
        on!(store, pool => {
            let mut all = pool.begin().await?;
            if !new.is_empty() {
                let mut rows = rows(together, &new, at);
                rows.build().persistent(new.len() <= FEW_ROWS).execute(&mut *all).await?;
            }
            for (ask, kept) in old {
                let Asked { conversation, question, .. } = &*ask.asked;
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

/// Begins conversations, each with its question: all or none, and the database is asked once.
async fn begin(store: &Store, asks: &[&Ask], at: i64) -> Result<(), sqlx::Error> {
    let comes_again = asks.len() <= FEW_ROWS;
    match store {
        Store::Sqlite(file) => {
            let mut script = rows(SCRIPT, asks, at);
            let script = script.build().persistent(comes_again);
            file.execute_script(script).await
        }
        Store::Postgres(server) => {
            let mut statement = rows(STATEMENT, asks, at);
            let statement = statement.build().persistent(comes_again);
            statement.execute(server).await.map(drop)
        }
    }
}

/// What stands before the conversations' rows, between them and the questions', and behind these.
type Together = [&'static str; 3];
/// A script of SQLite.
const SCRIPT: Together = ["BEGIN; ", "; ", "; COMMIT"];
/// The same within a transaction.
const STATEMENTS: Together = ["", "; ", ""];
/// One statement of Postgres, which is a transaction.
const STATEMENT: Together = ["WITH begun AS (", ") ", ""];

/// The rows of new conversations and of their questions.
fn rows<DB: Database>(
    [before, between, behind]: Together,
    asks: &[&Ask],
    at: i64,
) -> QueryBuilder<DB>
where
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut rows = QueryBuilder::new(before);
    rows.push("INSERT INTO lectern_conversation (id, owner, title, created_at, updated_at) ");
    rows.push_values(asks, |mut row, ask| {
        row.push_bind(ask.asked.conversation.clone())
            .push_bind(ask.owner.clone());
        row.push_bind(ask.title.clone()).push_bind(at).push_bind(at);
    });
    rows.push(between).push(KEEP);
    rows.push_values(asks, |mut row, ask| {
        row.push_bind(ask.asked.question.clone());
        row.push_bind(ask.asked.conversation.clone());
        row.push("0, 'user'")
            .push_bind(ask.parts.clone())
            .push("'complete'")
            .push_bind(at);
    });
    rows.push(behind);
    rows
}

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
            keep.build().persistent(answers.len() <= FEW_ROWS).execute(pool).await?;
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
