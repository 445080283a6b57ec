//! The prices table in DynamoDB, by `BatchGetItem`, `GetItem`, `PutItem` and `UpdateItem`, which the function's role allows. Names
//! are aliased: `key` and `TTL` are reserved words.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::update_item::{UpdateItemError, UpdateItemOutput, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, KeysAndAttributes, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use futures::{FutureExt as _, future::try_join_all};
use runtime::aws::{self, SdkConfig};

use super::{
    Increment, Leased, NewLease, NewRow, PriceTable, Row, TableError, TableFuture, Version, longest_lease_ms,
};

/// The table's attributes.
pub mod attribute {
    pub use contract::price_source::attribute::{KEY, TTL};

    pub const VERSION: &str = "version";
    pub const BODY: &str = "body";
    /// In ms since 1970.
    pub const LEASE_UNTIL: &str = "leaseUntil";
    pub const LEASE_HOLDER: &str = "leaseHolder";
    /// The count of a counter.
    pub const USED: &str = "used";
}

/// Most keys of one `BatchGetItem`. Source: its API reference.
const MAX_BATCH_KEYS: usize = 100;
/// The pause before unprocessed keys are read again, within the caller's time.
const BATCH_PAUSE: Duration = Duration::from_millis(20);

type Item = HashMap<String, AttributeValue>;

#[derive(Debug, Clone)]
pub struct DynamoDb {
    client: Client,
    table: String,
}

impl DynamoDb {
    /// The table of that name in the account and region of that configuration.
    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self { client: Client::new(config), table: table.into() }
    }

    /// One batch of at most [`MAX_BATCH_KEYS`] different keys, repeated for unprocessed keys.
    async fn batch(&self, keys: &[String]) -> Result<Vec<Item>, TableError> {
        let keys = keys.iter().map(|key| HashMap::from([(attribute::KEY.to_owned(), text(key))])).collect();
        let asked = KeysAndAttributes::builder().set_keys(Some(keys)).build();
        let mut asked = Some(asked.map_err(|error| TableError::Unavailable(error.to_string()))?);
        let mut found = Vec::new();
        while let Some(keys) = asked.take() {
            let request = self.client.batch_get_item().request_items(&self.table, keys);
            let answer = request.send().await.map_err(|error| unavailable(&error))?;
            found.extend(answer.responses.into_iter().flatten().flat_map(|(_, items)| items));
            asked = answer
                .unprocessed_keys
                .and_then(|mut left| left.remove(&self.table))
                .filter(|left| !left.keys().is_empty());
            if asked.is_some() {
                tokio::time::sleep(BATCH_PAUSE).await;
            }
        }
        Ok(found)
    }

    /// An update of a row, with aliases of its attributes.
    fn update(&self, key: &str, names: &[(&str, &str)]) -> UpdateItemFluentBuilder {
        let names = names.iter().map(|&(alias, name)| (alias.to_owned(), name.to_owned()));
        self.client
            .update_item()
            .table_name(&self.table)
            .key(attribute::KEY, text(key))
            .set_expression_attribute_names(Some(names.collect()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// The output of an update, or the row that failed its condition.
async fn updated(
    request: UpdateItemFluentBuilder,
) -> Result<Result<UpdateItemOutput, Option<Row>>, TableError> {
    match request.send().await {
        Ok(output) => Ok(Ok(output)),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Err(failed.item().map(row_of)))
            }
            _ => Err(unavailable(&error)),
        },
    }
}

