//! A stand-in for Claude on Bedrock: `InvokeModel` with the Messages body.
//!
//! Source: Bedrock's API reference (paths, errors and their statuses) and recorded answers.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{ConnectInfo, OriginalUri, Path, State},
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde_json::{Value, json};

use super::{
    behaviour::{Answer, Behaviour},
    prompt,
    quota::QuotaRefusals,
    recipe::cook,
    seeded::SeededRng,
    stub::Stub,
    wire::Socket,
};

pub(crate) fn stub(behaviour: Behaviour) -> (Stub, Router) {
    let stub = Stub::new("bedrock", QuotaRefusals { per_second: throttled, per_day: throttled }, behaviour);
    let router = Router::new()
        .route("/model/{id}/invoke", post(invoke))
        .fallback(async || Response::from(error(404, "UnknownOperationException", "no such operation")))
        .with_state(stub.clone());
    (stub, router)
}

async fn invoke(
    State(stub): State<Stub>,
    ConnectInfo(socket): ConnectInfo<Socket>,
    Path(model): Path<String>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let request: Option<Value> = serde_json::from_slice(&body).ok();
    let prompt = request.as_ref().map(prompt_of).unwrap_or_default();
    if let Some(fault) = stub.intercept(&prompt, uri.to_string(), body, &socket).await {
        return fault;
    }
    match request.ok_or("Malformed input request, please reformat your input and try again.") {
        Ok(request) => {
            answer(&model, &request, &prompt).unwrap_or_else(|refused| validation(&refused).into())
        }
        Err(refused) => validation(refused).into(),
    }
}

/// The texts of the messages and of the system prompt.
pub(crate) fn prompt_of(request: &Value) -> String {
    let contents = request
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|message| message.get("content"));
    let texts = request.get("system").into_iter().chain(contents).flat_map(texts);
    texts.collect::<Vec<_>>().join("\n")
}

