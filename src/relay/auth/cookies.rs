//! The session's cookie, and its signature, as Better Auth 1.7 has them: `token.signature`, the signature
//! HMAC-SHA256 (RFC 2104) in base64, all of it percent-encoded.

use std::fmt;

use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::config::Config;

const NAME: &str = "better-auth.session_token";
/// Browsers take a cookie of such a name from https alone (RFC 6265bis).
const SECURE_PREFIX: &str = "__Secure-";
/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Makes and reads session cookies.
pub struct Cookies {
    name: String,
    attributes: &'static str,
    key: Hmac<Sha256>,
}

impl fmt::Debug for Cookies {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Cookies")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Cookies {
    /// Cookies signed with `secret`.
    pub fn new(config: &Config, secret: &SecretString) -> Self {
        let https = config.server.is_https();
        let prefix = if https { SECURE_PREFIX } else { "" };
        let attributes = match (config.accounts.cross_site_cookies, https) {
            (true, _) => "Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
            (false, true) => "Path=/; HttpOnly; Secure; SameSite=Lax",
            (false, false) => "Path=/; HttpOnly; SameSite=Lax",
        };
        Self {
            name: format!("{prefix}{NAME}"),
            attributes,
            key: Hmac::new_from_slice(secret.expose_secret().as_bytes())
                .expect("HMAC takes keys of any length"),
        }
    }

    /// The token with its signature, as the bearer header takes it.
    pub fn sign(&self, token: &str) -> String {
        let signature = self.mac(token).finalize().into_bytes();
        format!("{token}.{}", STANDARD.encode(signature))
    }

    /// The token of a signed one, percent-encoded or not, if the signature is ours.
    pub fn verify(&self, signed: &str) -> Option<String> {
        let signed = percent_decode_str(signed).decode_utf8().ok()?;
        let (token, signature) = signed.rsplit_once('.')?;
        let signature = STANDARD.decode(signature).ok()?;
        self.mac(token).verify_slice(&signature).ok()?;
        Some(token.to_owned())
    }

    /// The token in the cookie of a request.
    pub fn read(&self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        self.verify(jar.get(&self.name)?.value())
    }

    /// The cookie for a response: for `seconds`, or until the browser is closed.
    pub fn set(&self, token: &str, seconds: Option<i64>) -> Option<HeaderValue> {
        let value = self.sign(token);
        let value = utf8_percent_encode(&value, COMPONENT);
        let age = seconds.map_or_else(String::new, |seconds| format!("Max-Age={seconds}; "));
        HeaderValue::try_from(format!("{}={value}; {age}{}", self.name, self.attributes)).ok()
    }

    /// The cookie that takes the session's away.
    pub fn clear(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}=; Max-Age=0; {}", self.name, self.attributes)).ok()
    }

    fn mac(&self, token: &str) -> Hmac<Sha256> {
        self.key.clone().chain_update(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::config;

    fn cookies(flags: &[&str]) -> Cookies {
        Cookies::new(&config(flags), &SecretString::from("x".repeat(40)))
    }

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::header::COOKIE, HeaderValue::try_from(cookie).unwrap())])
    }

    /// What npm `better-auth` 1.7.6 set with the same secret.
    const SET_BY_BETTER_AUTH: &str = "better-auth.session_token=\
        skTP0UFeQsfjqQmbURxWPLHikF3t9KcA.E3QeiRjLlRJzV2M135kQ8BPGOMNVRKHNWut%2BbA4HfiI%3D; \
        Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";

    #[test]
    fn a_cookie_is_to_the_letter_what_better_auth_sets_and_reads_as_it_is_set() {
        let cookies = cookies(&[]);
        let token = "skTP0UFeQsfjqQmbURxWPLHikF3t9KcA";
        let set = cookies.set(token, Some(604_800)).unwrap();
        assert_eq!(set, SET_BY_BETTER_AUTH);
        let sent = SET_BY_BETTER_AUTH.split(';').next().unwrap();
        let sent = headers(&format!("theme=dark; {sent}; better-auth.session_data=x"));
        assert_eq!(cookies.read(&sent).as_deref(), Some(token));
    }

    #[test]
    fn https_and_other_sites_have_their_attributes() {
        let https = cookies(&["--public-url", "https://relay.example.org"]);
        let set = https.set("t", None).unwrap();
        let set = set.to_str().unwrap();
        assert!(
            set.starts_with("__Secure-better-auth.session_token=t."),
            "{set}"
        );
        assert!(
            set.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"),
            "{set}"
        );

        let other = cookies(&["--cross-site-cookies"]).clear().unwrap();
        let gone = "better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=None; Partitioned";
        assert_eq!(other, gone);
    }

    #[test]
    fn a_changed_token_or_signature_is_no_session() {
        let cookies = cookies(&[]);
        let signed = cookies.sign("token");
        assert_eq!(cookies.verify(&signed).as_deref(), Some("token"));
        for wrong in [
            signed.replace("token", "taken"),
            signed[..signed.len() - 2].to_owned(),
            "token".to_owned(),
            "token.".to_owned(),
            ".".to_owned(),
            "%ff.%ff".to_owned(),
            String::new(),
        ] {
            assert_eq!(cookies.verify(&wrong), None, "{wrong}");
        }
        assert_eq!(cookies.read(&headers("better-auth.session_token")), None);
    }
}
