//! What readers say of themselves, and all that is kept of them.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{FromRow, QueryBuilder};
use utoipa::ToSchema;

use super::batches::Work;
use super::sessions::Session;
use super::users::User;
use super::{FEW_ROWS, Store, now, on};

/// What a reader says of themselves, so that answers can be told for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// What they know and do, in their words: at most 2,000 characters.
    #[schema(max_length = 2000, example = "Ten years of web servers, no robotics.")]
    pub background: String,
    /// What they want to learn: at most 2,000 characters.
    #[schema(max_length = 2000)]
    pub goals: String,
    /// The language they want to read, as BCP 47 names it; empty for that of the book.
    #[schema(max_length = 35, example = "ur")]
    pub language: String,
    /// How well they know which subject: at most 20, of at most 60 characters.
    pub levels: BTreeMap<String, Level>,
}

/// How well someone knows a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not at all.
    None,
    /// The first steps.
    Beginner,
    /// Enough for daily work.
    Intermediate,
    /// Enough to teach it.
    Advanced,
}

/// The profile of an owner, as it is kept.
#[derive(Debug)]
pub struct ProfileOf(pub String);

impl Work for ProfileOf {
    type Done = Option<String>;

    async fn all(store: &Store, owners: &[Self]) -> Result<Vec<Option<String>>, sqlx::Error> {
        let found: Vec<(String, String)> = on!(store, pool => {
            let mut select = QueryBuilder::new("SELECT owner, profile FROM lectern_profile WHERE owner IN (");
            let mut list = select.separated(", ");
            for ProfileOf(owner) in owners {
                list.push_bind(owner.clone());
            }
            select.push(")");
            select.build_query_as().persistent(owners.len() <= FEW_ROWS).fetch_all(pool).await?
        });
        let found: HashMap<String, String> = found.into_iter().collect();
        Ok(owners
            .iter()
            .map(|ProfileOf(owner)| found.get(owner).cloned())
            .collect())
    }
}

impl Store {
    /// The profile of `owner`; an empty one where they never wrote any.
    pub async fn profile(&self, owner: &str) -> Result<Profile, sqlx::Error> {
        let text: Option<String> = on!(self, pool => {
            sqlx::query_scalar("SELECT profile FROM lectern_profile WHERE owner = $1")
                .bind(owner)
                .fetch_optional(pool)
                .await?
        });
        text.map_or_else(|| Ok(Profile::default()), |text| parse(&text))
    }

    /// Keeps the profile of `owner` in place of the one before.
    pub async fn set_profile(&self, owner: &str, profile: &Profile) -> Result<(), sqlx::Error> {
        let text =
            serde_json::to_string(profile).map_err(|error| sqlx::Error::Encode(error.into()))?;
        on!(self, pool => {
            sqlx::query(
                "INSERT INTO lectern_profile (owner, profile, updated_at) VALUES ($1, $2, $3)
                 ON CONFLICT (owner) DO UPDATE SET profile = excluded.profile, updated_at = excluded.updated_at",
            )
            .bind(owner)
            .bind(&text)
            .bind(now())
            .execute(pool)
            .await
            .map(drop)
        })
    }

    /// Forgets `owner`: their user, sessions, profile, conversations, feedback and counts.
    pub async fn delete_owner(&self, owner: &str) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            let mut all = pool.begin().await?;
            for statement in OWNED {
                sqlx::query(*statement).bind(owner).execute(&mut *all).await?;
            }
            all.commit().await
        })
    }

    /// All that is kept of `owner`, as JSON, but hashes of passwords and tokens.
    pub async fn export(&self, owner: &str) -> Result<Value, sqlx::Error> {
        on!(self, pool => {
            let user: Option<User> = sqlx::query_as(r#"SELECT * FROM "user" WHERE "id" = $1"#)
                .bind(owner)
                .fetch_optional(pool)
                .await?;
            let sessions: Vec<Session> =
                sqlx::query_as(r#"SELECT * FROM "session" WHERE "userId" = $1 ORDER BY "createdAt""#)
                    .bind(owner)
                    .fetch_all(pool)
                    .await?;
            let conversations: Vec<Conversation> =
                sqlx::query_as("SELECT * FROM lectern_conversation WHERE owner = $1 ORDER BY created_at, id")
                    .bind(owner)
                    .fetch_all(pool)
                    .await?;
            let messages: Vec<Message> = sqlx::query_as(
                "SELECT m.* FROM lectern_message m JOIN lectern_conversation c ON c.id = m.conversation
                 WHERE c.owner = $1 ORDER BY m.conversation, m.place",
            )
            .bind(owner)
            .fetch_all(pool)
            .await?;
            let feedback: Vec<Feedback> =
                sqlx::query_as("SELECT * FROM lectern_feedback WHERE owner = $1 ORDER BY created_at, id")
                    .bind(owner)
                    .fetch_all(pool)
                    .await?;
            Ok(json!({
                "user": user,
                "profile": self.profile(owner).await?,
                "sessions": sessions,
                "conversations": conversations,
                "messages": messages.into_iter().map(Message::export).collect::<Vec<_>>(),
                "feedback": feedback,
            }))
        })
    }
}

/// What deletes the rows of an owner. Messages go with their conversations, sessions and passwords with the user.
const OWNED: &[&str] = &[
    r#"DELETE FROM "user" WHERE "id" = $1"#,
    "DELETE FROM lectern_profile WHERE owner = $1",
    "DELETE FROM lectern_conversation WHERE owner = $1",
    "DELETE FROM lectern_feedback WHERE owner = $1",
    "DELETE FROM lectern_usage WHERE subject = 'user:' || $1",
];

#[derive(Serialize, FromRow)]
struct Conversation {
    id: String,
    title: String,
    created_at: i64,
    updated_at: i64,
}

#[derive(FromRow)]
struct Message {
    id: String,
    conversation: String,
    role: String,
    parts: String,
    status: String,
    created_at: i64,
}

impl Message {
    fn export(self) -> Value {
        // Parts are kept as JSON; as text they would be escaped twice.
        let parts = serde_json::from_str(&self.parts).unwrap_or(Value::String(self.parts));
        json!({
            "id": self.id,
            "conversation": self.conversation,
            "role": self.role,
            "parts": parts,
            "status": self.status,
            "created_at": self.created_at,
        })
    }
}

#[derive(Serialize, FromRow)]
struct Feedback {
    id: String,
    message: Option<String>,
    rating: i32,
    note: String,
    created_at: i64,
}

fn parse(text: &str) -> Result<Profile, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}