fn texts(content: &Value) -> Vec<&str> {
    match content {
        Value::String(text) => vec![text],
        Value::Array(blocks) => blocks.iter().filter_map(|block| block.get("text")?.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// The answer to a request whose text is `prompt`.
pub(crate) fn answer(model: &str, request: &Value, prompt: &str) -> Result<Response, String> {
    if request.get("anthropic_version").and_then(Value::as_str) != Some("bedrock-2023-05-31") {
        return Err("anthropic_version: Field required".to_owned());
    }
    let max_tokens = request
        .get("max_tokens")
        .and_then(Value::as_u64)
        .filter(|&tokens| tokens > 0)
        .ok_or("max_tokens: Field required")?;
    if prompt.trim().is_empty() {
        return Err("messages: at least one message is required".to_owned());
    }
    let recipe = cook(&prompt::read(prompt));
    let mut id = SeededRng::new(prompt);
    let output_tokens = tokens(&recipe.to_string());
    let truncated = output_tokens > max_tokens;
    let (content, complete) = if let Some(tool) = tool_of(request)? {
        let input = if truncated { truncated_input(&recipe) } else { recipe };
        let block = json!({
            "type": "tool_use", "id": format!("toolu_bdrk_{:016x}", id.next()), "name": tool, "input": input,
        });
        (block, "tool_use")
    } else {
        let text = recipe.to_string();
        let kept = if truncated { text.chars().count() / 2 } else { usize::MAX };
        (json!({ "type": "text", "text": text.chars().take(kept).collect::<String>() }), "end_turn")
    };
    Ok(Json(json!({
        "id": format!("msg_bdrk_{:016x}", id.next()),
        "type": "message",
        "role": "assistant",
        "model": model.rsplit_once("anthropic.").map_or(model, |(_, name)| name),
        "content": [content],
        "stop_reason": if truncated { "max_tokens" } else { complete },
        "stop_sequence": null,
        "usage": {
            "input_tokens": tokens(&request.to_string()),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": output_tokens.min(max_tokens),
        },
    }))
    .into_response())
}

/// The tool to use: the one that `tool_choice` names, else the first.
fn tool_of(request: &Value) -> Result<Option<String>, String> {
    let tools = request.get("tools").and_then(Value::as_array);
    let names: Vec<&str> =
        tools.into_iter().flatten().filter_map(|tool| tool.get("name")?.as_str()).collect();
    match request.pointer("/tool_choice/name").and_then(Value::as_str) {
        Some(forced) if names.contains(&forced) => Ok(Some(forced.to_owned())),
        Some(forced) => Err(format!("tool_choice: Tool '{forced}' not found in provided tools")),
        None => Ok(names.first().map(|name| (*name).to_owned())),
    }
}

/// The part of a recipe that a model has written when its tokens run out.
fn truncated_input(recipe: &Value) -> Value {
    json!({ "name": recipe.get("name"), "nutrition": recipe.get("nutrition") })
}

/// A token is about two characters of Korean JSON.
fn tokens(text: &str) -> u64 {
    u64::try_from(text.chars().count() / 2).unwrap_or(u64::MAX).max(1)
}

fn error(status: u16, name: &str, message: &str) -> Answer {
    Answer::new(status, "application/json", json!({ "message": message }).to_string())
        .with_header("x-amzn-ErrorType", name)
        .with_header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
}

pub fn throttled() -> Answer {
    error(429, "ThrottlingException", "Too many requests, please wait before trying again.")
}

pub fn validation(message: &str) -> Answer {
    error(400, "ValidationException", message)
}

pub fn unavailable() -> Answer {
    error(503, "ServiceUnavailableException", "Bedrock is unable to process your request.")
}

/// A Messages reply with this content, as a model might give it.
pub fn reply(content: &Value, stop_reason: &str) -> Answer {
    let body = json!({
        "id": "msg_bdrk_0000000000000000", "type": "message", "role": "assistant", "model": "claude",
        "content": content, "stop_reason": stop_reason, "stop_sequence": null,
        "usage": { "input_tokens": 500, "output_tokens": 500 },
    });
    Answer::new(200, "application/json", body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(patch: impl FnOnce(&mut Value)) -> Result<Response, String> {
        let mut request = json!({
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 2000,
            "messages": [{ "role": "user", "content": [{ "type": "text", "text": "케톤 다이어트용" }] }],
            "tools": [{ "name": "recipe", "input_schema": {} }],
            "tool_choice": { "type": "tool", "name": "recipe" },
        });
        patch(&mut request);
        answer("global.anthropic.claude-x", &request, &prompt_of(&request))
    }

    async fn body(response: Response) -> Value {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_forced_tool_is_used() {
        let reply = body(ask(|_| {}).unwrap()).await;
        assert_eq!(reply["stop_reason"], "tool_use");
        assert_eq!(reply["content"][0]["name"], "recipe");
        assert_eq!(reply["model"], "claude-x");
        let recipe = reply["content"][0]["input"].clone();
        assert_eq!(recipe["targetSpecificInfo"]["ketoInfo"]["netCarbs"], 5);
        serde_json::from_value::<contract::Recipe>(recipe).unwrap();
    }

    #[tokio::test]
    async fn too_few_tokens_cut_the_reply() {
        let reply = body(ask(|request| request["max_tokens"] = 50.into()).unwrap()).await;
        assert_eq!(reply["stop_reason"], "max_tokens");
        assert_eq!(reply["usage"]["output_tokens"], 50);
        assert!(reply["content"][0]["input"].get("steps").is_none());
    }

    #[tokio::test]
    async fn without_a_tool_it_answers_in_text() {
        let strip = |request: &mut Value| {
            request.as_object_mut().unwrap().retain(|key, _| !key.starts_with("tool"));
            request["messages"][0]["content"] = "일반 가정식".into();
        };
        let reply = body(ask(strip).unwrap()).await;
        let recipe: Value = serde_json::from_str(reply["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(recipe["name"], "돼지고기 김치찌개");
    }

    #[test]
    fn what_is_refused() {
        let refused = |patch: fn(&mut Value)| ask(patch).unwrap_err();
        assert!(refused(|r| drop(r.as_object_mut().unwrap().remove("max_tokens"))).contains("max_tokens"));
        assert!(refused(|r| r["max_tokens"] = 0.into()).contains("max_tokens"));
        assert!(refused(|r| r["anthropic_version"] = "x".into()).contains("anthropic_version"));
        assert!(refused(|r| r["messages"] = json!([])).contains("messages"));
        assert!(refused(|r| r["tool_choice"]["name"] = "x".into()).contains("not found"));
    }
}
