//! `AWS::Logs::LogGroup`.

use serde::{Deserialize, Serialize};

use super::{Schema, Tags};
use crate::{Attribute, Intrinsic, Prop, Value, name::LogGroupName};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroup<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group_name: Option<Prop<LogGroupName, I>>,
    /// How long lines are kept; for ever by default.
    #[serde(rename = "RetentionInDays", skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// The ARN of the key that encrypts it; AWS's own if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<Value<I>>,
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for LogGroup {
    const TYPE: &'static str = "AWS::Logs::LogGroup";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn];
    const NAME: Option<(&'static str, usize)> = Some(("LogGroupName", 512));
    const ARN: Option<&'static str> = Some("arn:{partition}:logs:{region}:{account}:log-group:{name}:*");
}

macro_rules! retention {
    ($($variant:ident = $days:literal,)+) => {
        /// How many days lines are kept. Source: `PutRetentionPolicy` takes these and no others.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u32", into = "u32")]
        pub enum Retention {
            $(#[doc = concat!(stringify!($days), " days.")] $variant,)+
        }

        impl Retention {
            /// Every one, shortest first.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub const fn days(self) -> u32 {
                match self {
                    $(Self::$variant => $days,)+
                }
            }
        }
    };
}

retention! {
    Days1 = 1, Days3 = 3, Days5 = 5, Days7 = 7, Days14 = 14, Days30 = 30, Days60 = 60, Days90 = 90, Days120 = 120,
    Days150 = 150, Days180 = 180, Days365 = 365, Days400 = 400, Days545 = 545, Days731 = 731, Days1096 = 1_096,
    Days1827 = 1_827, Days2192 = 2_192, Days2557 = 2_557, Days2922 = 2_922, Days3288 = 3_288, Days3653 = 3_653,
}

impl Retention {
    pub fn from_days(days: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|retention| retention.days() == days)
    }
}

impl From<Retention> for u32 {
    fn from(retention: Retention) -> Self {
        retention.days()
    }
}

impl TryFrom<u32> for Retention {
    type Error = String;
    fn try_from(days: u32) -> Result<Self, String> {
        Self::from_days(days)
            .ok_or_else(|| format!("expected a retention of CloudWatch in days, got: {days}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_days_that_exist() {
        assert_eq!(Retention::from_days(30), Some(Retention::Days30));
        assert_eq!(Retention::from_days(31), None);
        assert_eq!(Retention::ALL.len(), 22);
        assert!(Retention::ALL.is_sorted_by_key(|retention| retention.days()));
    }
}
