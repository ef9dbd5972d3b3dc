//! Users and their passwords, in Better Auth's tables `user` and `account`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Date, Store, on};

/// What `account.providerId` is where the account is a password (Better Auth 1.7).
const CREDENTIAL: &str = "credential";

/// A user, as Better Auth's clients get one.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow, ToSchema)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct User {
    /// 32 letters and digits.
    pub id: String,
    /// What they want to be called.
    pub name: String,
    /// In lower case.
    pub email: String,
    /// Whether the address was shown to be theirs; the relay sends no mail, so only another server sets it.
    pub email_verified: bool,
    /// Address of a picture.
    pub image: Option<String>,
    /// When they signed up.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Date,
    /// When their row last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Date,
}

/// A user with the hash of their password, where they have one.
#[derive(Debug, sqlx::FromRow)]
pub struct Credential {
    /// The user.
    #[sqlx(flatten)]
    pub user: User,
    /// `salt:key` in hexadecimal.
    pub password: Option<String>,
}

impl Store {
    /// Keeps a new user with a password; `account` is the id of the row that has the password.
    ///
    /// # Errors
    /// A violation of uniqueness where the e-mail is taken.
    pub async fn add_user(
        &self,
        user: &User,
        account: &str,
        hash: &str,
    ) -> Result<(), sqlx::Error> {
        on!(self, pool => {
            let mut both = pool.begin().await?;
            sqlx::query(
                r#"INSERT INTO "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
                   VALUES ($1, $2, $3, $4, $5, $6, $7)"#,
            )
            .bind(&user.id)
            .bind(&user.name)
            .bind(&user.email)
            .bind(user.email_verified)
            .bind(&user.image)
            .bind(user.created_at)
            .bind(user.updated_at)
            .execute(&mut *both)
            .await?;
            sqlx::query(
                r#"INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
                   VALUES ($1, $2, $3, $2, $4, $5, $5)"#,
            )
            .bind(account)
            .bind(&user.id)
            .bind(CREDENTIAL)
            .bind(hash)
            .bind(user.created_at)
            .execute(&mut *both)
            .await?;
            both.commit().await
        })
    }

    /// The user with this e-mail, which is in lower case.
    pub async fn credential_by_email(
        &self,
        email: &str,
    ) -> Result<Option<Credential>, sqlx::Error> {
        on!(self, pool => {
            sqlx::query_as(
                r#"SELECT u.*, a."password" FROM "user" u
                   LEFT JOIN "account" a ON a."userId" = u."id" AND a."accountId" = u."id" AND a."providerId" = $2
                   WHERE u."email" = $1"#,
            )
            .bind(email)
            .bind(CREDENTIAL)
            .fetch_optional(pool)
            .await
        })
    }

    /// The user with this id.
    pub async fn credential_by_id(&self, id: &str) -> Result<Option<Credential>, sqlx::Error> {
        on!(self, pool => {
            sqlx::query_as(
                r#"SELECT u.*, a."password" FROM "user" u
                   LEFT JOIN "account" a ON a."userId" = u."id" AND a."accountId" = u."id" AND a."providerId" = $2
                   WHERE u."id" = $1"#,
            )
            .bind(id)
            .bind(CREDENTIAL)
            .fetch_optional(pool)
            .await
        })
    }
}
