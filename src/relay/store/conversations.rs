//! What readers asked and were answered.

use rand::distributions::{Alphanumeric, DistString};
use rand::rngs::OsRng;
use sqlx::FromRow;

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

/// A question that is kept, and where its answer will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Id of the conversation.
    pub conversation: String,
    /// Id of the question.
    pub question: String,
    /// Id that the answer will have.
    pub answer: String,
    place: i64,
}

/// A random id.
pub fn new_id() -> String {
    Alphanumeric.sample_string(&mut OsRng, ID_LENGTH)
}

impl Store {
    /// Keeps a question, in a new conversation with this title where none is given. `None` where `owner`
    /// has no such conversation.
    pub async fn ask(
        &self,
        owner: &str,
        conversation: Option<&str>,
        title: &str,
        parts: &str,
    ) -> Result<Option<Asked>, sqlx::Error> {
        let (id, at) = (conversation.map_or_else(new_id, str::to_owned), now());
        let (question, answer) = (new_id(), new_id());
        on!(self, pool => {
            let mut all = pool.begin().await?;
            let touch = match conversation {
                // The row stays locked, so that two questions at once get two places.
                Some(_) => sqlx::query("UPDATE lectern_conversation SET updated_at = $3 WHERE id = $1 AND owner = $2")
                    .bind(&id).bind(owner).bind(at),
                None => sqlx::query(
                    "INSERT INTO lectern_conversation (id, owner, title, created_at, updated_at)
                     VALUES ($1, $2, $4, $3, $3)",
                )
                .bind(&id).bind(owner).bind(at).bind(title),
            };
            if touch.execute(&mut *all).await?.rows_affected() == 0 {
                return Ok(None);
            }
            let place: i64 = sqlx::query_scalar(
                "SELECT COALESCE(MAX(place) / 2 + 1, 0) * 2 FROM lectern_message WHERE conversation = $1",
            )
            .bind(&id)
            .fetch_one(&mut *all)
            .await?;
            sqlx::query(
                "INSERT INTO lectern_message (id, conversation, place, role, parts, status, created_at)
                 VALUES ($1, $2, $3, 'user', $4, 'complete', $5)",
            )
            .bind(&question).bind(&id).bind(place).bind(parts).bind(at)
            .execute(&mut *all)
            .await?;
            all.commit().await?;
            Ok(Some(Asked { conversation: id, question, answer, place }))
        })
    }

    /// Keeps the answer to a question, unless its conversation was deleted meanwhile.
    pub async fn answer(
        &self,
        asked: &Asked,
        parts: &str,
        status: &str,
    ) -> Result<(), sqlx::Error> {
        on!(self, pool => sqlx::query(
            "INSERT INTO lectern_message (id, conversation, place, role, parts, status, created_at)
             SELECT $1, id, $3, 'assistant', $4, $5, $6 FROM lectern_conversation WHERE id = $2",
        )
        .bind(&asked.answer).bind(&asked.conversation).bind(asked.place + 1).bind(parts).bind(status).bind(now())
        .execute(pool)
        .await
        .map(drop))
    }

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

    /// What `owner` says of themselves, as JSON; nothing where they never said anything.
    pub async fn profile_text(&self, owner: &str) -> Result<Option<String>, sqlx::Error> {
        on!(self, pool => sqlx::query_scalar("SELECT profile FROM lectern_profile WHERE owner = $1")
            .bind(owner)
            .fetch_optional(pool)
            .await)
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
