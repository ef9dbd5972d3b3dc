use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::*;
use crate::auth::Reader;
use crate::store::testing::on_each;

/// Where readers ask from.
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn limits(user: &str, total: &str) -> Limits {
    Limits {
        user_budget: Budget::from_str(user).unwrap(),
        anonymous_budget: Budget::from_str("1 requests/day").unwrap(),
        total_budget: Budget::from_str(total).unwrap(),
        address_budget: Budget::from_str("2 requests/day").unwrap(),
        body_bytes: 1000,
        connections: 10,
    }
}

fn user(name: &str) -> Identity {
    Identity::User(Reader {
        owner: name.to_owned(),
    })
}

fn used(input: u64, output: u64) -> Usage {
    Usage { input, output }
}

#[tokio::test]
async fn a_budget_of_requests_ends_and_tells_when_to_come_back() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("2 requests/day", "none"));
        budgets.reserve(&user("a"), HOME, 1).await.unwrap();
        budgets.reserve(&user("a"), HOME, 1).await.unwrap();
        for _ in 0..2 {
            let error = budgets.reserve(&user("a"), HOME, 1).await.unwrap_err();
            assert_eq!((error.status.as_u16(), error.code), (429, "budget_used_up"));
            assert!((1..=86_400).contains(&error.retry_after.unwrap()));
        }
        budgets.reserve(&user("b"), HOME, 1).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tokens_that_were_not_used_come_back() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("100 tokens/day", "none"));
        let reservation = budgets.reserve(&user("a"), HOME, 80).await.unwrap();
        assert!(budgets.reserve(&user("a"), HOME, 30).await.is_err());
        reservation.settle(used(10, 20)).await;
        budgets.flush().await;
        budgets.reserve(&user("a"), HOME, 70).await.unwrap();
        assert!(budgets.reserve(&user("a"), HOME, 1).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_is_set_aside_beside_counts_until_it_is_settled() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("100 tokens/day", "none"));
        let mut most = budgets.reserve(&user("a"), HOME, 60).await.unwrap();
        most.extend(50);
        assert!(budgets.reserve(&user("a"), HOME, 1).await.is_err());
        most.settle(used(5, 5)).await;
        assert!(budgets.reserve(&user("a"), HOME, 91).await.is_err());
        budgets.reserve(&user("a"), HOME, 90).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_is_there_for_the_next_and_written_soon() {
    on_each(async |store| {
        let limits = limits("100 tokens/day", "none");
        let budgets = Budgets::new(store.clone(), &limits);
        for _ in 0..3 {
            let all = budgets.reserve(&user("a"), HOME, 100).await.unwrap();
            all.settle(Usage::default()).await;
        }
        // Another relay sees it without anything more being asked for here.
        let other = Budgets::new(store, &limits);
        let soon = async {
            while other.reserve(&user("a"), HOME, 100).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), soon)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_not_settled_counts_as_used_and_what_is_used_beyond_is_added() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("100 tokens/day", "none"));
        drop(budgets.reserve(&user("a"), HOME, 60).await.unwrap());
        assert!(budgets.reserve(&user("a"), HOME, 60).await.is_err());
        budgets
            .reserve(&user("b"), HOME, 10)
            .await
            .unwrap()
            .settle(used(0, 95))
            .await;
        budgets.flush().await;
        assert!(budgets.reserve(&user("b"), HOME, 10).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_one_is_refused_is_not_taken_from_all() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("1 requests/day", "2 requests/day"));
        budgets.reserve(&user("a"), HOME, 0).await.unwrap();
        assert!(budgets.reserve(&user("a"), HOME, 0).await.is_err());
        budgets.reserve(&user("b"), HOME, 0).await.unwrap();
        let error = budgets.reserve(&user("c"), HOME, 0).await.unwrap_err();
        assert_eq!(error.code, "relay_busy");
    })
    .await;
}

