//! Who asks, as the header `x-owner` says: what stands in for sessions and tokens.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{Identity, Reader};
use crate::error::ApiError;
use crate::state::App;

impl FromRequestParts<App> for Identity {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let owner = parts
            .headers
            .get("x-owner")
            .and_then(|owner| owner.to_str().ok());
        Ok(match owner {
            Some(owner) => Self::User(Reader {
                owner: owner.to_owned(),
            }),
            None => Self::Anonymous(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        })
    }
}
