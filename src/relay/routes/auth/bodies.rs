//! What the routes of accounts take and give, as Better Auth 1.7 does.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::{Date, User};

/// Who signs up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignUp {
    /// What to be called.
    #[schema(max_length = 200)]
    pub name: String,
    /// Address, which is not written to.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// 8 to 128 characters.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub password: String,
    /// Address of a picture.
    #[schema(max_length = 2000)]
    pub image: Option<String>,
    /// False for a session that ends with the browser.
    pub remember_me: Option<bool>,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Address.
    #[schema(format = Email)]
    pub email: String,
    /// Password.
    #[schema(format = Password, max_length = 128)]
    pub password: String,
    /// False for a session that ends with the browser.
    pub remember_me: Option<bool>,
}

/// A user who has signed up.
#[derive(Serialize, ToSchema)]
pub struct SignedUp {
    /// The session's token, for the bearer header.
    pub token: String,
    /// The user.
    pub user: User,
}

/// A user who has signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedInBody {
    /// Always false: the relay leads nowhere.
    pub redirect: bool,
    /// The session's token, for the bearer header.
    pub token: String,
    /// The user.
    pub user: User,
}

/// That it is done.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    pub success: bool,
}

/// A session and whose it is.
#[derive(Serialize, ToSchema)]
pub struct SessionBody {
    /// The session.
    pub session: SessionFields,
    /// The user.
    pub user: User,
}

/// A session, as Better Auth's clients get one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionFields {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// Its token, for the bearer header.
    pub token: String,
    /// When it ends unless it is used.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Date,
    /// When they signed in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Date,
    /// When its end was last set.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Date,
    /// From which address.
    pub ip_address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
}

/// A JWT.
#[derive(Serialize, ToSchema)]
pub struct TokenBody {
    /// The token, good for 15 minutes.
    pub token: String,
}