#[tokio::test]
async fn several_relays_count_together_and_never_too_far() {
    on_each(async |store| {
        let limits = limits("none", "100 requests/day, 1000 tokens/day");
        let relays = [
            Budgets::new(store.clone(), &limits),
            Budgets::new(store, &limits),
        ]
        .map(Arc::new);
        let mut asking = tokio::task::JoinSet::new();
        for place in 0..300 {
            let budgets = relays[place % 2].clone();
            asking.spawn(async move {
                budgets
                    .reserve(&user(&place.to_string()), HOME, 7)
                    .await
                    .is_ok()
            });
        }
        let granted = asking
            .join_all()
            .await
            .into_iter()
            .filter(|granted| *granted)
            .count();
        assert_eq!(granted, 100);
    })
    .await;
}

#[tokio::test]
async fn who_leaves_while_being_counted_is_given_all_back() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("100 tokens/day", "none"));
        for _ in 0..20 {
            let reader = user("a");
            let mut asking = std::pin::pin!(budgets.reserve(&reader, HOME, 100));
            assert!(futures_util::poll!(&mut asking).is_pending());
            // So that the ledger has begun with some of them.
            tokio::task::yield_now().await;
        }
        budgets.flush().await;
        budgets.flush().await;
        budgets.reserve(&user("a"), HOME, 100).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_line_of_addresses_is_one_reader() {
    on_each(async |store| {
        let budgets = Budgets::new(store, &limits("none", "none"));
        let ip = |text: &str| IpAddr::from_str(text).unwrap();
        budgets.count(ip("2001:db8::1")).await.unwrap();
        budgets.count(ip("2001:db8::2")).await.unwrap();
        assert_eq!(
            budgets.count(ip("2001:db8::3")).await.unwrap_err().code,
            "too_many_requests"
        );
        budgets.count(ip("2001:db8:0:1::1")).await.unwrap();
        budgets
            .reserve(&Identity::Anonymous(ip("192.0.2.1")), HOME, 0)
            .await
            .unwrap();
        assert!(
            budgets
                .reserve(&Identity::Anonymous(ip("192.0.2.1")), HOME, 0)
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn an_address_waits_for_the_database_from_half_of_its_limit_on() {
    on_each(async |store| {
        let limits = Limits {
            address_budget: Budget::from_str("10 requests/day").unwrap(),
            ..limits("none", "none")
        };
        let [here, elsewhere] = [(); 2].map(|()| Budgets::new(store.clone(), &limits));
        for _ in 0..5 {
            let counted = here.count(HOME).now_or_never();
            counted.expect("it does not wait").unwrap();
        }
        here.flush().await;
        // Who has not seen the address yet learns of it with its first request.
        elsewhere.count(HOME).await.unwrap();
        elsewhere.flush().await;
        assert!(elsewhere.count(HOME).now_or_never().is_none());
        elsewhere.flush().await;
        for _ in 0..4 {
            here.count(HOME).await.unwrap();
        }
        for budgets in [&here, &elsewhere] {
            let error = budgets.count(HOME).await.unwrap_err();
            assert_eq!(error.code, "too_many_requests");
        }
    })
    .await;
}

#[tokio::test]
async fn users_of_one_address_share_its_tokens_and_requests_are_counted_once() {
    on_each(async |store| {
        let limits = Limits {
            address_budget: Budget::from_str("1 requests/day, 100 tokens/day").unwrap(),
            ..limits("none", "none")
        };
        let budgets = Budgets::new(store, &limits);
        let first = budgets.reserve(&user("a"), HOME, 90).await.unwrap();
        let error = budgets.reserve(&user("b"), HOME, 20).await.unwrap_err();
        assert_eq!(
            (error.status.as_u16(), error.code),
            (429, "too_many_requests")
        );
        let elsewhere = IpAddr::from_str("192.0.2.7").unwrap();
        budgets.reserve(&user("b"), elsewhere, 20).await.unwrap();
        first.settle(used(5, 5)).await;
        budgets.flush().await;
        budgets.reserve(&user("b"), HOME, 20).await.unwrap();
        budgets.count(HOME).await.unwrap();
        assert!(budgets.count(HOME).await.is_err());
    })
    .await;
}
