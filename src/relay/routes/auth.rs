//! Signing up, in and out: the routes that clients of Better Auth 1.7 call, and plain names for them.

pub mod flat;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::flat::{FlatError, invalid, parse};
use crate::auth::{
    ClientAddress, CurrentSession, Device, Jwks, NewUser, Reader, SignedIn, TrustedOrigin, is_email,
};
use crate::error::ApiError;
use crate::state::App;
use crate::store::{Date, User};

/// The signed session token, for the bearer header (Better Auth's bearer plugin).
const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");
/// A JWT for the user (Better Auth's jwt plugin).
const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");
/// Fewest and most characters of a password, counted in UTF-16 as JavaScript does (Better Auth 1.7).
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=128;
/// Most characters of a name, of a picture's address, and of what is kept of a program's name.
const NAME: usize = 200;
const IMAGE: usize = 2000;
const AGENT: usize = 300;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(sign_in))
        .routes(routes!(plain_sign_up))
        .routes(routes!(plain_sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(get_session))
        .routes(routes!(user))
        .routes(routes!(token))
        .routes(routes!(jwks))
}

/// Who signs up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignUp {
    /// What to be called.
    #[schema(max_length = 200)]
    name: String,
    /// Address, which is not written to.
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// 8 to 128 characters.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    password: String,
    /// Address of a picture.
    #[schema(max_length = 2000)]
    image: Option<String>,
    /// False for a session that ends with the browser.
    remember_me: Option<bool>,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignIn {
    /// Address.
    #[schema(format = Email)]
    email: String,
    /// Password.
    #[schema(format = Password, max_length = 128)]
    password: String,
    /// False for a session that ends with the browser.
    remember_me: Option<bool>,
}

/// A user who has signed up.
#[derive(Serialize, ToSchema)]
struct SignedUp {
    /// The session's token, for the bearer header.
    token: String,
    /// The user.
    user: User,
}

/// A user who has signed in.
#[derive(Serialize, ToSchema)]
struct SignedInBody {
    /// Always false: the relay leads nowhere.
    redirect: bool,
    /// The session's token, for the bearer header.
    token: String,
    /// The user.
    user: User,
}

/// That it is done.
#[derive(Serialize, ToSchema)]
struct Done {
    /// Always true.
    success: bool,
}

/// A session and whose it is.
#[derive(Serialize, ToSchema)]
struct SessionBody {
    /// The session.
    session: SessionFields,
    /// The user.
    user: User,
}

/// A session, as Better Auth's clients get one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionFields {
    /// Its id.
    id: String,
    /// Whose it is.
    user_id: String,
    /// Its token, for the bearer header.
    token: String,
    /// When it ends unless it is used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Date,
    /// When they signed in.
    #[schema(value_type = String, format = DateTime)]
    created_at: Date,
    /// When its end was last set.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Date,
    /// From which address.
    ip_address: Option<String>,
    /// With which program.
    user_agent: Option<String>,
}

/// A JWT.
#[derive(Serialize, ToSchema)]
struct TokenBody {
    /// The token, good for 15 minutes.
    token: String,
}

/// What a request says of where it is from, without what its body says.
struct From {
    ip: std::net::IpAddr,
    user_agent: String,
}

impl FromRequestParts<App> for From {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        TrustedOrigin::from_request_parts(parts, app).await?;
        let ClientAddress(ip) = ClientAddress::from_request_parts(parts, app).await?;
        let agent = parts
            .headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        let user_agent = agent.unwrap_or_default().chars().take(AGENT).collect();
        Ok(Self { ip, user_agent })
    }
}

impl From {
    fn device(self, remember: Option<bool>) -> Device {
        Device {
            ip: self.ip,
            user_agent: self.user_agent,
            remember: remember.unwrap_or(true),
        }
    }
}

/// Make an account and sign in
#[utoipa::path(post, path = "/api/auth/sign-up/email", tag = "accounts", request_body = SignUp, responses(
    (status = 200, description = "The user; cookie and `set-auth-token` have the session", body = SignedUp),
    (status = 400, description = "`VALIDATION_ERROR`, `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`, `BAD_REQUEST`", body = FlatError),
    (status = 403, description = "`EMAIL_PASSWORD_SIGN_UP_DISABLED`, `INVALID_ORIGIN`, `MISSING_OR_NULL_ORIGIN`", body = FlatError),
    (status = 413, description = "The body is too large", body = FlatError),
    (status = 415, description = "`UNSUPPORTED_MEDIA_TYPE`: not JSON", body = FlatError),
    (status = 422, description = "`USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL`", body = FlatError),
    (status = 429, description = "`TOO_MANY_REQUESTS`; `Retry-After` has the seconds to wait", body = FlatError),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
    (status = 503, description = "`BUSY`: too many sign up at this moment", body = FlatError),
))]
async fn sign_up(
    State(app): State<App>,
    from: From,
    body: Result<Json<SignUp>, JsonRejection>,
) -> Result<Response, ApiError> {
    let body = parse(body)?;
    let device = from.device(body.remember_me);
    let signed_in = app.accounts.sign_up(new_user(body)?, &device).await?;
    let answer = SignedUp {
        token: signed_in.token.clone(),
        user: signed_in.user.clone(),
    };
    Ok((session_headers(&app, &signed_in), Json(answer)).into_response())
}

