//! Bringing an environment up from a checked template. Nothing here waits for a process: functions start behind it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
    time::Duration,
};

use cfn::{
    Literal,
    resolve::{Account, Physical, Resolved, resolve},
    resource::{Function, Rule, StateMachine},
};
use contract::{EnvVar, price_source::SourceSettings};
use stack::CheckedTemplate;
use tokio::sync::mpsc;

use super::{
    Embedded, Urls,
    config::{Config, Limits, UpError},
    monitoring::Monitoring,
    names::{self, Names},
    recovery,
};
use crate::{
    clock,
    data_folder::{self, DataFolder},
    dynamodb::DynamoDb,
    events::{Bus, Place},
    lambda::{FunctionSettings, Host, INIT_LIMIT},
    logs::{Logs, MinLevels},
    serve::{AccessKey, Server},
    ssm::{self, Parameter, Parameters},
    states::{
        self, Engine, ExecutionStore, Machine, engine::execution_arn, task_executor::LocalTaskExecutor,
    },
    stubs::{Sources, bedrock, sources::Keys, wire::Socket},
};

impl Embedded {
    /// Brings up everything that the template says. Returns when orders are taken.
    pub async fn up(template: &CheckedTemplate, config: Config) -> Result<Self, UpError> {
        let account = names::account(template);
        let resolved = resolve(template.template(), &account)?;
        let names = Names::of(&resolved)?;
        let log_folder = config.folder.as_ref().map(|folder| folder.join("logs"));
        if let Some(folder) = &log_folder {
            data_folder::create(folder)?;
        }

        let store = match &config.data_folder {
            None => ExecutionStore::temporary(&config.scratch_folder)?,
            Some(folder) => ExecutionStore::in_data_folder(DataFolder::open(folder).await?, clock::now())?,
        };
        let database = config.data_folder.as_ref().map(|folder| folder.join("dynamodb.sqlite"));
        let access_key = AccessKey::random();
        let tables = Arc::new(DynamoDb::start(database.as_deref(), &resolved, &access_key).await?);

        let price_sources = price_sources(&resolved)?;
        let keys = Keys::new();
        let parameters = secrets(&price_sources, &keys);
        let arn_prefix = format!("arn:aws:ssm:{}:{}:parameter", account.region, account.account_id);
        let ssm = ssm::serve(parameters, &arn_prefix, &access_key).await.map_err(UpError::Serve)?;
        let (bedrock, bedrock_router) = bedrock::stub(config.bedrock.clone());
        let bedrock_server =
            Server::start_with::<Socket>(bedrock_router, Some(&access_key)).await.map_err(UpError::Serve)?;
        let asked: Vec<_> = price_sources.iter().map(|settings| settings.source).collect();
        let sources = Sources::start(&asked, &keys, |source| config.behaviour(source).clone())
            .await
            .map_err(UpError::Serve)?;

        let monitoring = Monitoring::start(&resolved, &account, &config).await?;
        let metrics = monitoring.metrics;
        let logs = Logs::new(log_folder, metrics.clone());
        let mut urls = Urls {
            states: String::new(),
            dynamodb: tables.url(),
            ssm: ssm.url(),
            bedrock: bedrock_server.url(),
        };
        let settings = resolved
            .of::<Function<Literal>>()
            .map(|function| settings(&function, &account, &config, &urls, &access_key, &sources))
            .collect::<Result<_, _>>()?;
        let functions = Host::new(settings, &config.launcher, &logs).map_err(UpError::Serve)?;
        let functions = Arc::new(functions);

        let (changes, ended) = mpsc::unbounded_channel();
        let task_executor =
            LocalTaskExecutor { functions: Arc::clone(&functions), tables: Arc::clone(&tables) };
        let open = match &config.data_folder {
            None => BTreeSet::new(),
            Some(_) => recovery::open_sessions(&tables, &names.sessions_table)?,
        };
        // The event of an execution that failed was not delivered if its session is still open.
        let undelivered = open.iter().map(|session| execution_arn(&names.machine_arn, session));
        let engine =
            Engine::new(machines(&resolved)?, Arc::new(task_executor), store, changes, undelivered).await?;
        recovery::delete_orphans(&tables, &names, &open, &engine)?;
        let place = Place { region: account.region, account_id: account.account_id };
        let rules = resolved.of::<Rule<Literal>>().map(|rule| rule.properties.clone());
        let bus = Bus::start(rules.collect(), place, Arc::clone(&engine), metrics.clone(), ended);
        let states = states::api::serve(Arc::clone(&engine), &access_key).await.map_err(UpError::Serve)?;
        urls.states = states.url();
        if config.warm {
            functions.warm();
        }
        Ok(Self {
            name: template.environment().name.as_str().to_owned(),
            names,
            deadline_s: template.timing().deadline_s,
            engine,
            bus,
            functions,
            tables,
            logs,
            metrics,
            topics: monitoring.topics,
            alarms: monitoring.alarms,
            bedrock,
            sources,
            urls,
            access_key,
            folder: config.folder,
            latest: std::sync::Mutex::default(),
            _servers: [states, ssm, bedrock_server],
        })
    }
}

