use super::testing::on_each;
use super::*;

fn user(id: &str, email: &str) -> User {
    let now = Date::now();
    User {
        id: id.to_owned(),
        name: "Ada".to_owned(),
        email: email.to_owned(),
        email_verified: true,
        image: None,
        created_at: now,
        updated_at: now,
    }
}

fn session(id: &str, user: &str, expires_at: Date) -> Session {
    let now = Date::now();
    Session {
        id: id.to_owned(),
        user_id: user.to_owned(),
        expires_at,
        created_at: now,
        updated_at: now,
        ip_address: Some("192.0.2.1".to_owned()),
        user_agent: None,
    }
}

#[tokio::test]
async fn users_and_sessions_come_back_as_they_were_kept() {
    on_each(async |store| {
        let ada = user("ada", "ada@example.org");
        store.add_user(&ada, "a1", "salt:key").await.unwrap();
        let kept = store
            .credential_by_email(&ada.email)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (&kept.user, kept.password.as_deref()),
            (&ada, Some("salt:key"))
        );
        assert!(
            store
                .credential_by_email("bob@example.org")
                .await
                .unwrap()
                .is_none()
        );

        let mut open = session("s1", "ada", Date::now().after(60));
        store.add_session(&open, "h1").await.unwrap();
        assert_eq!(
            store.session("h1").await.unwrap(),
            Some((open.clone(), ada.clone()))
        );
        open.expires_at = Date::now().after(120);
        store.extend_session(&open).await.unwrap();
        assert_eq!(store.session("h1").await.unwrap(), Some((open, ada)));

        let ended = session("s2", "ada", Date::now().after(-1));
        store.add_session(&ended, "h2").await.unwrap();
        assert_eq!(store.session("h2").await.unwrap(), None);
        store.end_session("h1").await.unwrap();
        assert_eq!(store.session("h1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_email_is_taken_once_and_half_a_user_is_never_kept() {
    on_each(async |store| {
        store
            .add_user(&user("ada", "ada@example.org"), "a1", "h")
            .await
            .unwrap();
        let taken = store
            .add_user(&user("eve", "ada@example.org"), "a2", "h")
            .await
            .unwrap_err();
        assert!(
            taken
                .into_database_error()
                .is_some_and(|error| error.is_unique_violation())
        );
        let half = store
            .add_user(&user("bob", "bob@example.org"), "a1", "h")
            .await;
        assert!(half.is_err(), "the id of the account is taken");
        assert!(store.credential_by_id("bob").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_secret_stays_the_first_and_keys_come_newest_first() {
    on_each(async |store| {
        assert_eq!(store.secret("cookie", "one").await.unwrap(), "one");
        assert_eq!(store.secret("cookie", "two").await.unwrap(), "one");
        for id in ["k1", "k2"] {
            let key = KeyRow {
                id: id.to_owned(),
                private_key: "x".to_owned(),
            };
            store.add_signing_key(&key, 0).await.unwrap();
        }
        let keys = store.signing_keys(0).await.unwrap();
        let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(ids, ["k2", "k1"]);
        assert_eq!(store.signing_keys(now() + 1).await.unwrap().len(), 1);
        assert!(!format!("{keys:?}").contains("\"x\""));
    })
    .await;
}

#[tokio::test]
async fn attempts_are_counted_in_windows() {
    on_each(async |store| {
        let minute = 60_000;
        for expected in 1..=3 {
            let (count, left) = store.count_attempt("a", minute).await.unwrap();
            assert_eq!(count, expected);
            assert!((1..=minute).contains(&left), "{left}");
        }
        store.uncount_attempt("a").await.unwrap();
        assert_eq!(store.count_attempt("a", minute).await.unwrap().0, 3);
        assert_eq!(store.count_attempt("b", minute).await.unwrap().0, 1);
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(
            store.count_attempt("a", 1).await.unwrap().0,
            1,
            "its window has ended"
        );
    })
    .await;
}

#[tokio::test]
async fn all_of_an_owner_is_exported_and_deleted() {
    on_each(async |store| {
        for (id, email) in [("ada", "ada@example.org"), ("bob", "bob@example.org")] {
            store
                .add_user(&user(id, email), &format!("a{id}"), "h")
                .await
                .unwrap();
            store
                .add_session(&session(id, id, Date::now().after(60)), id)
                .await
                .unwrap();
            let profile = Profile {
                goals: format!("goals of {id}"),
                ..Profile::default()
            };
            store.set_profile(id, &profile).await.unwrap();
        }
        let export = store.export("ada").await.unwrap();
        assert_eq!(export["user"]["id"], "ada");
        assert_eq!(export["profile"]["goals"], "goals of ada");
        assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
        assert!(!export.to_string().contains("bob"));

        store.delete_owner("ada").await.unwrap();
        assert!(store.export("ada").await.unwrap()["user"].is_null());
        assert_eq!(store.profile("ada").await.unwrap(), Profile::default());
        assert!(store.session("ada").await.unwrap().is_none());
        assert!(store.session("bob").await.unwrap().is_some());
        assert_eq!(store.profile("bob").await.unwrap().goals, "goals of bob");
    })
    .await;
}
