//! Who may ask.

use std::net::IpAddr;
use std::str::FromStr;

use clap::ArgAction;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// Who may ask.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Accounts")]
pub struct Accounts {
    /// Secret that session cookies are signed with, 32 characters or more; without it, one that the
    /// database keeps
    #[arg(long, env = "LECTERN_SECRET", value_name = "SECRET", value_parser = secret, hide_env_values = true)]
    pub secret: Option<SecretString>,
    /// Whether who is not signed in may ask
    #[arg(long, env = "LECTERN_ANONYMOUS", value_name = "BOOL", action = ArgAction::Set,
          num_args = 0..=1, default_value_t = false, default_missing_value = "true")]
    pub anonymous: bool,
    /// Whether who is not known may sign up
    #[arg(long, env = "LECTERN_SIGN_UP", value_name = "BOOL", action = ArgAction::Set,
          num_args = 0..=1, default_value_t = true, default_missing_value = "true")]
    pub sign_up: bool,
    /// How many may sign up from one address in an hour
    #[arg(
        long,
        env = "LECTERN_SIGN_UPS_PER_HOUR",
        value_name = "NUMBER",
        default_value_t = 30
    )]
    pub sign_ups_per_hour: u32,
    /// Cookies for a relay on another site than the book's: SameSite=None, Secure, Partitioned
    #[arg(long, env = "LECTERN_CROSS_SITE_COOKIES", value_name = "BOOL", action = ArgAction::Set,
          num_args = 0..=1, default_value_t = false, default_missing_value = "true")]
    pub cross_site_cookies: bool,
    /// Issuers whose tokens are accepted, separated by semicolons: ISSUER aud=AUDIENCE [azp=PARTY] [jwks=URL].
    /// ISSUER is what their claim `iss` is; `aud` and `azp` list with commas what those claims may be, one of
    /// the two is needed; `jwks` is ISSUER/.well-known/jwks.json unless given
    #[arg(
        long = "issuers",
        env = "LECTERN_ISSUERS",
        value_name = "ISSUERS",
        value_delimiter = ';'
    )]
    pub issuers: Vec<Issuer>,
}

/// Someone else whose tokens (RFC 7519) are accepted.
///
/// | issuer | setting |
/// |---|---|
/// | Supabase | `https://x.supabase.co/auth/v1 aud=authenticated` |
/// | Auth0 | `https://x.auth0.com/ aud=https://api.example.org` |
/// | Clerk | `https://clerk.example.org azp=https://docs.example.org` |
/// | Better Auth | `https://example.org aud=https://example.org jwks=https://example.org/api/auth/jwks` |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The claim `iss`, to the letter.
    pub iss: String,
    /// What `aud` may be; anything where this is empty.
    pub audiences: Vec<String>,
    /// What `azp` may be; anything where this is empty.
    pub parties: Vec<String>,
    /// Where the keys are (RFC 7517).
    pub jwks: Url,
}

/// Where keys are, from the issuer, unless another place is set.
const WELL_KNOWN: &str = "/.well-known/jwks.json";
const EXAMPLE: &str = "https://x.supabase.co/auth/v1 aud=authenticated";
/// As Better Auth warns of shorter ones.
const SECRET_CHARACTERS: usize = 32;

impl FromStr for Issuer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let iss = words.next().ok_or_else(|| wrong("there is no issuer"))?;
        let mut issuer = Self {
            iss: iss.to_owned(),
            audiences: Vec::new(),
            parties: Vec::new(),
            jwks: web_url(&format!("{}{WELL_KNOWN}", iss.trim_end_matches('/')))?,
        };
        for word in words {
            match word.split_once('=') {
                Some(("aud", list)) => issuer.audiences.extend(names(list)),
                Some(("azp", list)) => issuer.parties.extend(names(list)),
                Some(("jwks", url)) => issuer.jwks = web_url(url)?,
                _ => return Err(wrong(&format!("'{word}' is none of aud=, azp=, jwks="))),
            }
        }
        if issuer.audiences.is_empty() && issuer.parties.is_empty() {
            return Err(wrong(
                "without aud= or azp=, tokens made for others would be accepted",
            ));
        }
        Ok(issuer)
    }
}

fn names(list: &str) -> impl Iterator<Item = String> {
    list.split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// Keys come by https, or from this machine.
fn web_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| wrong(&format!("'{text}' is not a URL")))?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if local => Ok(url),
        _ => Err(wrong(&format!("'{text}' is not an https URL"))),
    }
}

fn wrong(why: &str) -> String {
    format!("{why}; write it as in: {EXAMPLE}")
}

fn secret(text: &str) -> Result<SecretString, String> {
    let secret = SecretString::from(text);
    if secret.expose_secret().chars().count() < SECRET_CHARACTERS {
        return Err(format!(
            "shorter than {SECRET_CHARACTERS} characters; make one with: openssl rand -hex 32"
        ));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_read_with_where_their_keys_are() {
        let supabase: Issuer = "https://x.supabase.co/auth/v1 aud=authenticated"
            .parse()
            .unwrap();
        assert_eq!(
            supabase.jwks.as_str(),
            "https://x.supabase.co/auth/v1/.well-known/jwks.json"
        );
        assert_eq!(supabase.audiences, ["authenticated"]);

        let auth0: Issuer = "https://x.auth0.com/ aud=a,b".parse().unwrap();
        assert_eq!(auth0.iss, "https://x.auth0.com/");
        assert_eq!(
            auth0.jwks.as_str(),
            "https://x.auth0.com/.well-known/jwks.json"
        );
        assert_eq!(auth0.audiences, ["a", "b"]);

        let own: Issuer = "http://localhost:3000 azp=x jwks=http://127.0.0.1:3000/api/auth/jwks"
            .parse()
            .unwrap();
        assert_eq!(own.jwks.as_str(), "http://127.0.0.1:3000/api/auth/jwks");
    }

    #[test]
    fn an_issuer_that_would_be_unsafe_is_refused_with_an_example() {
        for text in [
            "",
            "x.supabase.co aud=authenticated",
            "https://x.supabase.co",
            "https://x.supabase.co aud=",
            "http://x.supabase.co aud=a",
            "https://x.supabase.co aud=a jwks=http://10.0.0.1/keys",
            "https://x.supabase.co aud=a keys=b",
        ] {
            let error = Issuer::from_str(text).unwrap_err();
            assert!(error.contains(EXAMPLE), "{text}: {error}");
        }
    }

    #[test]
    fn a_short_secret_is_refused_and_a_long_one_is_not_printed() {
        assert!(secret("short").is_err());
        let long = "0123456789abcdef0123456789abcdef";
        assert!(!format!("{:?}", secret(long).unwrap()).contains("0123"));
    }
}
