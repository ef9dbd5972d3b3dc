//! Conversations: what is asked and answered comes back in order, to whose it is.

use super::FEW_ROWS;
use super::batches::Work;
use super::conversations::Ask;
use super::testing::on_each;

#[tokio::test]
async fn questions_and_answers_keep_their_order_when_asked_at_once() {
    on_each(async |store| {
        let first = store.ask("a", None, "t", "[]").await.unwrap().unwrap();
        let own = Some(&*first.conversation);
        let (second, third) = tokio::join!(
            store.ask("a", own, "t", "[]"),
            store.ask("a", own, "t", "[]")
        );
        let (second, third) = (second.unwrap().unwrap(), third.unwrap().unwrap());
        store.answer(&third, "[3]", "cut").await.unwrap();
        store.answer(&second, "[2]", "complete").await.unwrap();
        store.answer(&first, "[1]", "complete").await.unwrap();
        let messages = store
            .messages("a", &first.conversation, -1, 10)
            .await
            .unwrap();
        let seen: Vec<_> = messages.iter().map(|own| (own.place, &*own.role)).collect();
        let (user, assistant) = ("user", "assistant");
        let expected = [
            (0, user),
            (1, assistant),
            (2, user),
            (3, assistant),
            (4, user),
            (5, assistant),
        ];
        assert_eq!(seen, expected);
        let last = store
            .last_messages("a", &first.conversation, 2)
            .await
            .unwrap();
        assert_eq!(last, messages[4..]);
        assert_eq!(
            store
                .messages("a", &first.conversation, 3, 1)
                .await
                .unwrap(),
            messages[4..5]
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_a_conversation_of_someone_else() {
    on_each(async |store| {
        let asked = store.ask("a", None, "t", "[]").await.unwrap().unwrap();
        let id = &*asked.conversation;
        assert_eq!(store.ask("b", Some(id), "t", "[]").await.unwrap(), None);
        assert_eq!(store.conversation("b", id).await.unwrap(), None);
        assert!(store.messages("b", id, -1, 9).await.unwrap().is_empty());
        assert!(store.last_messages("b", id, 9).await.unwrap().is_empty());
        assert!(!store.delete_conversation("b", id).await.unwrap());
        assert!(store.delete_conversation("a", id).await.unwrap());
        store.answer(&asked, "[]", "complete").await.unwrap();
        assert!(
            store.messages("a", id, -1, 9).await.unwrap().is_empty(),
            "deleted is deleted"
        );
    })
    .await;
}

#[tokio::test]
async fn conversations_that_begin_together_are_all_kept_or_none_is() {
    on_each(async |store| {
        let asks = |count: usize| -> Vec<Ask> {
            let asks = (0..count).map(|at| Ask::new("a", None, &at.to_string(), "[]"));
            asks.collect()
        };
        let mut all = 0;
        for count in [1, FEW_ROWS, 300] {
            let asks = asks(count);
            let kept = Ask::all(&store, &asks).await.unwrap();
            assert_eq!(kept, vec![true; count]);
            all += count;
            let last = asks[count - 1].asked();
            let own = store
                .messages("a", &last.conversation, -1, 9)
                .await
                .unwrap();
            assert_eq!((own.len(), &own[0].id), (1, &last.question));
        }
        let kept = store.conversations("a", None, 1000).await.unwrap();
        assert_eq!(kept.len(), all);
        let mut twice = asks(3);
        twice.push(twice[1].clone());
        Ask::all(&store, &twice).await.unwrap_err();
        let kept = store.conversations("a", None, 1000).await.unwrap();
        assert_eq!(kept.len(), all);
    })
    .await;
}

#[tokio::test]
async fn pages_of_conversations_leave_none_out() {
    on_each(async |store| {
        for at in 0..7 {
            store.ask("a", None, &at.to_string(), "[]").await.unwrap();
        }
        let (mut seen, mut behind) = (Vec::new(), None);
        loop {
            let cursor = behind
                .as_ref()
                .map(|(time, id): &(i64, String)| (*time, &**id));
            let page = store.conversations("a", cursor, 3).await.unwrap();
            let Some(last) = page.last() else { break };
            behind = Some((last.updated_at, last.id.clone()));
            seen.extend(page.into_iter().map(|own| own.title));
        }
        seen.sort();
        assert_eq!(seen, ["0", "1", "2", "3", "4", "5", "6"]);
    })
    .await;
}
