//! What readers think of answers.

use super::conversations::new_id;
use super::{Store, now, on};

impl Store {
    /// Keeps what `owner` thinks of a message, in place of what they thought before; `false` where they
    /// have no such answer. `rating` is 1 or -1.
    pub async fn rate(
        &self,
        owner: &str,
        message: &str,
        rating: i32,
        note: &str,
    ) -> Result<bool, sqlx::Error> {
        on!(self, pool => {
            let mut all = pool.begin().await?;
            let own: Option<String> = sqlx::query_scalar(
                "SELECT m.id FROM lectern_message m JOIN lectern_conversation c ON c.id = m.conversation
                 WHERE c.owner = $1 AND m.id = $2 AND m.role = 'assistant'",
            )
            .bind(owner).bind(message)
            .fetch_optional(&mut *all)
            .await?;
            if own.is_none() {
                return Ok(false);
            }
            sqlx::query("DELETE FROM lectern_feedback WHERE owner = $1 AND message = $2")
                .bind(owner).bind(message)
                .execute(&mut *all)
                .await?;
            sqlx::query(
                "INSERT INTO lectern_feedback (id, owner, message, rating, note, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(new_id()).bind(owner).bind(message).bind(rating).bind(note).bind(now())
            .execute(&mut *all)
            .await?;
            all.commit().await?;
            Ok(true)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_each;

    #[tokio::test]
    async fn one_rates_ones_own_answers_and_the_last_word_counts() {
        on_each(async |store| {
        let asked = store.ask("a", None, "t", "[]").await.unwrap().unwrap();
        store.answer(&asked, "[]", "complete").await.unwrap();
        let answer = &asked.answer;
        assert!(!store.rate("b", answer, 1, "").await.unwrap());
        assert!(!store.rate("a", &asked.question, 1, "").await.unwrap());
        assert!(store.rate("a", answer, 1, "good").await.unwrap());
        assert!(store.rate("a", answer, -1, "no").await.unwrap());
        let kept: Vec<(i32, String)> = on!(&store, pool => {
            sqlx::query_as("SELECT rating, note FROM lectern_feedback").fetch_all(pool).await.unwrap()
        });
        assert_eq!(kept, [(-1, "no".to_owned())]);
        })
        .await;
    }
}
