//! How AWS names things: ARNs, URLs, generated names.

use super::Account;
use crate::{LogicalId, Properties, value::Pseudo};

/// The partition of the commercial regions. Those of China and `GovCloud` are not supported.
const PARTITION: &str = "aws";
/// The domain of its services.
const URL_SUFFIX: &str = "amazonaws.com";

/// The value of a pseudo parameter; `AWS::NoValue` has none.
pub(super) fn pseudo(pseudo: Pseudo, account: &Account) -> Option<String> {
    Some(match pseudo {
        Pseudo::AccountId => account.account_id.clone(),
        Pseudo::NoValue => return None,
        Pseudo::Partition => PARTITION.to_owned(),
        Pseudo::Region => account.region.clone(),
        Pseudo::StackId => stack_id(account),
        Pseudo::StackName => account.stack_name.clone(),
        Pseudo::UrlSuffix => URL_SUFFIX.to_owned(),
    })
}

/// Source: a stack's id is its ARN with a UUID behind it.
fn stack_id(account: &Account) -> String {
    let Account { region, account_id, stack_name, .. } = account;
    let hash = format!("{:016x}{:016x}", hash(stack_name, account_id), hash(account_id, stack_name));
    let mut digits = hash.chars();
    let mut next = |count| digits.by_ref().take(count).collect::<String>();
    let uuid = [8, 4, 4, 4, 12].map(&mut next).join("-");
    format!("arn:{PARTITION}:cloudformation:{region}:{account_id}:stack/{stack_name}/{uuid}")
}

/// The ARN as `Fn::GetAtt` gives it, if the type has one.
pub(super) fn arn(properties: &Properties, account: &Account, name: &str) -> Option<String> {
    let pattern = properties.arn_pattern()?;
    Some(
        pattern
            .replace("{partition}", PARTITION)
            .replace("{region}", &account.region)
            .replace("{account}", &account.account_id)
            .replace("{name}", name),
    )
}

pub(super) fn queue_url(account: &Account, name: &str) -> String {
    let Account { region, account_id, .. } = account;
    format!("https://sqs.{region}.{URL_SUFFIX}/{account_id}/{name}")
}

/// Source: `AROA` and 17 more letters and digits.
pub(super) fn role_id(account: &Account, name: &str) -> String {
    format!("AROA{}{:.5}", suffix(&account.account_id, name), suffix(name, &account.account_id))
}

/// A name as CloudFormation makes it: stack, logical id and 12 letters and digits, cut to the longest name.
pub(super) fn generated(stack_name: &str, id: &LogicalId, longest: usize) -> String {
    let suffix = suffix(stack_name, id);
    let readable = format!("{stack_name}-{id}");
    let room = longest.saturating_sub(suffix.len() + 1);
    let readable: String = readable.chars().take(room).collect();
    format!("{readable}-{suffix}")
}

/// Twelve letters and digits from the hash of two texts.
fn suffix(one: &str, other: &str) -> String {
    let mut left = hash(one, other);
    std::iter::repeat_with(|| {
        let digit = u32::try_from(left % 36).ok().and_then(|digit| char::from_digit(digit, 36));
        left /= 36;
        digit.unwrap_or('0').to_ascii_uppercase()
    })
    .take(12)
    .collect()
}

/// FNV-1a over both words with a zero byte between them.
fn hash(one: &str, other: &str) -> u64 {
    let bytes = one.bytes().chain([0]).chain(other.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