/// Sign in
#[utoipa::path(post, path = "/api/auth/sign-in/email", tag = "accounts", request_body = SignIn, responses(
    (status = 200, description = "The user; cookie and `set-auth-token` have the session", body = SignedInBody),
    (status = 400, description = "`VALIDATION_ERROR`, `INVALID_EMAIL`, `PASSWORD_TOO_LONG`, `BAD_REQUEST`", body = FlatError),
    (status = 401, description = "`INVALID_EMAIL_OR_PASSWORD`", body = FlatError),
    (status = 403, description = "`INVALID_ORIGIN`, `MISSING_OR_NULL_ORIGIN`", body = FlatError),
    (status = 413, description = "The body is too large", body = FlatError),
    (status = 415, description = "`UNSUPPORTED_MEDIA_TYPE`: not JSON", body = FlatError),
    (status = 429, description = "`TOO_MANY_REQUESTS`; `Retry-After` has the seconds to wait", body = FlatError),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
    (status = 503, description = "`BUSY`: too many sign in at this moment", body = FlatError),
))]
async fn sign_in(
    State(app): State<App>,
    from: From,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, ApiError> {
    let body = parse(body)?;
    if !is_email(&body.email) {
        return Err(ApiError::bad_request("invalid_email", "Invalid email"));
    }
    not_too_long(&body.password)?;
    let device = from.device(body.remember_me);
    let email = body.email.to_ascii_lowercase();
    let signed_in = app
        .accounts
        .sign_in(&email, &body.password, &device)
        .await?;
    let answer = SignedInBody {
        redirect: false,
        token: signed_in.token.clone(),
        user: signed_in.user.clone(),
    };
    Ok((session_headers(&app, &signed_in), Json(answer)).into_response())
}

/// Make an account and sign in, by a plain name
#[utoipa::path(post, path = "/api/auth/signup", tag = "accounts", request_body = SignUp, responses(
    (status = 200, description = "As of `/api/auth/sign-up/email`", body = SignedUp),
    (status = 400, description = "As there", body = FlatError),
    (status = 403, description = "As there", body = FlatError),
    (status = 413, description = "As there", body = FlatError),
    (status = 415, description = "As there", body = FlatError),
    (status = 422, description = "As there", body = FlatError),
    (status = 429, description = "As there", body = FlatError),
    (status = 500, description = "As there", body = FlatError),
    (status = 503, description = "As there", body = FlatError),
))]
async fn plain_sign_up(
    app: State<App>,
    from: From,
    body: Result<Json<SignUp>, JsonRejection>,
) -> Result<Response, ApiError> {
    sign_up(app, from, body).await
}

/// Sign in, by a plain name
#[utoipa::path(post, path = "/api/auth/signin", tag = "accounts", request_body = SignIn, responses(
    (status = 200, description = "As of `/api/auth/sign-in/email`", body = SignedInBody),
    (status = 400, description = "As there", body = FlatError),
    (status = 401, description = "As there", body = FlatError),
    (status = 403, description = "As there", body = FlatError),
    (status = 413, description = "As there", body = FlatError),
    (status = 415, description = "As there", body = FlatError),
    (status = 429, description = "As there", body = FlatError),
    (status = 500, description = "As there", body = FlatError),
    (status = 503, description = "As there", body = FlatError),
))]
async fn plain_sign_in(
    app: State<App>,
    from: From,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, ApiError> {
    sign_in(app, from, body).await
}

/// Sign out: the session ends and its cookie goes
#[utoipa::path(post, path = "/api/auth/sign-out", tag = "accounts", responses(
    (status = 200, description = "Done, also where nobody was signed in", body = Done),
    (status = 403, description = "`INVALID_ORIGIN`, `MISSING_OR_NULL_ORIGIN`", body = FlatError),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
))]
async fn sign_out(
    State(app): State<App>,
    _: TrustedOrigin,
    CurrentSession(session): CurrentSession,
) -> Result<Response, ApiError> {
    if let Some(session) = session {
        app.accounts.sign_out(&session.token).await?;
    }
    let mut headers = HeaderMap::new();
    headers.extend(
        app.accounts
            .cookies
            .clear()
            .map(|cookie| (SET_COOKIE, cookie)),
    );
    Ok((headers, Json(Done { success: true })).into_response())
}

