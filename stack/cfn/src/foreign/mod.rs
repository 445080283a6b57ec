//! Templates that others wrote, read leniently: JSON, or YAML with CloudFormation's short tags, whatever types they use.
//!
//! [`Foreign::read`] gives the template with its intrinsic functions in their long form, [`Foreign::resolve`] its resources with what
//! the functions give, as far as the template says it. A text that is only known once the template is deployed has a `${..}` in
//! it. Sizes, depth and aliases are bounded.

mod globals;
mod json;
mod kind;
mod resolve;
mod yaml;

use serde_json::{Map, Value as Json};

pub use kind::Kind;

/// Longest template. Source: CloudFormation's quota for a template in an S3 bucket.
pub const MAX_BYTES: usize = 1_024 * 1_024;

/// Deepest nesting, far beyond what templates need.
const MAX_DEPTH: usize = 64;

/// A file that is no template, or one that is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}; hint: {hint}")]
pub struct ForeignError {
    /// A line and a column, or a JSON pointer.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A template as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    template: Map<String, Json>,
}

/// A resource of a foreign template.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignResource {
    /// Its logical id.
    pub id: String,
    /// CloudFormation's word for its type.
    pub type_name: String,
    /// What it is.
    pub kind: Kind,
    /// Its physical name; a generated one if the template does not say it.
    pub name: String,
    /// Whether the template says the name.
    pub is_named: bool,
    /// Its ARN, where the type has one.
    pub arn: Option<String>,
    /// What a reference to it gives.
    pub reference: String,
    /// Its properties, with what intrinsic functions give.
    pub properties: Json,
    /// The logical ids that its properties refer to.
    pub refers_to: Vec<String>,
}

/// The resources of a template, and what of it is no resource that can be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolved {
    /// By logical id.
    pub resources: Vec<ForeignResource>,
    /// Logical ids, each with the reason.
    pub skipped: Vec<(String, String)>,
}

impl ForeignError {
    fn new(place: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), hint: hint.into() }
    }
}

impl Foreign {
    /// Reads a template: JSON if it begins with `{`, else YAML.
    ///
    /// # Errors
    /// It is too long, too deep or neither JSON nor YAML, a key stands twice, or it has no resources.
    pub fn read(text: &str) -> Result<Self, ForeignError> {
        if text.len() > MAX_BYTES {
            let message = format!("{} bytes, where a template has at most {MAX_BYTES}", text.len());
            return Err(ForeignError::new("line 1", message, "give the template that is deployed"));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let begins_as_json = text.trim_start().starts_with('{');
        let value = if begins_as_json { json::read(text) } else { yaml::read(text) };
        // A flow mapping of YAML begins like JSON, too.
        match value {
            Err(error) if begins_as_json => Self::from_json(yaml::read(text).map_err(|_| error)?),
            value => Self::from_json(value?),
        }
    }

    /// A template that is read already.
    ///
    /// # Errors
    /// It is no template.
    pub fn from_json(template: Json) -> Result<Self, ForeignError> {
        let none = |place: &str, message: &str, hint: &str| Err(ForeignError::new(place, message, hint));
        let Json::Object(template) = template else {
            return none("/", "no template: the file is no mapping", "a template has the key `Resources`");
        };
        match template.get("Resources") {
            Some(Json::Object(_)) => Ok(Self { template }),
            Some(_) => none(
                "/Resources",
                "no template: `Resources` is no mapping",
                "it maps a logical id to each resource, with its `Type`",
            ),
            None if template.contains_key("service") && template.contains_key("provider") => none(
                "/",
                "no template: the configuration of a tool that makes one",
                "give the template that `serverless package` writes to `.serverless`",
            ),
            None if template.contains_key("app") || template.contains_key("version") => none(
                "/",
                "no template: it has no `Resources`",
                "give the template that your tool makes: `cdk synth` writes one for each stack to `cdk.out`",
            ),
            None => none(
                "/",
                "no template: it has no `Resources`",
                "give a CloudFormation template in JSON or YAML",
            ),
        }
    }

    /// The template with the intrinsic functions in their long form.
    pub fn template(&self) -> &Map<String, Json> {
        &self.template
    }

    /// The resources with what intrinsic functions give: parameters have their defaults, and a resource without a name a generated
    /// one. A region that is not said is a placeholder.
    ///
    /// # Errors
    /// The template grows beyond all bounds.
    pub fn resolve(&self, region: Option<&str>) -> Result<Resolved, ForeignError> {
        resolve::resolve(&self.template, region)
    }
}

#[cfg(test)]
mod tests;
