//! `DynamoDB`: dynoxide, served to the functions on loopback and called directly by the state machine's integration.
//! Which tables there are comes from the template.

mod api;
pub mod item;

use std::{fs, io, os::unix::fs::OpenOptionsExt as _, path::Path, time::Duration};

use cfn::{
    Literal,
    resolve::Resolved,
    resource::{BillingMode, Table, TextKey},
};
use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::serve::{AccessKey, Server};

/// How often expired items are deleted. AWS takes up to days; dynoxide never does it by itself.
const SWEEP_PERIOD: Duration = Duration::from_secs(30);

pub struct DynamoDb {
    database: Database,
    server: Server,
    sweeper: JoinHandle<()>,
}

#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    #[error("cannot open the database")]
    Open(#[source] DynoxideError),
    #[error("cannot make the database's file")]
    File(#[source] io::Error),
    #[error("cannot create table: {table}")]
    Table {
        table: String,
        #[source]
        source: Refused,
    },
    #[error("cannot serve the database")]
    Serve(#[source] io::Error),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct Refused {
    /// The exception: `ConditionalCheckFailedException`.
    pub name: String,
    pub message: String,
}

impl From<DynoxideError> for Refused {
    fn from(error: DynoxideError) -> Self {
        let full = error.error_type();
        Self {
            name: full.rsplit_once('#').map_or(full, |(_, name)| name).to_owned(),
            message: error.to_string(),
        }
    }
}

/// A call of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Get,
    Put,
    Update,
    Delete,
}

impl Action {
    /// The action of an integration's resource: `updateItem`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "getItem" => Some(Self::Get),
            "putItem" => Some(Self::Put),
            "updateItem" => Some(Self::Update),
            "deleteItem" => Some(Self::Delete),
            _ => None,
        }
    }
}

impl DynamoDb {
    /// Opens the database, a temporary one when there is no file, makes the tables that are missing, and serves it
    /// to clients with the access key.
    pub async fn start(
        file: Option<&Path>,
        resolved: &Resolved,
        key: &AccessKey,
    ) -> Result<Self, DynamoDbError> {
        let database = match file {
            // SQLite's private temporary database: in memory until it outgrows the page cache, then in a file that is
            // gone with it. Items live for a day, so a busy environment would otherwise fill the memory.
            None => Database::new(""),
            Some(file) => {
                create_private_file(file).map_err(DynamoDbError::File)?;
                Database::new(&file.to_string_lossy())
            }
        };
        let database = database.map_err(DynamoDbError::Open)?;
        for table in resolved.of::<Table<Literal>>() {
            create(&database, table.name, table.properties)
                .map_err(|source| DynamoDbError::Table { table: table.name.to_owned(), source })?;
        }

        let server =
            Server::start(api::router(database.clone()), Some(key)).await.map_err(DynamoDbError::Serve)?;
        let sweeper = tokio::spawn(sweep(database.clone()));
        Ok(Self { database, server, sweeper })
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Calls it with a request in `DynamoDB`'s own JSON.
    pub fn call(&self, action: Action, request: Value) -> Result<Value, Refused> {
        let database = &self.database;
        match action {
            Action::Get => answer(database.get_item(read(request)?)),
            Action::Put => answer(database.put_item(read(request)?)),
            Action::Update => answer(database.update_item(read(request)?)),
            Action::Delete => answer(database.delete_item(read(request)?)),
        }
    }

    /// Every item of a table that the request's filter lets through, in `DynamoDB`'s own JSON.
    pub fn scan(&self, mut request: Value) -> Result<Vec<Value>, Refused> {
        let mut found = Vec::new();
        loop {
            let mut page = answer(self.database.scan(read(request.clone())?))?;
            if let Some(Value::Array(items)) = page.get_mut("Items").map(Value::take) {
                found.extend(items);
            }
            match (page.get_mut("LastEvaluatedKey").map(Value::take), request.as_object_mut()) {
                (Some(last @ Value::Object(_)), Some(fields)) => {
                    fields.insert("ExclusiveStartKey".to_owned(), last);
                }
                _ => return Ok(found),
            }
        }
    }
}

impl Drop for DynamoDb {
    fn drop(&mut self) {
        self.sweeper.abort();
    }
}

/// `SQLite` takes the mode of its files from the first: results lie there, and the folder may be open to others.
fn create_private_file(file: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(file).map(drop)
}

fn create(database: &Database, name: &str, table: &Table<Literal>) -> Result<(), Refused> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct CreateTable<'a> {
        table_name: &'a str,
        billing_mode: BillingMode,
        #[serde(flatten)]
        key: &'a TextKey,
    }
    let request = json!(CreateTable { table_name: name, billing_mode: table.billing_mode, key: &table.key });
    match database.create_table(read(request)?) {
        Ok(_) => {}
        // It was there when a data folder was opened again.
        Err(DynoxideError::ResourceInUseException(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    if let Some(time_to_live) = &table.time_to_live {
        let request = json!({ "TableName": name, "TimeToLiveSpecification": time_to_live });
        database.update_time_to_live(read(request)?)?;
    }
    Ok(())
}

fn read<T: DeserializeOwned>(request: Value) -> Result<T, Refused> {
    serde_json::from_value(request)
        .map_err(|error| Refused { name: "SerializationException".to_owned(), message: error.to_string() })
}

fn answer<T: Serialize>(result: Result<T, DynoxideError>) -> Result<Value, Refused> {
    serde_json::to_value(result?)
        .map_err(|error| Refused { name: "InternalServerError".to_owned(), message: error.to_string() })
}

async fn sweep(database: Database) {
    let mut tick = interval(SWEEP_PERIOD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // A sweep that failed is repeated by the next one. Readers compare the expiry time themselves.
        let _next_time = database.sweep_ttl();
    }
}