impl PriceTable for DynamoDb {
    fn read_all(&self, mut keys: Vec<String>) -> TableFuture<'_, BTreeMap<String, Row>> {
        async move {
            // A batch refuses duplicate keys.
            keys.sort_unstable();
            keys.dedup();
            let batches = try_join_all(keys.chunks(MAX_BATCH_KEYS).map(|keys| self.batch(keys))).await?;
            let items = batches.into_iter().flatten();
            Ok(items
                .filter_map(|item| {
                    let key = item.get(attribute::KEY)?.as_s().ok()?.clone();
                    Some((key, row_of(&item)))
                })
                .collect())
        }
        .boxed()
    }

    fn read<'a>(&'a self, key: &'a str) -> TableFuture<'a, Row> {
        async move {
            let request = self.client.get_item().table_name(&self.table);
            let request = request.key(attribute::KEY, text(key)).consistent_read(true);
            let answer = request.send().await.map_err(|error| unavailable(&error))?;
            Ok(answer.item().map(row_of).unwrap_or_default())
        }
        .boxed()
    }

    fn put(&self, row: NewRow) -> TableFuture<'_, ()> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(attribute::KEY, AttributeValue::S(row.key))
            .item(attribute::VERSION, AttributeValue::S(row.version))
            .item(attribute::BODY, AttributeValue::S(row.body))
            .item(attribute::TTL, number(row.expires_at_s));
        async move {
            let written = request.send().await;
            written.map(drop).map_err(|error| unavailable(&error))
        }
        .boxed()
    }

    fn lease<'a>(&'a self, key: &'a str, seen: &'a Version, lease: &'a NewLease) -> TableFuture<'a, Leased> {
        let free = "(attribute_not_exists(#until) OR NOT attribute_type(#until, :number) OR #until <= :now OR #until > :longest)";
        let names = [
            ("#version", attribute::VERSION),
            ("#until", attribute::LEASE_UNTIL),
            ("#holder", attribute::LEASE_HOLDER),
            ("#ttl", attribute::TTL),
        ];
        let request = self
            .update(key, &names)
            .update_expression("SET #until = :until, #holder = :holder, #ttl = if_not_exists(#ttl, :ttl)")
            .condition_expression(format!("{} AND {free}", is_still(seen)))
            .set_expression_attribute_values(seen_values(seen))
            .expression_attribute_values(":number", text("N"))
            .expression_attribute_values(":now", number(lease.now_ms))
            .expression_attribute_values(":longest", number(longest_lease_ms(lease.now_ms)))
            .expression_attribute_values(":until", number(lease.until_ms))
            .expression_attribute_values(":holder", text(&lease.holder))
            .expression_attribute_values(":ttl", number(lease.expires_at_s));
        async move {
            Ok(match updated(request).await? {
                Ok(_) => Leased::Taken,
                Err(row) => Leased::Lost(row),
            })
        }
        .boxed()
    }

    fn release<'a>(&'a self, key: &'a str, holder: &'a str) -> TableFuture<'a, ()> {
        let names = [("#until", attribute::LEASE_UNTIL), ("#holder", attribute::LEASE_HOLDER)];
        let request = self
            .update(key, &names)
            .update_expression("REMOVE #until, #holder")
            .condition_expression("#holder = :holder")
            .expression_attribute_values(":holder", text(holder));
        async move { updated(request).await.map(drop) }.boxed()
    }

    fn count<'a>(&'a self, key: &'a str, increment: Increment) -> TableFuture<'a, Option<u32>> {
        let request = self
            .update(key, &[("#used", attribute::USED), ("#ttl", attribute::TTL)])
            .update_expression("SET #ttl = :ttl ADD #used :by")
            .condition_expression("attribute_not_exists(#used) OR #used < :below")
            .expression_attribute_values(":by", number(increment.by.into()))
            .expression_attribute_values(":below", number(increment.below.into()))
            .expression_attribute_values(":ttl", number(increment.expires_at_s))
            .return_values(ReturnValue::UpdatedNew);
        async move {
            let Ok(output) = updated(request).await? else {
                return Ok(None);
            };
            let used = output.attributes().and_then(|item| item.get(attribute::USED)?.as_n().ok());
            let sum = used.and_then(|number| number.parse().ok());
            Ok(Some(sum.unwrap_or(u32::MAX)))
        }
        .boxed()
    }
}

/// The condition that a row still has this version.
const fn is_still(seen: &Version) -> &'static str {
    match seen {
        Version::Absent => "attribute_not_exists(#version)",
        Version::Is(_) => "#version = :version",
        Version::Unreadable => "attribute_exists(#version) AND NOT attribute_type(#version, :text)",
    }
}

fn seen_values(seen: &Version) -> Option<Item> {
    match seen {
        Version::Absent => None,
        Version::Is(version) => Some(HashMap::from([(":version".to_owned(), text(version))])),
        Version::Unreadable => Some(HashMap::from([(":text".to_owned(), text("S"))])),
    }
}

/// Attributes of unexpected types are ignored.
fn row_of(item: &Item) -> Row {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Row {
        version: match item.get(attribute::VERSION) {
            None => Version::Absent,
            Some(AttributeValue::S(version)) => Version::Is(version.clone()),
            Some(_) => Version::Unreadable,
        },
        body: text(attribute::BODY),
        lease_until_ms: item
            .get(attribute::LEASE_UNTIL)
            .and_then(|value| value.as_n().ok())
            .and_then(|number| number.parse().ok()),
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn unavailable<E, R>(error: &SdkError<E, R>) -> TableError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    TableError::Unavailable(aws::reason(error))
}