/// The session of this request, or `null`
#[utoipa::path(get, path = "/api/auth/get-session", tag = "accounts", responses(
    (status = 200, description = "The session, with a JWT in `set-auth-jwt`; `null` where there is none", body = Option<SessionBody>),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
))]
async fn get_session(
    State(app): State<App>,
    CurrentSession(session): CurrentSession,
) -> Result<Response, ApiError> {
    let Some(signed_in) = session else {
        let mut headers = no_store();
        headers.extend(
            app.accounts
                .cookies
                .clear()
                .map(|cookie| (SET_COOKIE, cookie)),
        );
        return Ok((headers, Json(None::<SessionBody>)).into_response());
    };
    let mut headers = no_store();
    if signed_in.extended {
        headers.extend(session_headers(&app, &signed_in));
    }
    let jwt = app.accounts.tokens.sign(&signed_in.user.id).await?;
    headers.extend(
        HeaderValue::try_from(jwt)
            .ok()
            .map(|jwt| (SET_AUTH_JWT, jwt)),
    );
    let body = SessionBody {
        session: SessionFields {
            id: signed_in.session.id,
            user_id: signed_in.session.user_id,
            token: signed_in.token,
            expires_at: signed_in.session.expires_at,
            created_at: signed_in.session.created_at,
            updated_at: signed_in.session.updated_at,
            ip_address: signed_in.session.ip_address,
            user_agent: signed_in.session.user_agent,
        },
        user: signed_in.user,
    };
    Ok((headers, Json(Some(body))).into_response())
}

/// The user of this request
#[utoipa::path(get, path = "/api/auth/user", tag = "accounts", responses(
    (status = 200, description = "The user", body = User),
    (status = 401, description = "`UNAUTHORIZED`", body = FlatError),
    (status = 404, description = "`NOT_FOUND`: a user of another issuer", body = FlatError),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
    (status = 503, description = "`ISSUER_UNAVAILABLE`: its keys cannot be had", body = FlatError),
), security(("bearer" = []), ("cookie" = [])))]
async fn user(State(app): State<App>, reader: Reader) -> Result<Response, ApiError> {
    let credential = app.store.credential_by_id(&reader.owner).await?;
    let credential = credential.ok_or_else(|| ApiError::not_found("user"))?;
    Ok((no_store(), Json(credential.user)).into_response())
}

/// A JWT for the user of this session
#[utoipa::path(get, path = "/api/auth/token", tag = "accounts", responses(
    (status = 200, description = "The token", body = TokenBody),
    (status = 401, description = "`UNAUTHORIZED`: there is no session", body = FlatError),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
), security(("bearer" = []), ("cookie" = [])))]
async fn token(
    State(app): State<App>,
    CurrentSession(session): CurrentSession,
) -> Result<Response, ApiError> {
    let signed_in = session.ok_or_else(ApiError::not_signed_in)?;
    let mut headers = no_store();
    if signed_in.extended {
        headers.extend(session_headers(&app, &signed_in));
    }
    let token = app.accounts.tokens.sign(&signed_in.user.id).await?;
    Ok((headers, Json(TokenBody { token })).into_response())
}

/// The keys that the relay's JWTs are signed with
#[utoipa::path(get, path = "/api/auth/jwks", tag = "accounts", responses(
    (status = 200, description = "The public keys (RFC 7517), the newest first", body = Jwks),
    (status = 500, description = "`INTERNAL_SERVER_ERROR`", body = FlatError),
))]
async fn jwks(State(app): State<App>) -> Result<Json<Jwks>, ApiError> {
    app.accounts.tokens.public_keys().await.map(Json)
}

fn new_user(body: SignUp) -> Result<NewUser, ApiError> {
    if !is_email(&body.email) {
        return Err(invalid("[body.email] Invalid email address"));
    }
    if body.password.is_empty() {
        return Err(invalid(
            "[body.password] Too small: expected string to have >=1 characters",
        ));
    }
    if body.name.chars().count() > NAME {
        return Err(invalid(format!(
            "[body.name] Too big: expected string to have <={NAME} characters"
        )));
    }
    if body
        .image
        .as_ref()
        .is_some_and(|image| image.chars().count() > IMAGE)
    {
        return Err(invalid(format!(
            "[body.image] Too big: expected string to have <={IMAGE} characters"
        )));
    }
    if length(&body.password) < *PASSWORD.start() {
        return Err(ApiError::bad_request(
            "password_too_short",
            "Password too short",
        ));
    }
    not_too_long(&body.password)?;
    Ok(NewUser {
        name: body.name,
        email: body.email.to_ascii_lowercase(),
        password: body.password,
        image: body.image,
    })
}

fn not_too_long(password: &str) -> Result<(), ApiError> {
    if length(password) > *PASSWORD.end() {
        return Err(ApiError::bad_request(
            "password_too_long",
            "Password too long",
        ));
    }
    Ok(())
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Cookie and bearer token of a session.
fn session_headers(app: &App, signed_in: &SignedIn) -> HeaderMap {
    let cookies = &app.accounts.cookies;
    let cookie = cookies.set(&signed_in.token, signed_in.cookie_age());
    let token = HeaderValue::try_from(cookies.sign(&signed_in.token)).ok();
    let cookie = cookie.map(|cookie| (SET_COOKIE, cookie));
    let token = token.map(|token| (SET_AUTH_TOKEN, token));
    cookie.into_iter().chain(token).collect()
}

fn no_store() -> HeaderMap {
    HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("no-store"))])
}

#[cfg(test)]
mod tests;