fn price_sources(resolved: &Resolved) -> Result<Vec<SourceSettings>, UpError> {
    let mut functions = resolved.of::<Function<Literal>>();
    let text = functions.find_map(|function| {
        let variables = &function.properties.environment.variables;
        variables.get(EnvVar::PriceSources.name())
    });
    let sources = text.map(|text| serde_json::from_str(text)).transpose();
    let sources = sources.map_err(|error| UpError::Unsupported {
        what: format!("variable {}: {error}", EnvVar::PriceSources),
    })?;
    Ok(sources.unwrap_or_default())
}

/// The secrets that functions read by name: what their variables name, with values that only the stand-ins know.
fn secrets(price_sources: &[SourceSettings], keys: &Keys) -> Parameters {
    let named = keys.parameters(price_sources);
    named.map(|(name, value)| (name.to_owned(), Parameter::Secure(value.to_owned()))).collect()
}

/// The same sources with the addresses of their stand-ins.
fn with_local_urls(mut price_sources: Vec<SourceSettings>, sources: &Sources) -> Vec<SourceSettings> {
    for settings in &mut price_sources {
        if let Some(url) = sources.base_url(settings.source) {
            url.clone_into(&mut settings.base_url);
        }
    }
    price_sources
}

fn settings(
    function: &Physical<'_, Function<Literal>>,
    account: &Account,
    config: &Config,
    urls: &Urls,
    access_key: &AccessKey,
    sources: &Sources,
) -> Result<FunctionSettings, UpError> {
    let task = function.logical_id.as_str();
    let binary =
        config.functions.get(task).ok_or_else(|| UpError::NoProgram { function: task.to_owned() })?;
    // The function runs in its own folder: a relative path would be looked for there.
    let binary =
        fs::canonicalize(binary).map_err(|source| UpError::Program { path: binary.clone(), source })?;
    let properties = function.properties;
    let variables = properties.environment.variables.iter();
    let mut environment: BTreeMap<_, _> =
        variables.map(|(name, value)| (name.to_string(), String::clone(value))).collect();
    if let Some(text) = environment.get_mut(EnvVar::PriceSources.name())
        && let Ok(price_sources) = serde_json::from_str(text)
    {
        *text = serde_json::json!(with_local_urls(price_sources, sources)).to_string();
    }
    // The SDKs' own variables: the same clients with another endpoint and other credentials.
    let variables = urls.variables().chain(access_key.variables());
    environment.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let limits = config.limits.get(task).copied().unwrap_or(Limits {
        timeout: Duration::from_secs(u64::from(properties.timeout_s.get())),
        memory_mb: properties.memory_mb.get(),
    });
    Ok(FunctionSettings {
        name: function.name.to_owned(),
        arn: function.arn.to_owned(),
        region: account.region.clone(),
        log_group: properties.log_group(function.name),
        handler: properties.handler.as_str().to_owned(),
        timeout: limits.timeout,
        init_limit: INIT_LIMIT,
        min_levels: MinLevels::of(properties.logging.as_ref()),
        memory_mb: limits.memory_mb,
        reserved_concurrency: config.reserved_concurrency.get(task).copied(),
        environment: environment.into_iter().collect(),
        binary,
    })
}

/// The machines as the template renders them: what runs here is read from that text.
fn machines(resolved: &Resolved) -> Result<Vec<Machine>, UpError> {
    resolved
        .of::<StateMachine<Literal>>()
        .map(|machine| {
            let definition = &machine.properties.definition;
            let parsed = definition.parse::<asl::StateMachine>().map_err(|refusals| {
                let first = refusals.into_iter().next();
                UpError::Definition {
                    machine: machine.name.to_owned(),
                    refusal: first
                        .map_or_else(String::new, |refusal| format!("{}: {}", refusal.path, refusal.message)),
                }
            })?;
            Ok(Machine {
                arn: machine.arn.to_owned(),
                name: machine.name.to_owned(),
                role_arn: String::clone(&machine.properties.role_arn),
                definition: String::clone(definition),
                parsed,
                created_at: clock::now(),
            })
        })
        .collect()
}
