//! What data.go.kr's gateway says in the place of the service behind it: the same for every service, in XML, in two kinds of
//! JSON, or in a few words, with an HTTP status that may well be 200.
//!
//! Source: the reason codes and forms that callers published (22 and 23 with HTTP 429; 30 with 200, 400 and 403).

use serde_json::json;

use super::{
    behaviour::{Answer, Reaction},
    query::Parameters,
    quota::QuotaRefusals,
    xml::element,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// XML: the usual one.
    Xml,
    /// JSON with the outer object.
    Json,
    /// JSON without it.
    BareJson,
    /// The portal's message in words, without a code.
    Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorReply {
    pub status: u16,
    pub code: u8,
    pub name: &'static str,
    pub form: Form,
}

const fn refusal(status: u16, code: u8, name: &'static str) -> ErrorReply {
    ErrorReply { status, code, name, form: Form::Xml }
}

pub const fn daily_quota() -> ErrorReply {
    refusal(429, 22, "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR")
}

pub const fn per_second_limit() -> ErrorReply {
    refusal(429, 23, "LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR")
}

pub const fn unknown_key() -> ErrorReply {
    refusal(403, 30, "SERVICE_KEY_IS_NOT_REGISTERED_ERROR")
}

pub const fn expired_key() -> ErrorReply {
    refusal(403, 31, "DEADLINE_HAS_EXPIRED_ERROR")
}

pub const fn bad_parameter() -> ErrorReply {
    refusal(400, 10, "INVALID_REQUEST_PARAMETER_ERROR")
}

pub const fn no_such_service() -> ErrorReply {
    refusal(404, 12, "NO_OPENAPI_SERVICE_ERROR")
}

impl ErrorReply {
    #[must_use]
    pub const fn written(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// The same with HTTP 200: what went wrong stands in the body alone.
    #[must_use]
    pub const fn inside_200(mut self) -> Self {
        self.status = 200;
        self
    }
}

impl From<ErrorReply> for Answer {
    fn from(refusal: ErrorReply) -> Self {
        let error = "SERVICE ERROR";
        let code = format!("{:02}", refusal.code);
        let header = json!({
            "errMsg": error,
            "returnAuthMsg": refusal.name,
            "returnReasonCode": code,
        });
        let (kind, body) = match refusal.form {
            Form::Xml => {
                let parts = [
                    element("errMsg", error),
                    element("returnAuthMsg", refusal.name),
                    element("returnReasonCode", &code),
                ];
                let header = format!("<cmmMsgHeader>{}</cmmMsgHeader>", parts.concat());
                let body = format!("<OpenAPI_ServiceResponse>{header}</OpenAPI_ServiceResponse>");
                ("application/xml", body)
            }
            Form::Json => {
                let body = json!({ "OpenAPI_ServiceResponse": { "cmmMsgHeader": header } });
                ("application/json", body.to_string())
            }
            Form::BareJson => ("application/json", json!({ "cmmMsgHeader": header }).to_string()),
            Form::Words => ("text/plain", in_words(refusal.code).to_owned()),
        };
        Self::new(refusal.status, &format!("{kind};charset=UTF-8"), body)
    }
}

/// Source: the portal's table of messages, as several callers publish it.
const fn in_words(code: u8) -> &'static str {
    match code {
        4 => "Error forwarding request to backend server",
        12 => "API not found",
        20 => "Forbidden",
        22 => "API token quota exceeded",
        23 => "API rate limit exceeded",
        30 | 31 => "Unauthorized",
        _ => "Unexpected errors",
    }
}

impl From<ErrorReply> for Reaction {
    fn from(refusal: ErrorReply) -> Self {
        Self::Answer(refusal.into())
    }
}

pub(super) const QUOTA_REFUSALS: QuotaRefusals =
    QuotaRefusals { per_second: || per_second_limit().into(), per_day: || daily_quota().into() };

/// Whether a call carries the key, encoded once. One without any gets a 404 page.
pub(super) fn authorised(query: &Parameters<'_>, key: &str) -> Result<(), ErrorReply> {
    match query.text_in_any_case("serviceKey") {
        "" => Err(no_such_service().written(Form::Words)),
        known if known == key => Ok(()),
        _ => Err(unknown_key()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(refusal: ErrorReply, status: u16, expect: &str) {
        let answer = Answer::from(refusal);
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!((answer.status, body.as_str()), (status, expect));
    }

    #[test]
    fn one_refusal_in_every_form() {
        check(
            unknown_key(),
            403,
            "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>\
             <returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg>\
             <returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
        );
        let bare = r#"{"cmmMsgHeader":{"errMsg":"SERVICE ERROR","returnAuthMsg":"DEADLINE_HAS_EXPIRED_ERROR","returnReasonCode":"31"}}"#;
        check(expired_key().written(Form::BareJson), 403, bare);
        check(expired_key().written(Form::Json), 403, &format!("{{\"OpenAPI_ServiceResponse\":{bare}}}"));
        for (refusal, words) in [
            (daily_quota(), "API token quota exceeded"),
            (per_second_limit(), "API rate limit exceeded"),
            (unknown_key(), "Unauthorized"),
            (bad_parameter(), "Unexpected errors"),
        ] {
            check(refusal.written(Form::Words), refusal.status, words);
        }
    }

    #[test]
    fn a_refusal_may_hide_in_a_good_status() {
        let hidden = Answer::from(daily_quota().inside_200());
        assert_eq!(hidden.status, 200);
        assert!(String::from_utf8(hidden.body).unwrap().contains("<returnReasonCode>22<"));
    }

    #[test]
    fn a_key_is_encoded_once() {
        let check = |query: &str, expect: Option<u16>| {
            let uri = format!("http://a/?{query}").parse().unwrap();
            let refused = authorised(&Parameters::of(&uri), "a+b/c==").err();
            assert_eq!(refused.map(|refusal| refusal.status), expect, "{query}");
        };
        check("serviceKey=a%2Bb%2Fc%3D%3D", None);
        check("ServiceKey=a%2Bb/c==", None);
        check("serviceKey=a%252Bb%252Fc%253D%253D", Some(403));
        check("serviceKey=a+b/c==", Some(403));
        check("serviceKey=", Some(404));
        check("", Some(404));
    }
}
