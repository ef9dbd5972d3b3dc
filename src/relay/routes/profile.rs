//! What readers say of themselves.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Reader;
use crate::error::{ApiError, ErrorBody};
use crate::state::App;
use crate::store::Profile;

/// Most characters of a free text.
const TEXT: usize = 2000;
/// Most characters of a language's name (RFC 5646, section 4.4.1).
const LANGUAGE: usize = 35;
/// Most subjects, and most characters of one.
const SUBJECTS: usize = 20;
const SUBJECT: usize = 60;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, write))
}

/// The reader's profile
#[utoipa::path(get, path = "/api/profile", tag = "readers", responses(
    (status = 200, description = "The profile; empty where none was written", body = Profile),
    (status = 401, description = "`not_signed_in`", body = ErrorBody),
    (status = 500, description = "`internal`", body = ErrorBody),
    (status = 503, description = "`issuer_unavailable`: the keys of the token's issuer cannot be had", body = ErrorBody),
), security(("bearer" = []), ("cookie" = [])))]
async fn read(State(app): State<App>, reader: Reader) -> Result<Json<Profile>, ApiError> {
    Ok(Json(app.store.profile(&reader.owner).await?))
}

/// Write the reader's profile, in place of the one before
#[utoipa::path(put, path = "/api/profile", tag = "readers", request_body = Profile, responses(
    (status = 200, description = "The profile as it is kept", body = Profile),
    (status = 400, description = "`bad_request`: not JSON", body = ErrorBody),
    (status = 401, description = "`not_signed_in`", body = ErrorBody),
    (status = 403, description = "`invalid_origin`, `missing_or_null_origin`", body = ErrorBody),
    (status = 413, description = "`too_large`", body = ErrorBody),
    (status = 415, description = "`unsupported_media_type`", body = ErrorBody),
    (status = 422, description = "`invalid`, `profile_too_long`, `unknown_language`", body = ErrorBody),
    (status = 500, description = "`internal`", body = ErrorBody),
    (status = 503, description = "`issuer_unavailable`: the keys of the token's issuer cannot be had", body = ErrorBody),
), security(("bearer" = []), ("cookie" = [])))]
async fn write(
    State(app): State<App>,
    reader: Reader,
    Json(mut profile): Json<Profile>,
) -> Result<Json<Profile>, ApiError> {
    for text in [
        &mut profile.background,
        &mut profile.goals,
        &mut profile.language,
    ] {
        *text = text.trim().to_owned();
    }
    check(&profile)?;
    app.store.set_profile(&reader.owner, &profile).await?;
    Ok(Json(profile))
}

fn check(profile: &Profile) -> Result<(), ApiError> {
    for (name, text) in [
        ("background", &profile.background),
        ("goals", &profile.goals),
    ] {
        if text.chars().count() > TEXT {
            return Err(too_long(format!(
                "{name} has more than {TEXT} characters; shorten it"
            )));
        }
    }
    if profile.levels.len() > SUBJECTS {
        return Err(too_long(format!(
            "levels has more than {SUBJECTS} subjects; leave some out"
        )));
    }
    if profile
        .levels
        .keys()
        .any(|name| name.chars().count() > SUBJECT)
    {
        return Err(too_long(format!(
            "a subject of levels has more than {SUBJECT} characters; shorten it"
        )));
    }
    if !is_language(&profile.language) {
        let message =
            "language is no language tag; write it as in en, pt-BR or zh-Hant, or leave it empty";
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown_language",
            message,
        ));
    }
    Ok(())
}

/// Whether this has the form of a language tag (RFC 5646, section 2.1), or is empty.
fn is_language(text: &str) -> bool {
    let subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let primary = text.split('-').next().unwrap_or_default();
    text.is_empty()
        || text.len() <= LANGUAGE
            && text.split('-').all(subtag)
            && primary.len() >= 2
            && primary.chars().all(|c| c.is_ascii_alphabetic())
}

fn too_long(message: String) -> ApiError {
    ApiError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "profile_too_long",
        message,
    )
}

#[cfg(test)]
mod tests;
