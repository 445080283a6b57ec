//! The payload that Lambda hands over, mutated.

use contract::task::{PriceFetcher, RecipeGenerator, ResultCombiner};

use crate::input::{self, Payload};

#[test]
fn a_mutated_payload_is_of_the_same_session_for_every_task() {
    let ids = r#""sessionId":"s-1","executionId":"arn:aws:states:us-east-1:1:execution:m:s-1""#;
    let samples = [
        format!(
            r#"{{{ids},"profile":{{"target":"diabetes","budget":1000,"servings":2,"bloodSugar":100,"medication":["a"]}}}}"#
        ),
        format!(r#"{{{ids},"ingredients":[{{"name":"두부","amount":"1","unit":"모"}}]}}"#),
        format!(
            r#"{{{ids},"recipe":{{}},"pricing":{{"total":1,"optimal":null,"alternatives":[],"unpriced":[]}}}}"#
        ),
    ];
    let words = ["sessionId", "executionId", "profile", "ingredients", "recipe", "pricing", "arn:", "target"];
    mutations::check(&samples, &words, |bytes| {
        let payload = serde_json::from_slice(bytes).unwrap_or(Payload::NotJson);
        let recipe = input::read::<RecipeGenerator>(&payload);
        let price = input::read::<PriceFetcher>(&payload);
        let combine = input::read::<ResultCombiner>(&payload);
        let session = input::correlation::<RecipeGenerator>(&payload, recipe.as_ref().ok()).0;
        assert_eq!(session, input::correlation::<PriceFetcher>(&payload, price.as_ref().ok()).0);
        assert_eq!(session, input::correlation::<ResultCombiner>(&payload, combine.as_ref().ok()).0);
    });
}
