//! Times of Better Auth's tables.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Serialize, Serializer};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef, Postgres};
use sqlx::sqlite::{Sqlite, SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Type};

/// A time as Better Auth 1.7 has it, to the millisecond: in SQLite the text of JavaScript's `toISOString`,
/// in Postgres `timestamptz`, in JSON the text again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub DateTime<Utc>);

impl Date {
    /// This moment.
    pub fn now() -> Self {
        Self(Utc::now().trunc_subsecs(3))
    }

    /// So many seconds later.
    pub fn after(self, seconds: i64) -> Self {
        Self(self.0 + chrono::TimeDelta::seconds(seconds))
    }

    /// Seconds from `earlier` to this.
    pub fn since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds()
    }

    fn text(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl Type<Sqlite> for Date {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }

    fn compatible(_: &SqliteTypeInfo) -> bool {
        true
    }
}

impl Encode<'_, Sqlite> for Date {
    fn encode_by_ref(&self, to: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.text(), to)
    }
}

impl<'r> Decode<'r, Sqlite> for Date {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        <DateTime<Utc> as Decode<Sqlite>>::decode(value).map(Self)
    }
}

impl Type<Postgres> for Date {
    fn type_info() -> PgTypeInfo {
        <DateTime<Utc> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Date {
    fn encode_by_ref(&self, to: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <DateTime<Utc> as Encode<Postgres>>::encode_by_ref(&self.0, to)
    }
}

impl<'r> Decode<'r, Postgres> for Date {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <DateTime<Utc> as Decode<Postgres>>::decode(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_time_in_sqlite_is_the_text_that_javascript_writes() {
        let Store::Sqlite(pool) = Store::open("sqlite::memory:").await.unwrap() else {
            panic!("SQLite was asked for");
        };
        let at = Date(DateTime::from_timestamp_millis(1_795_254_781_280).unwrap());
        let (text, back): (String, Date) = sqlx::query_as("SELECT $1, $1")
            .bind(at)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(text, "2026-11-21T09:53:01.280Z");
        assert_eq!(back, at);
    }
}
