use super::*;

async fn tokens(store: &Store) -> Tokens {
    Tokens::open(store, "http://relay".to_owned())
        .await
        .unwrap()
}

async fn user_of(tokens: &Tokens, token: &str) -> Option<String> {
    let header = jsonwebtoken::decode_header(token).unwrap();
    tokens.check(token, &header.kid.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_token_has_the_claims_it_should_and_no_more() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let tokens = tokens(&store).await;
    let token = tokens.sign("ada").await.unwrap();
    assert_eq!(user_of(&tokens, &token).await.as_deref(), Some("ada"));

    let claims = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&claims).unwrap();
    let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "sub"]);
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 900);
}

#[tokio::test]
async fn a_rotated_key_signs_no_more_but_its_tokens_live_on() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let before = tokens(&store).await;
    let old = before.sign("ada").await.unwrap();
    let kid = rotate(&store).await.unwrap();

    let after = tokens(&store).await;
    let new = after.sign("ada").await.unwrap();
    assert_eq!(
        jsonwebtoken::decode_header(&new).unwrap().kid,
        Some(kid.clone())
    );
    assert_eq!(user_of(&after, &old).await.as_deref(), Some("ada"));
    let known: Vec<_> = after
        .public_keys()
        .await
        .unwrap()
        .keys
        .into_iter()
        .map(|key| key.kid)
        .collect();
    assert_eq!(known.len(), 2);
    assert_eq!(known[0], kid);
}

#[tokio::test]
async fn a_token_of_another_relay_over_the_same_database_is_accepted_at_once_when_keys_are_old_enough()
 {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let one = tokens(&store).await;
    rotate(&store).await.unwrap();
    let two = tokens(&store).await;
    let token = two.sign("ada").await.unwrap();
    assert_eq!(
        user_of(&one, &token).await,
        None,
        "keys were read a moment ago"
    );

    let mut aged = Keys::load(&store).await.unwrap().unwrap();
    aged.checking.clear();
    aged.loaded = Instant::now().checked_sub(LOOK_AGAIN).unwrap();
    one.keys.store(Arc::new(aged));
    assert_eq!(user_of(&one, &token).await.as_deref(), Some("ada"));
}

/// Has the keys read again at the next look.
async fn age(tokens: &Tokens) {
    let mut keys = Keys::load(&tokens.store).await.unwrap().unwrap();
    keys.verified = Arc::clone(&tokens.keys.load().verified);
    keys.public = tokens.keys.load().public.clone();
    keys.loaded = Instant::now().checked_sub(RELOAD).unwrap();
    tokens.keys.store(Arc::new(keys));
}

#[tokio::test]
async fn what_was_found_good_is_remembered_as_long_as_the_keys_are_the_same() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let tokens = tokens(&store).await;
    let token = tokens.sign("ada").await.unwrap();
    let remembered = || tokens.keys.load().verified.user(&token, now() / 1000);
    assert_eq!(remembered(), None);
    user_of(&tokens, &token).await.unwrap();
    assert_eq!(remembered().as_deref(), Some("ada"));

    age(&tokens).await;
    tokens.public_keys().await.unwrap();
    assert!(remembered().is_some());

    rotate(&store).await.unwrap();
    age(&tokens).await;
    tokens.public_keys().await.unwrap();
    assert_eq!(remembered(), None);

    // A key that is taken back takes its tokens along at once, also those that are remembered.
    user_of(&tokens, &token).await.unwrap();
    let mut keys = Keys::load(&store).await.unwrap().unwrap();
    keys.verified = Arc::clone(&tokens.keys.load().verified);
    keys.checking.clear();
    tokens.keys.store(Arc::new(keys));
    assert!(remembered().is_some());
    assert_eq!(user_of(&tokens, &token).await, None);
}

#[tokio::test]
async fn keys_that_were_retired_long_ago_are_forgotten() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let tokens = tokens(&store).await;
    drop(tokens);
    rotate(&store).await.unwrap();
    let Store::Sqlite(pool) = &store else {
        panic!("SQLite was asked for");
    };
    sqlx::query("UPDATE lectern_key SET retired_at = retired_at - $1 WHERE retired_at IS NOT NULL")
        .bind(RETIRED)
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(store.signing_keys(now() - RETIRED).await.unwrap().len(), 1);
    rotate(&store).await.unwrap();
    let all = store.signing_keys(0).await.unwrap();
    assert_eq!(all.len(), 2, "the oldest is gone from the database");
}

#[tokio::test]
async fn tokens_that_are_forged_expired_or_for_others_are_refused() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let tokens = tokens(&store).await;
    let keys = tokens.keys.load_full();
    let (kid, key) = &keys.signing;
    let at = now() / 1000;
    let claims = |iss: &str, aud: &str, exp: i64| Claims {
        iss: iss.to_owned(),
        aud: aud.to_owned(),
        sub: "ada".to_owned(),
        iat: at,
        exp,
        jti: String::new(),
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.clone());
    let signed = |claims: &Claims| encode(&header, claims, key).unwrap();
    let good = signed(&claims("http://relay", "http://relay", at + 60));
    assert!(tokens.check(&good, kid).await.unwrap().is_some());

    // HS256 with the public key as the secret, and no signature at all.
    let public = keys.public.keys[0].x.clone();
    let mut symmetric = Header::new(Algorithm::HS256);
    symmetric.kid = Some(kid.clone());
    let hs = encode(
        &symmetric,
        &claims("http://relay", "http://relay", at + 60),
        &EncodingKey::from_secret(public.as_bytes()),
    );
    let none = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","kid":"{kid}"}}"#)),
        good.split('.').nth(1).unwrap()
    );
    for (why, token) in [
        (
            "expired",
            signed(&claims("http://relay", "http://relay", at - 1)),
        ),
        (
            "of another issuer",
            signed(&claims("http://other", "http://relay", at + 60)),
        ),
        (
            "for another",
            signed(&claims("http://relay", "http://other", at + 60)),
        ),
        ("HS256", hs.unwrap()),
        ("none", none),
        ("cut", good[..good.len() - 4].to_owned()),
    ] {
        assert_eq!(tokens.check(&token, kid).await.unwrap(), None, "{why}");
    }
}
